"""Media channels: a session's own connection for pictures or sound, beside the link.

The side that is watched waits at its door; the side that watches dials with the session's id and the nonce
that it was granted over the link.
"""

import hmac
from dataclasses import dataclass, field

import trio

from lanassist.node.errors import LinkBroken
from lanassist.node.link.channel import ChannelClosed
from lanassist.node.link.connection import Connection
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import NodeId
from lanassist.node.trust.identity import Identity


class MediaChannel:
    """Binary messages of at most MEDIA_MESSAGE_BYTES, in order. ``send`` waits while the peer is slow."""

    def __init__(self, connection: Connection, session: str) -> None:
        self._connection = connection
        self._scope = trio.CancelScope()
        self._why = "it was closed"
        self.session = session

    @property
    def identity(self) -> Identity:
        """Who is at the other end."""
        return self._connection.identity

    async def send(self, data: bytes) -> None:
        """Raises LinkBroken once the channel is over."""
        if len(data) > limits.MEDIA_MESSAGE_BYTES:
            raise ValueError(f"a media message of {len(data)} bytes")
        self._still_open()
        try:
            await self._connection.channel.send(data)
        except ChannelClosed as closed:
            raise self._broken(str(closed)) from None

    async def receive(self) -> bytes:
        """The next message. Raises LinkBroken once the channel is over, or if the message is too large."""
        self._still_open()
        try:
            data = await self._connection.channel.receive()
        except ChannelClosed as closed:
            raise self._broken(str(closed)) from None
        if len(data) > limits.MEDIA_MESSAGE_BYTES:
            self.kick(f"a message had more than {limits.MEDIA_MESSAGE_BYTES} bytes")
            self._still_open()
        return data

    async def aclose(self) -> None:
        """Close politely, within CLOSE_DEADLINE. Closing twice is no mistake."""
        if not self._scope.cancel_called:
            await self._connection.channel.close()
        self.kick()

    def kick(self, why: str = "it was closed") -> None:
        """End it now, whatever the peer does: not one more byte goes to it."""
        if not self._scope.cancel_called:
            self._why = why
            self._scope.cancel()

    async def run(self) -> None:
        """Hold the connection until the channel is over; for whoever opened the connection."""
        try:
            with self._scope:
                await trio.sleep_forever()
        finally:
            await self._connection.transport.abort()

    def _still_open(self) -> None:
        if self._scope.cancel_called:
            raise self._broken(self._why)

    def _broken(self, why: str) -> LinkBroken:
        told = self._why if self._scope.cancel_called else why
        return LinkBroken(agent=self.identity.name, why=told)


@dataclass(eq=False)
class _Expected:
    nonce: str
    taken: bool = False
    channel: MediaChannel | None = None
    here: trio.Event = field(default_factory=trio.Event)


class MediaDoor:
    """Where the watched side waits for the channels that it has granted; each may come once."""

    def __init__(self) -> None:
        self._expected: dict[tuple[NodeId, str], _Expected] = {}

    def expect(self, session: str, nonce: str, peer: NodeId) -> None:
        """Let ``peer`` open the channel of ``session``, once, if it brings ``nonce``."""
        self._expected[peer, session] = _Expected(nonce)

    def forget(self, session: str, peer: NodeId) -> None:
        """The session is over: nobody is expected any more, and a channel that came is ended."""
        expected = self._expected.pop((peer, session), None)
        if expected is not None and expected.channel is not None:
            expected.channel.kick()

    async def arrival(self, session: str, peer: NodeId) -> MediaChannel:
        """The channel, once it is there. Raises LinkBroken if it does not come within MEDIA_DEADLINE."""
        expected = self._expected.get((peer, session))
        if expected is not None:
            with trio.move_on_after(limits.MEDIA_DEADLINE):
                await expected.here.wait()
        if expected is None or expected.channel is None:
            self.forget(session, peer)
            raise LinkBroken(agent=peer, why="the channel for pictures did not open in time")
        return expected.channel

    def admit(self, peer: NodeId, session: str, nonce: str) -> bool:
        """Whether this is the channel that is expected; a second one of the same session is not."""
        expected = self._expected.get((peer, session))
        if expected is None or expected.taken:
            return False
        if not hmac.compare_digest(expected.nonce.encode(), nonce.encode()):
            return False
        expected.taken = True
        return True

    def deliver(self, channel: MediaChannel) -> bool:
        """Hand over an admitted channel; False if its session has ended meanwhile."""
        expected = self._expected.get((channel.identity.node, channel.session))
        if expected is None or expected.channel is not None:
            return False
        expected.channel = channel
        expected.here.set()
        return True
