"""Presence's shell: follows the desktop, and keeps the agent's own status over restarts."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

import trio

from lanassist.node.desktop.base import Desktop
from lanassist.node.protocol.messages import Message, Presence
from lanassist.node.services.base import AnyCommand, Effect
from lanassist.node.services.presence.commands import COMMANDS
from lanassist.node.services.presence.core import PresenceCore, SavedStatus, StatusChanged, Surroundings
from lanassist.node.services.service import Service


class PresenceService(Service):
    """Presence on this node."""

    name: ClassVar[str] = "presence"
    commands: ClassVar[tuple[type[AnyCommand], ...]] = COMMANDS
    messages: ClassVar[tuple[type[Message], ...]] = (Presence,)

    def __init__(
        self, core: PresenceCore, desktop: Desktop, save: Callable[[SavedStatus], Awaitable[None]]
    ) -> None:
        super().__init__(core)
        self._desktop = desktop
        self._save = save

    async def attend(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        task_status.started()
        async for state in self._desktop.changes():
            around = Surroundings(displays=state.displays, locked=state.locked, error=state.error)
            await self.observe(around)

    async def perform(self, effect: Effect) -> None:
        if isinstance(effect, StatusChanged):
            await self._save(effect.saved)
