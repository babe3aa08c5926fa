"""What is put on the board about conversations. Times are the node's monotonic clock."""

from typing import Literal

from msgspec import Struct

from lanassist.node.protocol.messages import Act, Client, NodeId, SessionId
from lanassist.node.services.command import Refusal

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
CONTROL_OFFER = "conversations.control-offer"
"""Board topic: the ControlOffer under the key ``self`` (on the supervisor's node)."""


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
    """Since then the client has had no answer; None: nothing is to be answered."""
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
    desk_online: bool = True
    """False: this is how it stood when the desk was last heard."""
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
    """In its log, as the agent has it."""
    since: float = 0.0
    agent_online: bool = True
    """False: this is how it stood when the agent's node was last heard."""
    typing: bool = False
    """The client is typing."""
    waiting_since: float | None = None
    """Since then the client has had no answer; None: nothing is to be answered."""
    act: Refusal | None = None
    """Why this supervisor cannot act in it now; without control: to take control first."""


class ControlRow(Struct, frozen=True, kw_only=True):
    """Control of an agent's conversations, on the supervisor's node."""

    session: SessionId
    agent: NodeId
    agent_name: str
    state: Literal["asking", "asked", "running", "ended"]
    """``asked``: the agent is being asked, and may take a while to answer."""
    since: float
    end: Refusal | None = None


class ControlOffer(Struct, frozen=True, kw_only=True):
    """What the site's policy says about control, whomever it is of."""

    refusal: Refusal | None = None
    reason_required: bool = False
    """Whether policy wants to know why."""
    asks: bool = False
    """Whether the agent is asked first, and must say yes."""


class DeskInfo(Struct, frozen=True, kw_only=True):
    """A desk that this node is connected to."""

    node: NodeId
    name: str
    categories: tuple[str, ...]


class BlockedRow(Struct, frozen=True, kw_only=True):
    """A client who is blocked, as the desks tell."""

    client: str
    name: str
    """As the client called itself; empty if it is not known here."""
    reason: str
    by: str
    until: float | None
    unblock: Refusal | None = None
    """Why this supervisor cannot unblock."""
