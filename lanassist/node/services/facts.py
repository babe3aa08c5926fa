"""What the services of one node tell each other. They never import one another: a core emits ``Tell``, and
the switchboard hands the fact to every sibling as an observation.
"""

from typing import Literal

from msgspec import Struct

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


Fact = Availability | Workload | Intervention | CallState | PolicyInForce
