"""What a local user may ask of presence, and what presence puts on the board."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from lanassist.node.protocol.limits import MOST_CAPACITY, NAME_LENGTH, REASON_LENGTH
from lanassist.node.protocol.messages import Displays, NodeId
from lanassist.node.services.call import Call
from lanassist.node.services.command import Command, Done, Refusal
from lanassist.node.trust.grants import Role

AGENTS = "presence.agents"
"""Board topic: an AgentRow by node id (on supervisors' nodes)."""
SELF = "presence.self"
"""Board topic: this agent's own OwnStatus, under the key ``self``."""


class AgentRow(Struct, frozen=True, kw_only=True):
    """One agent as supervisors see it. Times are this node's monotonic clock, in seconds."""

    node: NodeId
    name: str
    email: str
    teams: tuple[str, ...]
    status: Literal["available", "connected", "acw", "absent"]
    why: Literal["", "offline", "break", "locked", "idle"] = ""
    """What makes an absent agent absent."""
    reason: str = ""
    """The break's reason, as the agent gave it."""
    since: float
    """In this status since."""
    online: bool
    online_since: float | None = None
    last_activity: float | None = None
    last_heard: float | None = None
    """Of an offline agent: when its link was last alive."""
    locked: bool | None = None
    displays: Displays = ()
    screen_error: str = ""
    active: int = 0
    """Places of the capacity that are taken; it may exceed ``total``."""
    total: int = 0
    ongoing: int = 0
    waiting: int = 0
    """Clients in this agent's hands who wrote last and have no answer yet."""
    waiting_since: float | None = None
    """Since when the longest of them waits."""
    completed: int = 0
    """Interventions completed today."""
    aht: float | None = None
    """Average handling time today, in seconds; None with nothing completed."""
    break_reasons: tuple[str, ...] = ()
    """What a break of this agent may be called; none: anything, or not known because offline."""
    assign: Refusal | None = None
    """Why this agent cannot be given a client; None: it can, as far as is known here."""
    set_status: Refusal | None = None
    """Why this supervisor cannot set the agent's status."""
    call: Call | None = None
    """The call that is on, or the work after it."""


class AgentList(Struct, frozen=True, kw_only=True):
    now: float
    """This node's monotonic clock at the answer: ``now - since`` is an age."""
    agents: tuple[AgentRow, ...]


class OwnStatus(Struct, frozen=True, kw_only=True):
    """This agent's own state."""

    status: Literal["available", "break"]
    reason: str = ""
    since: float
    idle: bool = False
    """No key or mouse for longer than the limit."""
    available: bool = True
    """Whether clients may be given to this agent now."""
    call: Call | None = None
    """The call that is on, or the work after it."""
    capacity: int = 0
    break_reasons: tuple[str, ...] = ()
    set_by: str = ""
    """The supervisor who set this status; empty: the agent."""
    completed: int = 0
    aht: float | None = None
    locked: bool | None = None
    displays: Displays = ()
    screen_error: str = ""


class StatusReport(Struct, frozen=True, kw_only=True):
    now: float
    """This node's monotonic clock at the answer."""
    status: OwnStatus


class DayFigures(Struct, frozen=True, kw_only=True):
    """One day of an agent. Times in seconds."""

    day: str
    """As 2026-05-31, where the agent's machine stands."""
    completed: int
    chat: float
    """Handling of chats."""
    talk: float
    hold: float
    acw: float
    aht: float | None


class DayList(Struct, frozen=True, kw_only=True):
    days: tuple[DayFigures, ...]


class ListAgents(Command[AgentList], frozen=True, kw_only=True):
    """All agents that this node knows."""

    name: ClassVar[str] = "presence.agents"


class SetStatus(Command[Done], frozen=True, kw_only=True):
    """Take a break, or be available again (on the agent's own node)."""

    name: ClassVar[str] = "presence.set-status"
    role: ClassVar[Role | None] = Role.AGENT

    status: Literal["available", "break"]
    reason: Annotated[str, Meta(max_length=REASON_LENGTH)] = ""


class SetStatusOf(Command[Done], frozen=True, kw_only=True):
    """Set an agent's status from a supervisor's node; needs the grant *control*. The agent sees who did."""

    name: ClassVar[str] = "presence.set-status-of"

    agent: Annotated[str, Meta(min_length=1, max_length=NAME_LENGTH)]
    status: Literal["available", "break"]
    reason: Annotated[str, Meta(max_length=REASON_LENGTH)] = ""


class SetCapacity(Command[Done], frozen=True, kw_only=True):
    """How many clients this agent takes at once."""

    name: ClassVar[str] = "presence.set-capacity"
    role: ClassVar[Role | None] = Role.AGENT

    capacity: Annotated[int, Meta(ge=0, le=MOST_CAPACITY)]


class ShowDays(Command[DayList], frozen=True, kw_only=True):
    """This agent's figures of the last days, today first."""

    name: ClassVar[str] = "presence.days"
    role: ClassVar[Role | None] = Role.AGENT


class ShowStatus(Command[StatusReport], frozen=True, kw_only=True):
    """This agent's own status."""

    name: ClassVar[str] = "presence.status"
    role: ClassVar[Role | None] = Role.AGENT


COMMANDS = (ListAgents, SetStatus, SetStatusOf, SetCapacity, ShowStatus, ShowDays)
