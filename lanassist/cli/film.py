"""Writes pictures of a screen as a film (VP9 in MP4 or Matroska). Imports PyAV, the extra ``video``."""

from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, Final

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from lanassist.node.desktop.base import Pixels

FORMATS: Final = {".mp4": "mp4", ".mkv": "matroska"}
"""By the file's name."""
QUANTIZER: Final = 24
"""Of VP9, 0 to 63: text stays sharp, at 30 to 100 KB for a page of it."""
SPEED: Final = 8
"""The fastest of libvpx: a recording must keep up with what it records."""
KEY_EVERY: Final = 250
"""Frames; a player can begin at each key frame."""
TICKS: Final = 1000
"""A second."""


class Film:
    """A film of one size. Pictures of another are fitted into it, with black beside them."""

    def __init__(self, file: BinaryIO, path: Path, width: int, height: int) -> None:
        """``path`` says which kind of file; its contents go to ``file``. Sides that are odd lose a pixel."""
        self.width, self.height = max(2, width & ~1), max(2, height & ~1)
        self._file = av.open(file, "w", format=FORMATS[path.suffix.lower()])
        self._stream = self._file.add_stream("libvpx-vp9", rate=25)
        self._stream.width, self._stream.height = self.width, self.height
        self._stream.pix_fmt = "yuv420p"
        self._stream.time_base = self._stream.codec_context.time_base = Fraction(1, TICKS)
        self._stream.codec_context.bit_rate = 0
        self._stream.codec_context.gop_size = KEY_EVERY
        self._stream.codec_context.thread_count = 2
        self._stream.options = {
            "deadline": "realtime",
            "cpu-used": str(SPEED),
            "crf": str(QUANTIZER),
            "lag-in-frames": "0",
            "row-mt": "1",
            "tune-content": "screen",
        }
        self._reformatter = VideoReformatter()
        self._last = -1

    def show(self, picture: Pixels, at: float) -> None:
        """The picture from ``at`` on, in seconds since the beginning; no two at the same thousandth.

        Shape (height, width, 4), bytes B G R X. Raises OSError, as when the disk is full.
        """
        tick = max(self._last + 1, round(at * TICKS))
        self._last = tick
        frame = self._reformatter.reformat(
            av.VideoFrame.from_ndarray(self._fitted(picture), format="bgra"),
            format="yuv420p",
            interpolation=Interpolation.BILINEAR,
        )
        frame.pts, frame.time_base = tick, Fraction(1, TICKS)
        self._file.mux(self._stream.encode(frame))

    def close(self) -> None:
        """All that players need is in the file then. Raises OSError."""
        self._file.mux(self._stream.encode(None))
        self._file.close()

    def _fitted(self, picture: Pixels) -> Pixels:
        height, width, _ = picture.shape
        if (width & ~1, height & ~1) == (self.width, self.height):
            return np.ascontiguousarray(picture[: self.height, : self.width])
        scale = min(self.width / width, self.height / height, 1.0)
        small = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="bgra").reformat(
            width=max(1, int(width * scale)),
            height=max(1, int(height * scale)),
            interpolation=Interpolation.AREA | Interpolation.ACCURATE_RND,
        )
        pixels = small.to_ndarray()
        whole = np.zeros((self.height, self.width, 4), np.uint8)
        top, left = (self.height - pixels.shape[0]) // 2, (self.width - pixels.shape[1]) // 2
        whole[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
        return whole
