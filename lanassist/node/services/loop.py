"""The loop of one service: what happens goes into the core, what the core decides comes out.

What an outcome commits is committed first. If that fails, nothing else of it is done, and the core begins
again from its records a moment later; until then the service says why it cannot work.
"""

import logging
import math
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

import msgspec
import trio

from lanassist.node.errors import LanassistError
from lanassist.node.protocol.messages import Message, NodeId
from lanassist.node.services.base import (
    Commanded,
    Core,
    Effect,
    Informed,
    Observed,
    Occurrence,
    PeerDown,
    PeerUp,
    Persist,
    Publish,
    Received,
    Record,
    Refuse,
    Reply,
    Send,
    Tell,
    Ticket,
)
from lanassist.node.services.facts import Fact
from lanassist.node.services.service import Service
from lanassist.node.services.session import Enter, Entered, NotEntered, Step
from lanassist.node.trust.identity import Identity

RECOVERY: Final = 1.0
"""Seconds after a failed commit before the core begins again; bounds what a full disk costs."""
_log = logging.getLogger(__name__)


class Archive(Protocol):
    """Where cores' records are kept."""

    async def records(self, service: str, kinds: Sequence[type[Record]]) -> list[Record]: ...

    async def keep(self, service: str, put: Sequence[Record], drop: Sequence[Record]) -> None:
        """All of it is committed, or none: StorageFailed."""
        ...


class Ledger(Protocol):
    """What signs and keeps the steps of sessions."""

    async def enter(self, step: Step) -> Entered | NotEntered:
        """Sign it, check what the other end signed, commit it. A failure is an answer, not an exception."""
        ...

    async def abandon(self, service: str) -> None:
        """Close that service's sessions as lost: its core begins again. Raises StorageFailed."""
        ...


class Outside(Protocol):
    """What a loop needs of the switchboard."""

    @property
    def archive(self) -> Archive: ...
    @property
    def ledger(self) -> Ledger: ...
    def clock(self) -> float: ...
    def send(self, to: NodeId, message: Message) -> None: ...
    def publish(self, topic: str, key: str, value: msgspec.Struct | None) -> None: ...
    def answer(self, ticket: Ticket, answer: msgspec.Struct | LanassistError) -> None: ...
    def tell(self, teller: Service, key: str, fact: Fact) -> None: ...
    def peers(self, service: Service) -> Iterable[Identity]: ...
    def facts(self, service: Service) -> Iterable[Fact]: ...


class _Failed(Exception):
    """A commit did not succeed."""

    def __init__(self, error: LanassistError) -> None:
        super().__init__(error.text)
        self.error = error


