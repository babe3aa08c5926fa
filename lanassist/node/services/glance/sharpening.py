"""Which tiles a viewer was shown at a lower quality, and when they are sent again without loss. Pure."""

from typing import Final

import numpy as np
import numpy.typing as npt

from lanassist.node.services.glance import encoder, tiles
from lanassist.node.services.glance.footage import Shot
from lanassist.node.services.glance.moves import Move
from lanassist.node.services.glance.picture import Codec
from lanassist.node.services.glance.tiles import Grid, Mask

CALM: Final = 0.5
"""Seconds without a change after which a lossy tile is sent again without loss."""
SHARPENED_TILES: Final = 64
"""At most so many in one update, so that a change never waits behind megabytes of sharpening."""

Times = npt.NDArray[np.float64]
"""When each tile last changed, in seconds. Shape (rows, columns)."""


def calm(lossy: Grid, changed_at: Times, now: float) -> Mask:
    """What of it may be sharpened now."""
    still: Mask = tiles.marked(lossy) & (changed_at + CALM <= now)
    still.flat[np.flatnonzero(still)[SHARPENED_TILES:]] = False
    return still


def calm_at(lossy: Grid, changed_at: Times) -> float:
    """When the first of it may be; some of it must be lossy."""
    return float(changed_at[tiles.marked(lossy)].min()) + CALM


def lossy_after(
    before: Grid, moved: tuple[Move, ...], shots: list[Shot], pieces: list[encoder.Piece]
) -> Grid:
    """What of a viewer's display is lossy once it has drawn these."""
    lossy = before.copy()
    for move in moved:
        tiles.unmark(lossy, move.area)
        source = tiles.clean_grid_like(before)
        tiles.part(source, move.source)[:] = tiles.part(before, move.source)
        if (bounds := tiles.bounding(source)) is not None:
            arrived = bounds.moved(move.area.x - move.x, move.area.y - move.y).within(move.area)
            if arrived is not None:
                tiles.mark(lossy, arrived)
    for shot in shots:
        tiles.mark(lossy, shot.area)
    for piece in pieces:
        if piece.codec is Codec.JPEG:
            tiles.mark(lossy, piece.area)
        else:
            tiles.unmark(lossy, piece.area)
    return lossy
