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
from lanassist.node.services.glance import encoder, moves, picture, tiles
from lanassist.node.services.glance.audience import Audience
from lanassist.node.services.glance.cache import NOWHERE
from lanassist.node.services.glance.codecs import CODECS, Codecs
from lanassist.node.services.glance.footage import Footage, Shot
from lanassist.node.services.glance.moves import Move
from lanassist.node.services.glance.progress import Change, Progress
from lanassist.node.services.glance.recall import Recall
from lanassist.node.services.glance.sharpening import Times, calm, calm_at, lossy_after
from lanassist.node.services.glance.tiles import Changes, Frame, Grid, Mask

MOVED_TILES: Final = 8
"""Where fewer changed, nothing looks for moves: typing should cost no more for it."""
SETTLED: Final = 0.25
"""Seconds that a tile has shown the same before it is kept when it goes, and looked up what comes.

What scrolls or moves would otherwise fill the cache, and cost more than it saves.
"""
SWITCHED_TILES: Final = 12
"""Where fewer change, or fewer than half of what changes, the cache is left alone: typing and scrolling
should cost no more for it."""


_NONE: Final = np.empty(0, np.int32)


class Outgoing(msgspec.Struct, frozen=True):
    """An update as bytes, and who gets it."""

    viewers: tuple[Hashable, ...]
    data: bytes


