"""What waits for a slow peer is bounded in messages and in bytes, and comes out in order."""

from lanassist.node.link.outbox import Outbox
from lanassist.node.link.transport import spelled


async def test_messages_come_out_in_the_order_in_which_they_went_in() -> None:
    outbox = Outbox()
    assert all(outbox.put(bytes([number])) for number in range(5))
    assert [await outbox.get() for _ in range(5)] == [bytes([number]) for number in range(5)]


async def test_full_in_messages_or_in_bytes_is_full() -> None:
    few, small = Outbox(messages=2), Outbox(size=10)
    assert [few.put(b"x") for _ in range(3)] == [True, True, False]
    assert [small.put(b"12345678"), small.put(b"123"), small.put(b"12")] == [True, False, True]
    await small.get()
    assert small.put(b"123")


def test_an_address_is_spelled_for_people() -> None:
    assert spelled(("10.0.0.1", 47600)) == "10.0.0.1:47600"
    assert spelled(("fe80::1", 47600)) == "[fe80::1]:47600"
