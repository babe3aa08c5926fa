"""One packet of sound on the wire: nine bytes of header, big-endian, then one Opus frame of 20 ms.

| bytes | meaning |
|---|---|
| 0–3 | sequence: one more with each packet of a stream; 32 bits, goes round |
| 4–7 | timestamp: of its first sample, in samples at 48 kHz; 32 bits, goes round |
| 8 | flags: 1 = FIRST, a new stretch of sound begins here (the key was pressed, the engine began anew) |
| 9– | Opus, 1 to 1275 bytes (RFC 6716) |

The channel underneath is ordered, private and knows its peer. ``Window`` is there all the same: whatever a
peer repeats, sends late or makes up is heard once or not at all.
"""

import struct
from typing import Final

import msgspec

HEADER: Final = struct.Struct(">IIB")
FIRST: Final = 1
FLAGS: Final = FIRST
"""All that have a meaning; a packet with another is malformed."""
OPUS_BYTES: Final = 1275
PACKET_BYTES: Final = HEADER.size + OPUS_BYTES
WRAP: Final = 2**32
SAMPLES: Final = 960
"""In a packet: 20 ms at 48 kHz."""
REMEMBERED: Final = 64
"""Packets behind the newest that may still arrive; 1.3 s."""
LEAP: Final = 3000
"""Packets ahead of the newest that are believed; a minute. Further, the stream is another one."""


class Packet(msgspec.Struct, frozen=True, kw_only=True):
    """One packet, taken apart."""

    sequence: int
    timestamp: int
    flags: int = 0
    opus: bytes

    @property
    def first(self) -> bool:
        """A new stretch of sound begins here."""
        return bool(self.flags & FIRST)


class MalformedPacket(ValueError):
    """Not one of our packets."""


def pack(packet: Packet) -> bytes:
    """As it travels."""
    header = HEADER.pack(packet.sequence % WRAP, packet.timestamp % WRAP, packet.flags)
    return header + packet.opus


def unpack(data: bytes) -> Packet:
    """Raises MalformedPacket on anything that ``pack`` could not have made."""
    if not HEADER.size < len(data) <= PACKET_BYTES:
        raise MalformedPacket(f"{len(data)} bytes")
    sequence, timestamp, flags = HEADER.unpack_from(data)
    if flags & ~FLAGS:
        raise MalformedPacket(f"flags {flags:#x}")
    return Packet(sequence=sequence, timestamp=timestamp, flags=flags, opus=data[HEADER.size :])


def ahead(newer: int, older: int) -> int:
    """How far ``newer`` is ahead of ``older`` on the circle of 32 bits; negative if it is behind."""
    return (newer - older + WRAP // 2) % WRAP - WRAP // 2


class Window:
    """Which sequence numbers of one stream are new: each is let through once.

    Numbers far ahead are not believed until two follow each other there: then it is another stream.
    """

    def __init__(self) -> None:
        self.newest: int | None = None
        self._seen = 0
        self._strange: int | None = None

    def admits(self, packet: Packet) -> bool:
        """Whether this one is new; it is not any more from then on."""
        if self.newest is None:
            return self._begin(packet.sequence)
        distance = ahead(packet.sequence, self.newest)
        if distance > LEAP or distance <= -LEAP:
            return self._leap(packet.sequence)
        if distance > 0:
            self._seen = (self._seen << distance | 1) % 2**REMEMBERED
            self.newest = packet.sequence
            return True
        if -distance >= REMEMBERED or self._seen >> -distance & 1:
            return False
        self._seen |= 1 << -distance
        return True

    def _begin(self, sequence: int) -> bool:
        self.newest, self._seen, self._strange = sequence, 1, None
        return True

    def _leap(self, sequence: int) -> bool:
        expected, self._strange = self._strange, (sequence + 1) % WRAP
        return sequence == expected and self._begin(sequence)
