"""Finds content that has only moved: scrolled text, a list that slid aside, a dragged window. Pure.

A move is found by hashes of short pieces of rows (or columns) and need not be right in every pixel: what it
leaves wrong is compared afterwards and sent as usual. It is only taken where that saves much.
"""

from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from lanassist.node.desktop.base import Rectangle
from lanassist.node.services.glance.tiles import Frame

STRIP: Final = 32
"""Pixels of a row (or column) that are hashed together: two or three letters, seldom twice the same."""
STRIPS: Final = 8
"""So many strips are looked at across an area: a scrolled part need not be as wide as the area."""
VOTES: Final = 12
"""Lines that must agree on one distance."""
SMALLEST: Final = 64 * 64
"""Pixels; below this a move saves nothing."""
WORTH: Final = 0.6
"""Share of the changed pixels that a move must put right."""
_EVERY: Final = 4
"""Every how many lines are compared to find a move's edges."""
_WEIGHTS: Final = np.random.default_rng(1).integers(1, 2**32, STRIP, np.uint32) | np.uint32(1)

Lines = npt.NDArray[np.uint32]
"""One hash a line, shape (lines,)."""


class Move(msgspec.Struct, frozen=True):
    """``area`` shows now what stood at ``x, y``, in the same coordinates."""

    area: Rectangle
    x: int
    y: int

    @property
    def source(self) -> Rectangle:
        """Where the content was."""
        return Rectangle(self.x, self.y, self.area.width, self.area.height)

    def moved(self, x: int, y: int) -> "Move":
        """The same, ``x`` to the right and ``y`` down."""
        return Move(self.area.moved(x, y), self.x + x, self.y + y)


def find(before: Frame, after: Frame) -> Move | None:
    """The one move that explains most of what changed between two pictures of the same shape, if any does.

    Vertical or horizontal; in the pictures' own coordinates.
    """
    if before.size < SMALLEST:
        return None
    if (down := _distance(before, after)) is not None:
        return _bounded(before, after, down)
    if (across := _distance(before.T, after.T)) is not None:
        move = _bounded(before.T, after.T, across)
        return None if move is None else _transposed(move)
    return None


def _transposed(move: Move) -> Move:
    area = move.area
    return Move(Rectangle(area.y, area.x, area.height, area.width), move.y, move.x)


def _distance(before: Frame, after: Frame) -> int | None:
    """How many rows above its present place most of what changed was (negative: below)."""
    height, width = before.shape
    if width < STRIP or height < 2 * VOTES:
        return None
    votes = np.zeros(2 * height, np.int64)
    for left in np.linspace(0, width - STRIP, STRIPS).astype(int).tolist():
        old, new = _hashes(before, left), _hashes(after, left)
        changed = np.flatnonzero(old != new)
        if len(changed) >= VOTES:
            votes += _votes(old, new, changed)
    best = int(votes.argmax())
    return height - best if votes[best] >= VOTES else None


def _hashes(picture: Frame, left: int) -> Lines:
    """One for each row of the strip that begins at column ``left``."""
    strip = np.ascontiguousarray(picture[:, left : left + STRIP])
    hashes: Lines = (strip * _WEIGHTS).sum(axis=1, dtype=np.uint32)
    return hashes


def _votes(old: Lines, new: Lines, changed: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
    """How often each distance is found; index ``len(old) + y_new - y_old``. Rows that repeat do not count."""
    order = np.argsort(old, kind="stable")
    ordered = old[order]
    single = np.ones(len(old) + 1, np.bool_)
    single[1:-1] = ordered[1:] != ordered[:-1]
    single = single[1:] & single[:-1]
    ordered, order = ordered[single], order[single]
    if len(ordered) == 0:
        return np.zeros(2 * len(old), np.int64)
    wanted = new[changed]
    place = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    same = ordered[place] == wanted
    return np.bincount(len(old) + changed[same] - order[place[same]], minlength=2 * len(old))


def _bounded(before: Frame, after: Frame, down: int) -> Move | None:
    """The rectangle in which the move by ``down`` rows puts right most; None if it is not worth it.

    ``down``: the content of row y came from row ``y + down``... negative if it moved down.
    """
    height = before.shape[0]
    first, last = max(0, -down), min(height, height - down)
    now, was = after[first:last], before[first:last]
    came = before[first + down : last + down]
    rows = slice(None, None, _EVERY)
    left, right = _span(_gain(was[rows], came[rows], now[rows], axis=0))
    columns = slice(left, right, _EVERY)
    top, bottom = _span(_gain(was[:, columns], came[:, columns], now[:, columns], axis=1))
    if (right - left) * (bottom - top) < SMALLEST:
        return None
    sample = (slice(top, bottom, _EVERY), slice(left, right))
    wrong = np.count_nonzero(was[sample] != now[sample])
    left_wrong = np.count_nonzero(came[sample] != now[sample])
    if left_wrong > (1 - WORTH) * wrong:
        return None
    y = first + top
    return Move(Rectangle(left, y, right - left, bottom - top), left, y + down)


def _gain(was: Frame, came: Frame, now: Frame, axis: int) -> npt.NDArray[np.int32]:
    """For each line across ``axis``: pixels that the move puts right, less those that it spoils."""
    right = np.add.reduce((was != now).view(np.uint8), axis=axis, dtype=np.int32)
    wrong = np.add.reduce((came != now).view(np.uint8), axis=axis, dtype=np.int32)
    gain: npt.NDArray[np.int32] = right - wrong
    return gain


def _span(gain: npt.NDArray[np.int32]) -> tuple[int, int]:
    """Start and end of the stretch with the largest sum."""
    sums = np.zeros(len(gain) + 1, np.int64)
    np.cumsum(gain, out=sums[1:])
    end = int((sums - np.minimum.accumulate(sums)).argmax())
    return int(sums[: end + 1].argmin()), end
