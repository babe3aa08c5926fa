"""What presence's shell sees of this machine: its desktop, who is at it, and which day it is."""

import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

import pytest
import trio
import trio.testing
from trio.testing import MockClock

from lanassist.node.services.base import Observed, Record
from lanassist.node.services.facts import Intervention, PolicyInForce, Workload
from lanassist.node.services.presence.commands import AgentRow
from lanassist.node.services.presence.core import Counted, PresenceCore, Surroundings, Today
from lanassist.node.services.presence.service import PresenceService, day_at
from lanassist.node.trust.policy import Policy
from tests.node.services.presence.playing import DANA, done
from tests.support.desktops import FakeDesktop

EVENING = datetime(2026, 5, 31, 23, 59, 0).timestamp()


class Shell:
    """Presence's service on a desktop of the test's, with a wall clock of the test's."""

    def __init__(self, *, idle_limit: float | None = 0) -> None:
        self.desktop = FakeDesktop((640, 480))
        self.asked: list[float] = []
        self.ahead = EVENING
        """Of the monotonic clock."""
        self.made: list[tuple[Surroundings, Today, Sequence[AgentRow]]] = []
        self.service = PresenceService(
            self._make, (), self.desktop, idle_limit=idle_limit, wall=lambda: trio.current_time() + self.ahead
        )
        self.desktop.idle_for = self._idle_for  # type: ignore[method-assign]

    def _make(
        self, *, records: Sequence[Record], around: Surroundings, today: Today, heard: Sequence[AgentRow]
    ) -> PresenceCore:
        self.made.append((around, today, heard))
        make = partial(PresenceCore, DANA, ())
        return make(records=records, around=around, today=today, heard=heard)

    async def _idle_for(self) -> float | None:
        await trio.lowlevel.checkpoint()
        self.asked.append(trio.current_time())
        return self.desktop.idle

    async def next(self) -> object:
        """What the core observes next."""
        occurrence = await self.service.next_occurrence()
        assert isinstance(occurrence, Observed)
        return occurrence.event


@asynccontextmanager
async def attended(shell: Shell) -> AsyncIterator[Shell]:
    async with trio.open_nursery() as nursery:
        await nursery.start(shell.service.attend)
        yield shell
        nursery.cancel_scope.cancel()


@pytest.fixture
def clock() -> MockClock:
    return MockClock(autojump_threshold=0)


@pytest.fixture(autouse=True)
def far_from_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine's own day counts."""
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


async def test_the_core_knows_the_desktop_and_the_day_from_its_first_moment(clock: MockClock) -> None:
    shell = Shell()
    ((around, today, heard),) = shell.made
    assert (len(around.displays), around.idle, list(heard)) == (1, False, [])
    assert today.day == datetime.fromtimestamp(EVENING + clock.current_time()).date().isoformat()


async def test_a_change_of_the_desktop_is_observed(clock: MockClock) -> None:
    async with attended(Shell()) as shell:
        shell.desktop.states.change(locked=True)
        around = await shell.next()
        assert isinstance(around, Surroundings)
        assert around.locked is True


async def test_nobody_at_the_desktop_makes_idle_and_is_looked_for_no_sooner_than_it_can_matter(
    clock: MockClock,
) -> None:
    shell = Shell(idle_limit=900)
    shell.desktop.idle = 100.0
    async with attended(shell):
        started = trio.current_time()
        await trio.sleep(700)
        shell.desktop.idle = 950.0
        around = await shell.next()
        assert isinstance(around, Surroundings)
        assert around.idle
        assert [round(each - started) for each in shell.asked] == [0, 800]
        shell.desktop.idle = 0.2
        back = await shell.next()
        assert isinstance(back, Surroundings)
        assert not back.idle
        assert round(shell.asked[-1] - started) == 801


async def test_a_desktop_that_does_not_tell_is_asked_once_a_minute_and_nobody_is_idle(
    clock: MockClock,
) -> None:
    async with attended(Shell(idle_limit=2)) as shell:
        started = trio.current_time()
        await trio.sleep(130)
        assert [round(each - started) for each in shell.asked] == [0, 60, 120]
        shell.desktop.states.change(locked=False)
        around = await shell.next()
        assert isinstance(around, Surroundings)
        assert not around.idle