class DisplayStream:
    """The newest frame of one display, for any number of viewers."""

    def __init__(
        self, display: int, width: int, height: int, codecs: Codecs = CODECS, *, sharpens: bool = True
    ) -> None:
        """``sharpens``: what was sent as JPEG is sent without loss once it stands still."""
        self.display = display
        self._sharpens = sharpens
        self._codecs = codecs
        self.encodes = 0
        """Updates encoded so far, however many viewers each had."""
        self._sequence = 0
        self._audience = Audience()
        self.resize(width, height)

    def resize(self, width: int, height: int) -> None:
        """The display has another size now; its pixels are to be painted anew, black until then."""
        self.width, self.height = width, height
        self._frame, self._tiled = tiles.black_frame(width, height)
        rows, columns = tiles.clean_grid(width, height).shape[1:]
        self._recall = Recall(rows, columns)
        self._changed_at: Times = np.zeros((rows, columns))
        self._footage = Footage(width, height)
        self._audience.restart(width, height)

    # --- viewers

    def join(self, viewer: Hashable, lossless: bool = False, video: bool = False) -> None:
        """From now on this viewer gets updates, first of all the whole display.

        ``video``: what moves like it may be sent as VIDEO.
        """
        progress = Progress(self.width, self.height, lossless, video and not lossless)
        self._audience.join(viewer, progress)

    def leave(self, viewer: Hashable) -> None:
        self._audience.leave(viewer)

    def drawn(self, viewer: Hashable, sequence: int) -> None:
        """The viewer shows this update, and so all before it: it gets its credits back."""
        self._audience.drawn(viewer, sequence)

    @property
    def watched(self) -> bool:
        """Whether it has any viewer."""
        return bool(self._audience)

    @property
    def credited(self) -> bool:
        """Whether any viewer could be sent something now; if not, a capture is of no use yet."""
        return bool(self._audience.credited)

    # --- pixels

    def paint(self, area: Rectangle, pixels: Pixels, now: float) -> bool:
        """Take in pixels of a part of the display. True if any of them changed.

        ``pixels``: shape (area.height, area.width, 4), contiguous; its X bytes are overwritten.
        """
        words = pixels.view(np.uint32)[:, :, 0]
        np.bitwise_or(words, tiles.OPAQUE, out=words)
        old = self._frame[area.y : area.y + area.height, area.x : area.x + area.width]
        changes = tiles.Changes(self.width, self.height, area)
        changes.note(area, old, words)
        grid = changes.grid()
        if tiles.is_clean(grid):
            return False
        changed = tiles.marked(grid)
        settled = changed & (self._changed_at + SETTLED <= now)
        half = int(np.count_nonzero(changed)) // 2
        if int(np.count_nonzero(settled)) >= max(SWITCHED_TILES, half):
            before = old.copy()
            leaving, assigned = self._recall.keep(self._tiled, settled)
            old[:] = words
            known = self._recall.recognise(self._tiled, changed, settled)
        else:
            before, leaving, assigned, known = old, None, _NONE, 0
            self._recall.forget(changed)
        move, rest = (None, grid) if known > half else self._moved(changes, grid, area, before, words)
        self._footage.changed(grid, rest, now)
        change = Change(grid=grid, move=move, rest=rest, leaving=leaving, assigned=assigned)
        if before is old:
            old[:] = words
        self._changed_at[changed] = now
        self._audience.changed(change)
        return True

    def _moved(
        self, changes: Changes, grid: Grid, area: Rectangle, before: Frame, after: Frame
    ) -> tuple[Move | None, Grid]:
        """What changed in the area as a move and the rest, where that is less."""
        bounds = tiles.bounding(grid)
        if bounds is None or np.count_nonzero(tiles.marked(grid)) < MOVED_TILES:
            return None, grid
        if self._footage.covers(bounds):
            return None, grid
        own = bounds.moved(-area.x, -area.y)
        move = moves.find(_part(before, own), _part(after, own))
        if move is None:
            return None, grid
        move = move.moved(own.x, own.y)
        to = move.area.moved(area.x, area.y)
        changes.note(to, _part(before, move.source), _part(after, move.area))
        return move.moved(area.x, area.y), changes.grid()

    # --- updates

    def updates(self, now: float) -> Iterator[Outgoing]:
        """Encode what viewers with a credit lack, once for all that lack the same."""
        moving = self._film(now)
        for lead, names in list(self._audience.in_step(self._recall.slots)):
            outgoing = self._update(lead, names, moving, now)
            if outgoing is not None:
                yield outgoing

    def due(self, now: float) -> bool:
        """Whether ``updates`` has anything to send."""
        waiting = self._audience.credited
        if any(viewer.moves or not tiles.is_clean(viewer.lacking) for viewer in waiting):
            return True
        wake = self.next_wake()
        return wake is not None and wake <= now

    def _update(
        self, lead: Progress, names: tuple[Hashable, ...], moving: Mask | None, now: float
    ) -> Outgoing | None:
        grid, sharpened = self._due(lead, now)
        if tiles.is_clean(grid) and not lead.moves:
            return None
        shots = self._shots(lead)
        for shot in shots:
            grid = grid.copy()
            tiles.unmark(grid, shot.area)
        again = lead.shown_before(self._recall.slots) & tiles.marked(grid)
        if again.any():
            grid = np.where(again, np.int8(tiles.CLEAN), grid)
        pieces, rest = encoder.split(
            list(encoder.choose(self._frame, grid, None if lead.lossless else sharpened, moving))
        )
        lossy = lossy_after(lead.lossy, lead.moves, shots, pieces)
        lossy[:, again] = tiles.CLEAN
        lacking = tiles.clean_grid(self.width, self.height)
        for piece in rest:
            tiles.mark(lacking, piece.area)
        size = self.width, self.height
        self._sequence += 1
        update = picture.Update(
            display=self.display,
            width=self.width,
            height=self.height,
            sequence=self._sequence,
            patches=(
                *(encoder.kept(lead.leaving, *size) if lead.leaving is not None else ()),
                *(encoder.copy(move) for move in lead.moves),
                *(shot.patch for shot in shots),
                *encoder.shown_again(np.where(again, self._recall.slots, np.int32(NOWHERE)), *size),
                *(encoder.encode(self._frame, piece, self._codecs) for piece in pieces),
            ),
            exact=not rest and tiles.is_clean(lossy),
            reset=lead.reset,
        )
        self.encodes += 1
        seen = self._footage.seen_after(lead.seen, shots)
        self._audience.sent(names, self._sequence, lacking, lossy, seen)
        return Outgoing(names, picture.build(update))

    def _film(self, now: float) -> Mask | None:
        """Encode what moves like video, for those who may be sent it now.

        The tiles that it touches, for all others; none without sharpening, for what is sent at a lower
        quality would stay that way.
        """
        audience = [viewer.lacking for viewer in self._audience.credited if viewer.video]
        for area in self._footage.film(self._frame, audience, now) if audience else ():
            # No part of a film is sharpened while it runs.
            tiles.of(self._changed_at, area)[:] = now
        areas = self._footage.look(self._frame, now) if self._sharpens else []
        if not areas:
            return None
        moving = np.zeros(self._changed_at.shape, np.bool_)
        for area in areas:
            tiles.of(moving, area)[:] = True
        return moving

    def _shots(self, viewer: Progress) -> list[Shot]:
        """What of the viewer's update goes as film."""
        if not viewer.video or tiles.is_clean(viewer.lacking):
            return []
        shots = list(self._footage.shots(viewer.seen, viewer.lacking))
        # A viewer refuses what covers the display more than twice; all else covers it once at most.
        areas = [*(move.area for move in viewer.moves), *(shot.area for shot in shots)]
        covered = sum(area.width * area.height for area in areas)
        return shots if covered <= (limits.UPDATE_OVERDRAW - 1) * self.width * self.height else []

    def _due(self, viewer: Progress, now: float) -> tuple[Grid, Mask]:
        """All that the viewer is to be sent now beside moves, and which tiles of it for sharpening alone.

        Sharpening waits for a moment in which nothing has changed.
        """
        if viewer.moves or not tiles.is_clean(viewer.lacking):
            return viewer.lacking, np.zeros(viewer.lacking.shape[1:], np.bool_)
        again = calm(viewer.lossy, self._changed_at, now) & self._sharpens
        return np.where(again, viewer.lossy, np.int8(tiles.CLEAN)), again

    def next_wake(self) -> float | None:
        """When ``updates`` has sharpening to do, even if nothing changes until then."""
        times = [
            calm_at(viewer.lossy, self._changed_at)
            for viewer in self._audience.credited
            if self._sharpens and not tiles.is_clean(viewer.lossy)
        ]
        return min(times, default=None)


def _part(pixels: Frame, area: Rectangle) -> Frame:
    return pixels[area.y : area.y + area.height, area.x : area.x + area.width]
