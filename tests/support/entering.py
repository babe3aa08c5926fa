"""Ledgers for tests that are not about the ledger: everything is signed and committed at once."""

from collections.abc import Callable, Sequence

from lanassist.node.errors import LanassistError
from lanassist.node.protocol.messages import Message, NodeId, Request, SessionId, Signed
from lanassist.node.services.base import AnyCommand, Effect, Ticket
from lanassist.node.services.glance.core import GlanceCore
from lanassist.node.services.session import (
    Attendance,
    Ending,
    Enter,
    Entered,
    NotEntered,
    Session,
    Step,
    Supervision,
)
from lanassist.node.trust.identity import Identity

SIGNED = Signed(statement=b"signed")


class OpenLedger:
    """Takes in whatever there is; with ``failure`` nothing."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.failure: LanassistError | None = None

    async def enter(self, step: Step) -> Entered | NotEntered:
        self.steps.append(step)
        return NotEntered(step, self.failure) if self.failure else Entered(step, SIGNED)

    async def abandon(self, service: str) -> None: ...


def entered(
    effects: Sequence[Effect], then: Callable[[Entered | NotEntered], Sequence[Effect]]
) -> list[Effect]:
    """The effects, with what comes of each that was to be written in its place; all of it is written."""
    found: list[Effect] = []
    for effect in effects:
        found += entered(then(Entered(effect.step, SIGNED)), then) if isinstance(effect, Enter) else [effect]
    return found


class SureSupervision(Supervision):
    """A supervisor's sessions whose every step is written."""

    def _sure(self, outcome: Sequence[Effect], now: float = 0.0) -> Sequence[Effect]:
        return entered(outcome, lambda what: self.entered(what, now))

    def start(
        self, session: SessionId, agent: Identity, request: Request, reason: str, now: float
    ) -> Sequence[Effect]:
        return self._sure(super().start(session, agent, request, reason, now), now)

    def renew(self, session: SessionId, now: float) -> Sequence[Effect]:
        return self._sure(super().renew(session, now), now)

    def change(self, session: SessionId, request: Request) -> Sequence[Effect]:
        return self._sure(super().change(session, request))

    def end(self, session: SessionId, why: Ending) -> Sequence[Effect]:
        return self._sure(super().end(session, why))

    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]:
        return self._sure(super().receive(peer, message, now), now)

    def end_with(self, peer: NodeId, why: Ending) -> Sequence[Effect]:
        return self._sure(super().end_with(peer, why))


class SureAttendance(Attendance):
    """An agent's sessions whose every step is written."""

    def _sure(self, outcome: Sequence[Effect], now: float = 0.0) -> Sequence[Effect]:
        return entered(outcome, lambda what: self.entered(what, now))

    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]:
        return self._sure(super().receive(peer, message, now), now)

    def end(self, session: Session, why: Ending) -> Sequence[Effect]:
        return self._sure(super().end(session, why))

    def end_with(self, peer: NodeId, why: Ending) -> Sequence[Effect]:
        return self._sure(super().end_with(peer, why))

    def on_deadline(self, now: float) -> Sequence[Effect]:
        return self._sure(super().on_deadline(now), now)


class SureGlance(GlanceCore):
    """Glance whose every step is written."""

    def _sure(self, outcome: Sequence[Effect], now: float) -> Sequence[Effect]:
        return entered(outcome, lambda what: self.observe(what, now))

    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]:
        return self._sure(super().receive(peer, message, now), now)

    def observe(self, event: object, now: float) -> Sequence[Effect]:
        return self._sure(super().observe(event, now), now)

    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> Sequence[Effect]:
        return self._sure(super().command(ticket, command, now), now)

    def peer_down(self, peer: NodeId, now: float) -> Sequence[Effect]:
        return self._sure(super().peer_down(peer, now), now)

    def on_deadline(self, now: float) -> Sequence[Effect]:
        return self._sure(super().on_deadline(now), now)
