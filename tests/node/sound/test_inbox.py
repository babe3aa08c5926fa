"""Packets on their way from a node to the thread of its engine that plays them."""

import os
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from lanassist.node.sound.inbox import KEPT, READ_BYTES, Inbox, InboxPipe
from lanassist.node.sound.packet import PACKET_BYTES
from lanassist.node.sound.pipes import LENGTH, MESSAGE_BYTES, End, Hear, frame


@pytest.fixture
def pipe() -> Iterator[InboxPipe]:
    with closing(InboxPipe()) as pipe:
        yield pipe


@pytest.fixture
def inbox(pipe: InboxPipe) -> Inbox:
    return Inbox(pipe.theirs)


def packets(inbox: Inbox) -> list[bytes]:
    return [hear.packet for hear in inbox.take()]


def test_each_comes_once_in_order_and_with_its_time(pipe: InboxPipe, inbox: Inbox) -> None:
    before = time.monotonic()
    pipe.put(b"one")
    pipe.put(b"two")
    came = inbox.take()
    assert [hear.packet for hear in came] == [b"one", b"two"]
    assert before <= came[0].came <= came[1].came <= time.monotonic()
    assert inbox.take() == []


def test_those_that_come_another_way_are_kept_too() -> None:
    inbox = Inbox()
    inbox.put(Hear(packet=b"one", came=1.0))
    assert packets(inbox) == [b"one"]
    assert packets(inbox) == []


def test_an_engine_that_does_not_look_is_not_waited_for_and_gets_whole_packets(
    pipe: InboxPipe, inbox: Inbox
) -> None:
    for number in range(2 * READ_BYTES // PACKET_BYTES):
        pipe.put(bytes([number]) * PACKET_BYTES)
    first = packets(inbox)
    assert 0 < len(first) <= KEPT
    assert first == [bytes([number]) * PACKET_BYTES for number in range(len(first))]
    pipe.put(b"dropped, for the one before it goes first")
    pipe.put(b"next")
    assert packets(inbox) == [bytes([len(first)]) * PACKET_BYTES, b"next"]


def test_a_node_whose_engine_is_gone_is_not_disturbed(pipe: InboxPipe) -> None:
    os.close(pipe.theirs)
    pipe.put(b"one")
    pipe.theirs = os.open(os.devnull, os.O_RDONLY)


@pytest.mark.parametrize("nonsense", [LENGTH.pack(MESSAGE_BYTES + 1), LENGTH.pack(3) + b"abc", b""])
def test_what_cannot_be_ends_the_pipe_and_not_the_sound(
    nonsense: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    reading, writing = os.pipe()
    inbox = Inbox(reading)
    os.write(writing, nonsense or frame(End(number=1)))
    os.close(writing)
    assert inbox.take() == []
    assert inbox.take() == []
    inbox.put(Hear(packet=b"one", came=1.0))
    assert packets(inbox) == [b"one"]
    os.close(reading)
    assert ("broken" in capsys.readouterr().err) == bool(nonsense)
