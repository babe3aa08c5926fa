"""The board: late readers get all of it, slow readers get the newest, nobody gets a queue."""

import msgspec
import trio.testing

from lanassist.node.board import Board, Change


class Note(msgspec.Struct, frozen=True):
    text: str


async def test_a_late_reader_gets_the_whole_board_first() -> None:
    board = Board(trio.current_time)
    board.put("notes", "a", Note("one"))
    board.put("notes", "b", Note("two"))
    board.put("notes", "a", None)
    with board.reading() as reader:
        assert await reader.batch() == [Change("notes", "b", Note("two"))]


async def test_a_slow_reader_gets_only_the_newest_of_each_key() -> None:
    board = Board(trio.current_time)
    with board.reading() as reader:
        assert await reader.batch() == []
        for number in range(1000):
            board.put("notes", "a", Note(str(number)))
        assert await reader.batch() == [Change("notes", "a", Note("999"))]


async def test_putting_up_the_same_again_is_no_news() -> None:
    board = Board(trio.current_time)
    board.put("notes", "a", Note("one"))
    with board.reading() as reader:
        await reader.batch()
        board.put("notes", "a", Note("one"))
        board.put("notes", "gone", None)
        board.put("notes", "a", Note("two"))
        assert await reader.batch() == [Change("notes", "a", Note("two"))]


async def test_a_reader_that_waits_is_woken() -> None:
    board = Board(trio.current_time)
    seen: list[Change] = []

    async def read() -> None:
        with board.reading() as reader:
            while not seen:
                seen.extend(await reader.batch())

    async with trio.open_nursery() as nursery:
        nursery.start_soon(read)
        await trio.testing.wait_all_tasks_blocked()
        board.put("notes", "a", Note("one"))
    assert seen == [Change("notes", "a", Note("one"))]


def test_a_topic_is_read_whole() -> None:
    board = Board(lambda: 0.0)
    board.put("notes", "a", Note("one"))
    board.put("others", "b", Note("two"))
    assert board.topic("notes") == {"a": Note("one")}
