"""The messages of a media channel: pieces of updates one way, what was drawn the other way.

Each is at most MEDIA_MESSAGE_BYTES and starts with one byte that says its kind. An update travels as one or
more pieces, of which only the last carries the flag LAST; pieces of two updates never mix.
"""

import struct
from collections.abc import Iterator
from typing import Final

from lanassist.node.protocol import limits

PIECE: Final = 0x01
DRAWN: Final = 0x02
RENEW: Final = 0x03
LAST: Final = 0x01

_DRAWN: Final = struct.Struct("<BBI")
_PIECE_PAYLOAD: Final = limits.MEDIA_MESSAGE_BYTES - 2


class MalformedMedia(Exception):
    """A message of a media channel breaks its format; the text says where."""


def pieces(update: bytes) -> Iterator[bytes]:
    """The messages that carry one update, in order."""
    for start in range(0, len(update), _PIECE_PAYLOAD):
        end = start + _PIECE_PAYLOAD
        yield bytes((PIECE, LAST if end >= len(update) else 0)) + update[start:end]


class Assembler:
    """Puts the pieces of one channel together again; holds at most one update."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, message: bytes) -> bytes | None:
        """The whole update once its last piece is in, else None. Raises MalformedMedia."""
        if not 2 < len(message) <= limits.MEDIA_MESSAGE_BYTES:
            raise MalformedMedia(f"a piece of {len(message)} bytes")
        kind, flags = message[0], message[1]
        if kind != PIECE or flags & ~LAST:
            raise MalformedMedia(f"kind {kind} with flags {flags:#x} where a piece was due")
        self._size += len(message) - 2
        if self._size > limits.UPDATE_BYTES:
            raise MalformedMedia(f"an update of more than {limits.UPDATE_BYTES} bytes")
        self._parts.append(message[2:])
        if not flags & LAST:
            return None
        update, self._parts, self._size = b"".join(self._parts), [], 0
        return update


def drawn(display: int, sequence: int) -> bytes:
    """The message that says: this update is on the viewer's screen now."""
    return _DRAWN.pack(DRAWN, display, sequence)


def parse_drawn(message: bytes) -> tuple[int, int]:
    """Display and sequence of a DRAWN message. Raises MalformedMedia."""
    if len(message) != _DRAWN.size or message[0] != DRAWN:
        raise MalformedMedia(f"{len(message)} bytes of kind {message[:1].hex()} where DRAWN was due")
    _, display, sequence = _DRAWN.unpack(message)
    return display, sequence
