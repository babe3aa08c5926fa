"""How the fleet talks to what is measured: over lanassist's links, or in JSON over a bare WebSocket."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import msgspec
import trio
import trio_websocket

from lanassist.node.link.dial import dial
from lanassist.node.link.endpoint import Endpoint
from lanassist.node.link.link import Link
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Message
from lanassist.node.trust.credentials import Credentials
from lanassist.node.trust.tls import client_context

HOST = "127.0.0.1"
Say = Callable[[Message], None]
Hear = Callable[[Message, Say], Awaitable[None]]
Line = Callable[[Credentials, int, Hear], AbstractAsyncContextManager[Say]]
"""A connection with these credentials to that port, for the length of a ``with``."""
PILE = 1024


async def heed_nothing(_: Message, __: Say) -> None:
    await trio.lowlevel.checkpoint()


@asynccontextmanager
async def link(credentials: Credentials, port: int, hear: Hear) -> AsyncIterator[Say]:
    """The real thing. When the link is over, so is the ``with``."""
    endpoint = Endpoint(credentials, instance=credentials.identity.node)
    async with dial(endpoint, [(HOST, port)], None, endpoint.hello()) as connection:
        made = Link(connection)

        async def receive(message: Message) -> None:
            await hear(message, made.post)

        async with trio.open_nursery() as nursery:

            async def live() -> None:
                await made.run(receive)
                nursery.cancel_scope.cancel()

            nursery.start_soon(live)
            yield made.post
            nursery.cancel_scope.cancel()


@asynccontextmanager
async def bare(credentials: Credentials, port: int, hear: Hear) -> AsyncIterator[Say]:
    """The same words as JSON, with who says them; the same TLS; nothing else. It hears nothing."""
    me = credentials.identity
    stream = await trio.open_tcp_stream(HOST, port)
    secured = trio.SSLStream(stream, client_context(credentials))
    await secured.do_handshake()
    put, get = trio.open_memory_channel[bytes](PILE)
    async with trio.open_nursery() as nursery:
        socket = await trio_websocket.wrap_client_stream(
            nursery, secured, HOST, "/", receive_buffer_size=limits.RECEIVE_BUFFER
        )

        async def write() -> None:
            async for data in get:
                await socket.send_message(data.decode())

        nursery.start_soon(write)
        yield lambda message: put.send_nowait(msgspec.json.encode((me.node, me.name, message)))
        nursery.cancel_scope.cancel()


LINES: dict[str, Line] = {"lanassist": link, "bare": bare}
