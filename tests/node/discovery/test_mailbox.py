"""News from threads: bounded, the newest of each name, and the reader always wakes."""

import threading

import trio
import trio.testing

from lanassist.node.discovery.mailbox import Mailbox


def from_a_thread(mailbox: Mailbox, *news: tuple[str, bool]) -> None:
    def put() -> None:
        for name, gone in news:
            mailbox.put(name, gone)

    thread = threading.Thread(target=put)
    thread.start()
    thread.join()


async def test_news_wakes_the_reader() -> None:
    mailbox = Mailbox(trio.lowlevel.current_trio_token())
    taken: list[dict[str, bool]] = []

    async def read() -> None:
        taken.append(await mailbox.take())

    for news in ("a", "b"):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(read)
            await trio.testing.wait_all_tasks_blocked()
            from_a_thread(mailbox, (news, False))
    assert taken == [{"a": False}, {"b": False}]


async def test_only_the_newest_word_about_a_name_counts() -> None:
    mailbox = Mailbox(trio.lowlevel.current_trio_token())
    from_a_thread(mailbox, ("a", False), ("b", True), ("a", True), ("b", False))
    assert await mailbox.take() == {"a": True, "b": False}


async def test_a_flood_is_bounded_and_what_was_there_is_kept() -> None:
    mailbox = Mailbox(trio.lowlevel.current_trio_token(), cap=10)
    from_a_thread(mailbox, *((f"name {number}", False) for number in range(20_000)), ("name 3", True))
    names = await mailbox.take()
    assert len(names) == 10
    assert names["name 3"] is True
    from_a_thread(mailbox, ("late", False))
    assert await mailbox.take() == {"late": False}


def test_news_after_the_end_is_no_failure() -> None:
    async def main() -> Mailbox:
        await trio.lowlevel.checkpoint()
        return Mailbox(trio.lowlevel.current_trio_token())

    trio.run(main).put("a", False)
