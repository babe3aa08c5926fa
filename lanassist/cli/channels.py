"""WebSockets of the node's local API, for what is live. Imported only then, because of trio."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final
from urllib.parse import urlsplit

import msgspec
import trio
from trio_websocket import (
    ConnectionClosed,
    ConnectionRejected,
    WebSocketConnection,
    wrap_client_stream,
)

from lanassist.cli.board import EVENTS, Batch as Batch, Changed as Changed, refused
from lanassist.cli.client import PATIENCE, NodeClient
from lanassist.node.errors import LanassistError, MachineError, NodeNotRunning, first_of
from lanassist.node.protocol import limits

SNAPSHOT_BYTES: Final = 64 * 2**20
"""The first event message holds the whole board; it comes from this user's own node."""


class Channel:
    """One open WebSocket."""

    def __init__(self, node: NodeClient, socket: WebSocketConnection) -> None:
        self._node = node
        self._socket = socket

    async def receive(self) -> bytes:
        """The next message. Raises trio.EndOfChannel once the node has closed the channel."""
        try:
            message = await self._socket.get_message()
        except ConnectionClosed as error:
            raise trio.EndOfChannel from error
        return message.encode() if isinstance(message, str) else bytes(message)

    async def send(self, message: bytes) -> None:
        """Send one binary message. Raises trio.EndOfChannel."""
        try:
            await self._socket.send_message(message)
        except ConnectionClosed as error:
            raise trio.EndOfChannel from error

    async def renew(self, word: int) -> None:
        """Say each second that somebody is there, by a media channel's own word, until it is closed."""
        with suppress(trio.EndOfChannel):  # whoever receives notices it too, and the board says why
            while True:
                await self.send(bytes([word]))
                await trio.sleep(limits.LEASE_EVERY)


class Events(Channel):
    """The event WebSocket: the node's board and whatever changes on it."""

    async def next(self) -> Batch:
        """Raises NodeNotRunning when the node goes."""
        try:
            return msgspec.json.decode(await self.receive(), type=Batch)
        except trio.EndOfChannel as error:
            raise NodeNotRunning(home=self._node.home) from error


@asynccontextmanager
async def events_of(node: NodeClient) -> AsyncIterator[Events]:
    """The node's events. Raises NodeNotRunning, LocalAccessDenied, MachineError."""
    async with _socket(node, EVENTS) as socket:
        yield Events(node, socket)


@asynccontextmanager
async def media_of(node: NodeClient, session: str) -> AsyncIterator[Channel]:
    """The pictures or the sound of a session that was just started. Raises as ``events_of``."""
    async with _socket(node, f"/api/media/{session}") as socket:
        yield Channel(node, socket)


@asynccontextmanager
async def _socket(node: NodeClient, path: str) -> AsyncIterator[WebSocketConnection]:
    address = urlsplit(node.running.page)
    try:
        stream = await trio.open_tcp_stream(address.hostname or "", address.port or 0)
    except OSError as error:
        raise NodeNotRunning(home=node.home) from error
    try:
        async with stream, trio.open_nursery() as nursery:
            socket = await _upgraded(node, path, stream, nursery)
            yield socket
            with trio.move_on_after(limits.CLOSE_DEADLINE):
                await socket.aclose()
            nursery.cancel_scope.cancel()
    except* ConnectionRejected as rejected:  # raised by a task of the nursery's
        raise refused(path, first_of(rejected).status_code) from rejected


async def _upgraded(
    node: NodeClient, path: str, stream: trio.SocketStream, nursery: trio.Nursery
) -> WebSocketConnection:
    host = urlsplit(node.running.page).netloc
    headers = [(name.encode(), value.encode()) for name, value in node.headers().items()]
    with trio.move_on_after(PATIENCE):
        return await wrap_client_stream(
            nursery, stream, host, path, extra_headers=headers, max_message_size=SNAPSHOT_BYTES,
            receive_buffer_size=limits.RECEIVE_BUFFER,
        )  # fmt: skip
    raise MachineError(why=f"the node gave no answer in {PATIENCE:.0f} s")


def run_live(main: Callable[[], Awaitable[None]]) -> None:
    """Run ``main`` under trio; what went wrong comes out bare, not as a group of one.

    Raises LanassistError, KeyboardInterrupt.
    """
    try:
        # Ctrl+C goes to ``main`` alone. In the middle of another task, such as a WebSocket's reader, it would
        # be lost where that task is cancelled while it cleans up, and "no node is running" all that is left.
        trio.run(main, restrict_keyboard_interrupt_to_checkpoints=True)
    except BaseExceptionGroup as group:
        interrupted, _ = group.split(KeyboardInterrupt)
        if interrupted is not None:
            raise KeyboardInterrupt from None
        told, bugs = group.split(LanassistError)
        if told is None or bugs is not None:
            raise
        raise first_of(told) from None
