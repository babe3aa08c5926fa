"""What an agent and a supervisor may ask about conversations, and what is put on the board."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from lanassist.node.protocol.limits import ENTRY_LENGTH, ID_LENGTH, NAME_LENGTH, REASON_LENGTH
from lanassist.node.protocol.messages import Act, Client, NodeId, SessionId
from lanassist.node.services.command import Command, Done, Refusal
from lanassist.node.services.conversation import EntryRecord
from lanassist.node.trust.grants import Role

MINE = "conversations.mine"
"""Board topic: an OwnConversation by id (on the agent's node)."""
LOAD = "conversations.load"
"""Board topic: this agent's OwnLoad, under the key ``self``."""
DRAFTS = "conversations.drafts"
"""Board topic: a DraftRow by conversation (on a supervisor's node: by ``agent/conversation``)."""
ENTRIES = "conversations.entries"
"""Board topic: an EntryRecord by ``conversation/number`` (on the agent's node, of what is in hand)."""
WHISPERS = "conversations.whispers"
"""Board topic: a WhisperRow by id (on the agent's node)."""
CONTROLLER = "conversations.controller"
"""Board topic: a Controller under the key ``self`` (on the agent's node)."""
ALL = "conversations.all"
"""Board topic: a ToldConversation by id (on supervisors' nodes), as its desk told it."""
MIRROR = "conversations.mirror"
"""Board topic: a MirrorRow by ``agent/conversation`` (on the watching supervisor's node)."""
MIRRORED_ENTRIES = "conversations.mirror-entries"
"""Board topic: an EntryRecord by ``agent/conversation/number`` (on the watching supervisor's node)."""
DESKS = "conversations.desks"
"""Board topic: a DeskInfo by node id (on agents' and supervisors' nodes), of desks that are connected."""
BLOCKED = "conversations.blocked"
"""Board topic: a BlockedRow by client (on supervisors' nodes)."""
CONTROL = "conversations.control"
"""Board topic: a ControlRow by session (on the supervisor's node)."""

Id = Annotated[str, Meta(min_length=1, max_length=ID_LENGTH)]
NewId = Annotated[str, Meta(max_length=ID_LENGTH)]
"""Chosen by the page, so that a repeated click counts once; empty: chosen here."""
Said = Annotated[str, Meta(min_length=1, max_length=ENTRY_LENGTH)]
AgentText = Annotated[str, Meta(max_length=NAME_LENGTH)]
"""How a user names an agent: node id, e-mail, or the start of a name."""


class OwnLoad(Struct, frozen=True, kw_only=True):
    available: bool
    reason: str = ""
    active: int
    total: int


class OwnConversation(Struct, frozen=True, kw_only=True):
    """One conversation of this agent. Times are the node's monotonic clock."""

    conversation: str
    client: Client
    category: str
    state: Literal["held", "completing", "done", "moved"]
    epoch: int
    since: float
    desk: NodeId
    desk_online: bool
    entries: int
    waiting_since: float | None = None
    """The client wrote last, then, and has no answer yet."""
    typing: bool = False
    """The client is typing."""
    pending: tuple[Act, ...] = ()
    """Not confirmed by the desk yet."""
    refused: tuple[Act, ...] = ()
    """Too late: the conversation had moved."""


class DraftRow(Struct, frozen=True, kw_only=True):
    text: str


class WhisperRow(Struct, frozen=True, kw_only=True):
    """A supervisor's word to the agent alone."""

    conversation: str
    supervisor: NodeId
    name: str
    text: str
    at: float


class Controller(Struct, frozen=True, kw_only=True):
    """Who acts as this agent."""

    session: SessionId
    supervisor: NodeId
    name: str
    reason: str
    since: float


class ToldConversation(Struct, frozen=True, kw_only=True):
    """One conversation as its desk told it."""

    conversation: str
    desk: NodeId
    client: Client
    category: str
    state: Literal["waiting", "open", "done"]
    owner: str
    owner_name: str
    orphaned: bool
    epoch: int
    since: float
    assign: Refusal | None = None
    """Why this supervisor cannot assign it; the target has its own say."""
    block: Refusal | None = None
    """Why this supervisor cannot block its client."""


class MirrorRow(Struct, frozen=True, kw_only=True):
    """One conversation as the agent has it."""

    agent: NodeId
    conversation: str
    desk: NodeId
    client: Client
    category: str
    state: Literal["held", "completing", "done", "moved"]
    epoch: int
    unsent: int
    entries: int
    since: float = 0.0
    typing: bool = False
    """The client is typing."""
    waiting_since: float | None = None
    """The client wrote last, then, and has no answer yet."""
    act: Refusal | None = None
    """Why this supervisor cannot act in it now; without control: to take control first."""


class ControlRow(Struct, frozen=True, kw_only=True):
    """Control of an agent's conversations, on the supervisor's node."""

    session: SessionId
    agent: NodeId
    agent_name: str
    state: Literal["asking", "running", "ended"]
    since: float
    end: Refusal | None = None


class Queued(Struct, frozen=True, kw_only=True):
    """Kept durably; the desk gets it as soon as it can be reached."""

    id: str


class ControlStarted(Struct, frozen=True, kw_only=True):
    """Renew it each second, or the lease of three ends it."""

    session: SessionId
    agent: NodeId


class DeskInfo(Struct, frozen=True, kw_only=True):
    """A desk that this node is connected to."""

    node: NodeId
    name: str
    categories: tuple[str, ...]


class Colleague(Struct, frozen=True, kw_only=True):
    """Another agent, as the desk sees it."""

    node: NodeId
    name: str
    email: str
    teams: tuple[str, ...]
    active: int
    total: int
    refusal: Refusal | None
    """Why it cannot be given a client."""


class Colleagues(Struct, frozen=True, kw_only=True):
    colleagues: tuple[Colleague, ...]


class PastConversation(Struct, frozen=True, kw_only=True):
    """An earlier conversation with the same client, at the same desk."""

    conversation: str
    category: str
    state: Literal["waiting", "open", "done"]
    agent: str
    """Who had it last; empty: nobody."""
    began: float
    entries: int


class History(Struct, frozen=True, kw_only=True):
    now: float
    client: Client
    past: tuple[PastConversation, ...]
    """The newest first."""


class Log(Struct, frozen=True, kw_only=True):
    """A part of a conversation's log, as its desk has it."""

    now: float
    entries: tuple[EntryRecord, ...]
    more: bool
    """Ask again after the last of these."""


class BlockedRow(Struct, frozen=True, kw_only=True):
    """A client who is blocked, as the desks tell."""

    client: str
    name: str
    """As the client called itself; empty if it is not known here."""
    reason: str
    by: str
    until: float | None


class BlockedList(Struct, frozen=True, kw_only=True):
    now: float
    blocked: tuple[BlockedRow, ...]


class OwnConversations(Struct, frozen=True, kw_only=True):
    now: float
    conversations: tuple[OwnConversation, ...]


class AllConversations(Struct, frozen=True, kw_only=True):
    now: float
    conversations: tuple[ToldConversation, ...]


class FullConversation(Struct, frozen=True, kw_only=True):
    conversation: OwnConversation
    entries: tuple[EntryRecord, ...]


# --- the agent's own ---------------------------------------------------------------------------------


class ListOwn(Command[OwnConversations], frozen=True, kw_only=True):
    """This agent's conversations."""

    name: ClassVar[str] = "conversations.mine"
    role: ClassVar[Role | None] = Role.AGENT


class ShowOwn(Command[FullConversation], frozen=True, kw_only=True):
    """One of this agent's conversations, with its log."""

    name: ClassVar[str] = "conversations.show"
    role: ClassVar[Role | None] = Role.AGENT
    conversation: Id


class DoAct(Command[Queued], frozen=True, kw_only=True):
    """Say something to the client, note something for the team, categorise, or complete."""

    name: ClassVar[str] = "conversations.act"
    role: ClassVar[Role | None] = Role.AGENT
    conversation: Id
    kind: Literal["say", "note", "categorise", "complete"]
    text: Annotated[str, Meta(max_length=ENTRY_LENGTH)] = ""
    id: NewId = ""


class Transfer(Command[Done], frozen=True, kw_only=True):
    """Give a conversation to another agent, or back to the queue."""

    name: ClassVar[str] = "conversations.transfer"
    role: ClassVar[Role | None] = Role.AGENT
    conversation: Id
    to: AgentText = ""
    id: NewId = ""


class Reopen(Command[Done], frozen=True, kw_only=True):
    """Take a conversation again that this agent has completed."""

    name: ClassVar[str] = "conversations.reopen"
    role: ClassVar[Role | None] = Role.AGENT
    conversation: Id
    id: NewId = ""


class SetDraft(Command[Done], frozen=True, kw_only=True):
    """What stands in the composer; supervisors who watch see it, nobody else."""

    name: ClassVar[str] = "conversations.draft"
    role: ClassVar[Role | None] = Role.AGENT
    conversation: Id
    text: Annotated[str, Meta(max_length=ENTRY_LENGTH)]


class Dismiss(Command[Done], frozen=True, kw_only=True):
    """Put away an act that was not sent."""

    name: ClassVar[str] = "conversations.dismiss"
    role: ClassVar[Role | None] = Role.AGENT
    conversation: Id
    id: Id


class Reclaim(Command[Done], frozen=True, kw_only=True):
    """Take control back from the supervisor who holds it."""

    name: ClassVar[str] = "conversations.reclaim"
    role: ClassVar[Role | None] = Role.AGENT


# --- a supervisor's ----------------------------------------------------------------------------------


class ListAll(Command[AllConversations], frozen=True, kw_only=True):
    """Every conversation that the desks have told of."""

    name: ClassVar[str] = "conversations.list"


class Watch(Command[Done], frozen=True, kw_only=True):
    """Mirror an agent's conversations and drafts here, or no more. Whoever looks on says so every 10 s, and
    is forgotten after 30 s."""

    name: ClassVar[str] = "conversations.watch"
    agent: Annotated[AgentText, Meta(min_length=1)]
    watching: bool = True
    viewer: NewId = ""
    """Which page or command looks on: the mirror stays until the last one is gone."""


class Assign(Command[Done], frozen=True, kw_only=True):
    """Give a conversation to an agent, or (with nobody named) back to the queue."""

    name: ClassVar[str] = "conversations.assign"
    conversation: Id
    to: AgentText = ""
    id: NewId = ""


class BlockClient(Command[Done], frozen=True, kw_only=True):
    """Block a client, for so many seconds or until unblocked; or unblock."""

    name: ClassVar[str] = "conversations.block"
    client: Id
    blocked: bool = True
    reason: Annotated[str, Meta(max_length=REASON_LENGTH)] = ""
    seconds: Annotated[float, Meta(gt=0, le=1e9)] | None = None
    id: NewId = ""


class SendWhisper(Command[Done], frozen=True, kw_only=True):
    """A word to the agent alone; it can reach no client."""

    name: ClassVar[str] = "conversations.whisper"
    agent: Annotated[AgentText, Meta(min_length=1)]
    conversation: Annotated[str, Meta(max_length=ID_LENGTH)] = ""
    text: Said


class ReadLog(Command[Log], frozen=True, kw_only=True):
    """Read a conversation at its desk: any, for a supervisor with *observe*; for an agent one in hand, or an
    earlier one of the same client (``of`` names the one in hand). Leaves no trace."""

    name: ClassVar[str] = "conversations.read"
    role: ClassVar[Role | None] = None
    conversation: Id
    of: Annotated[str, Meta(max_length=ID_LENGTH)] = ""
    after: Annotated[int, Meta(ge=0)] = 0


class ShowHistory(Command[History], frozen=True, kw_only=True):
    """Earlier conversations with the client of this one."""

    name: ClassVar[str] = "conversations.history"
    role: ClassVar[Role | None] = None
    conversation: Id


class ListColleagues(Command[Colleagues], frozen=True, kw_only=True):
    """To whom a conversation in hand can be given, and to whom not and why."""

    name: ClassVar[str] = "conversations.colleagues"
    role: ClassVar[Role | None] = Role.AGENT
    conversation: Id


class ListBlocked(Command[BlockedList], frozen=True, kw_only=True):
    """The clients who are blocked."""

    name: ClassVar[str] = "conversations.blocked"


class TakeControl(Command[ControlStarted], frozen=True, kw_only=True):
    """Act as an agent from now on."""

    name: ClassVar[str] = "control.take"
    agent: Annotated[AgentText, Meta(min_length=1)]
    reason: Annotated[str, Meta(max_length=REASON_LENGTH)] = ""


class RenewControl(Command[Done], frozen=True, kw_only=True):
    """Somebody is still in control; due each second."""

    name: ClassVar[str] = "control.renew"
    session: Id


class ReleaseControl(Command[Done], frozen=True, kw_only=True):
    """Hand back."""

    name: ClassVar[str] = "control.release"
    session: Id


class ActUnderControl(Command[Done], frozen=True, kw_only=True):
    """Do as the agent: the same acts, or ``move`` to an agent, or to the queue."""

    name: ClassVar[str] = "control.act"
    session: Id
    conversation: Id
    kind: Literal["say", "note", "categorise", "complete", "move"]
    text: Annotated[str, Meta(max_length=ENTRY_LENGTH)] = ""
    to: AgentText = ""
    id: NewId = ""


COMMANDS = (
    ListOwn,
    ShowOwn,
    DoAct,
    Transfer,
    Reopen,
    SetDraft,
    Dismiss,
    Reclaim,
    ListAll,
    Watch,
    Assign,
    BlockClient,
    SendWhisper,
    TakeControl,
    RenewControl,
    ReleaseControl,
    ActUnderControl,
    ReadLog,
    ShowHistory,
    ListColleagues,
    ListBlocked,
)
