"""Binary messages over one WebSocket; the only importer of trio_websocket.

trio-websocket runs a reader task for each connection. Whatever goes wrong in it, and its end while the
upgrade is still under way (which its own opening calls would wait out for ever), becomes ChannelClosed.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Final, cast

import trio
import trio_websocket

from lanassist.node.protocol import limits

PATH = "/lanassist"
DONE = 1000
TOO_BIG = 1009
CUT: Final = (trio.ClosedResourceError, trio.BrokenResourceError)


class ChannelClosed(Exception):
    """The channel is over; the text says why, as far as this end knows."""


class _Reader:
    """Stands where trio-websocket expects a nursery, so that the end of its reader is noticed."""

    def __init__(self, nursery: trio.Nursery) -> None:
        self._nursery = nursery
        self.opening = trio.CancelScope()
        self.why = "it closed the connection"

    def start_soon(self, task: Callable[[], Awaitable[object]]) -> None:
        self._nursery.start_soon(self._run, task)

    async def _run(self, task: Callable[[], Awaitable[object]]) -> None:
        try:
            await task()
        except trio_websocket.ConnectionRejected as rejected:
            self.why = f"it answered with HTTP status {rejected.status_code}"
        except Exception as error:  # whatever a peer's bytes trip in the reader ends this channel only
            self.why = f"it broke the WebSocket protocol ({type(error).__name__})"
        finally:
            self.opening.cancel()


class Channel:
    """One open WebSocket. Sending and receiving wait for the peer; closing is polite and bounded."""

    def __init__(self, socket: trio_websocket.WebSocketConnection, reader: _Reader) -> None:
        self._socket = socket
        self._reader = reader

    async def send(self, data: bytes) -> None:
        """Send one message, waiting while the peer is slow. Raises ChannelClosed."""
        try:
            await self._socket.send_message(data)
        except trio_websocket.ConnectionClosed as closed:
            raise ChannelClosed(self._why(closed)) from None

    async def receive(self) -> bytes:
        """The next message. Raises ChannelClosed, also when the peer sends text."""
        try:
            data = await self._socket.get_message()
        except trio_websocket.ConnectionClosed as closed:
            raise ChannelClosed(self._why(closed)) from None
        if not isinstance(data, bytes):
            raise ChannelClosed("it sent text where only binary messages are spoken")
        return data

    async def close(self) -> None:
        """Say that this end is done and wait for the peer to agree, CLOSE_DEADLINE at most.

        Whoever cuts the connection meanwhile has closed it too.
        """
        with trio.move_on_after(limits.CLOSE_DEADLINE), suppress(*CUT):
            await self._socket.aclose(DONE)

    def _why(self, closed: trio_websocket.ConnectionClosed) -> str:
        if closed.reason is not None and closed.reason.code == TOO_BIG:
            return f"a message had more than {limits.MESSAGE_BYTES} bytes"
        return self._reader.why


_Opening = Callable[[trio.Nursery], Awaitable[trio_websocket.WebSocketConnection]]


def dialled(stream: trio.abc.Stream, host: str) -> AbstractAsyncContextManager[Channel]:
    """The dialler's end of a WebSocket over ``stream``. Raises ChannelClosed if there is none to be had."""

    async def opening(reader: trio.Nursery) -> trio_websocket.WebSocketConnection:
        return await trio_websocket.wrap_client_stream(
            reader,
            cast("trio.SocketStream", stream),
            host,
            PATH,
            max_message_size=limits.MESSAGE_BYTES,
            receive_buffer_size=limits.RECEIVE_BUFFER,
        )

    return _opened(opening)


def accepted(stream: trio.abc.Stream) -> AbstractAsyncContextManager[Channel]:
    """The listener's end of a WebSocket over ``stream``. Raises ChannelClosed if the peer wants none."""

    async def opening(reader: trio.Nursery) -> trio_websocket.WebSocketConnection:
        request = await trio_websocket.wrap_server_stream(
            reader,
            stream,
            max_message_size=limits.MESSAGE_BYTES,
            receive_buffer_size=limits.RECEIVE_BUFFER,
        )
        if request.path != PATH:
            await request.reject(404)
            raise ChannelClosed("it asked for another path")
        return await request.accept()

    return _opened(opening)


@asynccontextmanager
async def _opened(opening: _Opening) -> AsyncIterator[Channel]:
    failure: Exception | None = None
    async with trio.open_nursery() as nursery:
        reader = _Reader(nursery)
        try:
            yield Channel(await _open(opening, reader), reader)
        except Exception as error:  # carried around the nursery, which would wrap it in a group
            failure = error
        finally:
            nursery.cancel_scope.cancel()
    if failure is not None:
        raise failure


async def _open(opening: _Opening, reader: _Reader) -> trio_websocket.WebSocketConnection:
    with reader.opening:
        try:
            return await opening(cast("trio.Nursery", reader))
        except trio_websocket.ConnectionClosed:
            raise ChannelClosed(reader.why) from None
    raise ChannelClosed(reader.why)
