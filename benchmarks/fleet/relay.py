"""The peer: the same fan-in with nothing of ours. Whatever the fleet says goes to one page, at once.

It knows nobody's rights, keeps only the newest of each, and has no way back: less than any dashboard needs.
"""

import json
import ssl
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import trio
import trio_websocket

from benchmarks.fleet.lines import HOST
from lanassist.node.link.descriptors import raise_file_limit
from lanassist.node.protocol import limits
from lanassist.node.trust.credentials import Credentials
from lanassist.node.trust.tls import server_context

PILE = 10_000


class Relay:
    """Sayings in from the fleet, over TLS; out to pages, on loopback."""

    def __init__(self) -> None:
        self._newest: dict[tuple[str, str], str] = {}
        self._pages: set[trio.MemorySendChannel[str]] = set()

    async def take(self, context: ssl.SSLContext, stream: trio.SocketStream) -> None:
        """One of the fleet."""
        async with trio.open_nursery() as nursery:
            secured = trio.SSLStream(stream, context, server_side=True)
            await secured.do_handshake()
            request = await trio_websocket.wrap_server_stream(
                nursery, secured, receive_buffer_size=limits.RECEIVE_BUFFER
            )
            socket = await request.accept()
            try:
                while True:
                    self._put(str(await socket.get_message()))
            except trio_websocket.ConnectionClosed:
                return

    def _put(self, text: str) -> None:
        node, _, said = json.loads(text)
        self._newest[node, said.get("conversation", "")] = text
        for page in self._pages:
            page.send_nowait(text)

    async def show(self, stream: trio.SocketStream) -> None:
        """One page: what there is, then what comes."""
        put, get = trio.open_memory_channel[str](PILE)
        async with trio.open_nursery() as nursery:
            request = await trio_websocket.wrap_server_stream(nursery, stream)
            socket = await request.accept()
            self._pages.add(put)
            try:
                await self._send(socket, self._newest.values())
                async for text in get:
                    await socket.send_message(text)
            except trio_websocket.ConnectionClosed:
                return
            finally:
                self._pages.discard(put)

    @staticmethod
    async def _send(socket: trio_websocket.WebSocketConnection, texts: Iterable[str]) -> None:
        for text in list(texts):
            await socket.send_message(text)


async def main(home: Path) -> None:
    """Print the fleet's port and the page's; serve until ended."""
    relay = Relay()
    context = server_context(Credentials.load(home))
    inside = await trio.open_tcp_listeners(0, host=HOST)
    outside = await trio.open_tcp_listeners(0, host=HOST)
    ports = [each[0].socket.getsockname()[1] for each in (inside, outside)]
    print(json.dumps(ports), flush=True)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.serve_listeners, partial(relay.take, context), inside)
        nursery.start_soon(trio.serve_listeners, relay.show, outside)


if __name__ == "__main__":
    raise_file_limit()
    trio.run(main, Path(sys.argv[1]))
