"""The switchboard: one door for commands, and what the world refuses is told to who asked."""

from collections.abc import Sequence
from typing import ClassVar

import msgspec
import pytest
import trio
import trio.testing

from lanassist.node.board import Board
from lanassist.node.errors import LanassistError, MissingRole, StorageFailed, UnknownCommand, Unreachable
from lanassist.node.memory import Memory
from lanassist.node.protocol.messages import Heartbeat, Message, NodeId
from lanassist.node.services.base import (
    AnyCommand,
    Done,
    Effect,
    GaveUp,
    Publish,
    QuietCore,
    Reply,
    Send,
    Ticket,
)
from lanassist.node.services.command import Command
from lanassist.node.services.facts import Wishes
from lanassist.node.services.service import Service
from lanassist.node.services.switchboard import Switchboard
from lanassist.node.trust.identity import Identity
from tests.support.entering import OpenLedger
from tests.support.people import agent, supervisor
from tests.support.storage import MemoryStorage
from tests.support.waiting import until

SAM, DANA = supervisor("Sam"), agent("Dana")


class Note(msgspec.Struct, frozen=True):
    text: str


class Ring(Command[Done], frozen=True, kw_only=True):
    """Send a heartbeat to Dana and put up a note."""

    name: ClassVar[str] = "bell.ring"


class Store(Command[Done], frozen=True, kw_only=True):
    """Keep something on a disk that is full."""

    name: ClassVar[str] = "bell.store"


class Ignore(Command[Done], frozen=True, kw_only=True):
    """Never answered."""

    name: ClassVar[str] = "bell.ignore"


class Keep(Effect, frozen=True):
    pass


class BellCore(QuietCore):
    """Rings when asked, and every ten seconds by itself."""

    def __init__(self) -> None:
        self.next_ring = 10.0
        self.heard: list[tuple[str, Message]] = []
        self.given_up: list[object] = []

    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]:
        self.heard.append((peer.name, message))
        return []

    def observe(self, event: object, now: float) -> Sequence[Effect]:
        self.given_up.append(event)
        return []

    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> Sequence[Effect]:
        match command:
            case Ring():
                return [
                    Send(DANA.node, Heartbeat()),
                    Publish("bell", "last", Note("asked")),
                    Reply(ticket, Done()),
                ]
            case Store():
                return [Keep(), Reply(ticket, Done())]
        return []

    def deadline(self) -> float | None:
        return self.next_ring

    def on_deadline(self, now: float) -> Sequence[Effect]:
        self.next_ring = now + 10.0
        return [Publish("bell", "last", Note(f"at {now - START:.0f}"))]


class BellService(Service):
    name: ClassVar[str] = "bell"
    commands: ClassVar[tuple[type[AnyCommand], ...]] = (Ring, Store, Ignore)
    messages: ClassVar[tuple[type[Message], ...]] = (Heartbeat,)

    async def perform(self, effect: Effect) -> None:
        raise StorageFailed(path="bell.db", why="no space left on device")


START = 0.0


class Bell:
    """A switchboard with the bell alone, and what it sent."""

    def __init__(self, me: Identity) -> None:
        self.core = BellCore()
        self.core.next_ring = trio.current_time() + 10.0
        self.board = Board(trio.current_time)
        self.sent: list[tuple[NodeId, Message]] = []
        services = [BellService(self.core)]
        self.switchboard = Switchboard(
            me,
            services,
            self.board,
            Memory(MemoryStorage()),
            lambda to, message: self.sent.append((to, message)),
            trio.current_time,
            OpenLedger(),
        )


async def rung(me: Identity, nursery: trio.Nursery) -> Bell:
    bell = Bell(me)
    await nursery.start(bell.switchboard.run)
    return bell


async def test_a_command_is_answered_and_its_effects_are_carried_out(nursery: trio.Nursery) -> None:
    bell = await rung(SAM, nursery)
    assert await bell.switchboard.call(Ring()) == Done()
    assert bell.sent == [(DANA.node, Heartbeat())]
    assert bell.board.topic("bell") == {"last": Note("asked")}


