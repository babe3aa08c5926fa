"""What is on a tile: one colour, text and interface, or a photograph. Cheap, by counting equal neighbours.

Text and interface have long runs of equal pixels, photographs hardly any (docs/screen.md has the figures).
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from lanassist.node.desktop.base import Rectangle
from lanassist.node.services.glance.tiles import TILE, Frame, Grid, Mask, marked

LOSSLESS: Final = 1
PHOTO: Final = 2
EXACT_PHOTO: Final = 3
"""A photograph that is to be sent without loss."""
MOVING_PHOTO: Final = 4
"""A part of something that moves like video."""
FILL: Final = 1 << 32
"""FILL | 0xFFRRGGBB: the whole tile has this colour."""

SAMPLED_ROWS: Final = 4
"""Every how many rows are looked at."""
PHOTO_EQUAL_NEIGHBOURS: Final = 0.3
"""Below this fraction of equal horizontal neighbours, pixels are a photograph."""
PHOTO_PIXELS: Final = 32 * 32
"""A smaller part of a tile is not worth a JPEG of its own, only together with a neighbour's."""

Index = npt.NDArray[np.int64]


def classify(frame: Frame, grid: Grid) -> npt.NDArray[np.int64]:
    """The kind of each marked tile's marked part, 0 elsewhere. Shape (rows, columns)."""
    dirty = marked(grid)
    kinds = np.zeros(dirty.shape, np.int64)
    rows, columns = np.nonzero(dirty)
    if len(rows) == 0:
        return kinds
    left, top, right, bottom = grid[:, rows, columns].astype(np.int32)
    x0, x1 = columns * TILE + left, columns * TILE - right
    y0, y1 = rows * TILE + top, rows * TILE - bottom
    equal = _equal_fraction(frame, x0, y0, x1, y1)
    kinds[dirty] = LOSSLESS
    busy = equal < PHOTO_EQUAL_NEIGHBOURS
    large = busy & ((x1 - x0) * (y1 - y0) >= PHOTO_PIXELS)
    kinds[_around(dirty.shape, rows[large], columns[large]) & _at(dirty.shape, rows[busy], columns[busy])] = (
        PHOTO
    )
    for index in np.flatnonzero(equal == 1.0).tolist():
        row, column = int(rows[index]), int(columns[index])
        colour = _one_colour(frame, row, column)
        if colour is not None:
            kinds[row, column] = FILL | colour
    return kinds


def _at(shape: tuple[int, ...], rows: Index, columns: Index) -> Mask:
    mask = np.zeros(shape, np.bool_)
    mask[rows, columns] = True
    return mask


def _around(shape: tuple[int, ...], rows: Index, columns: Index) -> Mask:
    """These tiles and their eight neighbours: the edge of a photograph is a part of it."""
    wide = np.zeros((shape[0] + 2, shape[1] + 2), np.bool_)
    for down in range(3):
        for across in range(3):
            wide[rows + down, columns + across] = True
    return wide[1:-1, 1:-1]


def _equal_fraction(
    frame: Frame,
    x0: Index,
    y0: Index,
    x1: Index,
    y1: Index,
) -> npt.NDArray[np.float64]:
    """Fraction of equal horizontal neighbours in each box, from sums over all of them at once."""
    if int(((x1 - x0) * (y1 - y0)).sum()) * 4 < int((x1.max() - x0.min()) * (y1.max() - y0.min())):
        return _equal_fraction_each(frame, x0, y0, x1, y1)
    area = Rectangle(int(x0.min()), int(y0.min()), int(x1.max() - x0.min()), int(y1.max() - y0.min()))
    sample = frame[area.y : area.y + area.height : SAMPLED_ROWS, area.x : area.x + area.width]
    sums = np.zeros((sample.shape[0] + 1, area.width), np.int32)
    np.cumsum(sample[:, 1:] == sample[:, :-1], axis=1, dtype=np.int32, out=sums[1:, 1:])
    np.cumsum(sums, axis=0, out=sums)
    # Pairs are counted at their right pixel: in a box these are the columns after its first.
    first, last = (y0 - area.y + SAMPLED_ROWS - 1) // SAMPLED_ROWS, (y1 - area.y - 1) // SAMPLED_ROWS + 1
    lo, hi = x0 - area.x, x1 - area.x - 1
    equal = sums[last, hi] - sums[first, hi] - sums[last, lo] + sums[first, lo]
    pairs = (last - first) * (hi - lo)
    return np.where(pairs > 0, equal / np.maximum(pairs, 1), 1.0)


def _equal_fraction_each(frame: Frame, x0: Index, y0: Index, x1: Index, y1: Index) -> npt.NDArray[np.float64]:
    """The same box by box, where they lie far from each other."""
    equal = np.ones(len(x0))
    for index, (left, top, right, bottom) in enumerate(
        zip(x0.tolist(), y0.tolist(), x1.tolist(), y1.tolist(), strict=True)
    ):
        sample = frame[top - top % -SAMPLED_ROWS : bottom : SAMPLED_ROWS, left:right]
        same = sample[:, 1:] == sample[:, :-1]
        if same.size:
            equal[index] = np.count_nonzero(same) / same.size
    return equal


def _one_colour(frame: Frame, row: int, column: int) -> int | None:
    """The colour of a tile that has only one."""
    tile = frame[row * TILE : (row + 1) * TILE, column * TILE : (column + 1) * TILE]
    colour = tile[0, 0]
    return int(colour) if tile[-1, -1] == colour and (tile == colour).all() else None


def colour_of(kind: int) -> tuple[int, int, int]:
    """R, G, B of a FILL kind."""
    return kind >> 16 & 0xFF, kind >> 8 & 0xFF, kind & 0xFF
