"""One connection of the local page's server, mended where hypercorn 0.18 would take the node down with it."""

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


def mend_hypercorn() -> None:
    """Have hypercorn serve with this connection; it offers no argument for that."""
    hypercorn.trio.run.TCPServer = Connection  # type: ignore[attr-defined]
