"""What a display showed lately, tile by tile: content that comes back is named by its slot instead of sent.

The cache assigns the slots; viewers keep in them what they are told to, which may be less. Slots are
assigned in turn, so that what was shown longest ago makes room, and neighbours get neighbouring slots.
Everything is compared pixel by pixel with what was kept: hashes only say where to look. Pure.
"""

import itertools
from typing import Final

import numpy as np
import numpy.typing as npt

from lanassist.node.protocol import limits
from lanassist.node.services.glance.tiles import TILE, Mask, Tiled

NOWHERE: Final = -1
"""In place of a slot."""
_WORDS: Final = TILE * TILE // 2
_WEIGHTS: Final = np.random.default_rng().integers(1, 2**63, _WORDS, np.uint64) | np.uint64(1)
"""Drawn anew in each process, so that nobody can paint content that is looked for in vain."""

Slots = npt.NDArray[np.int32]
"""A slot, or NOWHERE, for each tile of a display. Shape (rows, columns)."""
Content = npt.NDArray[np.uint64]
"""Pixels of some tiles, two to a word. Shape (tiles, words)."""


def no_slots(rows: int, columns: int) -> Slots:
    """NOWHERE for every tile."""
    return np.full((rows, columns), NOWHERE, np.int32)


class TileCache:
    """The kept content of one display."""

    def __init__(self) -> None:
        self._kept: Content | None = None
        self._hash_of: dict[int, int] = {}
        self._slot_of: dict[int, int] = {}
        self._next = 0

    def find(self, tiled: Tiled, mask: Mask) -> Slots:
        """Where the content of these tiles is kept already."""
        slots = no_slots(*mask.shape)
        if self._kept is not None and mask.any():
            content = _content(tiled, mask)
            slots[mask] = self._find(content, _hashes(content))
        return slots

    def keep(self, tiled: Tiled, mask: Mask) -> tuple[Slots, npt.NDArray[np.int32]]:
        """Keep the content of these tiles: where it is kept now, and the slots that got other content."""
        slots = no_slots(*mask.shape)
        if not mask.any():
            return slots, np.empty(0, np.int32)
        content = _content(tiled, mask)
        if self._kept is None:  # the system gives memory only for what is written to
            self._kept = np.empty((limits.CACHED_TILES, _WORDS), np.uint64)
        hashes = _hashes(content)
        found = self._find(content, hashes)
        new = np.flatnonzero(found == NOWHERE)
        for index in new.tolist():
            found[index] = self._assign(hashes[index])
        assigned = found[new]
        self._kept[assigned] = content[new]
        # Equal content twice, equal hashes of other content, more tiles than slots: compare again what was
        # written twice, or found and then written.
        written = np.bincount(assigned, minlength=limits.CACHED_TILES)
        written[found[np.setdiff1d(np.arange(len(found)), new)]] += 1
        doubtful = np.flatnonzero(written[found] > 1)
        found[doubtful[~self._same(found[doubtful], content[doubtful])]] = NOWHERE
        slots[mask] = found
        return slots, assigned

    def _find(self, content: Content, hashes: list[int]) -> npt.NDArray[np.int32]:
        found = np.array([self._slot_of.get(each, NOWHERE) for each in hashes], np.int32)
        known = np.flatnonzero(found != NOWHERE)
        found[known[~self._same(found[known], content[known])]] = NOWHERE
        return found

    def _same(self, slots: npt.NDArray[np.int32], content: Content) -> npt.NDArray[np.bool_]:
        """Whether slots hold this content; neighbouring slots are compared at once, without a copy."""
        assert self._kept is not None
        same = np.empty(len(slots), np.bool_)
        breaks = np.flatnonzero(np.diff(slots) != 1) + 1
        for first, end in itertools.pairwise((0, *breaks.tolist(), len(slots))):
            if first < end:
                slot = int(slots[first])
                kept = self._kept[slot : slot + end - first]
                same[first:end] = (kept == content[first:end]).all(axis=1)
        return same

    def _assign(self, content_hash: int) -> int:
        """The next slot, which may be the same for equal content within one call."""
        known = self._slot_of.get(content_hash)
        if known is not None:
            return known
        slot, self._next = self._next, (self._next + 1) % limits.CACHED_TILES
        before = self._hash_of.get(slot)
        if before is not None and self._slot_of.get(before) == slot:
            del self._slot_of[before]
        self._hash_of[slot] = content_hash
        self._slot_of[content_hash] = slot
        return slot


def _content(tiled: Tiled, mask: Mask) -> Content:
    rows, columns = np.nonzero(mask)
    return np.ascontiguousarray(tiled[rows, :, columns, :]).reshape(len(rows), TILE * TILE).view(np.uint64)


def _hashes(content: Content) -> list[int]:
    hashes: list[int] = np.einsum("nk,k->n", content, _WEIGHTS).tolist()
    return hashes
