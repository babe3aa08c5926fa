"""Nodes for the tests of the link: endpoints of one site, over real sockets or over memory streams."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import trio
import trio.testing

from lanassist.node.errors import LanassistError
from lanassist.node.link.admission import Admission
from lanassist.node.link.dialer import Attempt, Dialer, Target
from lanassist.node.link.endpoint import Endpoint
from lanassist.node.link.links import Links
from lanassist.node.link.listener import Listener
from lanassist.node.protocol.messages import VERSION, Message, NodeId, Version
from lanassist.node.trust.credentials import Credentials
from lanassist.node.trust.identity import Identity

LOOPBACK = "127.0.0.1"


class MemoryLan:
    """A network of memory streams, for tests on a mock clock."""

    def __init__(self) -> None:
        self.nodes: dict[int, Node] = {}
        self.nursery: trio.Nursery | None = None
        self._ports = itertools.count(1)

    def attach(self, node: "Node") -> None:
        """Give a node a port of its own."""
        node.endpoint.port = next(self._ports)
        self.nodes[node.endpoint.port] = node

    async def connect(self, host: str, port: int) -> trio.abc.Stream:
        """As trio.open_tcp_stream."""
        await trio.lowlevel.checkpoint()
        if port not in self.nodes or self.nursery is None:
            raise ConnectionRefusedError(111, "Connection refused")
        near, far = trio.testing.memory_stream_pair()
        self.nursery.start_soon(self.nodes[port].listener.handle, far)
        return near


@dataclass
class Node:
    """One node's links, and all that they told."""

    credentials: Credentials
    instance: str = ""
    version: Version = VERSION
    admission: Admission = field(default_factory=Admission)
    capacity: int = 100
    lan: MemoryLan | None = None
    told: list[str] = field(default_factory=list)
    received: list[Message] = field(default_factory=list)
    errors: list[LanassistError | None] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.endpoint = Endpoint(
            self.credentials,
            instance=self.instance or f"instance of {self.name}",
            version=self.version,
        )
        self.links = Links(
            self.endpoint,
            on_up=self._up,
            on_message=self._message,
            on_down=self._down,
            capacity=self.capacity,
            connect=self._connect,
        )
        self.listener = Listener(self.endpoint, self.links, self.admission)
        self.dialer = Dialer(
            self.endpoint,
            self.links,
            on_attempt=self.attempts.append,
            random=lambda: 0.0,
            connect=self._connect,
        )

    @property
    def name(self) -> str:
        return self.credentials.identity.name

    @property
    def node(self) -> NodeId:
        return self.credentials.identity.node

    @property
    def address(self) -> tuple[str, int]:
        return (LOOPBACK, self.endpoint.port)

    def target(self, peer: "Node", *, anybody: bool = False) -> Target:
        """``peer`` as somebody to dial."""
        return Target(key=peer.name, addresses=(peer.address,), expected=None if anybody else peer.node)

    async def _up(self, identity: Identity) -> None:
        self.told.append(f"up {identity.name}")

    async def _message(self, identity: Identity, message: Message) -> None:
        self.received.append(message)

    async def _down(self, node: NodeId, error: LanassistError | None) -> None:
        self.told.append(f"down {node}")
        self.errors.append(error)

    async def _connect(self, host: str, port: int) -> trio.abc.Stream:
        if self.lan is not None:
            return await self.lan.connect(host, port)
        return await trio.open_tcp_stream(host, port)


@asynccontextmanager
async def running(*nodes: Node) -> AsyncIterator[trio.Nursery]:
    """The nodes listen on loopback and dial whatever they are told to, for the length of the ``with``."""
    async with trio.open_nursery() as nursery:
        for node in nodes:
            await nursery.start(node.links.run)
            if node.lan is not None:
                node.lan.nursery = nursery
                node.lan.attach(node)
            else:
                await nursery.start(node.listener.serve, LOOPBACK, 0)
            nursery.start_soon(node.dialer.run)
        yield nursery
        nursery.cancel_scope.cancel()
