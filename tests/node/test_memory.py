"""What a node keeps over restarts: times are converted once, and a clock that jumped does no harm."""

from collections.abc import Sequence

import pytest

from lanassist.node.memory import Memory
from lanassist.node.protocol.messages import Client, NodeId
from lanassist.node.services.base import Record
from lanassist.node.services.conversation import EntryRecord
from lanassist.node.services.desk.records import RECORDS, BlockRecord, ConversationRecord
from tests.support.storage import MemoryStorage

YEAR = 365 * 86400.0


def run(storage: MemoryStorage, mono: float, wall: float) -> Memory:
    """One run of the machine, at a moment of it."""
    return Memory(storage, clock=lambda: mono, wall=lambda: wall)


def entry(at: float) -> EntryRecord:
    return EntryRecord(conversation="c1", seq=1, id="e1", kind="client", text="hello", epoch=0, at=at)


def conversation(since: float) -> ConversationRecord:
    client = Client(id="carl", name="Carl")
    return ConversationRecord(
        id="c1", start="s1", client=client, state="waiting", owner=NodeId("desk"), epoch=0, since=since
    )


async def after(
    records: Sequence[Record], mono: float, wall: float, then_mono: float, then_wall: float
) -> list[Record]:
    """Kept in one run, read in the next."""
    storage = MemoryStorage()
    await run(storage, mono, wall).keep("desk", records, ())
    return await run(storage, then_mono, then_wall).records("desk", RECORDS)


async def test_an_entry_is_as_old_after_a_restart_as_the_wall_clock_says() -> None:
    [found] = await after([entry(at=490.0)], 500.0, 1e9, 20.0, 1e9 + 60)
    assert found == entry(at=20.0 - 60 - 10)


@pytest.mark.parametrize("jump", [-YEAR, -60.0])
async def test_a_clock_that_was_set_back_makes_nothing_come_from_the_future(jump: float) -> None:
    [found] = await after([conversation(since=490.0)], 500.0, 1e9, 20.0, 1e9 + jump)
    assert found == conversation(since=20.0)


async def test_a_clock_that_was_set_back_does_not_make_a_block_longer() -> None:
    block = BlockRecord(client="carl", number=1, node="desk", blocked=True, until=560.0, length=60.0)
    [found] = await after([block], 500.0, 1e9, 20.0, 1e9 - YEAR)
    assert isinstance(found, BlockRecord)
    assert found.until == 20.0 + 60.0


async def test_what_is_dropped_is_gone_and_other_services_are_not_touched() -> None:
    storage = MemoryStorage()
    memory = run(storage, 500.0, 1e9)
    await memory.keep("desk", [entry(1.0), conversation(2.0)], ())
    await memory.keep("conversations", [entry(1.0)], ())
    await memory.keep("desk", [conversation(3.0)], [entry(1.0)])
    assert await memory.records("desk", RECORDS) == [conversation(3.0)]
    assert await memory.records("conversations", RECORDS) == [entry(1.0)]
