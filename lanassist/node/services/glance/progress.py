"""What one viewer has of a display and lacks of it, or several that are in step. Pure."""

import copy

import msgspec
import numpy as np
import numpy.typing as npt

from lanassist.node.desktop.base import Rectangle
from lanassist.node.protocol import limits
from lanassist.node.services.glance import tiles
from lanassist.node.services.glance.cache import NOWHERE, Slots, no_slots
from lanassist.node.services.glance.footage import Seen
from lanassist.node.services.glance.moves import Move
from lanassist.node.services.glance.tiles import Grid, Mask

Step = tuple[object, ...]
"""Viewers with the same are sent the same."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What one look at the display found: all that changed, or a move and what it leaves to be sent."""

    grid: Grid
    move: Move | None
    rest: Grid
    """What still differs once the move is done; the whole grid without one."""
    leaving: Slots | None
    """Where the cache keeps what these tiles showed until now; None: nothing worth it."""
    assigned: npt.NDArray[np.int32]
    """Slots that hold something else from now on."""


class Progress:
    """The account. Grids are replaced, never written to, once they are shared."""

    def __init__(self, width: int, height: int, lossless: bool, video: bool = False) -> None:
        self.lossless = lossless
        self.video = video
        """Whether what moves like it may be sent as VIDEO."""
        self.restart(width, height)

    def restart(self, width: int, height: int) -> None:
        """It has nothing of the display as it is now."""
        self.reset = True
        self.lacking = tiles.full_grid(width, height)
        self.lossy = tiles.clean_grid(width, height)
        self.moves: tuple[Move, ...] = ()
        self.leaving: Slots | None = None
        """Tiles to keep, as it shows them before its next update, and the slots for them."""
        self._holds = np.zeros(limits.CACHED_TILES, np.bool_)
        """Slots that it keeps the right content in."""
        self.seen: Seen = {}
        """What it has been sent of the display's streams of VIDEO."""
        self._pixels = width * height

    def copy(self) -> "Progress":
        """The same, to go on separately."""
        other = copy.copy(self)
        other._holds = self._holds.copy()
        return other

    @property
    def whole(self) -> Step:
        """All of it: where this is the same, everything from now on will be."""
        return (*self._account(), self._holds.tobytes())

    def step(self, cached: Slots) -> Step:
        """Where it stands; ``cached``: where the content of each tile is kept."""
        return (*self._account(), self.shown_before(cached).tobytes())

    def _account(self) -> Step:
        return (
            self.lossless,
            self.reset,
            self.video,
            tuple(self.seen.items()),
            self.moves,
            self.lacking.tobytes(),
            self.lossy.tobytes(),
            None if self.leaving is None else self.leaving.tobytes(),
        )

    def shown_before(self, cached: Slots) -> Mask:
        """Of what it lacks, the tiles that it keeps."""
        held: Mask = tiles.marked(self.lacking) & (cached != NOWHERE)
        held[held] = self._holds[cached[held]]
        return held

    def changed(self, change: Change) -> None:
        """The display has changed: it lacks that, or can move what it has. Keep what goes."""
        self._forget(change.assigned)
        if change.leaving is not None:
            self._keep(change.leaving)
        if change.move is not None and self._has(change.move.source):
            self.moves = (*self.moves, change.move)
            self.lacking = np.minimum(self.lacking, change.rest)
        else:
            self.lacking = np.minimum(self.lacking, change.grid)

    def _forget(self, assigned: npt.NDArray[np.int32]) -> None:
        if len(assigned) == 0:
            return
        self._holds[assigned] = False
        if self.leaving is not None:
            self.leaving = np.where(np.isin(self.leaving, assigned), np.int32(NOWHERE), self.leaving)

    def _keep(self, leaving: Slots) -> None:
        """It keeps what it shows right, does not keep yet, and was not told to keep before."""
        keep = (leaving != NOWHERE) & ~tiles.marked(self.lacking) & ~tiles.marked(self.lossy)
        for move in self.moves:
            tiles.of(keep, move.area)[:] = False
        keep[keep] = ~self._holds[leaving[keep]]
        if keep.any():
            before = no_slots(*leaving.shape) if self.leaving is None else self.leaving
            self.leaving = np.where(keep, leaving, before)

    def _has(self, source: Rectangle) -> bool:
        """Whether it still shows, before its next update, what the display showed there until now.

        A move that builds on another would need the display as it is after the first. And all of them
        together may cover the display once, or a viewer would refuse them.
        """
        area = source.width * source.height + sum(move.area.width * move.area.height for move in self.moves)
        return (
            area <= self._pixels
            and not tiles.of(tiles.marked(self.lacking), source).any()
            and all(source.within(move.area) is None for move in self.moves)
        )

    def sent(self, lacking: Grid, lossy: Grid, seen: Seen) -> None:
        """An update is on its way; this is what will then still be missing, or be lossy."""
        if self.leaving is not None:
            self._holds[self.leaving[self.leaving != NOWHERE]] = True
        self.lacking, self.lossy, self.seen = lacking, lossy, seen
        self.moves, self.leaving = (), None
        self.reset = False
