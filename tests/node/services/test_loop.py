"""A service whose disk is full: nothing is half done, the reason is told, and it works again by itself."""

from collections.abc import Sequence
from typing import ClassVar

import msgspec
import pytest
import trio
import trio.testing
from trio.testing import MockClock

from lanassist.node.board import Board
from lanassist.node.errors import StorageFailed
from lanassist.node.protocol.messages import Heartbeat, Message, NodeId
from lanassist.node.services.base import (
    AnyCommand,
    Command,
    Core,
    Done,
    Effect,
    Persist,
    Publish,
    QuietCore,
    Record,
    Reply,
    Send,
    Tell,
    Ticket,
)
from lanassist.node.services.facts import Availability
from lanassist.node.services.service import Service
from lanassist.node.services.switchboard import Switchboard
from lanassist.node.trust.grants import Role
from lanassist.node.trust.identity import Identity
from tests.support.entering import OpenLedger
from tests.support.people import agent

DANA, SAM = agent("Dana"), agent("Sam")
FULL = StorageFailed(path="node.db", why="the disk is full; free some space on it")


class Line(Record, frozen=True, kw_only=True, tag="line"):
    number: int

    @property
    def key(self) -> str:
        return str(self.number)


class Count(msgspec.Struct, frozen=True):
    lines: int


class Write(Command[Done], frozen=True, kw_only=True):
    """One more line in the book."""

    name: ClassVar[str] = "book.write"
    role: ClassVar[Role | None] = None


class Ponder(Command[Done], frozen=True, kw_only=True):
    """Answered when somebody else says so: never."""

    name: ClassVar[str] = "book.ponder"
    role: ClassVar[Role | None] = None


class BookCore(QuietCore):
    """Counts lines; believes at once what it has decided, as every core does."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.lines = len(records)
        self.met: list[str] = []
        self.observed: list[object] = []

    def start(self, now: float) -> Sequence[Effect]:
        return [Publish("book", "lines", Count(self.lines))]

    def peer_up(self, peer: Identity, now: float) -> Sequence[Effect]:
        self.met.append(peer.name)
        return []

    def observe(self, event: object, now: float) -> Sequence[Effect]:
        self.observed.append(event)
        return []

    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> Sequence[Effect]:
        if isinstance(command, Ponder):
            return []
        self.lines += 1
        return [
            Persist((Line(number=self.lines),)),
            Send(SAM.node, Heartbeat()),
            Publish("book", "lines", Count(self.lines)),
            Reply(ticket, Done()),
        ]


class BookService(Service):
    name: ClassVar[str] = "book"
    commands: ClassVar[tuple[type[AnyCommand], ...]] = (Write, Ponder)
    records: ClassVar[tuple[type[Record], ...]] = (Line,)
    hears: ClassVar[tuple[type[object], ...]] = (Availability,)

    def __init__(self) -> None:
        super().__init__(BookCore([]))

    def recreate(self, records: Sequence[Record]) -> Core:
        return BookCore(records)


class ClockService(Service):
    """A sibling that told something at its start."""

    name: ClassVar[str] = "clock"

    def __init__(self) -> None:
        class ClockCore(QuietCore):
            def start(self, now: float) -> Sequence[Effect]:
                return [Tell("availability", Availability(capacity=7))]

            def command(self, ticket: Ticket, command: AnyCommand, now: float) -> Sequence[Effect]:
                return []

        super().__init__(ClockCore())


class Shelf:
    """An archive that can be full."""

    def __init__(self) -> None:
        self.full = False
        self.kept: dict[str, Record] = {}

    async def records(self, service: str, kinds: Sequence[type[Record]]) -> list[Record]:
        return list(self.kept.values())

    async def keep(self, service: str, put: Sequence[Record], drop: Sequence[Record]) -> None:
        if self.full:
            raise FULL
        self.kept.update({record.key: record for record in put})


class Desk:
    def __init__(self) -> None:
        self.shelf = Shelf()
        self.board = Board(trio.current_time)
        self.sent: list[tuple[NodeId, Message]] = []
        self.book = BookService()
        self.switchboard = Switchboard(
            DANA,
            (ClockService(), self.book),
            self.board,
            self.shelf,
            lambda to, message: self.sent.append((to, message)),
            trio.current_time,
            OpenLedger(),
        )

    @property
    def core(self) -> BookCore:
        assert isinstance(self.book.core, BookCore)
        return self.book.core

    async def write(self) -> None:
        await self.switchboard.call(Write())

    def shown(self) -> int:
        count = self.board.topic("book")["lines"]
        assert isinstance(count, Count)
        return count.lines


@pytest.fixture
def clock() -> MockClock:
    return MockClock(autojump_threshold=0)


@pytest.fixture
async def desk(nursery: trio.Nursery) -> Desk:
    desk = Desk()
    await nursery.start(desk.switchboard.run)
    await desk.switchboard.peer_up(SAM)
    await desk.write()
    desk.sent.clear()
    return desk


async def test_of_an_outcome_that_cannot_be_committed_nothing_is_done(desk: Desk, clock: MockClock) -> None:
    desk.shelf.full = True
    with pytest.raises(StorageFailed, match="the disk is full"):
        await desk.write()
    assert (desk.sent, desk.shown(), len(desk.shelf.kept)) == ([], 1, 1)


async def test_while_nothing_can_be_kept_commands_are_refused_with_the_reason(
    desk: Desk, clock: MockClock
) -> None:
    desk.shelf.full = True
    for _ in range(3):
        with pytest.raises(StorageFailed):
            await desk.write()


async def test_who_still_waited_for_an_answer_hears_of_it_at_once(
    desk: Desk, nursery: trio.Nursery, clock: MockClock
) -> None:
    asked = trio.current_time()

    async def ponder() -> None:
        with pytest.raises(StorageFailed):
            await desk.switchboard.call(Ponder())
        assert trio.current_time() == asked

    nursery.start_soon(ponder)
    await trio.testing.wait_all_tasks_blocked()
    desk.shelf.full = True
    with pytest.raises(StorageFailed):
        await desk.write()


async def test_with_room_again_the_core_begins_from_what_was_committed_and_knows_its_peers(
    desk: Desk, clock: MockClock
) -> None:
    desk.shelf.full = True
    with pytest.raises(StorageFailed):
        await desk.write()
    desk.shelf.full = False
    await trio.sleep(1.1)
    await desk.write()
    assert (desk.core.lines, desk.shown(), desk.core.met) == (2, 2, [SAM.name])
    assert desk.core.observed == [Availability(capacity=7)]


async def test_what_the_machine_showed_meanwhile_is_told_afterwards(desk: Desk, clock: MockClock) -> None:
    desk.shelf.full = True
    with pytest.raises(StorageFailed):
        await desk.write()
    await desk.book.observe("an old state")
    await desk.book.observe("the new state")
    await trio.testing.wait_all_tasks_blocked()
    desk.shelf.full = False
    await trio.sleep(1.1)
    assert desk.core.observed == [Availability(capacity=7), "the new state"]


async def test_a_fact_of_a_sibling_is_observed_before_anything_else(desk: Desk, clock: MockClock) -> None:
    assert desk.core.observed == [Availability(capacity=7)]
