"""What an agent may ask about being supervised, and what consent puts on the board."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from lanassist.node.protocol.limits import ID_LENGTH
from lanassist.node.services.command import Command, Done
from lanassist.node.services.facts import Wish
from lanassist.node.trust.grants import Role
from lanassist.node.trust.policy import LONGEST_PAUSE

REQUESTS = "consent.requests"
"""Board topic: a Wish by kind, supervisor and session (on the agent's own node)."""
PAUSE = "consent.pause"
"""Board topic: the OwnPause, under the key “self” (on the agent's own node)."""

Session = Annotated[str, Meta(max_length=ID_LENGTH)]


class OwnPause(Struct, frozen=True, kw_only=True):
    """Whether this agent has paused being watched, and for how long that may be."""

    allowed: float = 0.0
    """Minutes, at most; 0: policy does not let agents pause."""
    until: float | None = None
    """The monotonic clock; None: it is not paused."""
    minutes: float = 0.0
    """For how long it was paused."""


class Requests(Struct, frozen=True, kw_only=True):
    now: float
    """This node's monotonic clock at the answer."""
    requests: tuple[Wish, ...]
    """The oldest first."""
    pause: OwnPause


class ListRequests(Command[Requests], frozen=True, kw_only=True):
    """Who waits for this agent's yes, and whether watching is paused."""

    name: ClassVar[str] = "consent.requests"
    role: ClassVar[Role | None] = Role.AGENT


class Allow(Command[Done], frozen=True, kw_only=True):
    """Say yes to one who waits; no session named: to the only one."""

    name: ClassVar[str] = "consent.allow"
    role: ClassVar[Role | None] = Role.AGENT
    session: Session = ""


class Deny(Command[Done], frozen=True, kw_only=True):
    """Say no to one who waits; no session named: to the only one."""

    name: ClassVar[str] = "consent.deny"
    role: ClassVar[Role | None] = Role.AGENT
    session: Session = ""


class PauseWatching(Command[OwnPause], frozen=True, kw_only=True):
    """End every glance at this agent and let nobody look for a while; no minutes named: as long as may be.

    While watching is paused already, it changes nothing.
    """

    name: ClassVar[str] = "consent.pause"
    role: ClassVar[Role | None] = Role.AGENT
    minutes: Annotated[float, Meta(gt=0, le=LONGEST_PAUSE)] | None = None


class ResumeWatching(Command[OwnPause], frozen=True, kw_only=True):
    """End the pause before its time."""

    name: ClassVar[str] = "consent.resume"
    role: ClassVar[Role | None] = Role.AGENT


COMMANDS = (ListRequests, Allow, Deny, PauseWatching, ResumeWatching)
