"""The two that are compared: lanassist's links, and bare trio-websocket over the same TLS."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Protocol

import trio
import trio_websocket

from lanassist.node.errors import LanassistError
from lanassist.node.link.dial import dial
from lanassist.node.link.endpoint import Endpoint
from lanassist.node.link.link import Link
from lanassist.node.link.links import Links
from lanassist.node.link.listener import Listener
from lanassist.node.protocol import limits
from lanassist.node.protocol.codec import encode
from lanassist.node.protocol.messages import Display, Message, NodeId, Presence
from lanassist.node.trust.credentials import Credentials
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.tls import client_context, server_context

HOST = "127.0.0.1"
PRESENCE = Presence(
    status="available",
    status_age=61.5,
    online_age=3600.25,
    activity_age=4.75,
    locked=False,
    displays=(
        Display(number=1, x=0, y=0, width=1920, height=1080, primary=True, name="DP-1"),
        Display(number=2, x=1920, y=0, width=1920, height=1080, name="HDMI-1"),
    ),
)


Say = Callable[[], Awaitable[None]]
Caller = AbstractAsyncContextManager[Say]


class Tally:
    """What the holding process has seen."""

    def __init__(self) -> None:
        self.up = 0
        self.messages = 0
        self.downs: list[float] = []


class Kind(Protocol):
    """One way to hold and to make idle links."""

    async def hold(
        self, credentials: Credentials, tally: Tally, *, task_status: trio.TaskStatus[int]
    ) -> None:
        """Listen and hold whatever dials; started with the port."""

    def caller(self, credentials: Credentials, port: int) -> Caller:
        """A connection to that port, ready to be opened; it gives a function that sends one message."""


class Lanassist:
    """This project's link layer: Hello, heartbeat, outbox, revocation."""

    async def hold(
        self, credentials: Credentials, tally: Tally, *, task_status: trio.TaskStatus[int]
    ) -> None:
        async def up(_: Identity) -> None:
            tally.up += 1

        async def message(_: Identity, __: Message) -> None:
            tally.messages += 1

        async def down(_: NodeId, __: LanassistError | None) -> None:
            tally.downs.append(trio.current_time())

        endpoint = Endpoint(credentials, instance="holder")
        listener = Listener(endpoint, Links(endpoint, on_up=up, on_message=message, on_down=down))
        await listener.serve(HOST, 0, task_status=task_status)

    def caller(self, credentials: Credentials, port: int) -> Caller:
        return self._called(Endpoint(credentials, instance=credentials.identity.node), port)

    @asynccontextmanager
    async def _called(self, endpoint: Endpoint, port: int) -> AsyncIterator[Say]:
        async with dial(endpoint, [(HOST, port)], None, endpoint.hello()) as connection:
            link = Link(connection)

            async def say() -> None:
                link.post(PRESENCE)

            async with trio.open_nursery() as nursery:
                nursery.start_soon(link.run, _ignore)
                yield say
                nursery.cancel_scope.cancel()


class Bare:
    """trio-websocket with the same buffers and TLS; nothing of ours on top."""

    async def hold(
        self, credentials: Credentials, tally: Tally, *, task_status: trio.TaskStatus[int]
    ) -> None:
        context = server_context(credentials)
        listeners = await trio.open_tcp_listeners(0, host=HOST)
        async with trio.open_nursery() as nursery:
            await nursery.start(trio.serve_listeners, partial(self._serve, context, tally), listeners)
            task_status.started(int(listeners[0].socket.getsockname()[1]))

    async def _serve(self, context: ssl.SSLContext, tally: Tally, stream: trio.SocketStream) -> None:
        async with trio.open_nursery() as nursery:
            secured = trio.SSLStream(stream, context, server_side=True)
            await secured.do_handshake()
            request = await trio_websocket.wrap_server_stream(
                nursery, secured, receive_buffer_size=limits.RECEIVE_BUFFER
            )
            socket = await request.accept()
            tally.up += 1
            try:
                while True:
                    await socket.get_message()
                    tally.messages += 1
            except trio_websocket.ConnectionClosed:
                tally.downs.append(trio.current_time())

    def caller(self, credentials: Credentials, port: int) -> Caller:
        return self._called(client_context(credentials), port)

    @asynccontextmanager
    async def _called(self, context: ssl.SSLContext, port: int) -> AsyncIterator[Say]:
        stream = await trio.open_tcp_stream(HOST, port)
        secured = trio.SSLStream(stream, context)
        await secured.do_handshake()
        presence = encode(PRESENCE)
        async with trio.open_nursery() as nursery:
            socket = await trio_websocket.wrap_client_stream(
                nursery, secured, HOST, "/", receive_buffer_size=limits.RECEIVE_BUFFER
            )

            async def say() -> None:
                await socket.send_message(presence)

            yield say
            nursery.cancel_scope.cancel()


async def _ignore(_: Message) -> None:
    await trio.lowlevel.checkpoint()


KINDS: dict[str, Kind] = {"lanassist": Lanassist(), "bare": Bare()}
