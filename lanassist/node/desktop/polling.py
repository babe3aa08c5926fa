"""A desktop that does not say when it changes: looked at again and again, less often while it is still."""

from collections.abc import AsyncIterator
from typing import Final

import numpy as np
import trio

from lanassist.node.desktop.base import (
    EVERYTHING,
    Capture,
    DesktopState,
    Pixels,
    Rectangle,
    States,
)
from lanassist.node.desktop.grabber import Grabber
from lanassist.node.desktop.layout import Monitor, Numbering
from lanassist.node.errors import ScreenUnavailable

QUICKEST: Final = 1 / 30
"""Seconds between two looks while something moves."""
SLOWEST: Final = 0.5
SLOWDOWN: Final = 1.3
"""Factor on the pause after each look that found nothing new."""
MONITORS_EVERY: Final = 2.0


class PollingCapture:
    """Takes everything at each look."""

    def __init__(self, grabber: Grabber) -> None:
        self._grabber = grabber
        self._last: dict[Rectangle, Pixels] = {}
        self._pause = QUICKEST
        self._moved = True

    async def changed(self) -> None:
        self._pause = QUICKEST if self._moved else min(SLOWEST, self._pause * SLOWDOWN)
        self._moved = False
        await trio.sleep(self._pause)

    def take(self) -> list[Rectangle]:
        return [EVERYTHING]

    def grab(self, area: Rectangle) -> Pixels:
        pixels = self._grabber.grab(area)
        last = self._last.get(area)
        if last is None or not np.array_equal(last, pixels):
            self._moved = True
            self._last[area] = pixels.copy()
        return pixels

    def close(self) -> None:
        self._grabber.close()


class PollingDesktop:
    """macOS, Windows: monitors asked for now and then, pixels polled while somebody watches."""

    def __init__(self, states: States) -> None:
        self._states = states
        self._numbering = Numbering()

    @property
    def state(self) -> DesktopState:
        return self._states.now

    def changes(self) -> AsyncIterator[DesktopState]:
        return self._states.changes()

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Keep the state true, until cancelled."""
        await self._look()
        task_status.started()
        while True:
            await trio.sleep(MONITORS_EVERY)
            await self._look()

    async def _look(self) -> None:
        try:
            monitors = await trio.to_thread.run_sync(_monitors)
        except ScreenUnavailable as error:
            self._states.change(displays=(), error=str(error.details["why"]))
        else:
            self._states.change(displays=self._numbering.displays(monitors, EVERYTHING), error="")

    async def idle_for(self) -> float | None:
        await trio.lowlevel.checkpoint()
        return None

    async def open_capture(self) -> Capture:
        return PollingCapture(await trio.to_thread.run_sync(Grabber))


def _monitors() -> list[Monitor]:
    grabber = Grabber()
    try:
        return grabber.monitors()
    finally:
        grabber.close()
