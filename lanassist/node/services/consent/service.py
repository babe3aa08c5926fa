"""Consent's shell: keeps the pause, and shows notices on the agent's desktop."""

from collections.abc import Callable, Sequence
from typing import ClassVar

import trio

from lanassist.node.services.base import AnyCommand, Core, Effect, Record
from lanassist.node.services.consent.commands import COMMANDS
from lanassist.node.services.consent.core import RECORDS, ConsentCore
from lanassist.node.services.facts import PolicyInForce, Supervised, Wishes
from lanassist.node.services.notices import Notify
from lanassist.node.services.noticing import NoticeQueue, Notices
from lanassist.node.services.service import Service


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
        self._notices = NoticeQueue(notices)

    def recreate(self, records: Sequence[Record]) -> Core:
        return self._make(records)

    async def perform(self, effect: Effect) -> None:
        if isinstance(effect, Notify):
            self._notices.add(effect)

    async def attend(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        task_status.started()
        await self._notices.run()
