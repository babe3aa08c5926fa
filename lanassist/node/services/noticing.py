"""Has the desktop show what cores decided, in order, so that a slow desktop holds nobody up."""

from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import trio

from lanassist.node.services.notices import NoticeTried, Notify, Withdraw

WAITING: Final = 16
"""Notices that wait to be shown; more than that nobody could read, so who decided the next is told that it
was not shown."""


class Notices(Protocol):
    """The desktop's way to tell its user something."""

    async def show(self, key: str, summary: str, body: str, *, lasting: bool = False) -> bool:
        """Show it in the place of an earlier one of the same key; whether it was shown. Never fails."""
        ...

    async def withdraw(self, key: str) -> None:
        """Take down what was shown under that key. Never fails."""
        ...


async def _nobody(tried: NoticeTried) -> None:
    await trio.lowlevel.checkpoint()


class NoticeQueue:
    """One at a time, to one desktop."""

    def __init__(self, notices: Notices, tried: Callable[[NoticeTried], Awaitable[None]] = _nobody) -> None:
        """``tried`` hears of each notice whether it was shown."""
        self._notices = notices
        self._tried = tried
        self._waiting: dict[str, Notify | Withdraw | NoticeTried] = {}
        """By key, in the order of their turns; NoticeTried for what there was no place for."""
        self._more = trio.Event()

    def add(self, notice: Notify | Withdraw) -> None:
        """Never waits. What waits under the same key is not shown any more; this has its turn."""
        self._waiting[notice.key] = notice if self._has_place(notice) else NoticeTried(notice.key, False)
        self._more.set()

    def _has_place(self, notice: Notify | Withdraw) -> bool:
        others = (each for key, each in self._waiting.items() if key != notice.key)
        return isinstance(notice, Withdraw) or sum(isinstance(each, Notify) for each in others) < WAITING

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            while self._waiting:
                await self._carry_out(self._waiting.pop(next(iter(self._waiting))))
            self._more = trio.Event()
            await self._more.wait()

    async def _carry_out(self, notice: Notify | Withdraw | NoticeTried) -> None:
        match notice:
            case Notify(key, summary, body, lasting):
                shown = await self._notices.show(key, summary, body, lasting=lasting)
                await self._tried(NoticeTried(key, shown))
            case Withdraw(key):
                await self._notices.withdraw(key)
            case NoticeTried():
                await self._tried(notice)
