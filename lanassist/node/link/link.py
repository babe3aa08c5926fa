"""A link: one peer, its reader, its writer, its heartbeat."""

import math
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import trio

from lanassist.node.errors import LanassistError, LinkBroken
from lanassist.node.link.channel import ChannelClosed
from lanassist.node.link.connection import Address, Connection
from lanassist.node.link.outbox import Outbox
from lanassist.node.protocol import limits
from lanassist.node.protocol.codec import MalformedMessage, decode, encode
from lanassist.node.protocol.messages import (
    Goodbye,
    Heartbeat,
    Hello,
    Message,
    NodeId,
    Ready,
    Refusal,
    Welcome,
)
from lanassist.node.trust.identity import Identity

_HEARTBEAT = encode(Heartbeat())
EXPIRY_LOOK = 60.0
"""Seconds between looks at the wall clock."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


_HANDSHAKE = (Hello, Welcome, Ready, Refusal)


class Link:
    """One live peer. Made from an open connection, it lives while ``run`` runs.

    ``ended`` is why it is over: None while it lives, and also after a goodbye that gave no cause.
    """

    def __init__(self, connection: Connection, wall: Callable[[], datetime] = _utc_now) -> None:
        self._connection = connection
        self._wall = wall
        self._outbox = Outbox()
        self._scope = trio.CancelScope()
        self._closing = False
        self.over = trio.Event()
        self.down = trio.Event()
        self.ended: LanassistError | None = None

    @property
    def identity(self) -> Identity:
        return self._connection.identity

    @property
    def node(self) -> NodeId:
        return self._connection.node

    @property
    def instance(self) -> str:
        return self._connection.instance

    @property
    def dialled(self) -> bool:
        """Whether this node dialled; otherwise the peer did."""
        return self._connection.dialled

    @property
    def address(self) -> Address:
        """Where the peer can be dialled; port 0 if it does not listen."""
        return self._connection.address

    def post(self, message: Message) -> None:
        """Queue a message for the peer, at once. A peer that lets too many pile up is cut off."""
        data = encode(message)
        if len(data) > limits.MESSAGE_BYTES:
            raise ValueError(f"{type(message).__name__} has {len(data)} bytes, more than may be sent")
        if not self._outbox.put(data):
            self.kick(self._broken("it does not keep up with what it is sent"))

    def kick(self, why: LanassistError | None = None) -> None:
        """End the link now, whatever the peer does: not one more byte goes to it."""
        if not self._scope.cancel_called:
            self.ended = None if self._closing else why
            self._scope.cancel()

    async def close(self, code: str, text: str = "") -> None:
        """Send what is queued and a goodbye; after CLOSE_DEADLINE the link ends in any case."""
        self._closing = True
        self.post(Goodbye(code=code, text=text))
        with trio.move_on_after(limits.CLOSE_DEADLINE, shield=True):
            await self.over.wait()
        self.kick()

    async def run(self, receive: Callable[[Message], Awaitable[None]]) -> None:
        """Live. Returns when the link is over; ``receive`` is awaited for each message, one at a time."""
        try:
            with self._scope:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self._write)
                    nursery.start_soon(self._end_at_expiry)
                    await self._read(receive)
        finally:
            await self._connection.transport.abort()
            self.over.set()

    async def _read(self, receive: Callable[[Message], Awaitable[None]]) -> None:
        """Until something ends the link. Silence is measured while waiting for the peer, never for us."""
        with trio.CancelScope() as silence:
            while not self._scope.cancel_called:
                silence.deadline = trio.current_time() + limits.SILENCE
                try:
                    message = decode(await self._connection.channel.receive())
                except ChannelClosed as closed:
                    return self.kick(self._broken(str(closed)))
                except MalformedMessage as malformed:
                    return self.kick(self._broken(f"it sent a malformed message ({malformed})"))
                if message is None or isinstance(message, Heartbeat):
                    continue
                if isinstance(message, Goodbye):
                    return self.kick(self._broken(message.text) if message.text else None)
                if isinstance(message, _HANDSHAKE):
                    return self.kick(self._broken("it began the handshake again"))
                silence.deadline = math.inf
                await receive(message)
        return self.kick(self._broken(f"nothing was heard of it for {limits.SILENCE:.0f} s"))

    async def _write(self) -> None:
        """Send what is posted, and a heartbeat whenever there was nothing for a while."""
        while True:
            data = _HEARTBEAT
            with trio.move_on_after(limits.HEARTBEAT_EVERY):
                data = await self._outbox.get()
            with trio.move_on_after(limits.SILENCE) as stuck:
                try:
                    await self._connection.channel.send(data)
                except ChannelClosed as closed:
                    return self.kick(self._broken(str(closed)))
            if stuck.cancelled_caught:
                return self.kick(self._broken("it has stopped reading"))
            if self._closing and not len(self._outbox):
                await self._connection.channel.close()
                return self.kick()

    async def _end_at_expiry(self) -> None:
        """TLS looks at a certificate's dates once, at the handshake; a link may last longer than it."""
        while (left := self._valid_for()) > 0:  # noqa: ASYNC110 - wall clocks jump and tell no event
            await trio.sleep(min(left, EXPIRY_LOOK))
        self.kick(self._broken("its certificate has expired"))

    def _valid_for(self) -> float:
        """Seconds."""
        return (self.identity.expires - self._wall()).total_seconds()

    def _broken(self, why: str) -> LinkBroken:
        return LinkBroken(agent=self.identity.name, why=why)
