"""What the services of one node tell each other. They never import one another: a core emits ``Tell``, and
the switchboard hands the fact to every sibling as an observation.
"""

from typing import Literal

from msgspec import Struct

from lanassist.node.protocol.messages import DisplayNumbers, NodeId, SessionId
from lanassist.node.services.call import Call
from lanassist.node.trust.policy import Policy


class Availability(Struct, frozen=True, kw_only=True):
    """Presence to all: may this agent be given clients, and how many."""

    available: bool = True
    why: str = ""
    """Of an agent who is absent: “on break: lunch”, “screen locked”, “idle”."""
    capacity: int = 3


class Workload(Struct, frozen=True, kw_only=True):
    """Conversations to all: what this agent has in hand. Times are the monotonic clock."""

    active: int
    """Places that are taken or kept; it may exceed the capacity."""
    ongoing: int
    """Conversations in hand."""
    waiting: int
    """Of those: clients who wrote last and have no answer yet."""
    waiting_since: float | None = None
    """Since when the longest of them waits."""
    active_at: float
    """The agent's last deed in a conversation."""


class Intervention(Struct, frozen=True, kw_only=True):
    """An agent has finished with a client: one conversation or call. Told again after a restart; ``id``
    makes it count once."""

    id: str
    kind: Literal["chat", "call"] = "chat"
    ended: float
    seconds: float
    """Handling: from the moment it was given to this agent. Of a call: talk, hold and the work after it."""
    hold: float = 0.0
    """Of these, the customer on hold."""
    acw: float = 0.0
    """Of these, work after the call."""


class CallState(Struct, frozen=True, kw_only=True):
    """Assist to all: the agent's call, or the work after it. Times are the monotonic clock."""

    call: Call | None
    active_at: float
    """The agent's last deed with a call."""


class PolicyInForce(Struct, frozen=True, kw_only=True):
    """The site to all, under the key “policy”: at the start and at each change."""

    policy: Policy


SupervisionKind = Literal["glance", "control", "assist"]


class Wish(Struct, frozen=True, kw_only=True):
    """A supervisor who waits for this agent's yes. Times are the monotonic clock."""

    session: SessionId
    supervisor: NodeId
    name: str
    kind: SupervisionKind
    displays: DisplayNumbers = ()
    """Of a glance."""
    reason: str = ""
    since: float
    until: float
    """When no answer counts as a no."""


class Wishes(Struct, frozen=True, kw_only=True):
    """Glance, conversations and assist to consent, under “wishes/KIND”, at each change: who waits."""

    kind: SupervisionKind
    wishes: tuple[Wish, ...]


class WishAnswered(Struct, frozen=True, kw_only=True):
    """Consent to whoever told of the wish: the agent has answered. A session's name is its supervisor's
    choice, so it names the wish only together with the kind."""

    kind: SupervisionKind
    session: SessionId
    supervisor: NodeId
    allowed: bool


class Supervised(Struct, frozen=True, kw_only=True):
    """Glance, conversations and assist to consent, under “supervised/KIND/SUPERVISOR/SESSION”:
    somebody supervises this agent from now on, or does no more."""

    session: SessionId
    supervisor: NodeId
    name: str
    kind: SupervisionKind
    displays: DisplayNumbers = ()
    wall: bool = False
    """As one small picture on a wall of many agents."""
    reason: str = ""
    end: str = ""
    """Why it is over; empty while it goes on."""


class WatchingPause(Struct, frozen=True, kw_only=True):
    """Consent to all, under “pause”: the agent has paused being watched, or has not any more."""

    until: float | None
    """The monotonic clock; None: it is not paused."""
    minutes: float = 0.0
    """For how long it was asked for."""


Fact = (
    Availability
    | Workload
    | Intervention
    | CallState
    | PolicyInForce
    | Wishes
    | WishAnswered
    | Supervised
    | WatchingPause
)
