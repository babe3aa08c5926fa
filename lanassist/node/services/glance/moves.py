"""Finds content that has only moved: scrolled text, a list that slid aside, a dragged window. Pure.

A move is found by hashes of short pieces of rows (or columns) and need not be right in every pixel: what it
leaves wrong is compared afterwards and sent as usual. It is only taken where that saves much.
"""

from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from lanassist.node.desktop.base import Rectangle
from lanassist.node.services.glance.classify import PHOTO_EQUAL_NEIGHBOURS
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
_EVERY: Final = 8
"""Every how many rows are compared to find a move's edges to the sides."""
_SAMPLED: Final = 16
"""Every how many rows are looked at to tell photographs: films would be searched in vain with every frame."""
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
    if before.size < SMALLEST or _is_photograph(after):
        return None
    if (move := _down(before, after)) is not None:
        return move
    across = _down(before.T, after.T)
    return None if across is None else _transposed(across)


def _is_photograph(picture: Frame) -> bool:
    sample = picture[::_SAMPLED]
    return bool(np.count_nonzero(sample[:, 1:] == sample[:, :-1]) < PHOTO_EQUAL_NEIGHBOURS * sample.size)


def _transposed(move: Move) -> Move:
    area = move.area
    return Move(Rectangle(area.y, area.x, area.height, area.width), move.y, move.x)


def _down(before: Frame, after: Frame) -> Move | None:
    height, width = before.shape
    if width < STRIP or height < 2 * VOTES:
        return None
    lefts = np.linspace(0, width - STRIP, min(STRIPS, width // STRIP)).astype(int).tolist()
    strips = [(_strip(before, left), _strip(after, left)) for left in lefts]
    votes = np.zeros(2 * height, np.int64)
    for old_pixels, new_pixels in strips:
        old, new = _hashes(old_pixels), _hashes(new_pixels)
        changed = np.flatnonzero(old != new)
        if len(changed) >= VOTES:
            votes += _votes(old, new, changed)
    best = int(votes.argmax())
    if votes[best] < VOTES:
        return None
    return _bounded(before, after, height - best, strips)


def _strip(picture: Frame, left: int) -> Frame:
    return np.ascontiguousarray(picture[:, left : left + STRIP])


def _hashes(strip: Frame) -> Lines:
    """One for each row."""
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


def _bounded(before: Frame, after: Frame, down: int, strips: list[tuple[Frame, Frame]]) -> Move | None:
    """The rectangle in which the move puts right most; None if it is not worth it.

    ``down``: how far below its present place the content was; negative: above.
    """
    height = before.shape[0]
    first, last = max(0, -down), min(height, height - down)
    rows, came = slice(first, last), slice(first + down, last + down)
    right = wrong = np.zeros(last - first, np.int32)
    for old, new in strips:
        right = right + _differing(old[rows], new[rows], axis=1)
        wrong = wrong + _differing(old[came], new[rows], axis=1)
    top, bottom = _span(right - wrong)
    if bottom == top:
        return None
    now = slice(first + top, first + bottom, _EVERY)
    was = slice(now.start + down, now.stop + down, _EVERY)
    right = _differing(before[now], after[now], axis=0)
    wrong = _differing(before[was], after[now], axis=0)
    left, end = _span(right - wrong)
    if (end - left) * (bottom - top) < SMALLEST or wrong[left:end].sum() > (1 - WORTH) * right[
        left:end
    ].sum():
        return None
    y = first + top
    return Move(Rectangle(left, y, end - left, bottom - top), left, y + down)


def _differing(one: Frame, other: Frame, axis: int) -> npt.NDArray[np.int32]:
    """How many pixels differ in each line across ``axis``."""
    count: npt.NDArray[np.int32] = np.add.reduce((one != other).view(np.uint8), axis=axis, dtype=np.int32)
    return count


def _span(gain: npt.NDArray[np.int32]) -> tuple[int, int]:
    """Start and end of the stretch with the largest sum."""
    sums = np.zeros(len(gain) + 1, np.int64)
    np.cumsum(gain, out=sums[1:])
    end = int((sums - np.minimum.accumulate(sums)).argmax())
    return int(sums[: end + 1].argmin()), end
