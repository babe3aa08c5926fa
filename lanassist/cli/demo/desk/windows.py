"""Pictures as windows of an X display, without a toolkit or a window manager."""

from types import TracebackType
from typing import Final, Self

import xcffib
from PIL import Image, ImageChops
from xcffib import xproto

STRIP_BYTES: Final = 200_000
"""Of one request; every X server takes more."""


class Window:
    """One window, as large as its picture."""

    def __init__(self, connection: xcffib.Connection, x: int, y: int, picture: Image.Image) -> None:
        self._connection = connection
        self._screen = connection.get_setup().roots[connection.pref_screen]
        self._picture: Image.Image | None = None
        self._id, self._context = connection.generate_id(), connection.generate_id()
        connection.core.CreateWindow(
            self._screen.root_depth, self._id, self._screen.root, x, y, *picture.size, 0,
            xproto.WindowClass.InputOutput, self._screen.root_visual,
            xproto.CW.BackPixmap | xproto.CW.OverrideRedirect, [0, 1],
        )  # fmt: skip
        connection.core.CreateGC(self._context, self._id, 0, [])
        connection.core.MapWindow(self._id)
        self.show(picture)

    def show(self, picture: Image.Image) -> None:
        """Draw what differs from the picture before."""
        whole = (0, 0, *picture.size)
        changed = whole if self._picture is None else ImageChops.difference(picture, self._picture).getbbox()
        self._picture = picture
        if changed is not None:
            self._draw(picture.crop(changed), changed[0], changed[1])
            self._connection.core.GetInputFocus().reply()

    def _draw(self, part: Image.Image, x: int, y: int) -> None:
        rows = max(1, STRIP_BYTES // (part.width * 4))
        for top in range(0, part.height, rows):
            strip = part.crop((0, top, part.width, min(part.height, top + rows)))
            data = strip.convert("RGB").tobytes("raw", "BGRX")
            self._connection.core.PutImage(
                xproto.ImageFormat.ZPixmap, self._id, self._context, strip.width, strip.height,
                x, y + top, 0, self._screen.root_depth, len(data), data,
            )  # fmt: skip


class Desktop:
    """The display of the environment, for the length of a ``with``."""

    def __init__(self) -> None:
        self._connection = xcffib.connect()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.disconnect()

    @property
    def size(self) -> tuple[int, int]:
        """Of the whole screen, in pixels."""
        screen = self._connection.get_setup().roots[self._connection.pref_screen]
        return screen.width_in_pixels, screen.height_in_pixels

    def window(self, x: int, y: int, picture: Image.Image) -> Window:
        """A new window on top of the others."""
        return Window(self._connection, x, y, picture)
