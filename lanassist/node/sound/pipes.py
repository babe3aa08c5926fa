"""What a node and its sound engine say to each other: a length (32 bits, big-endian) and a message each.

Both ends are one program of one version. Sizes are bounded all the same, so that a bug stays a bug.
"""

import struct
from typing import Final

import msgspec

from lanassist.node.sound.base import Device, Event, Mode, SoundTest, Source

LENGTH: Final = struct.Struct(">I")
MESSAGE_BYTES: Final = 64 * 1024


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Is answered by Done or Failed with the same number."""

    number: int


class Prepare(Question, frozen=True, kw_only=True, tag="prepare"):
    source: Source


class Begin(Question, frozen=True, kw_only=True, tag="begin"):
    source: Source
    sequence: int = 0
    """Of the first packet."""


class SetMode(Question, frozen=True, kw_only=True, tag="mode"):
    mode: Mode


class End(Question, frozen=True, kw_only=True, tag="end"):
    pass


class OpenHeadset(Question, frozen=True, kw_only=True, tag="open"):
    output: str = ""
    microphone: str = ""
    sequence: int = 0


class Talk(Question, frozen=True, kw_only=True, tag="talk"):
    on: bool


class CloseHeadset(Question, frozen=True, kw_only=True, tag="close"):
    pass


class ListDevices(Question, frozen=True, kw_only=True, tag="devices"):
    pass


class TryDevices(Question, frozen=True, kw_only=True, tag="test"):
    output: str = ""
    microphone: str = ""


class Hear(msgspec.Struct, frozen=True, kw_only=True, tag="hear"):
    """A packet: for an engine from the supervisor, for a headset from an engine."""

    packet: bytes
    came: float
    """By time.monotonic(), which the machine's processes share."""


Asked = Prepare | Begin | SetMode | End | OpenHeadset | Talk | CloseHeadset | ListDevices | TryDevices
ToEngine = Asked | Hear


class Done(msgspec.Struct, frozen=True, kw_only=True, tag="done"):
    number: int
    devices: tuple[Device, ...] = ()
    test: SoundTest | None = None


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag="failed"):
    """With an error of errors.py."""

    number: int
    code: str
    text: str


class Packed(msgspec.Struct, frozen=True, kw_only=True, tag="packed"):
    """A packet for the other end."""

    packet: bytes


class Told(msgspec.Struct, frozen=True, kw_only=True, tag="told"):
    event: Event


FromEngine = Done | Failed | Packed | Told

_encoder = msgspec.msgpack.Encoder()
_to_engine = msgspec.msgpack.Decoder(ToEngine)
_from_engine = msgspec.msgpack.Decoder(FromEngine)


class BrokenPipe(Exception):
    """The other end said something that cannot be."""


def frame(message: ToEngine | FromEngine) -> bytes:
    """As it goes through a pipe."""
    data = _encoder.encode(message)
    return LENGTH.pack(len(data)) + data


class Frames:
    """Bytes as they come, to messages. One for each direction."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def split(self, data: bytes) -> list[bytes]:
        """The messages that are complete now. Raises BrokenPipe."""
        self._bytes += data
        complete: list[bytes] = []
        while len(self._bytes) >= LENGTH.size:
            (length,) = LENGTH.unpack_from(self._bytes)
            if length > MESSAGE_BYTES:
                raise BrokenPipe(f"{length} bytes")
            if len(self._bytes) < LENGTH.size + length:
                break
            complete.append(bytes(self._bytes[LENGTH.size : LENGTH.size + length]))
            del self._bytes[: LENGTH.size + length]
        return complete


def to_engine(data: bytes) -> ToEngine:
    """Raises BrokenPipe."""
    try:
        decoded: ToEngine = _to_engine.decode(data)
    except msgspec.MsgspecError as error:
        raise BrokenPipe(str(error)) from None
    return decoded


def from_engine(data: bytes) -> FromEngine:
    """Raises BrokenPipe."""
    try:
        decoded: FromEngine = _from_engine.decode(data)
    except msgspec.MsgspecError as error:
        raise BrokenPipe(str(error)) from None
    return decoded
