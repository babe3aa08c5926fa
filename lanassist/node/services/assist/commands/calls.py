"""Calls on the agent's own node. A softphone's hook, a connector or the agent gives these commands."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from lanassist.node.protocol.limits import ID_LENGTH, NAME_LENGTH
from lanassist.node.services.call import Call
from lanassist.node.services.command import Command, Done
from lanassist.node.trust.grants import Role

OWN_CALL = "call.own"
"""Board topic: this agent's own Call under the key ``self``; nothing there: no call and no work after one."""


class BegunCall(Struct, frozen=True, kw_only=True):
    call: str
    """Its id: the one that was given, or a new one."""
    sound_error: str = ""
    """Why nobody can listen to it, in one sentence: this machine's sound does not work. The call goes on."""


class PastCall(Struct, frozen=True, kw_only=True):
    """A call that this agent has finished, with the work after it. Times in seconds."""

    call: str
    inbound: bool
    routed: bool
    number: str = ""
    category: str = ""
    began: float
    ended: float
    """When the work after it ended."""
    talk: float
    hold: float
    acw: float
    taken_by: str = ""
    """The supervisor who took it over; empty: nobody."""


class OwnCalls(Struct, frozen=True, kw_only=True):
    now: float
    """This node's monotonic clock at the answer."""
    call: Call | None
    past: tuple[PastCall, ...]
    """Those of the last day and a half, the latest first."""


class BeginCall(Command[BegunCall], frozen=True, kw_only=True):
    """A call is on. Ends work after an earlier one; refused while another call is on.

    The same ``id`` again is no mistake: whoever is not sure says it twice.
    """

    name: ClassVar[str] = "call.begin"
    role: ClassVar[Role | None] = Role.AGENT

    direction: Literal["inbound", "outbound"] = "inbound"
    routed: bool = False
    """It came from the site's queue to this agent: only such an inbound call can be assisted."""
    number: Annotated[str, Meta(max_length=NAME_LENGTH)] = ""
    category: Annotated[str, Meta(max_length=NAME_LENGTH)] = ""
    id: Annotated[str, Meta(max_length=ID_LENGTH)] = ""
    """The softphone's own name for it, if it has one."""


class HoldCall(Command[Done], frozen=True, kw_only=True):
    """The customer waits."""

    name: ClassVar[str] = "call.hold"
    role: ClassVar[Role | None] = Role.AGENT


class ResumeCall(Command[Done], frozen=True, kw_only=True):
    """The agent speaks with the customer again."""

    name: ClassVar[str] = "call.resume"
    role: ClassVar[Role | None] = Role.AGENT


class EndCall(Command[Done], frozen=True, kw_only=True):
    """The call is over; After Call Work begins. With an ``id``, only that call: a late word ends no other."""

    name: ClassVar[str] = "call.end"
    role: ClassVar[Role | None] = Role.AGENT

    id: Annotated[str, Meta(max_length=ID_LENGTH)] = ""


class EndAcw(Command[Done], frozen=True, kw_only=True):
    """After Call Work is done; the agent is free for others."""

    name: ClassVar[str] = "call.end-acw"
    role: ClassVar[Role | None] = Role.AGENT


class ShowCalls(Command[OwnCalls], frozen=True, kw_only=True):
    """This agent's call, and those of the last day."""

    name: ClassVar[str] = "call.own"
    role: ClassVar[Role | None] = Role.AGENT


CALL_COMMANDS = (BeginCall, HoldCall, ResumeCall, EndCall, EndAcw, ShowCalls)