async def test_a_certificate_without_the_role_is_refused_before_the_core_hears_of_it(
    nursery: trio.Nursery,
) -> None:
    bell = await rung(DANA, nursery)
    with pytest.raises(MissingRole, match="supervisor"):
        await bell.switchboard.call(Ring())
    assert bell.sent == []


async def test_what_the_disk_refuses_is_told_to_who_asked_and_ends_nothing(nursery: trio.Nursery) -> None:
    bell = await rung(SAM, nursery)
    with pytest.raises(StorageFailed, match="no space left"):
        await bell.switchboard.call(Store())
    assert await bell.switchboard.call(Ring()) == Done()


async def test_a_command_of_nobody_is_unknown(nursery: trio.Nursery) -> None:
    class Stray(Command[Done], frozen=True, kw_only=True):
        name: ClassVar[str] = "stray.dog"

    bell = await rung(SAM, nursery)
    with pytest.raises(UnknownCommand, match=r"stray\.dog"):
        await bell.switchboard.call(Stray())


async def test_a_command_that_is_never_answered_is_given_up(
    nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    bell = await rung(SAM, nursery)
    with pytest.raises(Unreachable, match=r"bell\.ignore"):
        await bell.switchboard.call(Ignore())
    await until(lambda: bell.core.given_up == [GaveUp(1)])


async def test_who_stops_waiting_has_given_it_up_and_who_was_answered_has_not(nursery: trio.Nursery) -> None:
    bell = await rung(SAM, nursery)
    await bell.switchboard.call(Ring())
    with trio.move_on_after(0):
        await bell.switchboard.call(Ignore())
    await until(lambda: bell.core.given_up)
    assert bell.core.given_up == [GaveUp(2)]


async def test_only_wanted_messages_reach_a_core(nursery: trio.Nursery) -> None:
    bell = await rung(SAM, nursery)
    await bell.switchboard.receive(DANA, Heartbeat())
    await bell.switchboard.call(Ring())
    assert bell.core.heard == [("Dana", Heartbeat())]


async def test_a_core_is_woken_at_its_deadline(
    nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    bell = await rung(SAM, nursery)
    rings = 0
    with bell.board.reading() as reader:
        await reader.batch()
        while rings < 3:
            rings += len(await reader.batch())
    assert trio.current_time() >= 30.0


def test_refusals_have_distinct_codes_and_honest_exit_codes() -> None:
    def tree(kind: type[LanassistError]) -> list[type[LanassistError]]:
        return [kind, *(below for child in kind.__subclasses__() for below in tree(child))]

    kinds = tree(LanassistError)
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(kind.exit_code for kind in kinds)
    assert all((kind.__doc__ or "").strip() for kind in kinds)


async def test_a_core_that_begins_again_hears_the_newest_of_each_of_its_siblings() -> None:
    class Glances(BellService):
        name: ClassVar[str] = "glance"

    class Controls(BellService):
        name: ClassVar[str] = "conversations"

    class Hearing(BellService):
        name: ClassVar[str] = "consent"
        hears: ClassVar[tuple[type[object], ...]] = (Wishes,)

    glances, controls, hearing = Glances(BellCore()), Controls(BellCore()), Hearing(BellCore())
    switchboard = Switchboard(
        DANA,
        [glances, controls, hearing],
        Board(trio.current_time),
        Memory(MemoryStorage()),
        lambda to, message: None,
        trio.current_time,
        OpenLedger(),
    )
    for _ in range(2):
        switchboard.tell(glances, "wishes/glance", Wishes(kind="glance", wishes=()))
    switchboard.tell(controls, "wishes/control", Wishes(kind="control", wishes=()))
    assert [each.kind for each in switchboard.facts(hearing) if isinstance(each, Wishes)] == [
        "glance",
        "control",
    ]