async def test_without_a_limit_nobody_asks(clock: MockClock) -> None:
    async with attended(Shell()) as shell:
        await trio.sleep(1000)
        assert shell.asked == []


async def test_midnight_is_observed_as_it_comes(clock: MockClock) -> None:
    shell = Shell()
    before = shell.made[0][1]
    async with attended(shell):
        today = await shell.next()
        assert isinstance(today, Today)
        assert today.day > before.day
        assert abs(today.began - trio.current_time()) < 0.1


async def test_a_clock_that_is_set_back_a_year_changes_the_day_soon(clock: MockClock) -> None:
    async with attended(Shell()) as shell:
        shell.ahead -= 365 * 86_400
        started = trio.current_time()
        today = await shell.next()
        assert isinstance(today, Today)
        assert today.day.startswith("2025")
        assert trio.current_time() - started <= 20.0


def test_a_day_begins_at_midnight_where_the_machine_stands() -> None:
    noon = datetime(2026, 5, 31, 12, 0, 0).timestamp()
    assert day_at(noon, 50_000.0) == Today(day="2026-05-31", began=50_000.0 - 43_200.0)
    spring = datetime(2026, 9, 27, 12, 0, 0).timestamp()  # Auckland's clocks go an hour forward that night
    assert day_at(spring, 50_000.0).began == 50_000.0 - 43_200.0 + 3600.0


async def test_what_could_not_be_counted_is_told_again_when_the_core_begins_again(clock: MockClock) -> None:
    service = Shell().service
    facts = [done("c1", ended=1.0), done("c2", ended=2.0)]
    for fact in facts:
        service.inform(fact.id, fact)
        assert await service.next_occurrence() == Observed(fact)
    await service.perform(Counted(("c1",)))
    service.recreate([])
    assert await service.next_occurrence() == Observed(facts[1])


async def test_only_the_newest_load_is_observed(clock: MockClock) -> None:
    service = Shell().service
    for active in range(3):
        service.inform("workload", Workload(active=active, ongoing=active, waiting=0, active_at=0.0))
    found = await service.next_occurrence()
    assert isinstance(found, Observed)
    assert isinstance(found.event, Workload)
    assert found.event.active == 2


async def test_a_core_that_begins_again_knows_what_the_one_before_it_knew(clock: MockClock) -> None:
    shell = Shell()
    async with attended(shell):
        shell.desktop.states.change(locked=True)
        await shell.next()
        core = shell.service.recreate([])
        assert core is not shell.service.core
        around, today, heard = shell.made[-1]
        assert (around.locked, today, list(heard)) == (True, shell.made[0][1], [])


def test_an_intervention_is_a_fact_that_presence_hears() -> None:
    assert Intervention in PresenceService.hears


async def test_policy_may_set_another_limit_and_the_setting_counts_again_without(
    clock: MockClock,
) -> None:
    def in_force(limit: float | None) -> PolicyInForce:
        return PolicyInForce(policy=Policy(idle_limit=limit))

    shell = Shell(idle_limit=900)
    shell.desktop.idle = 100.0
    async with attended(shell):
        await trio.testing.wait_all_tasks_blocked()
        shell.service.inform("policy", in_force(60))
        assert getattr(await shell.next(), "idle", None) is True
        shell.service.inform("policy", in_force(0))
        assert getattr(await shell.next(), "idle", None) is False
        asked = len(shell.asked)
        await trio.sleep(10_000)
        assert len(shell.asked) == asked
        shell.service.inform("policy", in_force(99))
        assert getattr(await shell.next(), "idle", None) is True
        shell.service.inform("policy", in_force(None))
        assert getattr(await shell.next(), "idle", None) is False


async def test_policy_makes_nobody_idle_who_is_no_agent(clock: MockClock) -> None:
    shell = Shell(idle_limit=None)
    shell.desktop.idle = 100.0
    async with attended(shell):
        shell.service.inform("policy", PolicyInForce(policy=Policy(idle_limit=60)))
        await trio.sleep(1000)
        assert shell.asked == []
