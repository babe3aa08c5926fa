"""What an engine says leaves at once where the pipe has room, in order; no sound thread ever waits for it."""

import os
import threading
from collections.abc import Iterator

import pytest

from lanassist.node.sound.base import Fault
from lanassist.node.sound.outbox import AT_ONCE, PACKETS, Outbox
from lanassist.node.sound.pipes import Done, Failed, Frames, FromEngine, Packed, Told, from_engine
from tests.support.waiting import until

SECONDS = 20.0
LONG = Failed(number=7, code="sound", text="x" * (2 * AT_ONCE))
FAULT = Fault(code="sound", text="Gone.")


class Pipe:
    """An outbox and the node's end of its pipe, which reads when the test says."""

    def __init__(self) -> None:
        self.reading, writing = os.pipe()
        os.set_blocking(self.reading, False)
        self.outbox = Outbox(writing)
        self._writing = writing
        self._frames = Frames()

    def read(self) -> list[FromEngine]:
        """All that is there."""
        try:
            data = os.read(self.reading, 1 << 20)
        except BlockingIOError:
            return []
        return [from_engine(message) for message in self._frames.split(data)]

    def fill(self) -> int:
        """Until nothing more goes in; how many bytes of nothing that took."""
        os.set_blocking(self._writing, False)
        count = 0
        for piece in (AT_ONCE, 1):
            try:
                while True:
                    count += os.write(self._writing, bytes(piece))
            except BlockingIOError:
                pass
        return count

    def empty(self, count: int) -> None:
        """Take out what ``fill`` put in."""
        while count:
            count -= len(os.read(self.reading, count))

    async def read_until(self, last: FromEngine) -> list[FromEngine]:
        """All up to that one."""
        read: list[FromEngine] = []

        def come() -> bool:
            read.extend(self.read())
            return last in read

        await until(come, SECONDS)
        return read

    def close(self) -> None:
        os.close(self.reading)
        os.close(self._writing)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    made.close()


def packed(number: int) -> Packed:
    return Packed(packet=str(number).encode())


def test_a_packet_is_in_the_pipe_when_it_was_sent(pipe: Pipe) -> None:
    """No thread has been started that could have written it."""
    pipe.outbox.send(b"1")
    assert pipe.read() == [packed(1)]
    pipe.outbox.tell(FAULT)
    pipe.outbox.say(Done(number=3))
    assert pipe.read() == [Told(event=FAULT), Done(number=3)]


async def test_what_is_longer_than_the_pipe_takes_whole_is_not_overtaken(pipe: Pipe) -> None:
    pipe.outbox.say(LONG)
    pipe.outbox.say(Done(number=8))
    assert pipe.read() == []
    pipe.outbox.start()
    assert await pipe.read_until(Done(number=8)) == [LONG, Done(number=8)]


async def test_nothing_gets_into_the_middle_of_a_message(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    half, go_on, write = threading.Event(), threading.Event(), Outbox._write

    def in_two(outbox: Outbox, data: memoryview) -> int:
        if half.is_set():
            return write(outbox, data)
        written = write(outbox, data[:100])
        half.set()
        go_on.wait(SECONDS)
        return written

    monkeypatch.setattr(Outbox, "_write", in_two)
    pipe.outbox.say(LONG)
    pipe.outbox.start()
    await until(half.is_set, SECONDS)
    pipe.outbox.send(b"1")
    go_on.set()
    assert await pipe.read_until(packed(1)) == [LONG, packed(1)]


async def test_a_node_that_does_not_read_gets_the_newest_packets_and_every_word(pipe: Pipe) -> None:
    nothing = pipe.fill()
    for number in range(PACKETS + 5):
        pipe.outbox.send(str(number).encode())
    pipe.outbox.say(Done(number=1))
    pipe.outbox.start()
    pipe.empty(nothing)
    read = await pipe.read_until(packed(PACKETS + 4))
    assert read == [Done(number=1), *(packed(number) for number in range(5, PACKETS + 5))]


async def test_after_a_jam_packets_go_at_once_again(pipe: Pipe) -> None:
    nothing = pipe.fill()
    pipe.outbox.send(b"1")
    pipe.outbox.start()
    pipe.empty(nothing)
    await pipe.read_until(packed(1))
    await until(lambda: not pipe.outbox._writing, SECONDS)
    pipe.outbox.send(b"2")
    assert pipe.read() == [packed(2)]


def test_a_node_that_is_gone_is_no_error(pipe: Pipe) -> None:
    gone = os.open(os.devnull, os.O_RDONLY)
    os.dup2(gone, pipe.reading)
    os.close(gone)
    for _ in range(3):
        pipe.outbox.send(b"1")
