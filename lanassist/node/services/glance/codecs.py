"""Pixels to payload and back: equal siblings, one a codec. The only importer of simplejpeg and zstandard.

``encode`` takes pixels of shape (height, width) as 0xFFRRGGBB; ``decode`` gives shape (height, width, 4) as
B G R X, after checking that the payload holds exactly that and no more.
"""

import threading
from collections.abc import Mapping
from typing import Final, Protocol

import msgspec
import numpy as np
import simplejpeg
import zstandard

from lanassist.node.desktop.base import Pixels
from lanassist.node.services.glance import blend
from lanassist.node.services.glance.picture import Codec, MalformedUpdate
from lanassist.node.services.glance.tiles import Frame

JPEG_QUALITY: Final = 85
MOVING_QUALITY: Final = 55
"""Of what moves like video: half the bytes, and each picture is gone before its loss is seen."""
JPEG_SUBSAMPLING: Final = "420"
ZSTD_LEVEL: Final = 1
SMALL: Final = 16 * 1024
SMALL_LEVEL: Final = 12
"""Up to SMALL bytes of pixels, such as a typed letter: a sixth fewer bytes for 40 microseconds."""


class PixelCodec(Protocol):
    """One way to write a rectangle of pixels."""

    def encode(self, pixels: Frame) -> bytes: ...
    def decode(self, payload: bytes, width: int, height: int) -> Pixels:
        """Raises MalformedUpdate."""
        ...


class Fill:
    """One colour for the whole rectangle."""

    def encode(self, pixels: Frame) -> bytes:
        colour = int(pixels[0, 0])
        return bytes((colour >> 16 & 0xFF, colour >> 8 & 0xFF, colour & 0xFF))

    def decode(self, payload: bytes, width: int, height: int) -> Pixels:
        red, green, blue = payload
        pixels = np.empty((height, width, 4), np.uint8)
        pixels[:] = (blue, green, red, 0xFF)
        return pixels


class Lossless:
    """A zstd frame that states its size; text comes out smaller and faster than as JPEG."""

    def __init__(self) -> None:
        self._own = threading.local()  # a compressor must not be used by two threads at once

    def encode(self, pixels: Frame) -> bytes:
        return self.compress(np.ascontiguousarray(pixels).data)

    def decode(self, payload: bytes, width: int, height: int) -> Pixels:
        raw = self.decompress(payload, width * height * 4)
        return np.frombuffer(raw, np.uint8).reshape(height, width, 4)

    def compress(self, raw: memoryview) -> bytes:
        """A frame of these bytes."""
        if not hasattr(self._own, "usual"):
            self._own.usual = zstandard.ZstdCompressor(level=ZSTD_LEVEL)
            self._own.small = zstandard.ZstdCompressor(level=SMALL_LEVEL)
        payload: bytes = (self._own.small if raw.nbytes <= SMALL else self._own.usual).compress(raw)
        return payload

    def decompress(self, payload: bytes, size: int) -> bytes:
        """The frame's ``size`` bytes. Raises MalformedUpdate."""
        try:
            declared = zstandard.get_frame_parameters(payload).content_size
            if declared != size:
                raise MalformedUpdate(f"a zstd frame of {declared} bytes where {size} were due")
            raw: bytes = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompress(
                payload, max_output_size=size, allow_extra_data=False
            )
        except zstandard.ZstdError as error:
            raise MalformedUpdate(f"not a zstd frame: {error}") from error
        if len(raw) != size:
            raise MalformedUpdate(f"{len(raw)} bytes where {size} were due")
        return raw


_WINDOW: Final = 128 * 1024 * 1024


class Grain:
    """Photographs without loss: of differences zstd makes less than half the bytes, and in less time."""

    def __init__(self, zstd: Lossless) -> None:
        self._zstd = zstd

    def encode(self, pixels: Frame) -> bytes:
        bgrx = np.ascontiguousarray(pixels).view(np.uint8).reshape(*pixels.shape, 4)
        green = bgrx[:, :, 1]
        planes = np.empty((3, *pixels.shape), np.uint8)
        for plane, channel in zip(planes, (green, bgrx[:, :, 0] - green, bgrx[:, :, 2] - green), strict=True):
            plane[:, 0] = channel[:, 0]
            np.subtract(channel[:, 1:], channel[:, :-1], out=plane[:, 1:])
        return self._zstd.compress(planes.data)

    def decode(self, payload: bytes, width: int, height: int) -> Pixels:
        raw = np.frombuffer(self._zstd.decompress(payload, width * height * 3), np.uint8)
        green, blue, red = np.cumsum(raw.reshape(3, height, width), axis=2, dtype=np.uint8)
        pixels = np.empty((height, width, 4), np.uint8)
        pixels[:, :, 0], pixels[:, :, 1], pixels[:, :, 2] = blue + green, green, red + green
        pixels[:, :, 3] = 0xFF
        return pixels


class Blend:
    """Small text, as shares of its two colours: less than half the bytes for a letter."""

    def __init__(self, zstd: Lossless) -> None:
        self._zstd = zstd

    def encode(self, pixels: Frame) -> bytes:
        bgrx = np.ascontiguousarray(pixels).view(np.uint8).reshape(*pixels.shape, 4)
        colours, planes = blend.taken_apart(bgrx)
        return colours + self._zstd.compress(planes.data)

    def decode(self, payload: bytes, width: int, height: int) -> Pixels:
        colours, frame = payload[: blend.COLOURS], payload[blend.COLOURS :]
        raw = np.frombuffer(self._zstd.decompress(frame, width * height * 4), np.uint8)
        return blend.put_together(colours, raw.reshape(4, height, width))


class Jpeg:
    """For photographs while they change; what stands still is sent again without loss."""

    def __init__(self, quality: int) -> None:
        self._quality = quality

    def encode(self, pixels: Frame) -> bytes:
        bgrx = np.ascontiguousarray(pixels).view(np.uint8).reshape(*pixels.shape, 4)
        payload: bytes = simplejpeg.encode_jpeg(
            bgrx, quality=self._quality, colorspace="BGRX", colorsubsampling=JPEG_SUBSAMPLING, fastdct=False
        )
        return payload

    def decode(self, payload: bytes, width: int, height: int) -> Pixels:
        try:
            found_height, found_width, _, _ = simplejpeg.decode_jpeg_header(payload)
            if (found_width, found_height) != (width, height):
                raise MalformedUpdate(f"a JPEG of {found_width}×{found_height} for {width}×{height}")
            pixels: Pixels = simplejpeg.decode_jpeg(payload, colorspace="BGRX")
        except ValueError as error:
            raise MalformedUpdate(f"not a JPEG: {error}") from error
        return pixels


class Codecs(msgspec.Struct, frozen=True):
    """One of each that needs nothing but pixels."""

    still: Mapping[Codec, PixelCodec]
    moving: PixelCodec
    """In place of JPEG for what moves like video."""


def codecs(jpeg_quality: int = JPEG_QUALITY, moving_quality: int = MOVING_QUALITY) -> Codecs:
    """With JPEG of these qualities; what moves is never sent better than what stands still."""
    lossless = Lossless()
    still: dict[Codec, PixelCodec] = {
        Codec.FILL: Fill(),
        Codec.LOSSLESS: lossless,
        Codec.GRAIN: Grain(lossless),
        Codec.BLEND: Blend(lossless),
        Codec.JPEG: Jpeg(jpeg_quality),
    }
    return Codecs(still, Jpeg(min(jpeg_quality, moving_quality)))


CODECS: Final = codecs()
