"""Presence among its siblings, in the loops that run it: full disks, and a node that supervises itself."""

from collections.abc import Sequence
from functools import partial

import pytest
import trio
from trio.testing import MockClock

from lanassist.node.board import Board
from lanassist.node.errors import StorageFailed
from lanassist.node.protocol.messages import Message, NodeId
from lanassist.node.services.base import QuietCore, Record
from lanassist.node.services.facts import Availability, Fact, Workload
from lanassist.node.services.presence.commands import (
    AGENTS,
    SELF,
    AgentRow,
    OwnStatus,
    SetCapacity,
    SetStatus,
    SetStatusOf,
)
from lanassist.node.services.presence.core import PresenceCore
from lanassist.node.services.presence.service import PresenceService
from lanassist.node.services.service import Service
from lanassist.node.services.switchboard import Switchboard
from lanassist.node.trust.grants import Role
from tests.node.services.presence.playing import REASONS, busy, done
from tests.support.desktops import FakeDesktop
from tests.support.entering import OpenLedger
from tests.support.people import person

BO = person("Bo", Role.AGENT, Role.SUPERVISOR)
FULL = StorageFailed(path="node.db", why="the disk is full")


class Disk:
    """An archive that can be full."""

    def __init__(self) -> None:
        self.full = False
        self.kept: dict[str, Record] = {}

    async def records(self, service: str, kinds: Sequence[type[Record]]) -> list[Record]:
        return list(self.kept.values())

    async def keep(self, service: str, put: Sequence[Record], drop: Sequence[Record]) -> None:
        await trio.lowlevel.checkpoint()
        if self.full:
            raise FULL
        self.kept.update({record.key: record for record in put})


class Sibling(Service):
    """Hears whether clients may be given to the agent."""

    name = "sibling"
    hears = (Availability,)

    def __init__(self) -> None:
        super().__init__(QuietCore())  # type: ignore[arg-type]  # it has no commands
        self.heard: list[Fact] = []

    def inform(self, key: str, fact: Fact) -> None:
        if isinstance(fact, Availability):
            self.heard.append(fact)


class Node:
    """Bo's, who is an agent and a supervisor."""

    def __init__(self) -> None:
        self.disk = Disk()
        self.board = Board(trio.current_time)
        self.sent: list[tuple[NodeId, Message]] = []
        self.sibling = Sibling()
        make = partial(PresenceCore, BO, (), break_reasons=REASONS)
        self.presence = PresenceService(make, (), FakeDesktop())
        services = (self.presence, self.sibling)
        self.switchboard = Switchboard(
            BO,
            services,
            self.board,
            self.disk,
            lambda to, what: self.sent.append((to, what)),
            trio.current_time,
            OpenLedger(),
        )
        self.call = self.switchboard.call

    def row(self) -> AgentRow:
        (row,) = self.board.topic(AGENTS).values()
        assert isinstance(row, AgentRow)
        return row

    def own(self) -> OwnStatus:
        own = self.board.topic(SELF)["self"]
        assert isinstance(own, OwnStatus)
        return own


@pytest.fixture
def clock() -> MockClock:
    return MockClock(autojump_threshold=0)


@pytest.fixture
async def node(nursery: trio.Nursery, clock: MockClock) -> Node:
    node = Node()
    await nursery.start(node.switchboard.run)
    await trio.sleep(1.0)
    return node


async def test_an_agent_who_supervises_too_has_a_row_and_may_set_it(node: Node, clock: MockClock) -> None:
    assert (node.row().name, node.row().status) == ("Bo", "available")
    await node.call(SetStatusOf(agent="bo", status="break", reason="lunch"))
    await trio.sleep(1.0)
    assert (node.row().why, node.row().reason, node.own().set_by) == ("break", "lunch", "Bo")
    assert node.sent == []


async def test_siblings_hear_at_the_start_and_at_each_change(node: Node, clock: MockClock) -> None:
    await node.call(SetCapacity(capacity=1))
    await node.call(SetStatus(status="break"))
    assert node.sibling.heard == [
        Availability(),
        Availability(capacity=1),
        Availability(available=False, why="on break", capacity=1),
    ]


async def test_with_a_full_disk_no_status_is_set_and_what_was_finished_counts_later(
    node: Node, clock: MockClock
) -> None:
    node.switchboard.tell(node.sibling, "workload", busy(2))
    node.disk.full = True
    node.switchboard.tell(node.sibling, "intervention/c1", done("c1", ended=0.0))
    await trio.sleep(0.5)
    with pytest.raises(StorageFailed, match="the disk is full"):
        await node.call(SetStatus(status="break"))
    node.switchboard.tell(node.sibling, "intervention/c2", done("c2", ended=0.0))
    await trio.sleep(5.0)
    assert (node.own().status, node.own().completed, node.disk.kept) == ("available", 0, {})
    node.disk.full = False
    await trio.sleep(5.0)
    assert sorted(node.disk.kept) == ["c1", "c2"]
    row = node.row()
    assert (row.online, row.completed, row.ongoing, node.own().completed) == (True, 2, 2, 2)


def test_presence_hears_what_is_in_hand() -> None:
    assert Workload in PresenceService.hears
