"""What a local user may ask of presence, and what presence puts on the board."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from lanassist.node.protocol.limits import REASON_LENGTH
from lanassist.node.protocol.messages import Displays, NodeId
from lanassist.node.services.command import Command, Done
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
    why: Literal["", "offline", "break", "locked"] = ""
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


class AgentList(Struct, frozen=True, kw_only=True):
    now: float
    """This node's monotonic clock at the answer: ``now - since`` is an age."""
    agents: tuple[AgentRow, ...]


class OwnStatus(Struct, frozen=True, kw_only=True):
    """This agent's own state."""

    status: Literal["available", "break"]
    reason: str = ""
    since: float
    locked: bool | None = None
    displays: Displays = ()
    screen_error: str = ""


class StatusReport(Struct, frozen=True, kw_only=True):
    now: float
    """This node's monotonic clock at the answer."""
    status: OwnStatus


class ListAgents(Command[AgentList], frozen=True, kw_only=True):
    """All agents that this node knows."""

    name: ClassVar[str] = "presence.agents"


class SetStatus(Command[Done], frozen=True, kw_only=True):
    """Take a break, or be available again (on the agent's own node)."""

    name: ClassVar[str] = "presence.set-status"
    role: ClassVar[Role | None] = Role.AGENT

    status: Literal["available", "break"]
    reason: Annotated[str, Meta(max_length=REASON_LENGTH)] = ""


class ShowStatus(Command[StatusReport], frozen=True, kw_only=True):
    """This agent's own status."""

    name: ClassVar[str] = "presence.status"
    role: ClassVar[Role | None] = Role.AGENT


COMMANDS = (ListAgents, SetStatus, ShowStatus)
