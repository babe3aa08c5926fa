"""The messages of an assist's media channel: a kind, then a packet of sound or how loud each party is.

| first byte | from the agent's node | from the supervisor's side |
|---|---|---|
| 0x03 | | a page or command still listens; it ends at the supervisor's own node |
| 0x10 | a packet of what the supervisor hears | a packet of the supervisor's voice |
| 0x11 | three signed bytes: how loud customer, agent and supervisor are, in dBFS | |

Packets are those of sound/packet.py. Whoever moves them does not look into them; both ends do.
"""

import struct
from typing import Final

from lanassist.node.sound.base import Levels
from lanassist.node.sound.packet import PACKET_BYTES

RENEW: Final = 0x03
SOUND: Final = 0x10
LEVELS: Final = 0x11
MESSAGE_BYTES: Final = 1 + PACKET_BYTES
"""The longest that there is."""

_LEVELS: Final = struct.Struct("<B3b")


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
    return _LEVELS.pack(LEVELS, *map(_bounded, (told.customer, told.agent, told.supervisor)))


def parse_levels(message: bytes) -> Levels:
    """Raises MalformedMedia."""
    if len(message) != _LEVELS.size or message[0] != LEVELS:
        raise MalformedMedia(f"{len(message)} bytes of kind {message[:1].hex()} where levels were due")
    _, customer, agent, supervisor = _LEVELS.unpack(message)
    return Levels(customer=customer, agent=agent, supervisor=supervisor)


def _bounded(decibels: float) -> int:
    return round(min(0.0, max(-120.0, decibels)))
