"""The one place that chooses how each changed part of a display is sent."""

import itertools
from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np

from lanassist.node.desktop.base import Rectangle
from lanassist.node.protocol import limits
from lanassist.node.services.glance.cache import NOWHERE, Slots
from lanassist.node.services.glance.classify import (
    EXACT_PHOTO,
    FILL,
    LOSSLESS,
    MOVING_PHOTO,
    PHOTO,
    classify,
)
from lanassist.node.services.glance.codecs import Codecs
from lanassist.node.services.glance.moves import Move
from lanassist.node.services.glance.picture import Codec, Patch, slot_payload, source_payload
from lanassist.node.services.glance.tiles import TILE, Frame, Grid, Mask, rectangles


class Piece(msgspec.Struct, frozen=True):
    """A rectangle and the codec chosen for it."""

    codec: Codec
    area: Rectangle
    moving: bool = False
    """A JPEG of something that moves like video."""


def choose(frame: Frame, grid: Grid, exact: Mask | None, moving: Mask | None = None) -> Iterator[Piece]:
    """How to send all that is marked; tiles under ``exact`` (None: all of them) never lossy.

    ``moving``: tiles that move like video, if any do.
    """
    kinds = classify(frame, grid)
    photos = kinds == PHOTO
    if moving is not None:
        kinds[photos & moving] = MOVING_PHOTO
    kinds[photos & (True if exact is None else exact)] = EXACT_PHOTO
    for kind, area in rectangles(grid, kinds):
        codec = _codec(kind, area)
        yield Piece(codec, area, kind == MOVING_PHOTO and codec is Codec.JPEG)


def _codec(kind: int, area: Rectangle) -> Codec:
    if kind & FILL:
        return Codec.FILL
    if kind in (PHOTO, MOVING_PHOTO) and area.width * area.height < SMALL_PHOTO:
        return Codec.GRAIN
    return _CODECS[kind]


SMALL_TEXT: Final = TILE * TILE
"""Up to so many pixels, text is tried as BLEND too: typing is made of these; of more it would take long."""
WORTHWHILE: Final = 64
"""Bytes; smaller payloads are not worth a second try."""
SMALL_PHOTO: Final = TILE * TILE
"""Fewer pixels than this go without loss at once: a JPEG of them is poor, and they would follow it anyway."""


_CODECS: Final = {
    LOSSLESS: Codec.LOSSLESS,
    PHOTO: Codec.JPEG,
    MOVING_PHOTO: Codec.JPEG,
    EXACT_PHOTO: Codec.GRAIN,
}
"""A codec for a further kind of content goes here and in codecs.py. Video, which lives on over updates, is
chosen before this (footage.py)."""


def split(pieces: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """What goes into one update (UPDATE_RAW_BYTES of pixels at most), and what is left for the next."""
    sizes = np.cumsum([piece.area.width * piece.area.height * 4 for piece in pieces])
    count = max(1, int(np.searchsorted(sizes, limits.UPDATE_RAW_BYTES, side="right")))
    return pieces[:count], pieces[count:]


def copy(move: Move) -> Patch:
    """A move as it travels; it comes before everything else in its update."""
    area = move.area
    return Patch(area.x, area.y, area.width, area.height, Codec.COPY, source_payload(move.x, move.y))


def kept(slots: Slots, width: int, height: int) -> Iterator[Patch]:
    """What to keep, as it travels; it comes before all that draws. The same content goes once."""
    flat = slots.ravel()
    _, first = np.unique(flat, return_index=True)
    once = np.full_like(flat, NOWHERE)
    once[first] = flat[first]
    slots = once.reshape(slots.shape)
    return _runs(slots, width, height, Codec.KEEP)


def shown_again(slots: Slots, width: int, height: int) -> Iterator[Patch]:
    """Tiles that the viewer keeps."""
    return _runs(slots, width, height, Codec.CACHED)


def _runs(slots: Slots, width: int, height: int, codec: Codec) -> Iterator[Patch]:
    """Neighbouring tiles with neighbouring slots go together."""
    rows, columns = np.nonzero(slots != NOWHERE)
    found = slots[rows, columns]
    breaks = np.flatnonzero((np.diff(rows) != 0) | (np.diff(columns) != 1) | (np.diff(found) != 1)) + 1
    for first, end in itertools.pairwise((0, *breaks.tolist(), len(rows)) if len(rows) else ()):
        x, y = int(columns[first]) * TILE, int(rows[first]) * TILE
        right = min(width, (int(columns[end - 1]) + 1) * TILE)
        payload = slot_payload(int(found[first]))
        yield Patch(x, y, right - x, min(TILE, height - y), codec, payload)


def encode(frame: Frame, piece: Piece, codecs: Codecs) -> Patch:
    """The piece as it travels."""
    area = piece.area
    pixels = frame[area.y : area.y + area.height, area.x : area.x + area.width]
    codec = codecs.moving if piece.moving else codecs.still[piece.codec]
    chosen, payload = piece.codec, codec.encode(pixels)
    if chosen is Codec.LOSSLESS and len(payload) > WORTHWHILE and pixels.size <= SMALL_TEXT:
        blended = codecs.still[Codec.BLEND].encode(pixels)
        if len(blended) < len(payload):
            chosen, payload = Codec.BLEND, blended
    return Patch(area.x, area.y, area.width, area.height, chosen, payload)
