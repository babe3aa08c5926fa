"""What services have to say on the desktop is shown in order, and never holds anybody up."""

import trio
import trio.testing

from lanassist.node.services.notices import NoticeTried, Notify, Withdraw
from lanassist.node.services.noticing import WAITING, NoticeQueue
from tests.support.notices import SlowDesktop


async def shown(desktop: SlowDesktop, *notices: Notify | Withdraw) -> list[NoticeTried]:
    """All of it, as far as the desktop goes along; what is told of it."""
    told: list[NoticeTried] = []

    async def tried(notice: NoticeTried) -> None:
        told.append(notice)

    queue = NoticeQueue(desktop, tried)
    async with trio.open_nursery() as nursery:
        for notice in notices:
            queue.add(notice)
        nursery.start_soon(queue.run)
        await trio.testing.wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
    return told


async def test_they_are_shown_in_order_and_too_many_are_told_of_as_not_shown() -> None:
    desktop = SlowDesktop(WAITING + 5)
    numbers = [str(number) for number in range(WAITING + 5)]
    told = await shown(desktop, *(Notify(number, "somebody looks") for number in numbers))
    assert desktop.done == [f"{number}: somebody looks" for number in numbers[:WAITING]]
    assert told == [NoticeTried(number, int(number) < WAITING) for number in numbers]


async def test_what_is_newer_takes_the_turn_of_what_waits() -> None:
    desktop = SlowDesktop(10)
    told = await shown(desktop, Notify("a", "one"), Notify("b", "two"), Notify("a", "three"))
    assert desktop.done == ["a: three", "b: two"]
    assert told == [NoticeTried("a", True), NoticeTried("b", True)]


async def test_what_is_taken_down_before_it_was_shown_is_not_shown() -> None:
    desktop = SlowDesktop(10)
    await shown(desktop, Notify("a", "one"), Notify("b", "two", lasting=True), Withdraw("a"))
    assert desktop.done == ["a is gone", "b: two for good"]


async def test_what_came_of_each_is_told() -> None:
    assert await shown(SlowDesktop(1), Notify("a", "one")) == [NoticeTried("a", True)]
    assert await shown(SlowDesktop(1, shows=False), Notify("a", "one")) == [NoticeTried("a", False)]


async def test_more_may_come_later() -> None:
    desktop = SlowDesktop(10)
    queue = NoticeQueue(desktop)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(queue.run)
        for notice in (Notify("a", "one"), Withdraw("a")):
            await trio.testing.wait_all_tasks_blocked()
            queue.add(notice)
        await trio.testing.wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
    assert desktop.done == ["a: one", "a is gone"]
