"""Draws on the agent's display and says when the display server has drawn it."""

from __future__ import annotations

import io
import struct
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
import xcffib
import xcffib.xproto as x

from benchmarks.screen.counter import Picture
from benchmarks.screen.scenes import HEIGHT, WIDTH, Patch

REQUEST_BYTES = 4 << 20
"""A PutImage is split into bands of at most this size, well under every server's limit."""

PUT_IMAGE_OPCODE = 72
PUT_IMAGE = struct.Struct("=xB2xIIHHhhBB2x")
"""The request is laid out here: xcffib packs pixels one by one, which takes 80 ms for a page of text."""


class Painter:
    """One unmanaged window over the first display of ``display``."""

    def __init__(self, connection: xcffib.Connection) -> None:
        self._connection = connection
        screen = connection.get_setup().roots[0]
        self._depth = screen.root_depth
        self._window, self._context = connection.generate_id(), connection.generate_id()
        connection.core.CreateWindow(
            self._depth, self._window, screen.root, 0, 0, WIDTH, HEIGHT, 0, x.WindowClass.InputOutput,
            screen.root_visual, x.CW.OverrideRedirect, [1],
        )  # fmt: skip
        connection.core.CreateGC(self._context, self._window, 0, [])
        connection.core.MapWindow(self._window)

    def draw(self, patches: Iterable[Patch]) -> float:
        """Put the patches on the display; return when they stood there, in monotonic seconds."""
        for patch in patches:
            self._put(patch)
        self._connection.core.GetInputFocus().reply()
        return time.monotonic()

    def _put(self, patch: Patch) -> None:
        height, width = patch.picture.shape[:2]
        band = max(1, REQUEST_BYTES // (width * 4))
        for top in range(0, height, band):
            part = patch.picture[top : top + band]
            where = (width, len(part), patch.x, patch.y + top, 0, self._depth)
            request = io.BytesIO(PUT_IMAGE.pack(x.ImageFormat.ZPixmap, self._window, self._context, *where))
            request.seek(0, io.SEEK_END)
            request.write(part.tobytes())
            self._connection.core.send_request(PUT_IMAGE_OPCODE, request)
        self._connection.flush()


@contextmanager
def painting(display: str) -> Iterator[Painter]:
    """Open ``display`` and yield its painter; the window goes with the connection."""
    connection = xcffib.connect(display)
    try:
        yield Painter(connection)
    finally:
        connection.disconnect()


def look(display: str) -> Picture:
    """Return what the first display of ``display`` shows now, ``HEIGHT`` x ``WIDTH`` x 4."""
    connection = xcffib.connect(display)
    try:
        return grab(connection, 0, 0, WIDTH, HEIGHT)
    finally:
        connection.disconnect()


def grab(connection: xcffib.Connection, left: int, top: int, width: int, height: int) -> Picture:
    """Return the pixels of a rectangle of the root window, height x width x 4."""
    root = connection.get_setup().roots[0].root
    every_plane = 0xFFFFFFFF
    asked = connection.core.GetImage(x.ImageFormat.ZPixmap, root, left, top, width, height, every_plane)
    data = asked.reply().data.buf()
    return np.frombuffer(data, dtype=np.uint8)[: width * height * 4].reshape(height, width, 4)
