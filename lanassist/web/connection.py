"""The local page's connections, mended where hypercorn 0.18 offers no argument for what is wanted."""

from collections.abc import Iterable

import hypercorn.protocol.ws_stream
import hypercorn.trio.run
import hypercorn.trio.tcp_server
import trio
from hypercorn.events import Closed, Event
from hypercorn.protocol import ProtocolWrapper
from hypercorn.protocol.h11 import H2CProtocolRequiredError, H2ProtocolAssumedError
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


class OnlyHTTP11(ProtocolWrapper):
    """hypercorn's own, but for what it offers unasked: a change to HTTP/2 within the connection.

    No browser asks for it there, and bounds that hold for one request at a time would not hold.
    """

    async def handle(self, event: Event) -> None:
        try:
            await self.protocol.handle(event)
        except (H2CProtocolRequiredError, H2ProtocolAssumedError):
            await self.send(Closed())


def no_extensions(requested: Iterable[str], supported: object) -> None:
    """Declines WebSocket compression: pictures are compressed already, and this is loopback.

    Browsers always ask for it, and deflating pictures again took half of the node's time in a glance.
    """


def mend_hypercorn() -> None:
    """Have hypercorn serve with this connection, HTTP/1.1 alone, and without compression."""
    hypercorn.trio.tcp_server.ProtocolWrapper = OnlyHTTP11  # type: ignore[attr-defined]
    hypercorn.trio.run.TCPServer = Connection  # type: ignore[attr-defined]
    hypercorn.protocol.ws_stream.server_extensions_handshake = no_extensions  # type: ignore[attr-defined]
