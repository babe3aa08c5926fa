"""A viewer in Python: media messages in, the pixels of each display out. Sans-I/O and strict."""

from collections.abc import Iterable

import numpy as np
from mss.tools import to_png

from lanassist.node.desktop.base import Pixels
from lanassist.node.services.glance import media, video
from lanassist.node.services.glance.codecs import CODECS
from lanassist.node.services.glance.picture import Codec, MalformedUpdate, Patch, Update, parse


class Viewer:
    """Shows what an agent's node sends; ``displays`` are the numbers that the session has chosen.

    Feed it each message of the media channel and send back what ``feed`` returns. Any other outcome than
    MalformedUpdate or MalformedMedia is a bug; after one of these the session is to be ended.
    """

    def __init__(self, displays: Iterable[int]) -> None:
        self._chosen = set(displays)
        self._assembler = media.Assembler()
        self._frames: dict[int, Pixels] = {}
        self._kept: dict[int, dict[int, Pixels]] = {}
        """Tiles by slot, of each display."""
        self._exact: set[int] = set()
        self._streams: dict[tuple[int, int], video.Decoder] = {}
        """By display and stream."""

    def choose(self, displays: Iterable[int]) -> None:
        """The session shows other displays now; those not chosen are forgotten."""
        self._chosen = set(displays)
        for gone in self._frames.keys() - self._chosen:
            del self._frames[gone]
            del self._kept[gone]
        self._exact &= self._chosen

    def feed(self, message: bytes) -> bytes | None:
        """Take in one message; the DRAWN message to send back if it completed an update.

        Raises MalformedMedia, MalformedUpdate.
        """
        data = self._assembler.feed(message)
        if data is None:
            return None
        update = parse(data)
        self._apply(update)
        return media.drawn(update.display, update.sequence)

    def frame(self, display: int) -> Pixels | None:
        """Shape (height, width, 4), bytes B G R X; None before the first update. Do not write to it."""
        return self._frames.get(display)

    def exact(self, display: int) -> bool:
        """Whether the frame equals the agent's display in every pixel, as of its last update."""
        return display in self._exact

    def png(self, display: int) -> bytes:
        """The frame as a PNG file. Raises KeyError before the first update."""
        return png(self._frames[display])

    def _apply(self, update: Update) -> None:
        if update.display not in self._chosen:
            return  # still under way when the choice changed
        frame = self._canvas(update)
        before = frame.copy() if any(patch.codec is Codec.COPY for patch in update.patches) else frame
        kept = self._kept[update.display]
        for patch in update.patches:
            if patch.codec is Codec.KEEP:
                for slot, x, width in patch.slots():
                    kept[slot] = frame[patch.y : patch.y + patch.height, x : x + width].copy()
            elif patch.codec is Codec.CACHED:
                _draw_kept(frame, kept, patch)
            elif patch.codec is Codec.VIDEO:
                area = (slice(patch.y, patch.y + patch.height), slice(patch.x, patch.x + patch.width))
                frame[area] = self._filmed(update.display, patch)
            else:
                _draw(frame, before, patch)
        if update.exact:
            self._exact.add(update.display)
        else:
            self._exact.discard(update.display)

    def _filmed(self, display: int, patch: Patch) -> Pixels:
        clip = video.parse(patch.payload, patch.width, patch.height)
        stream = self._streams.get((display, clip.stream))
        if stream is None:
            try:
                stream = self._streams[display, clip.stream] = video.Decoder()
            except video.VideoFailed as error:
                raise MalformedUpdate(f"VIDEO, which nobody asked for here: {error}") from error
        return stream.decode(clip, patch.width, patch.height)

    def _canvas(self, update: Update) -> Pixels:
        if update.reset:
            self._frames[update.display] = np.zeros((update.height, update.width, 4), np.uint8)
            self._kept[update.display] = {}
        frame = self._frames.get(update.display)
        if frame is None or frame.shape[:2] != (update.height, update.width):
            raise MalformedUpdate(f"display {update.display} changed its size without a reset")
        return frame


def _draw_kept(frame: Pixels, kept: dict[int, Pixels], patch: Patch) -> None:
    for slot, x, width in patch.slots():
        tile = kept.get(slot)
        if tile is None or tile.shape[:2] != (patch.height, width):
            raise MalformedUpdate(f"slot {slot} holds no tile of {width}×{patch.height}")
        frame[patch.y : patch.y + patch.height, x : x + width] = tile


def _draw(frame: Pixels, before: Pixels, patch: Patch) -> None:
    area = (slice(patch.y, patch.y + patch.height), slice(patch.x, patch.x + patch.width))
    if patch.codec is Codec.COPY:
        x, y = patch.source()
        frame[area] = before[y : y + patch.height, x : x + patch.width]
    else:
        frame[area] = CODECS.still[patch.codec].decode(patch.payload, patch.width, patch.height)


def png(pixels: Pixels) -> bytes:
    """Pixels (height, width, 4) of B G R X as the bytes of a PNG file (24-bit RGB)."""
    height, width, _ = pixels.shape
    data = to_png(np.ascontiguousarray(pixels[:, :, 2::-1]).tobytes(), (width, height))
    assert data is not None  # only None when told to write a file itself
    return data
