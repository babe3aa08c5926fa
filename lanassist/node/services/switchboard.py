"""Everything that passes between links, services, the board and local users passes here.

One inbox a service, bounded: a core that falls behind slows the links that feed it, not the others'
memory. A command waits for its reply here, and is checked here against this node's own certificate.
"""

import itertools
import logging
import math
from collections.abc import Callable, Sequence
from typing import ClassVar, TypeVar

import msgspec
import trio

from lanassist.node.board import Board
from lanassist.node.errors import LanassistError, UnknownCommand, Unreachable
from lanassist.node.protocol.messages import Message, NodeId, SessionMessage
from lanassist.node.services.base import (
    INBOX,
    AnyCommand,
    Command,
    Commanded,
    Core,
    Effect,
    Observed,
    Occurrence,
    PeerDown,
    PeerUp,
    Publish,
    Received,
    Refuse,
    Reply,
    Send,
    Ticket,
)
from lanassist.node.trust.identity import Identity

COMMAND_DEADLINE = 15.0
_log = logging.getLogger(__name__)
ReplyT = TypeVar("ReplyT", bound=msgspec.Struct)


class Service:
    """The trio shell around a core. Subclasses add their devices, streams and storage."""

    name: ClassVar[str]
    commands: ClassVar[tuple[type[AnyCommand], ...]] = ()
    messages: ClassVar[tuple[type[Message], ...]] = ()
    """What the core wants to receive; session messages come by their ``service`` field."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.inbox, self._inbox = trio.open_memory_channel[Occurrence](INBOX)

    async def tell(self, occurrence: Occurrence) -> None:
        """Queue something for the core; waits while the queue is full."""
        await self.inbox.send(occurrence)

    async def observe(self, event: object) -> None:
        """Tell the core of something about this machine."""
        await self.tell(Observed(event))

    async def perform(self, effect: Effect) -> None:
        """An effect of this service's own kind."""
        raise NotImplementedError(f"{self.name} has no way to perform {effect!r}")

    async def attend(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """This service's own tasks, for as long as the node runs."""
        task_status.started()

    def wants(self, message: Message) -> bool:
        """Whether the core is to receive this message."""
        if isinstance(message, SessionMessage):
            return message.service == self.name
        return isinstance(message, self.messages)

    async def next_occurrence(self) -> Occurrence:
        return await self._inbox.receive()


class Switchboard:
    """Connects the services to the world, and runs their loops."""

    def __init__(
        self,
        me: Identity,
        services: Sequence[Service],
        board: Board,
        send: Callable[[NodeId, Message], None],
        clock: Callable[[], float],
    ) -> None:
        self._me = me
        self._services = services
        self._board = board
        self._send = send
        self._clock = clock
        self._tickets = itertools.count(1)
        self._waiting: dict[Ticket, trio.MemorySendChannel[msgspec.Struct | LanassistError]] = {}
        self._by_command: dict[type[AnyCommand], Service] = {
            command: service for service in services for command in service.commands
        }

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Run every service until cancelled."""
        async with trio.open_nursery() as nursery:
            for service in self._services:
                await nursery.start(service.attend)
                await self._apply(service, service.core.start(self._clock()))
                nursery.start_soon(self._loop, service, name=f"service {service.name}")
            task_status.started()

    async def peer_up(self, peer: Identity) -> None:
        for service in self._services:
            await service.tell(PeerUp(peer))

    async def peer_down(self, peer: NodeId) -> None:
        for service in self._services:
            await service.tell(PeerDown(peer))

    async def receive(self, peer: Identity, message: Message) -> None:
        for service in self._services:
            if service.wants(message):
                await service.tell(Received(peer, message))

    async def call(self, command: Command[ReplyT]) -> ReplyT:
        """Carry out a local user's command. The one door: page, CLI and API all come through here.

        Raises the LanassistError that refuses it.
        """
        service = self._by_command.get(type(command))
        if service is None:
            raise UnknownCommand(command=command.name)
        if command.role is not None and (missing := self._me.why_not_role(command.role)):
            raise missing
        ticket = next(self._tickets)
        # One reply a ticket, so one place; the answering loop never waits for a caller who left.
        put, get = trio.open_memory_channel[msgspec.Struct | LanassistError](1)
        self._waiting[ticket] = put
        try:
            with trio.fail_after(COMMAND_DEADLINE):
                await service.tell(Commanded(ticket, command))
                answer = await get.receive()
        except trio.TooSlowError:
            raise Unreachable(address=command.name, why="the node did not answer in time") from None
        finally:
            del self._waiting[ticket]
        if isinstance(answer, LanassistError):
            raise answer
        return answer  # type: ignore[return-value]  # a core replies with its command's own reply type

    async def _loop(self, service: Service) -> None:
        while True:
            occurrence: Occurrence | None = None
            deadline = service.core.deadline()
            seconds = math.inf if deadline is None else max(0.0, deadline - self._clock())
            with trio.move_on_after(seconds):
                occurrence = await service.next_occurrence()
            await self._apply(service, self._decide(service.core, occurrence, self._clock()))

    @staticmethod
    def _decide(core: Core, occurrence: Occurrence | None, now: float) -> Sequence[Effect]:
        match occurrence:
            case None:
                return core.on_deadline(now)
            case PeerUp(peer):
                return core.peer_up(peer, now)
            case PeerDown(node):
                return core.peer_down(node, now)
            case Received(peer, message):
                return core.receive(peer, message, now)
            case Commanded(ticket, command):
                return core.command(ticket, command, now)
            case Observed(event):
                return core.observe(event, now)

    async def _apply(self, service: Service, effects: Sequence[Effect]) -> None:
        failure: LanassistError | None = None
        for effect in effects:
            match effect:
                case Reply(ticket) if failure is not None:
                    self._answer(ticket, failure)
                case Send(to, message):
                    self._send(to, message)
                case Publish(topic, key, value):
                    self._board.put(topic, key, value)
                case Reply(ticket, value):
                    self._answer(ticket, value)
                case Refuse(ticket, error):
                    self._answer(ticket, error)
                case _:
                    failure = await self._perform(service, effect) or failure

    async def _perform(self, service: Service, effect: Effect) -> LanassistError | None:
        """What cannot be done (a full disk) refuses the command that wanted it; a bug ends the node."""
        try:
            await service.perform(effect)
        except LanassistError as error:
            _log.error("%s: %s", service.name, error.text)
            return error
        return None

    def _answer(self, ticket: Ticket, answer: msgspec.Struct | LanassistError) -> None:
        if (waiting := self._waiting.get(ticket)) is not None:
            waiting.send_nowait(answer)
