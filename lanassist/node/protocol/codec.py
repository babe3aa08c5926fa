"""Bytes to message and back. An unknown tag is skipped, a malformed message ends the link."""

import msgspec

from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import WIRE, Message, tag_of

_encoder = msgspec.msgpack.Encoder()


class MalformedMessage(Exception):
    """What a peer sent is not a message of the protocol; the text says where it departs."""


class _Tagged(msgspec.Struct, frozen=True):
    t: str


_peek = msgspec.msgpack.Decoder(_Tagged)
_decoders: dict[str, msgspec.msgpack.Decoder[Message]] = {
    tag_of(kind): msgspec.msgpack.Decoder(kind) for kind in WIRE
}


def encode(message: Message) -> bytes:
    """The message as it travels."""
    return _encoder.encode(message)


def decode(data: bytes, limit: int = limits.MESSAGE_BYTES) -> Message | None:
    """The message in ``data``; None if its tag is of a newer version.

    Raises MalformedMessage if it is too large, is not MessagePack or breaks a field's bounds.
    """
    if len(data) > limit:
        raise MalformedMessage(f"{len(data)} bytes, more than {limit}")
    try:
        decoder = _decoders.get(_peek.decode(data).t)
        return None if decoder is None else decoder.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise MalformedMessage(str(error)) from error
