"""The peers' shell: what mDNS and the dialler say becomes occurrences, what the core wishes becomes dials."""

from collections.abc import Callable
from typing import ClassVar, Protocol

import trio

from lanassist.node.discovery.addresses import Address
from lanassist.node.discovery.mdns import Candidates
from lanassist.node.link.dialer import Attempt, Dialer, Target
from lanassist.node.services.base import AnyCommand, Effect
from lanassist.node.services.peers.commands import COMMANDS
from lanassist.node.services.peers.core import (
    Dial,
    Dialled,
    DropStatic,
    KeepStatic,
    KnownNode,
    PeersCore,
    Remember,
)
from lanassist.node.services.service import Service


class Memory(Protocol):
    """What is kept over restarts."""

    async def remember(self, node: KnownNode) -> None: ...
    async def keep_static(self, address: Address) -> None: ...
    async def drop_static(self, address: Address) -> None: ...


class PeersService(Service):
    """Peers on this node."""

    name: ClassVar[str] = "peers"
    commands: ClassVar[tuple[type[AnyCommand], ...]] = COMMANDS

    def __init__(
        self,
        core: PeersCore,
        candidates: Candidates,
        make_dialer: Callable[[Callable[[Attempt], object]], Dialer],
        memory: Memory,
    ) -> None:
        super().__init__(core)
        self._candidates = candidates
        self._dialer = make_dialer(self._note_attempt)
        self._memory = memory
        self._attempts: dict[str, Attempt] = {}
        self._attempted = trio.Event()

    def _note_attempt(self, attempt: Attempt) -> None:
        """Keep the newest of each target; the dialler never waits for the core."""
        self._attempts[attempt.key] = attempt
        self._attempted.set()

    async def attend(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._dialer.run)
            nursery.start_soon(self._hear_candidates)
            nursery.start_soon(self._tell_attempts)
            task_status.started()

    async def _hear_candidates(self) -> None:
        async for event in self._candidates:
            await self.observe(event)

    async def _tell_attempts(self) -> None:
        while True:
            await self._attempted.wait()
            self._attempted = trio.Event()
            attempts, self._attempts = self._attempts, {}
            for attempt in attempts.values():
                await self.observe(
                    Dialled(key=attempt.key, state=attempt.state, why=attempt.why, node=attempt.node)
                )

    async def perform(self, effect: Effect) -> None:
        match effect:
            case Dial(targets):
                self._dialer.set_targets(
                    Target(key=each.key, addresses=each.addresses, expected=each.expected) for each in targets
                )
            case Remember(node):
                await self._memory.remember(node)
            case KeepStatic(address):
                await self._memory.keep_static(address)
            case DropStatic(address):
                await self._memory.drop_static(address)
