"""Moving pictures as they travel (codec VIDEO), and the only importer of PyAV on the way of a picture.

A payload: stream u8, flags u8 (KEY: its first frame needs none before it), codec u8, then frames, oldest
first, each as length u32 and data (little endian). Whoever draws it decodes all and shows the last.

PyAV is the extra ``video``. VP8 from libvpx is what is used of it: the cheapest that is under no GPL and no
patent pool (docs/screen.md, docs/dependencies.md).
"""

import importlib.util
import struct
from collections.abc import Iterable
from fractions import Fraction
from types import ModuleType
from typing import Final

import msgspec
import numpy as np

from lanassist.node.desktop.base import Pixels
from lanassist.node.protocol import limits
from lanassist.node.services.glance.picture import MalformedUpdate
from lanassist.node.services.glance.tiles import Frame

VP8: Final = "vp8"
KEY: Final = 0x01
QUANTIZER: Final = 12
"""0 to 63; at 12, 36 dB where JPEG of quality 85 has 34, in an eighth of the bytes."""
SPEED: Final = -12
"""Of libvpx, where a negative one is fixed and a positive one depends on how busy the machine is."""
PLANES: Final = "yuv420p"
"""BT.601, limited range: what VP8 has unless it says otherwise."""
UNLIMITED: Final = 1_000_000_000
"""Bits a second: the quantizer decides, not a rate."""

_HEADER: Final = struct.Struct("<BBB")
_SIZE: Final = struct.Struct("<I")
_TAGS: Final = {VP8: 1}
_VP8_START: Final = b"\x9d\x01\x2a"


def available() -> bool:
    """Whether the extra is installed. It is not loaded yet."""
    return importlib.util.find_spec("av") is not None


class VideoFailed(Exception):
    """PyAV cannot be loaded, or does not do what it is there for."""


class Coded(msgspec.Struct, frozen=True):
    """One frame of a stream."""

    key: bool
    data: bytes


class Clip(msgspec.Struct, frozen=True):
    """What a payload holds."""

    stream: int
    frames: tuple[Coded, ...]


def build(stream: int, frames: Iterable[Coded]) -> bytes:
    """The payload. Only the first frame may be a key frame."""
    coded = list(frames)
    parts = [_HEADER.pack(stream, KEY * coded[0].key, _TAGS[VP8])]
    for frame in coded:
        parts += [_SIZE.pack(len(frame.data)), frame.data]
    return b"".join(parts)


def parse(payload: bytes, width: int, height: int) -> Clip:
    """What is in a payload for a rectangle of that size; nothing is decoded. Raises MalformedUpdate."""
    if len(payload) < _HEADER.size:
        raise MalformedUpdate(f"VIDEO with {len(payload)} bytes")
    stream, flags, tag = _HEADER.unpack_from(payload)
    if stream >= limits.VIDEO_STREAMS or flags & ~KEY or tag not in _TAGS.values():
        raise MalformedUpdate(f"VIDEO with stream {stream}, flags {flags:#x}, codec {tag}")
    frames: list[Coded] = []
    offset = _HEADER.size
    while offset < len(payload):
        size = _SIZE.unpack_from(payload, offset)[0] if len(payload) - offset >= _SIZE.size else 0
        offset += _SIZE.size
        if not 0 < size <= len(payload) - offset or len(frames) == limits.VIDEO_FRAMES:
            raise MalformedUpdate(f"a video frame of {size} bytes after {len(frames)} others")
        frames.append(_checked(payload[offset : offset + size], width, height))
        offset += size
    if [frame.key for frame in frames] != [bool(flags & KEY)] + [False] * (len(frames) - 1):
        raise MalformedUpdate("key frames where none was announced, or none where one was")
    return Clip(stream, tuple(frames))


