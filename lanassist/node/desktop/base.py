"""What a desktop is to the rest of the node: its displays, whether it is locked, and its pixels.

Siblings of this shape: x11.py (damage-driven), polling.py (elsewhere), none.py (no screen to show).
"""

from collections.abc import AsyncIterator
from typing import Any, Protocol

import msgspec
import numpy as np
import numpy.typing as npt
import trio

from lanassist.node.protocol.messages import Display
from lanassist.node.trust.policy import Mask

Pixels = npt.NDArray[np.uint8]
"""Shape (height, width, 4), bytes B G R X; X is undefined."""


class Rectangle(msgspec.Struct, frozen=True, order=True):
    """In pixels; relative to whatever it is a part of."""

    x: int
    y: int
    width: int
    height: int

    def within(self, other: "Rectangle") -> "Rectangle | None":
        """The part that lies in ``other``, in the same coordinates; None if there is none."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        right = min(self.x + self.width, other.x + other.width)
        bottom = min(self.y + self.height, other.y + other.height)
        return Rectangle(x, y, right - x, bottom - y) if x < right and y < bottom else None

    def moved(self, x: int, y: int) -> "Rectangle":
        """The same, ``x`` to the right and ``y`` down."""
        return Rectangle(self.x + x, self.y + y, self.width, self.height)


EVERYTHING = Rectangle(-(2**16), -(2**16), 2**18, 2**18)
"""Larger than any desktop."""


class DesktopState(msgspec.Struct, frozen=True, kw_only=True):
    """What can be told about a desktop without looking at its pixels."""

    displays: tuple[Display, ...] = ()
    locked: bool | None = None
    """None: this desktop does not tell."""
    error: str = ""
    """Why its screen cannot be shown, for a person, to stand after a colon; empty if it can."""
    masks: tuple[Mask, ...] = ()
    """What of it is never shown."""
    unmaskable: bool = False
    """Whether it cannot be shown for the masks alone."""


class Capture(Protocol):
    """An open view of a desktop's pixels. Exists only while somebody watches.

    ``take``, ``grab`` and ``close`` block: they are called in a worker thread, one at a time; ``take`` never
    while ``changed`` is being waited for. Each raises ScreenUnavailable when the desktop is gone.
    """

    async def changed(self) -> None:
        """Wait until something may have changed since the last ``take``."""
        ...

    def take(self) -> list[Rectangle]:
        """What may have changed since the last call, in desktop coordinates."""
        ...

    def grab(self, area: Rectangle) -> Pixels:
        """The pixels of ``area`` (desktop coordinates), which the caller may overwrite.

        Also raises ScreenUnavailable if the area is not on the desktop (any more).
        """
        ...

    def close(self) -> None: ...


class Desktop(Protocol):
    """This machine's desktop."""

    @property
    def state(self) -> DesktopState: ...

    def changes(self) -> AsyncIterator[DesktopState]:
        """The state now, and again whenever it changes; a slow reader gets the newest."""
        ...

    async def open_capture(self) -> Capture:
        """Raises ScreenUnavailable."""
        ...

    async def idle_for(self) -> float | None:
        """Seconds since somebody last touched key or mouse; None: this desktop does not tell."""
        ...


class States:
    """A desktop's state and those who wait for its changes."""

    def __init__(self, state: DesktopState) -> None:
        self.now = state
        self._news = trio.Event()

    def change(self, **fields: Any) -> None:
        """Set some fields of the state and tell everyone, if that changes anything."""
        state = msgspec.structs.replace(self.now, **fields)
        if state != self.now:
            self.now = state
            self._news.set()
            self._news = trio.Event()

    async def changes(self) -> AsyncIterator[DesktopState]:
        """The state now, and again whenever it is another."""
        while True:
            state, news = self.now, self._news
            yield state
            if self.now == state:
                await news.wait()
