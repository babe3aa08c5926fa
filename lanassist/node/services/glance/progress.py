"""What one viewer has of a display, lacks, and has not yet confirmed. Pure."""

import msgspec
import numpy as np

from lanassist.node.desktop.base import Rectangle
from lanassist.node.protocol import limits
from lanassist.node.services.glance import tiles
from lanassist.node.services.glance.moves import Move
from lanassist.node.services.glance.tiles import Grid

Step = tuple[bool, bool, bytes, bytes, tuple[Move, ...]]
"""Viewers with the same are sent the same."""


class Change(msgspec.Struct, frozen=True):
    """What one look at the display found: all that changed, or a move and what it leaves to be sent."""

    grid: Grid
    move: Move | None
    rest: Grid
    """What still differs once the move is done; the whole grid without one."""


class Progress:
    """One viewer's state. Grids are replaced, never written to, once they are shared."""

    def __init__(self, width: int, height: int, lossless: bool) -> None:
        self.lossless = lossless
        self.in_flight: list[int] = []
        self.restart(width, height)

    def restart(self, width: int, height: int) -> None:
        """It has nothing of the display as it is now."""
        self.reset = True
        self.lacking = tiles.full_grid(width, height)
        self.lossy = tiles.clean_grid(width, height)
        self.moves: tuple[Move, ...] = ()
        self._pixels = width * height

    @property
    def credited(self) -> bool:
        """Whether it may be sent something."""
        return len(self.in_flight) < limits.UPDATES_IN_FLIGHT

    @property
    def step(self) -> Step:
        """Where it stands."""
        return self.lossless, self.reset, self.lacking.tobytes(), self.lossy.tobytes(), self.moves

    def changed(self, change: Change) -> None:
        """The display has changed: it lacks that, or can move what it has."""
        if change.move is not None and self._has(change.move.source):
            self.moves = (*self.moves, change.move)
            self.lacking = np.minimum(self.lacking, change.rest)
        else:
            self.lacking = np.minimum(self.lacking, change.grid)

    def _has(self, source: Rectangle) -> bool:
        """Whether it still shows, before its next update, what the display showed there until now.

        A move that builds on another would need the display as it is after the first. And all of them
        together may cover the display once, or a viewer would refuse them.
        """
        area = source.width * source.height + sum(move.area.width * move.area.height for move in self.moves)
        return (
            area <= self._pixels
            and tiles.is_clean(tiles.part(self.lacking, source))
            and all(source.within(move.area) is None for move in self.moves)
        )

    def sent(self, sequence: int, lacking: Grid, lossy: Grid) -> None:
        """An update is on its way; this is what will then still be missing, or be lossy."""
        self.lacking, self.lossy, self.moves = lacking, lossy, ()
        self.reset = False
        self.in_flight.append(sequence)

    def drawn(self, sequence: int) -> None:
        """It shows this update, and so all before it."""
        self.in_flight = [sent for sent in self.in_flight if sent > sequence]
