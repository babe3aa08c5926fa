"""Consent's shell: keeps the pause, and shows notices on the agent's desktop."""

from collections.abc import Callable, Sequence
from typing import ClassVar, Protocol

import trio

from lanassist.node.services.base import AnyCommand, Core, Effect, Record
from lanassist.node.services.consent.commands import COMMANDS
from lanassist.node.services.consent.core import RECORDS, ConsentCore, Notify
from lanassist.node.services.facts import PolicyInForce, Supervised, Wishes
from lanassist.node.services.service import Service

NOTICES = 16
"""Waiting to be shown; more than that nobody could read, so what comes then is not shown."""


class Notices(Protocol):
    """The desktop's way to tell its user something."""

    async def show(self, key: str, summary: str, body: str) -> None:
        """Show it in the place of an earlier one of the same key. Never fails."""
        ...


class ConsentService(Service):
    """The agent's say on this node."""

    name: ClassVar[str] = "consent"
    commands: ClassVar[tuple[type[AnyCommand], ...]] = COMMANDS
    records: ClassVar[tuple[type[Record], ...]] = RECORDS
    hears: ClassVar[tuple[type[object], ...]] = (PolicyInForce, Wishes, Supervised)

    def __init__(
        self,
        make: Callable[[Sequence[Record]], ConsentCore],
        records: Sequence[Record],
        notices: Notices,
    ) -> None:
        super().__init__(make(records))
        self._make = make
        self._notices = notices
        self._to_show, self._shown = trio.open_memory_channel[Notify](NOTICES)

    def recreate(self, records: Sequence[Record]) -> Core:
        return self._make(records)

    async def perform(self, effect: Effect) -> None:
        if isinstance(effect, Notify):
            try:
                self._to_show.send_nowait(effect)
            except trio.WouldBlock:
                return

    async def attend(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        task_status.started()
        async for notice in self._shown:
            await self._notices.show(notice.key, notice.summary, notice.body)
