"""The bare byte stream under a connection: capped while its peer is unknown, cut off at once if need be."""

import socket
import struct

import trio

from lanassist.node.protocol import limits

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Transport(trio.abc.Stream):
    """Wraps a stream. Before ``lift`` it reads ``budget`` bytes at most and is broken after that."""

    def __init__(self, stream: trio.abc.Stream, budget: int = limits.PRE_AUTH_BYTES) -> None:
        self._stream = stream
        self._left: int | None = budget
        self._address = _remote_address(stream)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the far end; ("", 0) when the stream is no socket."""
        return self._address

    def lift(self) -> None:
        """The peer is known now: read without a cap."""
        self._left = None

    async def wait_for_a_word(self) -> None:
        """Until the peer has sent something, or is gone: a silent socket costs no more than this."""
        if isinstance(self._stream, trio.SocketStream):
            await trio.lowlevel.wait_readable(self._stream.socket)

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        """Bytes from the peer; raises trio.BrokenResourceError once the budget is used up."""
        if self._left is None:
            return await self._stream.receive_some(max_bytes)
        if self._left == 0:
            raise trio.BrokenResourceError("too much was sent before the peer was known")
        data = await self._stream.receive_some(min(max_bytes or self._left, self._left))
        if self._left is not None:
            self._left -= len(data)
        return data

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        await self._stream.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        await self._stream.wait_send_all_might_not_block()

    async def send_eof(self) -> None:
        """Nothing more will be sent; what the peer sends can still be read."""
        if isinstance(self._stream, trio.abc.HalfCloseableStream):
            await self._stream.send_eof()

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def abort(self) -> None:
        """Close at once and drop what is still unsent, so that not one byte more reaches the peer."""
        if isinstance(self._stream, trio.SocketStream) and self._stream.socket.fileno() != -1:
            self._stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        await trio.aclose_forcefully(self._stream)


def _remote_address(stream: trio.abc.Stream) -> tuple[str, int]:
    if not isinstance(stream, trio.SocketStream):
        return ("", 0)
    try:
        name = stream.socket.getpeername()
    except OSError:  # it is gone already
        return ("", 0)
    return (str(name[0]), int(name[1]))


def spelled(address: tuple[str, int]) -> str:
    """``host:port`` for people, an IPv6 host in brackets."""
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