def _checked(data: bytes, width: int, height: int) -> Coded:
    """Raises MalformedUpdate if the frame's own header says another size."""
    if data[0] & 1:
        return Coded(False, data)
    if len(data) < 10 or data[3:6] != _VP8_START:
        raise MalformedUpdate("a key frame whose header cannot be read")
    found = struct.unpack_from("<HH", data, 6)
    if found != (width, height):  # the upper two bits would ask for scaling
        raise MalformedUpdate(f"a key frame of {found[0]}×{found[1]} for {width}×{height}")
    return Coded(True, data)


def _loaded() -> ModuleType:
    """PyAV. It takes a tenth of a second and 60 MB, so not before a picture moves. Raises VideoFailed."""
    try:
        import av
        import av.video.reformatter
    except (ImportError, OSError) as error:
        raise VideoFailed(f"PyAV cannot be loaded: {error}") from error
    return av


class Encoder:
    """One region's frames, each made from the difference to the one before."""

    def __init__(self, width: int, height: int) -> None:
        """Raises VideoFailed."""
        self._av = av = _loaded()
        self._context = av.CodecContext.create("libvpx", "w")
        self._context.width, self._context.height = width, height
        self._context.pix_fmt = PLANES
        self._context.time_base = Fraction(1, 1000)
        self._context.bit_rate = UNLIMITED
        self._context.gop_size = 2**30
        self._context.thread_count = 1  # libvpx's threads wait by spinning: two take three times the time
        self._context.options = {
            "deadline": "realtime",
            "cpu-used": str(SPEED),
            "lag-in-frames": "0",
            "qmin": str(QUANTIZER),
            "qmax": str(QUANTIZER),
        }
        # Kept: a new one for each frame would cost three times as much.
        self._reformatter = av.video.reformatter.VideoReformatter()
        self._source = av.VideoFrame(width, height, "bgra")
        self._count = 0

    def encode(self, pixels: Frame, key: bool) -> Coded:
        """The next frame; pixels of shape (height, width) as 0xFFRRGGBB. Raises VideoFailed."""
        plane = self._source.planes[0]
        rows = np.frombuffer(plane, np.uint32).reshape(plane.height, plane.line_size // 4)
        rows[:, : plane.width] = pixels
        frame = self._reformatter.reformat(self._source, format=PLANES, threads=1)
        self._count += 1
        frame.pts = self._count
        picture_type = self._av.video.frame.PictureType
        frame.pict_type = picture_type.I if key else picture_type.NONE
        try:
            (packet,) = self._context.encode(frame)
        except (self._av.FFmpegError, ValueError) as error:
            raise VideoFailed(f"libvpx gave no frame: {error}") from error
        return Coded(packet.is_keyframe, bytes(packet))


class Decoder:
    """One stream at a viewer in Python."""

    def __init__(self) -> None:
        """Raises VideoFailed."""
        self._av = av = _loaded()
        self._context = av.CodecContext.create("vp8", "r")
        self._context.thread_count = 1  # with more it would hold pictures back
        self._reformatter = av.video.reformatter.VideoReformatter()
        # Without it, swscale leaves the columns after the last eighth one undrawn.
        self._exactly = av.video.reformatter.Interpolation.ACCURATE_RND
        self._size: tuple[int, int] | None = None

    def decode(self, clip: Clip, width: int, height: int) -> Pixels:
        """The picture after the clip's last frame. Raises MalformedUpdate."""
        if not clip.frames[0].key and self._size != (width, height):
            raise MalformedUpdate(f"stream {clip.stream} goes on without having begun")
        self._size = width, height
        try:
            pictures = [
                picture
                for frame in clip.frames
                for picture in self._context.decode(self._av.Packet(frame.data))
            ]
            picture = self._reformatter.reformat(
                pictures[-1], format="bgra", interpolation=self._exactly, threads=1
            )
        except (self._av.FFmpegError, IndexError) as error:
            raise MalformedUpdate(f"not a picture of VP8: {error}") from error
        if (picture.width, picture.height) != (width, height):
            raise MalformedUpdate(f"a picture of {picture.width}×{picture.height} for {width}×{height}")
        pixels: Pixels = picture.to_ndarray()
        return pixels
