"""The node's end of an engine: what a peer sends never is more than the pipe between the two takes."""

from lanassist.node.protocol import limits
from lanassist.node.sound.child import Child
from lanassist.node.sound.packet import PACKET_BYTES
from lanassist.node.sound.pipes import MESSAGE_BYTES, Frames, Hear, frame


def test_what_is_no_packet_by_its_size_is_not_passed_on() -> None:
    child = Child(lambda _: None, lambda _: None, lambda: None, lambda: None)
    child._process = object()  # type: ignore[assignment]  # it runs, as far as packets are concerned
    for size in (limits.MEDIA_MESSAGE_BYTES - 1, PACKET_BYTES + 1, PACKET_BYTES, 0):
        child.hear(b"\0" * size)
    passed_on = [frame(each) for each in child._heard]
    assert len(passed_on) == 2
    assert all(Frames().split(data) for data in passed_on)


def test_the_largest_packet_fits_well() -> None:
    assert len(frame(Hear(packet=b"\0" * PACKET_BYTES))) < MESSAGE_BYTES / 2
