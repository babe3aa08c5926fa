"""What a desktop is to the rest of the node: its displays, whether it is locked, and its pixels.

Siblings of this shape: x11.py (damage-driven), polling.py (elsewhere), none.py (no screen to show).
"""

from collections.abc import AsyncIterator
from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from lanassist.node.protocol.messages import Display

Pixels = npt.NDArray[np.uint8]
"""Shape (height, width, 4), bytes B G R X; X is undefined."""


class Rectangle(msgspec.Struct, frozen=True, order=True):
    """In pixels; relative to whatever it is a part of."""

    x: int
    y: int
    width: int
    height: int


class DesktopState(msgspec.Struct, frozen=True, kw_only=True):
    """What can be told about a desktop without looking at its pixels."""

    displays: tuple[Display, ...] = ()
    locked: bool | None = None
    """None: this desktop does not tell."""
    error: str = ""
    """Why its screen cannot be shown, as one sentence for a person; empty if it can."""


class Capture(Protocol):
    """An open view of some displays' pixels. Exists only while somebody watches.

    Everything but ``changed`` blocks and is called in a worker thread, by one task at a time.
    """

    async def changed(self) -> list[Rectangle]:
        """Wait until something changed; the rectangles, in desktop coordinates (never empty)."""
        ...

    def grab(self, area: Rectangle) -> Pixels:
        """Pixels of ``area`` (desktop coordinates). Valid until the next grab: the buffer is reused.

        Raises ScreenUnavailable if the area is gone or the system refuses.
        """
        ...

    def close(self) -> None: ...


class Desktop(Protocol):
    """This machine's desktop."""

    @property
    def state(self) -> DesktopState: ...

    def changes(self) -> AsyncIterator[DesktopState]:
        """The state now, and again whenever it changes."""
        ...

    async def open_capture(self) -> Capture:
        """Raises ScreenUnavailable."""
        ...
