"""The local page's connections, mended where hypercorn 0.18 offers no argument for what is wanted."""

from collections.abc import Iterable

import hypercorn.protocol.ws_stream
import hypercorn.trio.run
import trio
from hypercorn.events import Closed, Event
from hypercorn.trio.tcp_server import TCPServer


class Connection(TCPServer):
    """hypercorn's own, for which a send that meets the connection's end is an end, not an error.

    hypercorn sends EOF outside of its send lock. When node and browser close a WebSocket at the same
    moment, the answer to the browser's close meets that EOF, and trio's BusyResourceError would end the
    whole server.
    """

    async def protocol_send(self, event: Event) -> None:
        try:
            await super().protocol_send(event)
        except trio.BusyResourceError:
            await self.protocol.handle(Closed())


def no_extensions(requested: Iterable[str], supported: object) -> None:
    """Declines WebSocket compression: pictures are compressed already, and this is loopback.

    Browsers always ask for it, and deflating pictures again took half of the node's time in a glance.
    """


def mend_hypercorn() -> None:
    """Have hypercorn serve with this connection, and without compression."""
    hypercorn.trio.run.TCPServer = Connection  # type: ignore[attr-defined]
    hypercorn.protocol.ws_stream.server_extensions_handshake = no_extensions  # type: ignore[attr-defined]
