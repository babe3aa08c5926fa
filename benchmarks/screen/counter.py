"""A counter that a program can read off a screen: a bar of black and white cells.

The bar is ``WIDTH`` x ``HEIGHT`` pixels. Its cells are big enough to survive JPEG: two guard cells, the
counter modulo ``MODULUS`` in Gray code, and a check, so that a half-drawn or blended bar reads as nothing,
never as a wrong number. In Gray code neighbours differ in one cell; a check of a few bits alone would not
tell every mixture of two numbers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CELL = 12
COUNTER_BITS = 12
CHECK_BITS = 4
CELLS = 2 + COUNTER_BITS + CHECK_BITS
WIDTH = CELL * CELLS
HEIGHT = CELL
MODULUS = 1 << COUNTER_BITS

BLACK_BELOW = 80
WHITE_FROM = 176

Picture = NDArray[np.uint8]
"""Rows x columns x 4 bytes: blue, green, red, unused (255)."""


def draw(count: int) -> Picture:
    """Return the bar of ``count`` as a picture of ``HEIGHT`` x ``WIDTH`` x 4."""
    levels = np.array(_cells(count), dtype=np.uint8) * 255
    row = np.repeat(levels, CELL)
    bar = np.empty((HEIGHT, WIDTH, 4), dtype=np.uint8)
    bar[:] = row[None, :, None]
    bar[:, :, 3] = 255
    return bar


def read(picture: Picture) -> int | None:
    """Return the counter modulo ``MODULUS`` that the bar shows, or None when it shows none."""
    centre = CELL // 2
    band = picture[centre - 2 : centre + 2, :WIDTH, 1].astype(np.uint16)
    cells = band.reshape(4, CELLS, CELL)[:, :, centre - 2 : centre + 2].mean(axis=(0, 2))
    if np.any((cells >= BLACK_BELOW) & (cells < WHITE_FROM)):
        return None
    bits = [int(level >= WHITE_FROM) for level in cells]
    count = _from_gray(_number(bits[2 : 2 + COUNTER_BITS]))
    return count if bits == _cells(count) else None


def reached(seen: int, count: int) -> bool:
    """Say whether a screen that shows ``seen`` is at least as new as ``count`` (both modulo ``MODULUS``)."""
    return (seen - count) % MODULUS < MODULUS // 2


def _cells(count: int) -> list[int]:
    count %= MODULUS
    check = (count * 7 + 5 + (count >> 4) * 3) % (1 << CHECK_BITS)
    return [1, 0, *_bits(count ^ count >> 1, COUNTER_BITS), *_bits(check, CHECK_BITS)]


def _bits(number: int, size: int) -> list[int]:
    return [number >> place & 1 for place in reversed(range(size))]


def _number(bits: list[int]) -> int:
    return int("".join(map(str, bits)), 2)


def _from_gray(code: int) -> int:
    number = 0
    while code:
        number, code = number ^ code, code >> 1
    return number
