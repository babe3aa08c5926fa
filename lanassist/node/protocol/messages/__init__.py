"""Every message that two nodes exchange, a module a service. Fields are bounded here, once.

Encoded as MessagePack maps with the tag in ``t`` (see codec.py). Unknown fields are ignored and unknown
tags skipped, so a newer minor version may add both; a change of meaning needs a new major version.
Times never travel as clock readings but as ages in seconds, because peers' clocks differ.
"""

from typing import get_args

from lanassist.node.protocol.messages.assist import (
    AssistTold as AssistTold,
    CallEndAsked as CallEndAsked,
    CallNow as CallNow,
    CallTold as CallTold,
    HelpAction as HelpAction,
    HelpAnswered as HelpAnswered,
    HelpTold as HelpTold,
)
from lanassist.node.protocol.messages.base import (
    Age as Age,
    Count as Count,
    DisplayNumber as DisplayNumber,
    DisplayNumbers as DisplayNumbers,
    Message as Message,
    Name as Name,
    NodeId as NodeId,
    Pixels as Pixels,
    SessionId as SessionId,
    Short as Short,
    Side as Side,
    Text as Text,
    VideoCodecs as VideoCodecs,
    age_of as age_of,
    tag_of as tag_of,
)
from lanassist.node.protocol.messages.consent import WatchingPaused as WatchingPaused
from lanassist.node.protocol.messages.conversation import (
    Act as Act,
    Acts as Acts,
    Client as Client,
    ConversationId as ConversationId,
    Entries as Entries,
    Entry as Entry,
    Epoch as Epoch,
    Ids as Ids,
    Seq as Seq,
    Words as Words,
)
from lanassist.node.protocol.messages.desk import (
    Append as Append,
    AppendAnswered as AppendAnswered,
    Appended as Appended,
    Block as Block,
    BlockRequested as BlockRequested,
    Blocks as Blocks,
    BlocksDigest as BlocksDigest,
    ConversationTold as ConversationTold,
    DeskTold as DeskTold,
    Granted as Granted,
    Holding as Holding,
    Holds as Holds,
    Load as Load,
    MoveRequested as MoveRequested,
    Offer as Offer,
    OfferAnswered as OfferAnswered,
    OfferWithdrawn as OfferWithdrawn,
    Reconciled as Reconciled,
    Released as Released,
    RequestAnswered as RequestAnswered,
    Standing as Standing,
    Took as Took,
    Typing as Typing,
)
from lanassist.node.protocol.messages.ledger import (
    HeadAgreed as HeadAgreed,
    HeadAsked as HeadAsked,
    HeadTold as HeadTold,
    HeadWitnessed as HeadWitnessed,
)
from lanassist.node.protocol.messages.link import (
    VERSION as VERSION,
    Goodbye as Goodbye,
    Heartbeat as Heartbeat,
    Hello as Hello,
    Ready as Ready,
    Refusal as Refusal,
    Version as Version,
    Welcome as Welcome,
)
from lanassist.node.protocol.messages.mirror import (
    ControlAction as ControlAction,
    ControlAnswered as ControlAnswered,
    Draft as Draft,
    Mirrored as Mirrored,
    Watching as Watching,
    Whisper as Whisper,
    WhisperAnswered as WhisperAnswered,
)
from lanassist.node.protocol.messages.presence import (
    Display as Display,
    Displays as Displays,
    Presence as Presence,
    StatusAnswered as StatusAnswered,
    StatusRequested as StatusRequested,
)
from lanassist.node.protocol.messages.questions import (
    ColleaguesAsked as ColleaguesAsked,
    ColleaguesTold as ColleaguesTold,
    ColleagueTold as ColleagueTold,
    HistoryAsked as HistoryAsked,
    HistoryTold as HistoryTold,
    LogAsked as LogAsked,
    LogTold as LogTold,
    Past as Past,
)
from lanassist.node.protocol.messages.session import (
    AssistMode as AssistMode,
    AssistRequest as AssistRequest,
    ControlRequest as ControlRequest,
    GlanceRequest as GlanceRequest,
    Request as Request,
    SessionAccepted as SessionAccepted,
    SessionAsked as SessionAsked,
    SessionChanged as SessionChanged,
    SessionDeclined as SessionDeclined,
    SessionEnded as SessionEnded,
    SessionGranted as SessionGranted,
    SessionIntent as SessionIntent,
    SessionMessage as SessionMessage,
    SessionOpened as SessionOpened,
    SessionRefused as SessionRefused,
    SessionRenewed as SessionRenewed,
    SessionSettled as SessionSettled,
    Signed as Signed,
)
from lanassist.node.protocol.messages.site import (
    DocumentNumber as DocumentNumber,
    SignedDocument as SignedDocument,
)

Wire = (
    Hello
    | Welcome
    | Refusal
    | Ready
    | Heartbeat
    | Goodbye
    | DocumentNumber
    | SignedDocument
    | Presence
    | StatusRequested
    | StatusAnswered
    | SessionIntent
    | SessionAsked
    | SessionGranted
    | SessionAccepted
    | SessionOpened
    | SessionRefused
    | SessionChanged
    | SessionDeclined
    | SessionRenewed
    | SessionEnded
    | SessionSettled
    | HeadAsked
    | HeadTold
    | HeadAgreed
    | HeadWitnessed
    | Holding
    | Reconciled
    | Offer
    | OfferAnswered
    | OfferWithdrawn
    | Granted
    | Appended
    | Took
    | Released
    | Append
    | AppendAnswered
    | MoveRequested
    | BlockRequested
    | RequestAnswered
    | Typing
    | Blocks
    | BlocksDigest
    | ConversationTold
    | Standing
    | DeskTold
    | LogAsked
    | LogTold
    | HistoryAsked
    | HistoryTold
    | ColleaguesAsked
    | ColleaguesTold
    | Watching
    | Mirrored
    | Draft
    | Whisper
    | WhisperAnswered
    | ControlAction
    | ControlAnswered
    | CallTold
    | AssistTold
    | CallEndAsked
    | HelpTold
    | HelpAction
    | HelpAnswered
    | WatchingPaused
)

WIRE: tuple[type[Message], ...] = get_args(Wire)
"""Every message class that may appear on a link."""
