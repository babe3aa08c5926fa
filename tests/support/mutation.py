"""Bytes that are nearly right: what an attacker, a broken disk or another version might send."""

import random
import struct
from collections.abc import Sequence
from typing import Final

_HEADER: Final = 12
_PATCH: Final = struct.Struct("<HHHHBI")
_EDGES: Final = (0, 1, 2, 63, 64, 65, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF)


def mutated(update: bytes, chance: random.Random, others: Sequence[bytes] = ()) -> bytes:
    """The update with one to three things wrong."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        update = chance.choice(_WAYS)(update, chance)
    if others and chance.random() < 0.1:
        other = chance.choice(others)
        update = update[: chance.randrange(len(update) + 1)] + other[chance.randrange(len(other)) :]
    return update


def _flipped(update: bytes, chance: random.Random) -> bytes:
    changed = bytearray(update)
    for _ in range(chance.randrange(1, 8)):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(update: bytes, chance: random.Random) -> bytes:
    return update[: chance.randrange(len(update) + 1)]


def _doubled(update: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(update) + 1)
    return update[:start] + update[start : start + chance.randrange(1, 64)] + update[start:]


def _noisy(update: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(update) + 1)
    length = chance.randrange(1, 32)
    return update[:start] + chance.randbytes(length) + update[start + length :]


def _misheaded(update: bytes, chance: random.Random) -> bytes:
    """Another display, flag, size, sequence or count."""
    at = chance.choice((0, 1, 2, 4, 6, 10))
    value = chance.choice(_EDGES).to_bytes(2, "little")
    return (update[:at] + value + update[at + 2 :])[: max(len(update), _HEADER)]


def _mispatched(update: bytes, chance: random.Random) -> bytes:
    """Another place, size, codec or length in one of the rectangles."""
    places = _patches(update)
    if not places:
        return update
    at = chance.choice(places)
    fields = list(_PATCH.unpack_from(update, at))
    which = chance.randrange(6)
    fields[which] = chance.randrange(9) if which == 4 else chance.choice(_EDGES)
    return update[:at] + _PATCH.pack(*fields) + update[at + _PATCH.size :]


def _mispaid(update: bytes, chance: random.Random) -> bytes:
    """Another byte near the beginning of a payload, where formats have their own headers."""
    places = _patches(update)
    if not places:
        return update
    at = chance.choice(places) + _PATCH.size + chance.randrange(24)
    return update if at >= len(update) else update[:at] + chance.randbytes(1) + update[at + 1 :]


def _patches(update: bytes) -> list[int]:
    """Where rectangles begin."""
    places, at = [], _HEADER
    while at + _PATCH.size <= len(update):
        places.append(at)
        at += _PATCH.size + int(_PATCH.unpack_from(update, at)[5])
    return places


_WAYS: Final = (_flipped, _cut, _doubled, _noisy, _misheaded, _mispatched, _mispatched, _mispaid, _mispaid)
