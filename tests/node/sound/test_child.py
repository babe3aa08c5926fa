"""The node's end of an engine: what a peer sends never is more than the pipe between the two takes."""

import os
from contextlib import closing
from typing import Final

from lanassist.node.protocol import limits
from lanassist.node.sound.child import Child
from lanassist.node.sound.inbox import Inbox, InboxPipe
from lanassist.node.sound.packet import PACKET_BYTES
from lanassist.node.sound.pipes import MESSAGE_BYTES, Frames, Hear, frame


def running_child() -> Child:
    child = Child(lambda _: None, lambda _: None, lambda: None, lambda: None)
    child._process = object()  # type: ignore[assignment]  # it runs, as far as packets are concerned
    return child


SIZES: Final = (limits.MEDIA_MESSAGE_BYTES - 1, PACKET_BYTES + 1, PACKET_BYTES, 0)


def test_what_is_no_packet_by_its_size_is_not_passed_on() -> None:
    child = running_child()
    with closing(InboxPipe()) as child._inbox:
        for size in SIZES:
            child.hear(b"\0" * size)
        inbox = Inbox(os.dup(child._inbox.theirs))
    assert [len(hear.packet) for hear in inbox.take()] == [PACKET_BYTES, 0]


def test_nor_where_packets_have_no_pipe_of_their_own() -> None:
    child = running_child()
    for size in SIZES:
        child.hear(b"\0" * size)
    passed_on = [frame(each) for each in child._heard]
    assert len(passed_on) == 2
    assert all(Frames().split(data) for data in passed_on)


def test_the_largest_packet_fits_well() -> None:
    assert len(frame(Hear(packet=b"\0" * PACKET_BYTES, came=1e9))) < MESSAGE_BYTES / 2
