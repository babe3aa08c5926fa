"""Puts pixels on an X display, without a toolkit, so that a test knows exactly what is on it."""

from types import TracebackType
from typing import Self

import numpy as np
import xcffib
import xcffib.xproto as xproto

from lanassist.node.desktop.base import Pixels


class Painter:
    """Draws on the root window of a display: ``with Painter(x.display) as painter: painter.put(pixels)``."""

    def __init__(self, display: str) -> None:
        self._connection = xcffib.connect(display=display)
        self._screen = self._connection.get_setup().roots[self._connection.pref_screen]
        self._context = self._connection.generate_id()
        self._connection.core.CreateGC(self._context, self._screen.root, 0, [])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.disconnect()

    def put(self, pixels: Pixels, x: int = 0, y: int = 0) -> None:
        """Draw pixels of shape (height, width, 4), B G R X, and return once they are on the display."""
        height, width, _ = pixels.shape
        rows = max(1, (self._connection.get_maximum_request_length() * 4 - 64) // (width * 4))
        rows = min(rows, 200_000 // (width * 4) or 1)
        for top in range(0, height, rows):
            strip = np.ascontiguousarray(pixels[top : top + rows])
            self._connection.core.PutImage(
                xproto.ImageFormat.ZPixmap, self._screen.root, self._context,
                width, len(strip), x, y + top, 0, self._screen.root_depth, strip.nbytes, strip.tobytes(),
            )  # fmt: skip
        self.wait()

    def fill(self, colour: tuple[int, int, int], x: int, y: int, width: int, height: int) -> None:
        """Draw a rectangle of one colour (R, G, B) and return once it is on the display."""
        red, green, blue = colour
        self._connection.core.ChangeGC(self._context, xproto.GC.Foreground, [red << 16 | green << 8 | blue])
        area = xproto.RECTANGLE.synthetic(x, y, width, height)
        self._connection.core.PolyFillRectangle(self._screen.root, self._context, 1, [area])
        self.wait()

    def wait(self) -> None:
        """Until the server has done all that it was asked."""
        self._connection.core.GetInputFocus().reply()
