"""The messages of an assist's media channel: a kind, then a packet of sound or how loud each party is.

| first byte | from the agent's node | from the supervisor's side |
|---|---|---|
| 0x03 | | a page or command still listens; it ends at the supervisor's own node |
| 0x10 | a packet of what the supervisor hears | a packet of the supervisor's voice |
| 0x11 | six signed bytes: dBFS, rms and peak of customer, agent, supervisor | |

Packets are those of sound/packet.py. Whoever moves them does not look into them; both ends do.
"""

import struct
from typing import Final

from lanassist.node.sound.base import Level, Levels
from lanassist.node.sound.packet import PACKET_BYTES

RENEW: Final = 0x03
SOUND: Final = 0x10
LEVELS: Final = 0x11
MESSAGE_BYTES: Final = 1 + PACKET_BYTES
"""The longest that there is."""

_LEVELS: Final = struct.Struct("<B6b")


class MalformedMedia(Exception):
    """A message of a media channel breaks its format; the text says where."""


def sound(packet: bytes) -> bytes:
    """The message that carries a packet."""
    return bytes((SOUND,)) + packet


def packet_of(message: bytes) -> bytes | None:
    """The packet that a message carries; None: it carries something else."""
    return message[1:] if message[:1] == bytes((SOUND,)) else None


def levels(told: Levels) -> bytes:
    """The message that says how loud everybody is."""
    parties = (told.customer, told.agent, told.supervisor)
    return _LEVELS.pack(LEVELS, *(_bounded(each) for one in parties for each in (one.rms, one.peak)))


def parse_levels(message: bytes) -> Levels:
    """Raises MalformedMedia."""
    if len(message) != _LEVELS.size or message[0] != LEVELS:
        raise MalformedMedia(f"{len(message)} bytes of kind {message[:1].hex()} where levels were due")
    _, *values = _LEVELS.unpack(message)
    customer, agent, supervisor = (Level(rms=values[at], peak=values[at + 1]) for at in (0, 2, 4))
    return Levels(customer=customer, agent=agent, supervisor=supervisor)


def _bounded(decibels: float) -> int:
    return round(min(0.0, max(-120.0, decibels)))
