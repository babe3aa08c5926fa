"""Pixels to payload and back: equal siblings, one a codec. The only importer of simplejpeg and zstandard.

``encode`` takes pixels of shape (height, width) as 0xFFRRGGBB; ``decode`` gives shape (height, width, 4) as
B G R X, after checking that the payload holds exactly that and no more.
"""

import threading
from collections.abc import Mapping
from typing import Final, Protocol

import numpy as np
import simplejpeg
import zstandard

from lanassist.node.desktop.base import Pixels
from lanassist.node.services.glance.picture import Codec, MalformedUpdate
from lanassist.node.services.glance.tiles import Frame

JPEG_QUALITY: Final = 85
JPEG_SUBSAMPLING: Final = "420"
ZSTD_LEVEL: Final = 1


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
        if not hasattr(self._own, "compressor"):
            self._own.compressor = zstandard.ZstdCompressor(level=ZSTD_LEVEL)
        payload: bytes = self._own.compressor.compress(np.ascontiguousarray(pixels).data)
        return payload

    def decode(self, payload: bytes, width: int, height: int) -> Pixels:
        size = width * height * 4
        try:
            declared = zstandard.get_frame_parameters(payload).content_size
            if declared != size:
                raise MalformedUpdate(f"a zstd frame of {declared} bytes for {width}×{height} pixels")
            raw = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompress(
                payload, max_output_size=size, allow_extra_data=False
            )
        except zstandard.ZstdError as error:
            raise MalformedUpdate(f"not a zstd frame: {error}") from error
        if len(raw) != size:
            raise MalformedUpdate(f"{len(raw)} bytes for {width}×{height} pixels")
        return np.frombuffer(raw, np.uint8).reshape(height, width, 4)


_WINDOW: Final = 128 * 1024 * 1024


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


Codecs = Mapping[Codec, PixelCodec]


def codecs(jpeg_quality: int = JPEG_QUALITY) -> Codecs:
    """One of each. COPY is not among them: it needs the display, not pixels."""
    return {Codec.FILL: Fill(), Codec.LOSSLESS: Lossless(), Codec.JPEG: Jpeg(jpeg_quality)}


CODECS: Final = codecs()
