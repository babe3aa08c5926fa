"""WebSockets of the node's local API, for what is live. Imported only then, because of trio."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

import msgspec
import trio
from trio_websocket import (
    ConnectionClosed,
    ConnectionRejected,
    HandshakeError,
    WebSocketConnection,
    open_websocket_url,
)

from lanassist.cli.client import NodeClient
from lanassist.node.errors import LanassistError, LocalAccessDenied, MachineError, NodeNotRunning
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


class Changed(msgspec.Struct, frozen=True):
    """One value that was put up on the node's board, or taken down."""

    topic: str
    key: str
    value: msgspec.Raw = msgspec.Raw(b"null")

    @property
    def gone(self) -> bool:
        return bytes(self.value) == b"null"


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the event WebSocket; the first, with ``snapshot``, holds the whole board."""

    now: float
    snapshot: bool
    changes: list[Changed]


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
    async with _socket(node, "/api/events") as socket:
        yield Events(node, socket)


@asynccontextmanager
async def media_of(node: NodeClient, session: str) -> AsyncIterator[Channel]:
    """The pictures of a glance that was just started. Raises as ``events_of``."""
    async with _socket(node, f"/api/media/{session}") as socket:
        yield Channel(node, socket)


@asynccontextmanager
async def _socket(node: NodeClient, path: str) -> AsyncIterator[WebSocketConnection]:
    headers = [(name.encode(), value.encode()) for name, value in node.headers().items()]
    try:
        async with open_websocket_url(
            node.running.page.replace("http:", "ws:", 1) + path,
            extra_headers=headers,
            max_message_size=SNAPSHOT_BYTES,
            receive_buffer_size=limits.RECEIVE_BUFFER,
            disconnect_timeout=limits.CLOSE_DEADLINE,
        ) as socket:
            yield socket
    except ConnectionRejected as error:
        if error.status_code in (401, 403):
            raise LocalAccessDenied from error
        raise MachineError(why=f"the node answered {error.status_code} for {path}") from error
    except (HandshakeError, OSError) as error:
        raise NodeNotRunning(home=node.home) from error


def run_live(main: Callable[[], Awaitable[None]]) -> None:
    """Run ``main`` under trio; what went wrong comes out bare, not as a group of one.

    Raises LanassistError, KeyboardInterrupt.
    """
    try:
        trio.run(main)
    except BaseExceptionGroup as group:
        interrupted, _ = group.split(KeyboardInterrupt)
        if interrupted is not None:
            raise KeyboardInterrupt from None
        told, bugs = group.split(LanassistError)
        if told is None or bugs is not None:
            raise
        raise _first(told) from None


def _first(group: BaseExceptionGroup[LanassistError]) -> LanassistError:
    inner = group.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner
