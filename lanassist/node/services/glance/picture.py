"""The wire format of an update: some rectangles of one display, applied in order and all at once.

Little endian. Header: display number u8, flags u8, width u16, height u16, sequence u32, rectangle count u16.
Each rectangle: x, y, width, height u16, codec u8, payload length u32, payload. Sizes in pixels.
"""

import enum
import struct
from collections.abc import Iterator
from typing import Final

import msgspec

from lanassist.node.protocol import limits

EXACT: Final = 0x01
"""Flag: once this is drawn, nothing that the viewer shows of this display is lossy."""
RESET: Final = 0x02
"""Flag: clear everything first; the size may have changed."""

_HEADER: Final = struct.Struct("<BBHHIH")
_PATCH: Final = struct.Struct("<HHHHBI")
_SOURCE: Final = struct.Struct("<HH")
_SLOT: Final = struct.Struct("<H")


class Codec(enum.IntEnum):
    """How a patch's pixels are written."""

    FILL = 0
    """R G B, one byte each: the whole rectangle."""
    LOSSLESS = 1
    """A zstd frame of rows of B G R X."""
    JPEG = 2
    COPY = 3
    """x, y (u16): from there, as the display was before this update."""
    CACHED = 4
    """slot (u16): what was kept in this slot and those after it, one for each tile of the rectangle."""
    KEEP = 6
    """slot (u16): draws nothing; keep these tiles, as the display was before this update, from this slot on.

    These come before all other rectangles. Both are a run of tiles of one row of the tile grid.
    """
    GRAIN = 7
    """A zstd frame of the planes G, B - G, R - G: bytes, each less its left neighbour's, modulo 256."""
    BLEND = 8
    """R G B of two colours, then a zstd frame of four planes: the second's share in each pixel, in 255ths,
    and what is to be added to that mixture in B, G and R, modulo 256."""
    VIDEO = 5
    """Frames of a stream (video.py)."""


def source_payload(x: int, y: int) -> bytes:
    """A COPY's payload."""
    return _SOURCE.pack(x, y)


def slot_payload(slot: int) -> bytes:
    """A CACHED's or KEEP's payload."""
    return _SLOT.pack(slot)


class MalformedUpdate(Exception):
    """What came as an update breaks the format; the text says where."""


class Patch(msgspec.Struct, frozen=True):
    """One rectangle of the display and what to put there."""

    x: int
    y: int
    width: int
    height: int
    codec: Codec
    payload: bytes

    def source(self) -> tuple[int, int]:
        """x, y of a COPY's source."""
        x, y = _SOURCE.unpack(self.payload)
        return x, y

    def slots(self) -> Iterator[tuple[int, int, int]]:
        """slot, x and width of each tile of a CACHED or KEEP."""
        (slot,) = _SLOT.unpack(self.payload)
        right = self.x + self.width
        for index, x in enumerate(range(self.x, right, limits.TILE_SIDE)):
            yield slot + index, x, min(limits.TILE_SIDE, right - x)


class Update(msgspec.Struct, frozen=True, kw_only=True):
    """The next state of one display, as patches on the one before."""

    display: int
    width: int
    height: int
    sequence: int
    patches: tuple[Patch, ...]
    exact: bool = False
    reset: bool = False


def build(update: Update) -> bytes:
    """The update as it travels."""
    flags = EXACT * update.exact | RESET * update.reset
    parts = [
        _HEADER.pack(update.display, flags, update.width, update.height, update.sequence, len(update.patches))
    ]
    for patch in update.patches:
        parts.append(
            _PATCH.pack(patch.x, patch.y, patch.width, patch.height, patch.codec, len(patch.payload))
        )
        parts.append(patch.payload)
    return b"".join(parts)


def parse(data: bytes) -> Update:
    """The update in ``data``, with every size checked; no payload is decoded.

    Raises MalformedUpdate.
    """
    if len(data) < _HEADER.size:
        raise MalformedUpdate(f"{len(data)} bytes, less than a header")
    display, flags, width, height, sequence, count = _HEADER.unpack_from(data)
    if flags & ~(EXACT | RESET):
        raise MalformedUpdate(f"unknown flags {flags:#x}")
    if not 1 <= display <= limits.DISPLAYS:
        raise MalformedUpdate(f"display {display}")
    _check_size(width, height)
    if count > limits.UPDATE_RECTANGLES:
        raise MalformedUpdate(f"{count} rectangles")
    return Update(
        display=display,
        width=width,
        height=height,
        sequence=sequence,
        patches=_parse_patches(data, count, width, height),
        exact=bool(flags & EXACT),
        reset=bool(flags & RESET),
    )


def _check_size(width: int, height: int) -> None:
    if not (1 <= width <= limits.DISPLAY_SIDE and 1 <= height <= limits.DISPLAY_SIDE):
        raise MalformedUpdate(f"a display of {width}×{height}")
    if width * height > limits.DISPLAY_PIXELS:
        raise MalformedUpdate(f"a display of {width}×{height}, more than {limits.DISPLAY_PIXELS} pixels")


def _parse_patches(data: bytes, count: int, width: int, height: int) -> tuple[Patch, ...]:
    patches: list[Patch] = []
    offset, area, kept = _HEADER.size, 0, 0
    for _ in range(count):
        if len(data) - offset < _PATCH.size:
            raise MalformedUpdate("cut off inside a rectangle")
        x, y, w, h, codec, size = _PATCH.unpack_from(data, offset)
        offset += _PATCH.size
        if size > len(data) - offset:
            raise MalformedUpdate(f"a payload of {size} bytes where {len(data) - offset} are left")
        if codec not in _CODECS:
            raise MalformedUpdate(f"unknown codec {codec}")
        patch = Patch(x, y, w, h, Codec(codec), data[offset : offset + size])
        _check_patch(patch, width, height)
        if codec == Codec.KEEP:
            kept += w * h
            if len(patches) and patches[-1].codec is not Codec.KEEP:
                raise MalformedUpdate("tiles to keep after something was drawn")
        else:
            area += w * h
        offset += size
        patches.append(patch)
    if offset != len(data):
        raise MalformedUpdate(f"{len(data) - offset} bytes after the last rectangle")
    if area > limits.UPDATE_OVERDRAW * width * height or kept > width * height:
        raise MalformedUpdate(f"rectangles of {area} pixels in all, on a display of {width}×{height}")
    return tuple(patches)


_CODECS: Final = frozenset(int(codec) for codec in Codec)


def _check_patch(patch: Patch, width: int, height: int) -> None:
    if not _inside(patch.x, patch.y, patch, width, height):
        raise MalformedUpdate(
            f"a rectangle {patch.width}×{patch.height} at {patch.x},{patch.y} on {width}×{height}"
        )
    fixed = _PAYLOAD_SIZE.get(patch.codec)
    if not patch.payload or (fixed is not None and len(patch.payload) != fixed):
        raise MalformedUpdate(f"{patch.codec.name} with {len(patch.payload)} bytes")
    if patch.codec is Codec.COPY and not _inside(*patch.source(), patch, width, height):
        raise MalformedUpdate(f"a copy from {patch.source()}, outside {width}×{height}")
    if patch.codec in (Codec.CACHED, Codec.KEEP):
        _check_run(patch, width, height)


def _check_run(patch: Patch, width: int, height: int) -> None:
    """It begins on the tile grid, is one row of it high, and ends on it or at the display's edge."""
    side = limits.TILE_SIDE
    right, bottom = patch.x + patch.width, patch.y + patch.height
    on_grid = patch.x % side == 0 and patch.y % side == 0 and patch.height <= side
    if not on_grid or (right % side and right != width) or (bottom % side and bottom != height):
        raise MalformedUpdate(f"{patch.codec.name} of {patch.width}×{patch.height} at {patch.x},{patch.y}")
    last, _, _ = list(patch.slots())[-1]
    if last >= limits.CACHED_TILES:
        raise MalformedUpdate(f"{patch.codec.name} with slot {last}")


_PAYLOAD_SIZE: Final = {
    Codec.FILL: 3,
    Codec.COPY: _SOURCE.size,
    Codec.CACHED: _SLOT.size,
    Codec.KEEP: _SLOT.size,
}


def _inside(x: int, y: int, patch: Patch, width: int, height: int) -> bool:
    return patch.width > 0 and patch.height > 0 and x + patch.width <= width and y + patch.height <= height
