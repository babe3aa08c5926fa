"""Everything that passes between links, services, the board and local users passes here.

One inbox a service, bounded: a core that falls behind slows the links that feed it, not the others'
memory. A command waits for its reply here, and is checked here against this node's own certificate.
"""

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec
import trio

from lanassist.node.board import Board
from lanassist.node.errors import LanassistError, UnknownCommand, Unreachable
from lanassist.node.protocol.messages import Message, NodeId
from lanassist.node.services.base import (
    AnyCommand,
    Command,
    Commanded,
    GaveUp,
    Observed,
    PeerDown,
    PeerUp,
    Received,
    Ticket,
)
from lanassist.node.services.facts import Fact
from lanassist.node.services.loop import Archive, Ledger, Loop
from lanassist.node.services.service import Service
from lanassist.node.trust.identity import Identity

ReplyT = TypeVar("ReplyT", bound=msgspec.Struct)


class Switchboard:
    """Connects the services to the world, and runs their loops."""

    def __init__(
        self,
        me: Identity,
        services: Sequence[Service],
        board: Board,
        archive: Archive,
        send: Callable[[NodeId, Message], None],
        clock: Callable[[], float],
        ledger: Ledger,
    ) -> None:
        self.archive = archive
        self.ledger = ledger
        self.clock = clock
        self._me = me
        self._services = services
        self._board = board
        self._send = send
        self._tickets = itertools.count(1)
        self._waiting: dict[Ticket, trio.MemorySendChannel[msgspec.Struct | LanassistError]] = {}
        self._by_command: dict[type[AnyCommand], Service] = {
            command: service for service in services for command in service.commands
        }
        self._up: dict[NodeId, Identity] = {}
        self._told: dict[tuple[str, type[Fact]], tuple[Service, Fact]] = {}
        """The newest fact of each kind that each service told, for a core that begins again."""

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Run every service until cancelled."""
        async with trio.open_nursery() as nursery:
            for service in self._services:
                loop = Loop(service, self)
                await nursery.start(service.attend)
                await loop.start()
                if service.loopback:
                    await service.tell(PeerUp(self._me))
                nursery.start_soon(loop.run, name=f"service {service.name}")
            task_status.started()

    # --- links ---------------------------------------------------------------------------------------

    async def peer_up(self, peer: Identity) -> None:
        self._up[peer.node] = peer
        for service in self._services:
            await service.tell(PeerUp(peer))

    async def peer_down(self, peer: NodeId) -> None:
        self._up.pop(peer, None)
        for service in self._services:
            await service.tell(PeerDown(peer))

    async def receive(self, peer: Identity, message: Message) -> None:
        for service in self._services:
            if service.wants(message):
                await service.tell(Received(peer, message))

    # --- local users ---------------------------------------------------------------------------------

    async def call(self, command: Command[ReplyT]) -> ReplyT:
        """Carry out a local user's command. The one door: page, CLI and API all come through here.

        Who is cancelled while waiting has given it up: what an agent was asked for then is withdrawn.
        Raises the LanassistError that refuses it.
        """
        if command.role is not None and (missing := self._me.why_not_role(command.role)):
            raise missing
        service = self._by_command.get(type(command))
        if service is None:
            raise UnknownCommand(command=command.name)
        ticket = next(self._tickets)
        # One reply a ticket, so one place; the answering loop never waits for a caller who left.
        put, get = trio.open_memory_channel[msgspec.Struct | LanassistError](1)
        self._waiting[ticket] = put
        answer: msgspec.Struct | LanassistError | None = None
        try:
            with trio.fail_after(command.patience):
                await service.tell(Commanded(ticket, command))
                answer = await get.receive()
        except trio.TooSlowError:
            raise Unreachable(address=command.name, why="the node did not answer in time") from None
        finally:
            del self._waiting[ticket]
            if answer is None:
                service.tell_soon(Observed(GaveUp(ticket)))
        if isinstance(answer, LanassistError):
            raise answer
        return answer  # type: ignore[return-value]  # a core replies with its command's own reply type

    # --- what the loops need -------------------------------------------------------------------------

    def send(self, to: NodeId, message: Message) -> None:
        """To a peer, or to this node itself if a service of it is its own peer."""
        if to != self._me.node:
            self._send(to, message)
            return
        for service in self._services:
            if service.loopback and service.wants(message):
                service.tell_soon(Received(self._me, message))

    def publish(self, topic: str, key: str, value: msgspec.Struct | None) -> None:
        self._board.put(topic, key, value)

    def tell(self, teller: Service, key: str, fact: Fact) -> None:
        """To every sibling of the teller."""
        self._told[teller.name, type(fact)] = (teller, fact)
        for service in self._services:
            if service is not teller:
                service.inform(key, fact)

    def peers(self, service: Service) -> Iterable[Identity]:
        """Who is up now, as far as a service has to know."""
        return [*([self._me] if service.loopback else []), *self._up.values()]

    def facts(self, service: Service) -> Iterable[Fact]:
        """What the siblings of a service told last."""
        return [
            fact
            for teller, fact in self._told.values()
            if teller is not service and isinstance(fact, service.hears)
        ]

    def answer(self, ticket: Ticket, answer: msgspec.Struct | LanassistError) -> None:
        if (waiting := self._waiting.get(ticket)) is not None:
            waiting.send_nowait(answer)
