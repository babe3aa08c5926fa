"""The one shape of every service: a pure core, a thin shell, and the only loop between them.

A core takes messages, commands, observations of this machine, and time; it gives effects. It has no
clock, no randomness and no I/O, so a whole site can be run as a deterministic simulation.
"""

from collections.abc import Sequence
from typing import ClassVar, Protocol, Self

import msgspec

from lanassist.node.errors import LanassistError
from lanassist.node.protocol.messages import Message, NodeId
from lanassist.node.services.command import (
    AnyCommand as AnyCommand,
    Command as Command,
    Done as Done,
    ReplyT as ReplyT,
)
from lanassist.node.services.facts import Fact
from lanassist.node.trust.identity import Identity

INBOX = 1024


Ticket = int
"""Ties a reply to the command that asked for it."""


# --- what a core says --------------------------------------------------------------------------------


class Effect(msgspec.Struct, frozen=True):
    """Something for the world to do."""


class Send(Effect, frozen=True):
    """Put a message on the link to a peer; dropped if that link is gone (``peer_down`` tells)."""

    to: NodeId
    message: Message


class Publish(Effect, frozen=True):
    """Put a value on the local board, or take it down."""

    topic: str
    key: str
    value: msgspec.Struct | None


class Reply(Effect, frozen=True):
    """Answer a command."""

    ticket: Ticket
    value: msgspec.Struct


class Refuse(Effect, frozen=True):
    """Decline a command, with the sentence that its user reads."""

    ticket: Ticket
    error: LanassistError


class Tell(Effect, frozen=True):
    """Tell the sibling services of this node. Of one ``key`` only the newest fact is sure to arrive."""

    key: str
    fact: Fact


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a core keeps over restarts, as one row under ``kind`` (the tag) and ``key``.

    Times in it are this run's monotonic clock; ``times`` names them, for the store to convert.
    """

    times: ClassVar[tuple[str, ...]] = ()

    @property
    def key(self) -> str:
        """What the record is found by; a later record of the same class and key replaces it."""
        raise NotImplementedError

    def shifted(self, by: float, latest: float) -> Self:
        """With its times ``by`` seconds later; what would lie after ``latest`` counts as then."""
        moved = {name: min(getattr(self, name) + by, latest) for name in self.times}
        return msgspec.structs.replace(self, **moved) if moved else self


class Persist(Effect, frozen=True):
    """Commit these records in one transaction, before anything else of the same outcome is done.

    If the commit fails, nothing else of the outcome happens: its commands are refused with the error, and
    the core is rebuilt from its records as after a crash.
    """

    put: tuple[Record, ...] = ()
    drop: tuple[Record, ...] = ()
    """Rows to remove; only their class and key count."""


class Core(Protocol):
    """What every service's ``core.py`` provides. ``now`` is this node's monotonic clock, in seconds."""

    def start(self, now: float) -> Sequence[Effect]: ...
    def peer_up(self, peer: Identity, now: float) -> Sequence[Effect]: ...
    def peer_down(self, peer: NodeId, now: float) -> Sequence[Effect]: ...
    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]: ...
    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> Sequence[Effect]: ...
    def observe(self, event: object, now: float) -> Sequence[Effect]: ...
    def deadline(self) -> float | None: ...
    def on_deadline(self, now: float) -> Sequence[Effect]: ...


class QuietCore:
    """Answers for the parts of the shape that a core has no use for."""

    def start(self, now: float) -> Sequence[Effect]:
        return []

    def peer_up(self, peer: Identity, now: float) -> Sequence[Effect]:
        return []

    def peer_down(self, peer: NodeId, now: float) -> Sequence[Effect]:
        return []

    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]:
        return []

    def observe(self, event: object, now: float) -> Sequence[Effect]:
        return []

    def deadline(self) -> float | None:
        return None

    def on_deadline(self, now: float) -> Sequence[Effect]:
        return []


# --- what a core is told -----------------------------------------------------------------------------


class PeerUp(msgspec.Struct, frozen=True):
    peer: Identity


class PeerDown(msgspec.Struct, frozen=True):
    peer: NodeId


class Received(msgspec.Struct, frozen=True):
    peer: Identity
    message: Message


class Commanded(msgspec.Struct, frozen=True):
    ticket: Ticket
    command: AnyCommand


class Observed(msgspec.Struct, frozen=True):
    """Something about this machine: its desktop, a channel, a pump."""

    event: object


class GaveUp(msgspec.Struct, frozen=True):
    """Observed: whoever waited for the answer to this ticket does so no more."""

    ticket: Ticket


class Informed(msgspec.Struct, frozen=True):
    """A sibling has told something."""


class PeerBarred(msgspec.Struct, frozen=True):
    """Observed: this peer's certificate was revoked; the link to it is cut, and that is why."""

    peer: NodeId


class Leaving(msgspec.Struct, frozen=True):
    """Observed: the node is shutting down."""


Occurrence = PeerUp | PeerDown | Received | Commanded | Observed | Informed
