"""One display on its way to all who watch it: the newest frame, and what each viewer still lacks of it.

No queue anywhere: a viewer has a grid of what changed since it was last sent something. It is sent that when
it has a credit, in the state of that moment; viewers that lack the same share one encode.
Pure: no clock, no I/O. Not to be used by two threads at once.
"""

from collections.abc import Hashable, Iterator
from typing import Final

import msgspec
import numpy as np

from lanassist.node.desktop.base import Pixels, Rectangle
from lanassist.node.protocol import limits
from lanassist.node.services.glance import encoder, picture, tiles
from lanassist.node.services.glance.codecs import CODECS, Codecs
from lanassist.node.services.glance.picture import Codec
from lanassist.node.services.glance.tiles import Grid, Mask

CALM: Final = 0.5
"""Seconds without a change after which a lossy tile is sent again without loss."""
SHARPENED_TILES: Final = 64
"""At most so many in one update, so that a change never waits behind megabytes of sharpening."""
_OPAQUE: Final = np.uint32(0xFF000000)


class Viewer:
    """What one viewer has, lacks, and has not yet confirmed."""

    def __init__(self, width: int, height: int, lossless: bool) -> None:
        self.lossless = lossless
        self.in_flight: list[int] = []
        self.restart(width, height)

    def restart(self, width: int, height: int) -> None:
        """It has nothing of the display as it is now."""
        self.reset = True
        self.lacking = tiles.full_grid(width, height)
        self.lossy = tiles.clean_grid(width, height)

    def step(self) -> tuple[bool, bool, bytes, bytes]:
        """Viewers with the same are sent the same."""
        return self.lossless, self.reset, self.lacking.tobytes(), self.lossy.tobytes()


class Outgoing(msgspec.Struct, frozen=True):
    """An update as bytes, and who gets it."""

    viewers: tuple[Hashable, ...]
    data: bytes


class DisplayStream:
    """The newest frame of one display, for any number of viewers."""

    def __init__(self, display: int, width: int, height: int, codecs: Codecs = CODECS) -> None:
        self.display = display
        self._codecs = codecs
        self.encodes = 0
        """Updates encoded so far, however many viewers each had."""
        self._sequence = 0
        self._viewers: dict[Hashable, Viewer] = {}
        self.resize(width, height)

    def resize(self, width: int, height: int) -> None:
        """The display has another size now; its pixels are to be painted anew, black until then."""
        self.width, self.height = width, height
        self._frame = np.full((height, width), _OPAQUE, np.uint32)
        self._changed_at = np.zeros(tiles.clean_grid(width, height).shape[1:])
        for viewer in self._viewers.values():
            viewer.restart(width, height)

    # --- viewers

    def join(self, viewer: Hashable, lossless: bool = False) -> None:
        """From now on this viewer gets updates, first of all the whole display."""
        self._viewers[viewer] = Viewer(self.width, self.height, lossless)

    def leave(self, viewer: Hashable) -> None:
        self._viewers.pop(viewer, None)

    def drawn(self, viewer: Hashable, sequence: int) -> None:
        """The viewer shows this update, and so all before it: it gets its credits back."""
        if state := self._viewers.get(viewer):
            state.in_flight = [sent for sent in state.in_flight if sent > sequence]

    @property
    def watched(self) -> bool:
        """Whether it has any viewer."""
        return bool(self._viewers)

    @property
    def credited(self) -> bool:
        """Whether any viewer could be sent something now; if not, a capture is of no use yet."""
        return any(len(viewer.in_flight) < limits.UPDATES_IN_FLIGHT for viewer in self._viewers.values())

    # --- pixels

    def paint(self, area: Rectangle, pixels: Pixels, now: float) -> bool:
        """Take in pixels of a part of the display. True if any of them changed.

        ``pixels``: shape (area.height, area.width, 4), contiguous; its X bytes are overwritten.
        """
        words = pixels.view(np.uint32)[:, :, 0]
        np.bitwise_or(words, _OPAQUE, out=words)
        grid = tiles.paint(self._frame, area, words)
        changed = tiles.marked(grid)
        if not changed.any():
            return False
        self._changed_at[changed] = now
        for viewer in self._viewers.values():
            np.minimum(viewer.lacking, grid, out=viewer.lacking)
        return True

    # --- updates

    def updates(self, now: float) -> Iterator[Outgoing]:
        """Encode what viewers with a credit lack, once for all that lack the same."""
        steps: dict[tuple[bool, bool, bytes, bytes], list[Hashable]] = {}
        for name, viewer in self._viewers.items():
            if len(viewer.in_flight) < limits.UPDATES_IN_FLIGHT:
                steps.setdefault(viewer.step(), []).append(name)
        for names in steps.values():
            outgoing = self._update([self._viewers[name] for name in names], tuple(names), now)
            if outgoing is not None:
                yield outgoing

    def _update(self, viewers: list[Viewer], names: tuple[Hashable, ...], now: float) -> Outgoing | None:
        lead = viewers[0]
        grid, sharpened = self._due(lead, now)
        if tiles.is_clean(grid):
            return None
        pieces, rest = encoder.split(
            list(encoder.choose(self._frame, grid, None if lead.lossless else sharpened))
        )
        lossy = _lossy_after(lead.lossy, pieces)
        lacking = tiles.clean_grid(self.width, self.height)
        for piece in rest:
            tiles.mark(lacking, piece.area)
        self._sequence += 1
        update = picture.Update(
            display=self.display,
            width=self.width,
            height=self.height,
            sequence=self._sequence,
            patches=tuple(encoder.encode(self._frame, piece, self._codecs) for piece in pieces),
            exact=not rest and tiles.is_clean(lossy),
            reset=lead.reset,
        )
        self.encodes += 1
        for viewer in viewers:
            viewer.lacking, viewer.lossy = lacking.copy(), lossy.copy()
            viewer.reset = False
            viewer.in_flight.append(self._sequence)
        return Outgoing(names, picture.build(update))

    def _due(self, viewer: Viewer, now: float) -> tuple[Grid, Mask]:
        """All that the viewer is to be sent now, and which tiles of it for sharpening alone.

        Sharpening waits for a moment in which nothing has changed.
        """
        if not tiles.is_clean(viewer.lacking):
            return viewer.lacking, np.zeros(viewer.lacking.shape[1:], np.bool_)
        calm = tiles.marked(viewer.lossy) & (self._changed_at + CALM <= now)
        later = np.flatnonzero(calm)[SHARPENED_TILES:]
        calm.flat[later] = False
        return np.where(calm, viewer.lossy, np.int8(tiles.CLEAN)), calm

    def next_wake(self) -> float | None:
        """When ``updates`` has sharpening to do, even if nothing changes until then."""
        times = [
            float(self._changed_at[tiles.marked(viewer.lossy)].min()) + CALM
            for viewer in self._viewers.values()
            if len(viewer.in_flight) < limits.UPDATES_IN_FLIGHT and not tiles.is_clean(viewer.lossy)
        ]
        return min(times, default=None)


def _lossy_after(lossy: Grid, pieces: list[encoder.Piece]) -> Grid:
    """What of a viewer's display is lossy once it has drawn these."""
    lossy = lossy.copy()
    for piece in pieces:
        if piece.codec is Codec.JPEG:
            tiles.mark(lossy, piece.area)
        else:
            tiles.unmark(lossy, piece.area)
    return lossy
