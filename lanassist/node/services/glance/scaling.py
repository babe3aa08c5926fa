"""Smaller pictures of a display, for a wall of many: each pixel the average of a square. Pure."""

from typing import Final

import numpy as np

from lanassist.node.desktop.base import Pixels, Rectangle
from lanassist.node.services.glance.tiles import Frame

SMALLEST: Final = 16
"""The largest divisor: its squares' sums still fit in 16 bits."""
_EVEN: Final = np.uint32(0x00FF00FF)


def divisor(scale: float) -> int:
    """The side of the squares for a scale of each side: 1 for 1.0, 4 for 0.25."""
    return max(1, round(min(float(SMALLEST), 1 / scale))) if scale > 0 else SMALLEST


def scaled_size(width: int, height: int, by: int) -> tuple[int, int]:
    """Of the smaller picture; what remains at its right and bottom edge fills a pixel too."""
    return -(-width // by), -(-height // by)


def aligned(area: Rectangle, by: int, whole: Rectangle) -> Rectangle:
    """The area with all of the squares that it touches, as far as the display reaches."""
    x, y = area.x // by * by, area.y // by * by
    right, bottom = -(-(area.x + area.width) // by) * by, -(-(area.y + area.height) // by) * by
    inside = Rectangle(x, y, right - x, bottom - y).within(whole)
    return inside or area


def scaled_area(area: Rectangle, by: int) -> Rectangle:
    """Where an aligned area is in the smaller picture."""
    width, height = scaled_size(area.width, area.height, by)
    return Rectangle(area.x // by, area.y // by, width, height)


def scaled(pixels: Pixels, by: int) -> Pixels:
    """The averages of squares of ``by``×``by`` pixels; a part of one is filled up with its last pixels."""
    height, width, _ = pixels.shape
    words: Frame = np.ascontiguousarray(pixels).view(np.uint32)[:, :, 0]
    if height % by or width % by:
        words = np.pad(words, ((0, -height % by), (0, -width % by)), mode="edge")
    # Two channels at a time, as the 16-bit halves of a word.
    blue_red, green = _sums(words & _EVEN, by), _sums((words >> np.uint32(8)) & _EVEN, by)
    small = np.empty((*green.shape, 4), np.uint8)
    half, pixels_each = by * by // 2, by * by
    small[:, :, 0] = ((blue_red & 0xFFFF) + half) // pixels_each
    small[:, :, 1] = ((green & 0xFFFF) + half) // pixels_each
    small[:, :, 2] = ((blue_red >> 16) + half) // pixels_each
    small[:, :, 3] = 0xFF
    return small


def _sums(words: Frame, by: int) -> Frame:
    height, width = words.shape
    rows: Frame = np.add.reduce(words.reshape(height // by, by, width), axis=1, dtype=np.uint32)
    sums: Frame = np.add.reduce(rows.reshape(height // by, width // by, by), axis=2, dtype=np.uint32)
    return sums
