"""Which parts of a display move like video: rectangles whose tiles change again and again.

A region begins once most of a rectangle keeps changing and looks like photographs, keeps its bounds while it
moves, and ends when it stands still or turns into text. Pure: times are given, nothing is kept of pixels.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from lanassist.node.desktop.base import Rectangle
from lanassist.node.protocol import limits
from lanassist.node.services.glance.tiles import CLEAN, TILE, Frame, Grid, Mask

SLOT: Final = 0.0625
"""Seconds; a tile counts as changed in a slot or not, however often."""
SLOTS: Final = 16
"""So many slots are remembered."""
MOVING: Final = 4
"""A tile that changed in so many of them moves. Few, for a region's first frame costs no more than a JPEG."""
ALIVE: Final = 2
"""A region of which nothing changed in so many of them is over."""
FILLED: Final = 0.5
"""At least this share of a region's tiles must move when it begins."""
SHRUNK: Final = 0.25
"""Below this share, what moves now is a region of its own."""
SETTLED: Final = 1.0
"""Seconds for which a region keeps its bounds, whatever moves beside it."""
SMALLEST: Final = 96 * 96
"""Pixels. Smaller pictures cost little as they are."""
GAP: Final = 16
"""Pixels that may stand still between two parts of one film."""
EQUAL_NEIGHBOURS: Final = 0.5
"""From this share of equal horizontal neighbours on, it is text or interface. Films have more than photos."""
SAMPLED_ROWS: Final = 8


class Region(msgspec.Struct, frozen=True):
    """A rectangle that moves like video.

    ``slot``: which of the display's streams it is; ``number`` is never used again.
    """

    number: int
    slot: int
    area: Rectangle
    since: float


class Motion:
    """The moving regions of one display of this size."""

    def __init__(self, width: int, height: int) -> None:
        rows, columns = -(-height // TILE), -(-width // TILE)
        self._marks = np.full((SLOTS, 4, rows, columns), CLEAN, np.int8)
        """By slot, the bounds of what changed in each tile."""
        self._slot = 0
        self._looked = 0
        self._count = 0
        self.regions: tuple[Region, ...] = ()

    def changed(self, grid: Grid, now: float) -> None:
        """What has changed, as painting found it."""
        self._roll(now)
        current = self._marks[self._slot % SLOTS]
        np.minimum(current, grid, out=current)

    def look(self, frame: Frame, now: float) -> tuple[Region, ...]:
        """The regions as of now. They are thought over once a slot."""
        self._roll(now)
        if self._slot != self._looked:
            self._looked = self._slot
            self.regions = tuple(self._judged(frame, now))
        return self.regions

    def _roll(self, now: float) -> None:
        """Forget the slots that are too old."""
        slot = int(now / SLOT)
        for older in range(min(slot - self._slot, SLOTS)):
            self._marks[(slot - older) % SLOTS] = CLEAN
        self._slot = max(slot, self._slot)

    def _judged(self, frame: Frame, now: float) -> Iterator[Region]:
        times = np.add.reduce(self._marks[:, 0] != CLEAN, axis=0, dtype=np.int8)
        moving: Mask = times >= MOVING
        if not self.regions and np.count_nonzero(moving) * TILE**2 < FILLED * SMALLEST:
            return  # nearly always, and what follows costs ten times as much
        bounds = np.full_like(self._marks[0], CLEAN)
        # As far as changes reached three times: a window that opened around the film does not count.
        bounds[:, moving] = np.partition(self._marks[:, :, moving], 2, axis=0)[2]
        found = [area for area in _rectangles(moving, bounds) if _photographic(frame, area)]
        free = set(range(limits.VIDEO_STREAMS))
        for region in self.regions:
            if self._goes_on(region, times, found, frame, now):
                free.discard(region.slot)
                found = [area for area in found if area.within(region.area) is None]
                yield region
        taken: list[Rectangle] = []
        for area in found:
            if free and all(area.within(other) is None for other in taken):
                self._count += 1
                taken.append(area)
                yield Region(self._count, free.pop(), area, now)

    def _goes_on(
        self, region: Region, times: npt.NDArray[np.int8], found: list[Rectangle], frame: Frame, now: float
    ) -> bool:
        if times[_tiles(region.area)].max(initial=0) < ALIVE or not _photographic(frame, region.area):
            return False
        if now - region.since < SETTLED:
            return True
        touching = [area for area in found if area.within(region.area) is not None]
        inside = [area for area in touching if area.within(region.area) == area]
        if len(inside) < len(touching):
            return False  # it has grown: what is found begins anew, with other bounds
        return not inside or sum(map(_pixels, inside)) >= SHRUNK * _pixels(region.area)


def _rectangles(moving: Mask, bounds: Grid) -> Iterable[Rectangle]:
    """Around each group of neighbouring tiles that move, if it fills its rectangle; the largest first."""
    areas = []
    for group in _groups(moving, bounds):
        rows, columns = [row for row, _ in group], [column for _, column in group]
        top, bottom, left, right = min(rows), max(rows), min(columns), max(columns)
        if len(group) < FILLED * (bottom - top + 1) * (right - left + 1):
            continue
        part = bounds[:, top : bottom + 1, left : right + 1].astype(np.int32)
        x0, y0 = left * TILE + int(part[0, :, 0].min()), top * TILE + int(part[1, 0].min())
        x1, y1 = right * TILE - int(part[2, :, -1].min()), bottom * TILE - int(part[3, -1].min())
        areas.append(Rectangle(x0, y0, x1 - x0, y1 - y0))
    return sorted((area for area in areas if _pixels(area) >= SMALLEST), key=_pixels, reverse=True)


def _groups(moving: Mask, bounds: Grid) -> Iterator[list[tuple[int, int]]]:
    """Tiles that move and touch at a side: no more than GAP pixels between what has changed in each."""
    left, top, right, bottom = bounds.astype(np.int32)
    across = np.zeros(moving.shape, np.bool_)
    across[:, :-1] = TILE + right[:, :-1] + left[:, 1:] <= GAP
    down = np.zeros(moving.shape, np.bool_)
    down[:-1] = TILE + bottom[:-1] + top[1:] <= GAP
    rest = {(row, column) for row, column in np.argwhere(moving).tolist()}
    while rest:
        group = [rest.pop()]
        for row, column in group:
            beside = {
                (row, column + 1) if across[row, column] else None,
                (row, column - 1) if across[row, column - 1] else None,
                (row + 1, column) if down[row, column] else None,
                (row - 1, column) if down[row - 1, column] else None,
            }
            found = [tile for tile in beside if tile in rest]
            rest.difference_update(found)
            group += [tile for tile in found if tile is not None]
        yield group


def _photographic(frame: Frame, area: Rectangle) -> bool:
    sample = frame[area.y : area.y + area.height : SAMPLED_ROWS, area.x : area.x + area.width]
    return bool((sample[:, 1:] == sample[:, :-1]).mean() < EQUAL_NEIGHBOURS)


def _tiles(area: Rectangle) -> tuple[slice, slice]:
    rows = slice(area.y // TILE, -(-(area.y + area.height) // TILE))
    return rows, slice(area.x // TILE, -(-(area.x + area.width) // TILE))


def _pixels(area: Rectangle) -> int:
    return area.width * area.height
