"""Presence's shell: follows the desktop, whether somebody is at it, and which day it is."""

import math
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Final, Protocol

import trio

from lanassist.node.desktop.base import Desktop, DesktopState
from lanassist.node.protocol.messages import Message
from lanassist.node.services.base import AnyCommand, Core, Effect, Record
from lanassist.node.services.facts import CallState, Fact, Intervention, PolicyInForce, Workload
from lanassist.node.services.presence.commands import COMMANDS, AgentRow
from lanassist.node.services.presence.core import MESSAGES, Counted, PresenceCore, Surroundings, Today
from lanassist.node.services.presence.records import RECORDS
from lanassist.node.services.service import Service

IDLE_EVERY: Final = 1.0
"""Seconds between two looks at whether somebody who was away is back; the shortest pause there is."""
UNTOLD_EVERY: Final = 60.0
"""Seconds until a desktop that cannot tell is asked again."""
DAY_EVERY: Final = 20.0
"""Seconds after which a clock that was set is noticed at the latest."""


class MakeCore(Protocol):
    """The core as it begins, at first and again after a commit that failed."""

    def __call__(
        self, *, records: Sequence[Record], around: Surroundings, today: Today, heard: Sequence[AgentRow]
    ) -> PresenceCore: ...


class PresenceService(Service):
    """Presence on this node."""

    name: ClassVar[str] = "presence"
    commands: ClassVar[tuple[type[AnyCommand], ...]] = COMMANDS
    messages: ClassVar[tuple[type[Message], ...]] = MESSAGES
    records: ClassVar[tuple[type[Record], ...]] = RECORDS
    hears: ClassVar[tuple[type[object], ...]] = (Workload, CallState, Intervention)
    loopback: ClassVar[bool] = True

    def __init__(
        self,
        make: MakeCore,
        records: Sequence[Record],
        desktop: Desktop,
        *,
        idle_limit: float | None = 0,
        clock: Callable[[], float] = trio.current_time,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """``idle_limit``: the setting, in seconds; 0: nobody asks whether somebody is at the desktop,
        unless policy says so; None: nobody asks, whatever policy says."""
        self._make = make
        self._desktop = desktop
        self._idle_setting = idle_limit
        self._idle_limit = idle_limit or 0
        self._ruled = trio.Event()
        """Another limit holds."""
        self._clock = clock
        self._wall = wall
        self._idle = False
        self._around = _around(desktop.state, idle=False)
        self._today = day_at(wall(), clock())
        self._uncounted: dict[str, Intervention] = {}
        self._presence = self._begin(records, ())
        super().__init__(self._presence)

    def _begin(self, records: Sequence[Record], heard: Sequence[AgentRow]) -> PresenceCore:
        return self._make(records=records, around=self._around, today=self._today, heard=heard)

    def recreate(self, records: Sequence[Record]) -> Core:
        """What was not counted because it could not be committed is told again."""
        self._presence = self._begin(records, self._presence.rows())
        for key, fact in list(self._uncounted.items()):
            super().inform(key, fact)
        return self._presence

    def inform(self, key: str, fact: Fact) -> None:
        if isinstance(fact, Intervention):
            self._uncounted[key] = fact
        elif isinstance(fact, PolicyInForce):
            self._rule(fact.policy.idle_limit)
        super().inform(key, fact)

    def _rule(self, limit: float | None) -> None:
        """Policy's limit, or none: then the setting counts."""
        if self._idle_setting is not None:
            self._idle_limit = self._idle_setting if limit is None else limit
            self._ruled.set()
            self._ruled = trio.Event()

    async def perform(self, effect: Effect) -> None:
        if isinstance(effect, Counted):
            self._uncounted = {
                key: fact for key, fact in self._uncounted.items() if fact.id not in effect.ids
            }

    async def attend(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._follow_desktop)
            nursery.start_soon(self._follow_day)
            if self._idle_setting is not None:
                nursery.start_soon(self._follow_idle)
            task_status.started()

    async def _follow_desktop(self) -> None:
        async for _ in self._desktop.changes():
            await self._look()

    async def _look(self) -> None:
        around = _around(self._desktop.state, idle=self._idle)
        if around != self._around:
            self._around = around
            await self.observe(around)

    async def _follow_idle(self) -> None:
        """Asks no sooner than the answer can be another: at most once a second, at work once in the limit."""
        while True:
            ruled, limit = self._ruled, self._idle_limit
            away = await self._desktop.idle_for() if limit else None
            self._idle = away is not None and away >= limit
            await self._look()
            if not limit:
                pause = math.inf
            elif away is None:
                pause = UNTOLD_EVERY
            else:
                pause = IDLE_EVERY if self._idle else max(IDLE_EVERY, limit - away)
            with trio.move_on_after(pause):
                await ruled.wait()

    async def _follow_day(self) -> None:
        while True:
            wall = self._wall()
            today = day_at(wall, self._clock())
            if today.day != self._today.day:
                self._today = today
                await self.observe(today)
            await trio.sleep(min(DAY_EVERY, max(0.0, _midnight_after(wall) - wall)))


def _around(state: DesktopState, *, idle: bool) -> Surroundings:
    return Surroundings(
        displays=state.displays,
        locked=state.locked,
        error=state.error,
        unmaskable=state.unmaskable,
        idle=idle,
    )


def day_at(wall: float, now: float) -> Today:
    """Which day the clock on the wall says (seconds since 1970), where this machine stands."""
    moment = datetime.fromtimestamp(wall)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return Today(day=moment.date().isoformat(), began=now - (wall - midnight.timestamp()))


def _midnight_after(wall: float) -> float:
    midnight = datetime.fromtimestamp(wall).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight + timedelta(days=1)).timestamp()
