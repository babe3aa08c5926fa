"""What a local user may ask of calls, assist, help and listen-in, and what these put on the board."""

from lanassist.node.services.assist.commands.calls import (
    CALL_COMMANDS,
    OWN_CALL as OWN_CALL,
    BeginCall as BeginCall,
    BegunCall as BegunCall,
    EndAcw as EndAcw,
    EndCall as EndCall,
    HoldCall as HoldCall,
    OwnCalls as OwnCalls,
    PastCall as PastCall,
    ResumeCall as ResumeCall,
    ShowCalls as ShowCalls,
)
from lanassist.node.services.assist.commands.help import (
    HELP_COMMANDS,
    OWN_HELP as OWN_HELP,
    REQUESTS as REQUESTS,
    AcceptHelp as AcceptHelp,
    AskedHelp as AskedHelp,
    CancelHelp as CancelHelp,
    DismissHelp as DismissHelp,
    FinishHelp as FinishHelp,
    HelpList as HelpList,
    HelpRow as HelpRow,
    ListHelp as ListHelp,
    OwnHelp as OwnHelp,
    RequestHelp as RequestHelp,
)
from lanassist.node.services.assist.commands.listen_in import (
    LISTEN_IN as LISTEN_IN,
    LISTEN_IN_COMMANDS,
    ListenIn as ListenIn,
    SetListenIn as SetListenIn,
    ShowListenIn as ShowListenIn,
)
from lanassist.node.services.assist.commands.sessions import (
    ASSISTANTS as ASSISTANTS,
    OFFERS as OFFERS,
    SESSION_COMMANDS,
    SESSIONS as SESSIONS,
    Assistant as Assistant,
    AssistOffer as AssistOffer,
    AssistSession as AssistSession,
    AssistState as AssistState,
    CloseAssist as CloseAssist,
    EndTakenCall as EndTakenCall,
    ListCalls as ListCalls,
    OfferList as OfferList,
    ReleaseAssist as ReleaseAssist,
    StartAssist as StartAssist,
    StartedAssist as StartedAssist,
    TakeOver as TakeOver,
    TalkAssist as TalkAssist,
)

COMMANDS = (*CALL_COMMANDS, *SESSION_COMMANDS, *HELP_COMMANDS, *LISTEN_IN_COMMANDS)
