"""The block list: the newest word wins, everywhere, in whatever order the words come."""

from itertools import permutations

from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Block, NodeId
from lanassist.node.services.desk.blocks import REQUESTS_KEPT, BlockList
from lanassist.node.services.desk.records import BlockRecord

DESK, ANNEX = NodeId("desk"), NodeId("annex")


def word(
    client: str = "eve", *, blocked: bool = True, reason: str = "", seconds: float | None = None
) -> Block:
    return Block(client=client, number=0, node="", blocked=blocked, reason=reason, seconds=seconds)


def test_a_blocked_client_is_refused_with_the_reason_until_the_time_is_over() -> None:
    blocks = BlockList([])
    blocks.write(DESK, word(reason="insults", seconds=60.0), "r1", 100.0)
    refusal = blocks.why_not("eve", 159.0)
    assert refusal is not None
    assert refusal.text == "This client is blocked: insults."
    assert blocks.why_not("eve", 160.0) is None
    assert blocks.why_not("adam", 100.0) is None


def test_without_a_time_it_holds_until_somebody_unblocks() -> None:
    blocks = BlockList([])
    blocks.write(DESK, word(), "r1", 0.0)
    assert blocks.why_not("eve", 1e9) is not None
    blocks.write(ANNEX, word(blocked=False), "r2", 1e9)
    assert blocks.why_not("eve", 1e9) is None


def test_a_request_counts_once_also_when_it_comes_again_after_a_newer_word() -> None:
    blocks = BlockList([])
    blocks.write(DESK, word(), "r1", 0.0)
    blocks.write(DESK, word(blocked=False), "r2", 1.0)
    assert blocks.written("r1", "eve")
    assert not blocks.written("r3", "eve")
    for number in range(2 * REQUESTS_KEPT):
        blocks.write(DESK, word(), f"more{number}", 2.0)
    (record,) = blocks
    assert len(record.requests) == REQUESTS_KEPT


def test_in_whatever_order_desks_hear_of_them_they_end_up_alike() -> None:
    here, there = BlockList([]), BlockList([])
    words = [
        here.write(DESK, word(reason="insults"), "r1", 0.0).told(0.0),
        there.write(ANNEX, word(reason="spam"), "r2", 0.0).told(0.0),
        there.write(ANNEX, word(blocked=False), "r3", 0.0).told(0.0),
    ]
    digests = set()
    for order in permutations(words):
        desk = BlockList([])
        for each in order:
            desk.learn([each], 5.0)
        digests.add(desk.digest())
        assert desk.why_not("eve", 5.0) is None
    assert len(digests) == 1


def test_what_is_known_already_is_no_news() -> None:
    desk, annex = BlockList([]), BlockList([])
    told = desk.write(DESK, word(), "r1", 0.0).told(0.0)
    assert len(annex.learn([told], 0.0)) == 1
    assert annex.learn([told], 0.0) == []
    assert desk.digest() == annex.digest()


def test_what_is_left_of_a_block_travels_and_a_wrong_clock_makes_no_more_of_it() -> None:
    record = BlockList([]).write(DESK, word(seconds=60.0), "r1", 100.0)
    assert record.told(130.0).seconds == 30.0
    year = 365 * 86400.0
    assert record.shifted(year, 100.0).until == 160.0
    assert record.shifted(-year, 100.0).until == 160.0 - year
    forever = BlockList([]).write(DESK, word(), "r1", 100.0)
    assert forever.shifted(year, 0.0) == forever


def test_a_long_list_goes_in_several_messages() -> None:
    many = [
        BlockRecord(client=f"c{each}", number=1, node="desk", blocked=True)
        for each in range(limits.BLOCKS_PER_MESSAGE + 1)
    ]
    assert [len(part.blocks) for part in BlockList(many).all(0.0)] == [limits.BLOCKS_PER_MESSAGE, 1]