class Loop:
    """Runs one service."""

    def __init__(self, service: Service, outside: Outside) -> None:
        self.service = service
        self._outside = outside
        self._open: set[Ticket] = set()
        """Commands that the core has and has not answered yet."""
        self._failure: LanassistError | None = None
        self._again_at = 0.0
        self._missed: dict[type[object], object] = {}
        """What was observed while the core could not work; the newest of each kind."""

    async def start(self) -> None:
        """The core's first outcome."""
        await self._apply(lambda core, now: core.start(now))

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            occurrence: Occurrence | None = None
            with trio.move_on_after(self._patience()):
                occurrence = await self.service.next_occurrence()
            if self._failure is None or await self._recovered():
                await self._apply(lambda core, now, what=occurrence: self._decide(core, what, now))
            else:
                self._turn_away(occurrence, self._failure)

    def _patience(self) -> float:
        at = self.service.core.deadline() if self._failure is None else self._again_at
        return math.inf if at is None else max(0.0, at - self._outside.clock())

    def _decide(self, core: Core, occurrence: Occurrence | None, now: float) -> Sequence[Effect]:
        match occurrence:
            case None | Informed():
                return core.on_deadline(now)
            case PeerUp(peer):
                return core.peer_up(peer, now)
            case PeerDown(node):
                return core.peer_down(node, now)
            case Received(peer, message):
                return core.receive(peer, message, now)
            case Commanded(ticket, command):
                self._open.add(ticket)
                return core.command(ticket, command, now)
            case Observed(event):
                return core.observe(event, now)

    # --- outcomes ------------------------------------------------------------------------------------

    async def _apply(self, decide: "Decide") -> None:
        try:
            await self._carry_out(decide(self.service.core, self._outside.clock()))
        except _Failed as failed:
            self._give_up(failed.error)

    async def _carry_out(self, effects: Sequence[Effect]) -> None:
        """Raises _Failed, with nothing done, if what is to be kept cannot be kept."""
        failure: LanassistError | None = None
        for effect in effects:
            match effect:
                case Persist(put, drop):
                    await self._keep(put, drop)
                case Enter(step):
                    await self._enter(step)
                case Reply(ticket) if failure is not None:
                    self._answer(ticket, failure)
                case Send(to, message):
                    self._outside.send(to, message)
                case Publish(topic, key, value):
                    self._outside.publish(topic, key, value)
                case Tell(key, fact):
                    self._outside.tell(self.service, key, fact)
                case Reply(ticket, value):
                    self._answer(ticket, value)
                case Refuse(ticket, error):
                    self._answer(ticket, error)
                case _:
                    failure = await self._perform(effect) or failure

    async def _keep(self, put: Sequence[Record], drop: Sequence[Record]) -> None:
        try:
            await self._outside.archive.keep(self.service.name, put, drop)
        except LanassistError as error:
            raise _Failed(error) from error

    async def _enter(self, step: Step) -> None:
        """What became of it is the core's to know before anything else of the outcome is done."""
        entered = await self._outside.ledger.enter(step)
        await self._carry_out(self.service.core.observe(entered, self._outside.clock()))

    async def _perform(self, effect: Effect) -> LanassistError | None:
        """What cannot be done (a full disk) refuses the command that wanted it; a bug ends the node."""
        try:
            await self.service.perform(effect)
        except LanassistError as error:
            _log.error("%s: %s", self.service.name, error.text)
            return error
        return None

    def _answer(self, ticket: Ticket, answer: msgspec.Struct | LanassistError) -> None:
        self._open.discard(ticket)
        self._outside.answer(ticket, answer)

    # --- when nothing can be kept --------------------------------------------------------------------

    def _give_up(self, error: LanassistError) -> None:
        """Whatever the core had in mind is void: it begins again from its records."""
        _log.error("%s: %s", self.service.name, error.text)
        self._failure = error
        self._again_at = self._outside.clock() + RECOVERY
        for ticket in list(self._open):
            self._answer(ticket, error)

    def _turn_away(self, occurrence: Occurrence | None, failure: LanassistError) -> None:
        """Peers say again what matters; a command is refused; what this machine shows is kept."""
        match occurrence:
            case Commanded(ticket):
                self._outside.answer(ticket, failure)
            case Observed(event):
                self._missed[type(event)] = event

    async def _recovered(self) -> bool:
        """Whether the core has begun again, with all that it would know by now."""
        if self._outside.clock() < self._again_at:
            return False
        service, outside = self.service, self._outside
        try:
            await outside.ledger.abandon(service.name)
            service.core = service.recreate(await outside.archive.records(service.name, service.records))
            await self._carry_out(service.core.start(outside.clock()))
            for event in (*outside.facts(service), *self._missed.values()):
                await self._carry_out(service.core.observe(event, outside.clock()))
            for peer in outside.peers(service):
                await self._carry_out(service.core.peer_up(peer, outside.clock()))
        except _Failed as failed:
            self._give_up(failed.error)
            return False
        except LanassistError as error:
            self._give_up(error)
            return False
        _log.info("%s: works again", service.name)
        self._failure = None
        self._missed.clear()
        return True


class Decide(Protocol):
    def __call__(self, core: Core, now: float, /) -> Sequence[Effect]: ...
