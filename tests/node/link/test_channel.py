"""One WebSocket: its polite end, whatever happens to the connection meanwhile."""

from typing import Any

import pytest
import trio

from lanassist.node.link.channel import Channel


class CutWhileClosing:
    """The connection is cut from under the goodbye: the link was closed, or the session kicked."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def aclose(self, code: int) -> None:
        await trio.lowlevel.checkpoint()
        raise self._error


@pytest.mark.parametrize("error", [trio.ClosedResourceError("gone"), trio.BrokenResourceError("broken")])
async def test_a_connection_that_is_cut_while_it_closes_is_closed(error: Exception) -> None:
    socket: Any = CutWhileClosing(error)
    reader: Any = None
    await Channel(socket, reader).close()
