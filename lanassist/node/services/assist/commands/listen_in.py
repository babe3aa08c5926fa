"""Let Listen In: an agent lets supervisors hear all calls, or the one that is on."""

from typing import ClassVar, Literal

from msgspec import Struct

from lanassist.node.services.command import Command, Done
from lanassist.node.trust.grants import Role

LISTEN_IN = "listen-in.own"
"""Board topic: this agent's ListenIn under the key ``self``; always there on an agent's node."""


class ListenIn(Struct, frozen=True, kw_only=True):
    """What this agent lets, and what the site's policy wants."""

    all_calls: bool = False
    this_call: bool = False
    """The call that is on; it is over with it."""
    required: bool = False
    """The policy: without one of the two nobody can listen. False: supervisors with the grant can anyway."""
    consent: Literal["notify", "ask", "off"] = "notify"
    """The policy for assist: the agent is told, is asked first, or nobody assists at all."""


class SetListenIn(Command[Done], frozen=True, kw_only=True):
    """Let listen in, or not. Taking it back ends an assist that needs it; a call goes on."""

    name: ClassVar[str] = "listen-in.set"
    role: ClassVar[Role | None] = Role.AGENT

    on: bool
    this_call: bool = False
    """Only the call that is on; else all calls, from now on and over restarts."""


class ShowListenIn(Command[ListenIn], frozen=True, kw_only=True):
    """What this agent lets."""

    name: ClassVar[str] = "listen-in.own"
    role: ClassVar[Role | None] = Role.AGENT


LISTEN_IN_COMMANDS = (SetListenIn, ShowListenIn)
