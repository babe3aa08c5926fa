"""The table of live links and media channels: who is connected, who replaces whom, who is cut off."""

import secrets
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import trio

from lanassist.node.errors import CertificateRefused, LanassistError, Offline
from lanassist.node.link.connection import Address, Connection
from lanassist.node.link.dial import Connect, dial
from lanassist.node.link.endpoint import Endpoint
from lanassist.node.link.link import Link
from lanassist.node.link.media import MediaChannel, MediaDoor
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Message, NodeId
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.revocation import Revocations

OnUp = Callable[[Identity], Awaitable[None]]
OnMessage = Callable[[Identity, Message], Awaitable[None]]
OnDown = Callable[[NodeId, LanassistError | None], Awaitable[None]]


class Standing(NamedTuple):
    """What decides between two connections to the same node."""

    instance: str
    serial: str
    dialled: bool


def newcomer_wins(me: NodeId, peer: NodeId, current: Standing, newcomer: Standing) -> bool:
    """Whether a new connection replaces the current one; both ends come to the same answer.

    A peer that was restarted or has a new certificate is met anew, and whoever dials twice has lost the
    first. If both dialled each other at once, the one that the lower node id dialled stays.
    """
    if (newcomer.instance, newcomer.serial) != (current.instance, current.serial):
        return True
    if newcomer.dialled == current.dialled:
        return True
    return newcomer.dialled == (me < peer)


class Links:
    """Every live link of this node, by node id.

    ``on_up(identity)``, ``on_message(identity, message)`` and ``on_down(node, error)`` are awaited in this
    order for each link, one at a time; for a link that replaces another, ``on_up`` comes after the
    other's ``on_down``. A slow callback slows its own link only. ``error`` is None after a plain goodbye.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        on_up: OnUp,
        on_message: OnMessage,
        on_down: OnDown,
        capacity: int = limits.LINKS_TOTAL,
        connect: Connect = trio.open_tcp_stream,
    ) -> None:
        self._endpoint = endpoint
        self._on_up = on_up
        self._on_message = on_message
        self._on_down = on_down
        self._capacity = capacity
        self._connect = connect
        self._table: dict[NodeId, Link] = {}
        self._media: set[MediaChannel] = set()
        self._nursery: trio.Nursery | None = None
        self.door = MediaDoor()

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Holds the media channels that ``open_media`` dials; until cancelled."""
        async with trio.open_nursery() as self._nursery:
            task_status.started()
            await trio.sleep_forever()

    @property
    def full(self) -> bool:
        """No room for a further connection."""
        return len(self._table) + len(self._media) >= self._capacity

    @property
    def identities(self) -> list[Identity]:
        """Who is connected."""
        return [link.identity for link in self._table.values() if not link.over.is_set()]

    def live(self, node: NodeId) -> Link | None:
        """The link to this node, if there is one."""
        link = self._table.get(node)
        return None if link is None or link.over.is_set() else link

    def address(self, node: NodeId) -> Address | None:
        """Where a connected node can be dialled; None if it is not connected or does not listen."""
        link = self.live(node)
        return None if link is None or not link.address[1] else link.address

    def send(self, node: NodeId, message: Message) -> None:
        """Queue a message for a connected node; dropped if it is not (``on_down`` tells)."""
        if (link := self.live(node)) is not None:
            link.post(message)

    def wants(self, identity: Identity, instance: str, dialled: bool) -> bool:
        """Whether a new connection to this node would be kept beside what there is."""
        current = self.live(identity.node)
        if current is None:
            return True
        standing = Standing(current.instance, current.identity.serial, current.dialled)
        newcomer = Standing(instance, identity.serial, dialled)
        return newcomer_wins(self._endpoint.node, identity.node, standing, newcomer)

    async def hold(self, connection: Connection) -> LanassistError | None:
        """Keep a link over this connection until it is over; returns why it ended (None: a goodbye)."""
        if self._endpoint.revoked(connection.identity):
            return _revoked(connection.identity)
        if not self.wants(connection.identity, connection.instance, connection.dialled):
            return None
        link, earlier = Link(connection), self._table.get(connection.node)
        self._table[link.node] = link
        try:
            if earlier is not None:
                earlier.kick()
                await earlier.down.wait()
            if self._table.get(link.node) is link:
                await self._live(link)
        finally:
            if self._table.get(link.node) is link:
                del self._table[link.node]
            link.down.set()
        return link.ended

    async def _live(self, link: Link) -> None:
        await self._on_up(link.identity)
        await link.run(lambda message: self._on_message(link.identity, message))
        await self._on_down(link.node, link.ended)

    async def until_down(self, node: NodeId) -> None:
        """Wait while there is a link to this node."""
        while (link := self._table.get(node)) is not None:
            await link.down.wait()

    async def hold_media(self, channel: MediaChannel) -> None:
        """Keep a media channel until it is over."""
        if self._endpoint.revoked(channel.identity):
            return
        self._media.add(channel)
        try:
            await channel.run()
        finally:
            self._media.discard(channel)

    async def open_media(self, node: NodeId, session: str, nonce: str) -> MediaChannel:
        """Open the media channel of a session that this connected node has granted.

        Raises Offline if there is no link to it, or what dialling raises. ``run`` must be running.
        """
        link, address = self.live(node), self.address(node)
        if link is None or address is None or self._nursery is None:
            raise Offline(agent=node if link is None else link.identity.name, since="")
        channel: MediaChannel = await self._nursery.start(self._dial_media, address, node, session, nonce)
        return channel

    async def _dial_media(
        self,
        address: Address,
        node: NodeId,
        session: str,
        nonce: str,
        *,
        task_status: trio.TaskStatus[MediaChannel],
    ) -> None:
        hello = self._endpoint.media_hello(session, nonce)
        async with dial(self._endpoint, [address], node, hello, connect=self._connect) as connection:
            channel = MediaChannel(connection, session)
            task_status.started(channel)
            await self.hold_media(channel)

    def revoke(self, revocations: Revocations) -> list[Identity]:
        """Apply a newer list: cut every link and media channel that it covers, at once; returns whose."""
        self._endpoint.revocations = revocations
        cut = {}
        for link in [link for link in self._table.values() if revocations.covers(link.identity)]:
            link.kick(_revoked(link.identity))
            cut[link.node] = link.identity
        for channel in [each for each in self._media if revocations.covers(each.identity)]:
            channel.kick("its certificate has been revoked")
            cut[channel.identity.node] = channel.identity
        return list(cut.values())

    async def close(self, code: str, text: str = "") -> None:
        """Say goodbye to every peer, CLOSE_DEADLINE at most; links end, new ones may still come."""
        async with trio.open_nursery() as nursery:
            for link in list(self._table.values()):
                nursery.start_soon(link.close, code, text)
            for channel in list(self._media):
                nursery.start_soon(channel.aclose)


def _revoked(identity: Identity) -> LanassistError:
    return CertificateRefused(who="This node", why=f"the certificate of {identity.name} has been revoked")


def new_instance() -> str:
    """A random name for this run of the node."""
    return secrets.token_hex(8)
