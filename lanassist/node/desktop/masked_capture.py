"""A capture that hands out only masked pixels.

No state that a masked window was in while pixels were read can be missed: windows are looked at after each
reading, and the look tells every state since the one before.
"""

import time
from collections.abc import Awaitable, Callable
from threading import Lock
from typing import Final, Protocol

import numpy as np
import trio

from lanassist.node.desktop.base import Capture, Pixels, Rectangle
from lanassist.node.desktop.concealment import Seen, Trail, Window, WindowsUnknown, hidden
from lanassist.node.errors import ScreenUnavailable, ScreenUnmaskable
from lanassist.node.trust.policy import Mask

PAINT: Final = np.uint32(0xFF20242A)
"""What is masked looks like this (0xFFRRGGBB): a dark grey."""
SOON: Final = 0.1
"""Seconds until the next look, while windows appear faster than they can be asked about."""


class Watch(Protocol):
    """An open list of windows (windows.py). Raises WindowsUnknown throughout."""

    async def readable(self) -> None: ...
    def look(self) -> Seen: ...
    def close(self) -> None: ...


def unmaskable(error: WindowsUnknown | str) -> ScreenUnmaskable:
    """What is said when masks cannot be kept."""
    return ScreenUnmaskable(why=f"some of its windows are to be masked, and they cannot be listed ({error})")


class MaskedCapture:
    """Paints over what another capture has read."""

    def __init__(
        self,
        capture: Capture,
        watch: Watch | None,
        masks: tuple[Mask, ...],
        areas: frozenset[Rectangle],
        failed: Callable[[WindowsUnknown], object],
    ) -> None:
        """``areas`` are masked always, windows as ``watch`` tells; ``failed`` is called in trio's thread."""
        self._capture = capture
        self._watch = watch
        self._masks = masks
        self._areas = areas
        self._failed = failed
        self._token = trio.lowlevel.current_trio_token()
        self._lock = Lock()
        self._trail = Trail()
        self._covered = areas
        self._windows: tuple[Window, ...] = ()
        self._settled = False
        self._again: list[Rectangle] = []
        self._news = trio.Event()

    async def changed(self) -> None:
        await _first_of(self._capture.changed, self._uncovered, self._news.wait)

    def take(self) -> list[Rectangle]:
        areas = self._capture.take()
        self._look()
        again, self._again = self._again, []
        self._news = trio.Event()
        return [*areas, *again]

    def grab(self, area: Rectangle) -> Pixels:
        pixels = self._capture.grab(area)
        words = pixels.view(np.uint32)
        for covered in self._look():
            if part := covered.within(area):
                x, y = part.x - area.x, part.y - area.y
                words[y : y + part.height, x : x + part.width] = PAINT
        return pixels

    def close(self) -> None:
        self._capture.close()
        if self._watch is not None:
            self._watch.close()

    async def _uncovered(self) -> None:
        """Until something else is to be covered than at the last look."""
        while self._watch is not None and not self._again:
            with trio.move_on_after(self._patience()):
                await self._watch.readable()
            await trio.to_thread.run_sync(self._look)
        if self._watch is None:
            await trio.sleep_forever()

    def _patience(self) -> float:
        ends = self._trail.next_change()
        return min(
            float("inf") if self._settled else SOON,
            float("inf") if ends is None else max(0.0, ends - time.monotonic()),
        )

    def _look(self) -> frozenset[Rectangle]:
        """What is to be covered of all that was read until now. Raises ScreenUnavailable."""
        if self._watch is None:
            return self._covered
        with self._lock:
            try:
                seen = self._watch.look()
            except WindowsUnknown as error:
                self._token.run_sync_soon(self._failed, error)
                raise unmaskable(error) from error
            self._follow(seen)
            return self._covered

    def _follow(self, seen: Seen) -> None:
        """Cover what ``seen`` asks for; what thereby changed is to be read again."""
        time_now = time.monotonic()
        if seen.passed or seen.now != self._windows:
            self._move(seen, time_now)
        self._settled = seen.settled
        covered = self._trail.covered(time_now) | self._areas
        if changed := covered ^ self._covered:
            self._covered = covered
            self._again += changed
            self._token.run_sync_soon(self._news.set)

    def _move(self, seen: Seen, time_now: float) -> None:
        states = (*seen.passed, *seen.now)
        masked, were_masked = hidden(seen.now, self._masks), hidden(states, self._masks)
        now = frozenset(each.outer for each in seen.now if each.shown and each.id in masked)
        passed = [each.outer for each in states if each.shown and each.id in were_masked]
        self._trail.move(now, passed, time_now)
        self._windows = seen.now


async def _first_of(*waits: Callable[[], Awaitable[object]]) -> None:
    """Until one of them returns. Raises the ScreenUnavailable that one raises."""
    failures: list[ScreenUnavailable] = []

    async def race(wait: Callable[[], Awaitable[object]]) -> None:
        try:
            await wait()
        except ScreenUnavailable as failure:
            failures.append(failure)
        nursery.cancel_scope.cancel()

    async with trio.open_nursery() as nursery:
        for wait in waits:
            nursery.start_soon(race, wait)
    if failures:
        raise failures[0]
