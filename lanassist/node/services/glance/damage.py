"""When the screen is looked at: once something was painted, and no oftener than pays."""

from collections import deque
from collections.abc import Callable
from typing import Final

import trio

from lanassist.node.desktop.base import Capture
from lanassist.node.errors import ScreenUnavailable

BURST: Final = 3
"""So many captures may follow each other at once: what a program paints in a few strokes never waits."""


class Pace:
    """When to capture next."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._last: deque[float] = deque([float("-inf")] * BURST, maxlen=BURST)

    def next(self, wanted: float) -> float:
        """The time of the next capture, ``wanted`` or later; it is taken as done then."""
        time = max(wanted, self._last[0] + BURST * self._interval)
        self._last.append(time)
        return time


class Damage:
    """Whether something has changed that was not looked at yet."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._taken = trio.Event()
        self.seen = False

    def taken(self) -> None:
        """It has been looked at; watch on."""
        self.seen = False
        self._taken.set()

    async def watch(
        self, capture: Capture, failures: list[ScreenUnavailable], capturing: trio.CancelScope
    ) -> None:
        """Wait for changes, one at a time; the capture is not waited on while it is being read."""
        try:
            while True:
                await capture.changed()
                self._taken = trio.Event()
                self.seen = True
                self._wake()
                await self._taken.wait()
        except ScreenUnavailable as failure:
            failures.append(failure)
            capturing.cancel()
