"""What a node and its engine say to each other."""

import msgspec
import pytest
from hypothesis import given, strategies as st

from lanassist.node.sound.base import Fault, Softphone, Synthetic
from lanassist.node.sound.pipes import (
    LENGTH,
    MESSAGE_BYTES,
    Begin,
    BrokenPipe,
    Done,
    Frames,
    FromEngine,
    Hear,
    Prepare,
    SetMode,
    ToEngine,
    Told,
    frame,
    from_engine,
    to_engine,
)

SAID: list[ToEngine] = [
    Prepare(number=1, source=Softphone(headset="usb")),
    Begin(number=2, source=Synthetic(), sequence=7),
    SetMode(number=3, mode="talk"),
    Hear(packet=b"\x00\xff", came=12.5),
]


@given(st.integers(1, 50))
def test_messages_survive_however_the_bytes_come(size: int) -> None:
    data, frames = b"".join(frame(message) for message in SAID), Frames()
    pieces = [data[place : place + size] for place in range(0, len(data), size)]
    assert [to_engine(found) for piece in pieces for found in frames.split(piece)] == SAID


def test_answers_and_events_survive() -> None:
    said: list[FromEngine] = [Done(number=4), Told(event=Fault(code="sound", text="Gone."))]
    found = Frames().split(b"".join(frame(message) for message in said))
    assert [from_engine(data) for data in found] == said


@pytest.mark.parametrize("data", [b"", b"\xc1", msgspec.msgpack.encode({"type": "unheard-of"})])
def test_nonsense_breaks_the_pipe(data: bytes) -> None:
    for decode in (to_engine, from_engine):
        with pytest.raises(BrokenPipe):
            decode(data)


def test_a_length_beyond_the_bound_breaks_the_pipe_before_anything_is_kept() -> None:
    with pytest.raises(BrokenPipe):
        Frames().split(LENGTH.pack(MESSAGE_BYTES + 1))


def test_one_that_is_too_long_breaks_the_pipe_also_when_it_comes_whole() -> None:
    with pytest.raises(BrokenPipe):
        Frames().split(LENGTH.pack(MESSAGE_BYTES + 1) + bytes(MESSAGE_BYTES + 1))
