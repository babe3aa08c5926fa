"""Assist: a supervisor in an agent's call. Commands of the supervisor, and what each side is shown."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from lanassist.node.protocol.limits import NAME_LENGTH, REASON_LENGTH
from lanassist.node.protocol.messages import NodeId, SessionId
from lanassist.node.services.call import Call
from lanassist.node.services.command import Command, Done, Refusal

OFFERS = "assist.offers"
"""Board topic: an AssistOffer by agent's node id (on supervisors' nodes)."""
SESSIONS = "assist.sessions"
"""Board topic: an AssistSession by session id (on the supervisor's node). Ended ones stay for a while."""
ASSISTANTS = "assist.assistants"
"""Board topic: an Assistant by session id (on the agent's own node). The last few that ended stay."""

AgentText = Annotated[str, Meta(min_length=1, max_length=NAME_LENGTH)]
"""How a user names an agent: node id, e-mail, or the start of a name."""
AssistState = Literal["ringing", "listening", "talking", "taken-over", "ended"]
"""``ringing``: the agent's node is asked, or the sound is on its way. What is sure is the agent's mixer: a
state is shown once the agent's node has said so."""


class AssistOffer(Struct, frozen=True, kw_only=True):
    """May this supervisor assist that agent now? None: it may be tried; else why not, before the click."""

    node: NodeId
    call: Call | None
    """The agent's call; None: none, or not known here."""
    listen: Refusal | None
    """Of ``assist.start``."""
    talk: Refusal | None
    takeover: Refusal | None
    listen_in: bool = False
    """The agent lets listen in to this call."""
    listen_in_all: bool = False
    """The agent lets listen in to all calls."""
    listen_in_required: bool = False
    """The site's policy: only if the agent lets."""
    consent: Literal["notify", "ask", "off"] = "notify"
    """The policy for assist: the agent is told, is asked first, or nobody assists at all."""
    reason_required: bool = False
    """The policy: ``assist.start`` needs a reason."""
    holder: NodeId | None = None
    """The supervisor who assists now, who may be yourself."""
    holder_name: str = ""


class AssistSession(Struct, frozen=True, kw_only=True):
    """One assist, on the supervisor's node."""

    session: SessionId
    agent: NodeId
    agent_name: str
    call: Call | None
    """As it was when it began."""
    state: AssistState
    since: float
    """In this state since."""
    began: float
    agent_asked: bool = False
    """Policy wants the agent's own yes first: it may ring for half a minute."""
    fell_back: bool = False
    """It listens because the voice did not come any more, not because the key was released."""
    end: Refusal | None = None
    """Why it ended."""


class Assistant(Struct, frozen=True, kw_only=True):
    """Who assists this agent, or did."""

    session: SessionId
    supervisor: NodeId
    name: str
    state: AssistState
    since: float
    """In this state since."""
    began: float
    reason: str = ""
    """Why, as the supervisor gave it."""
    end: Refusal | None = None
    ended: float | None = None


class StartedAssist(Struct, frozen=True, kw_only=True):
    """Attach to ``/api/media/SESSION`` within the lease, and say RENEW there each second.

    Binary messages. From the node: 0x10 and a packet of sound (sound/packet.py), or 0x11 and three
    signed bytes: how loud customer, agent and supervisor are, in dBFS. To the node: 0x10 and a packet of the
    supervisor's voice, which goes no further unless the session talks or has taken over; 0x03: still here.
    """

    session: SessionId
    agent: NodeId
    agent_name: str
    call: Call | None


class StartAssist(Command[StartedAssist], frozen=True, kw_only=True):
    """Listen to an agent's call. Takes up the agent's help request, if there is one."""

    name: ClassVar[str] = "assist.start"
    patience: ClassVar[float] = 60.0
    """An agent who is asked first has half a minute."""
    asks: ClassVar[bool] = True

    agent: AgentText
    reason: Annotated[str, Meta(max_length=REASON_LENGTH)] = ""


class _OfSession(Command[Done], frozen=True, kw_only=True):
    """Named by its session, or by its agent."""

    session: str = ""
    agent: str = ""


class TalkAssist(_OfSession, Command[Done], frozen=True, kw_only=True):
    """The agent hears the supervisor; the customer does not. It lasts while the voice comes."""

    name: ClassVar[str] = "assist.talk"


class ReleaseAssist(_OfSession, Command[Done], frozen=True, kw_only=True):
    """Only listen again."""

    name: ClassVar[str] = "assist.release"


class TakeOver(_OfSession, Command[Done], frozen=True, kw_only=True):
    """The customer hears the supervisor and nobody else; the agent goes to After Call Work at once.

    Answered once it is so.
    """

    name: ClassVar[str] = "assist.takeover"


class EndTakenCall(_OfSession, Command[Done], frozen=True, kw_only=True):
    """End the call that was taken over, and the assist with it."""

    name: ClassVar[str] = "assist.end-call"


class CloseAssist(_OfSession, Command[Done], frozen=True, kw_only=True):
    """End the assist. The call goes on with the agent, also one that was taken over."""

    name: ClassVar[str] = "assist.close"

    why: Literal["stopped", "closed", "navigated", "other-agent", "viewer-failed"] = "stopped"


class OfferList(Struct, frozen=True, kw_only=True):
    now: float
    """This node's monotonic clock at the answer."""
    offers: tuple[AssistOffer, ...]
    sessions: tuple[AssistSession, ...]
    """Yours that run."""


class ListCalls(Command[OfferList], frozen=True, kw_only=True):
    """Every agent's call as far as it is known here, and whether it may be assisted."""

    name: ClassVar[str] = "call.list"


SESSION_COMMANDS = (StartAssist, TalkAssist, ReleaseAssist, TakeOver, EndTakenCall, CloseAssist, ListCalls)
