"""The two WebSockets of the local page: what is on the board, and the pictures or sound of one session."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from functools import partial
from typing import Any, Final

import msgspec
import trio
from litestar import WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect
from litestar.handlers import WebsocketRouteHandler
from litestar.params import FromPath

from lanassist.node.board import Board, Change
from lanassist.node.errors import LanassistError, SoundNotInstalled
from lanassist.node.protocol import limits
from lanassist.node.services.assist.listening import Listener
from lanassist.node.services.glance.service import Viewer
from lanassist.web.access import Access
from lanassist.web.plain_sound import PlainListener

RENEW: Final = b"\x03"
THERE: Final = "?"
"""What a page that watches somebody asks each second; the answer is an event message without changes."""
ENDED, REFUSED = 1000, 1011
"""Codes of a closing frame (RFC 6455, 7.4.1)."""
CLOSING_BYTES: Final = 123
"""Of text in a closing frame."""
PACE: Final = 0.04
"""Seconds between two event messages: what changes meanwhile comes in one. The first change comes at once."""
Attached = Viewer | Listener
"""A local end of a session: it looks at a glance, or listens to an assist."""
OpenViewer = Callable[[str], AbstractAsyncContextManager[Attached]]
Socket = WebSocket[Any, Any, Any]


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """One event message. ``now`` is the node's monotonic clock, in seconds."""

    now: float
    snapshot: bool
    changes: list[Change]


class Streams:
    """Makes the two WebSocket handlers."""

    def __init__(self, board: Board, access: Access, open_viewer: OpenViewer) -> None:
        self._board = board
        self._access = access
        self._open_viewer = open_viewer

    def handlers(self) -> list[WebsocketRouteHandler]:
        @websocket("/api/events")
        async def events(socket: WebSocket) -> None:  # type: ignore[type-arg]  # Litestar reads the bare name
            await self._events(socket)

        @websocket("/api/media/{session:str}")
        async def media(socket: WebSocket, session: FromPath[str]) -> None:  # type: ignore[type-arg]
            await self._media(socket, session)

        return [events, media]

    @contextmanager
    def _hung_up_at_sign_out(self, socket: Socket, scope: trio.CancelScope) -> Iterator[None]:
        cookies = [value for name, value in socket.scope["headers"] if name == b"cookie"]
        browser = self._access.browser(each.decode("latin-1") for each in cookies)
        take_back = self._access.hang_up_at_sign_out(browser, scope.cancel)
        try:
            yield
        finally:
            take_back()

    async def _events(self, socket: Socket) -> None:
        await socket.accept()
        with self._board.reading() as reader:
            async with trio.open_nursery() as nursery:
                with self._hung_up_at_sign_out(socket, nursery.cancel_scope):
                    sending = trio.Lock()

                    async def tell(changes: list[Change], snapshot: bool = False) -> None:
                        batch = Batch(now=self._board.clock(), snapshot=snapshot, changes=changes)
                        async with sending:
                            await socket.send_data(msgspec.json.encode(batch).decode(), mode="text")

                    nursery.start_soon(_answer, socket, partial(tell, []), nursery.cancel_scope)
                    await tell(await reader.batch(), snapshot=True)
                    while True:
                        await trio.sleep(PACE)
                        await tell(await reader.batch())

    async def _media(self, socket: Socket, session: str) -> None:
        await socket.accept()
        reason = ""
        try:
            async with self._open_viewer(session) as attached:
                viewer = _as_asked(attached, socket.query_params.get("sound"))
                await self._talk(socket, viewer)
        except SoundNotInstalled as missing:
            reason = missing.text
        except LanassistError:
            pass  # the board tells the page how the session ended
        await _close(socket, reason)

    async def _talk(self, socket: Socket, viewer: Attached | PlainListener) -> None:
        async with trio.open_nursery() as nursery:
            with self._hung_up_at_sign_out(socket, nursery.cancel_scope):
                nursery.start_soon(_relay, socket, viewer, nursery.cancel_scope)
                await _words(socket, viewer)
                nursery.cancel_scope.cancel()


def _as_asked(attached: Attached, sound: str | None) -> Attached | PlainListener:
    """The session's end in the form that the browser can take. Raises SoundNotInstalled."""
    if sound == "pcm" and isinstance(attached, Listener):
        return PlainListener(attached)
    return attached


async def _answer(socket: Socket, tell: Callable[[], Awaitable[None]], scope: trio.CancelScope) -> None:
    """Answer a page that asks whether its node is there; reading is also how the page's end is noticed."""
    with suppress(WebSocketDisconnect):
        while await socket.receive_data(mode="text") == THERE:
            await tell()
    scope.cancel()


async def _relay(socket: Socket, viewer: Attached | PlainListener, scope: trio.CancelScope) -> None:
    """Relay encoded updates and packets to the page untouched."""
    with suppress(WebSocketDisconnect, LanassistError):
        while True:
            await socket.send_data(await viewer.receive(), mode="binary")
    scope.cancel()


async def _words(socket: Socket, viewer: Attached | PlainListener) -> None:
    """Renewals end here; everything else goes to the agent's node, bounded in size."""
    with suppress(WebSocketDisconnect, LanassistError):
        while True:
            data = await socket.receive_data(mode="binary")
            if data == RENEW:
                await viewer.renew()
            elif len(data) <= viewer.longest:
                await viewer.say(data)
            else:
                return


async def _close(socket: Socket, reason: str = "") -> None:
    """With the reason why the page cannot have what it asked for, as far as a closing frame has room."""
    with suppress(Exception), trio.move_on_after(limits.CLOSE_DEADLINE):
        shown = reason.encode()[:CLOSING_BYTES].decode(errors="ignore")
        await socket.close(code=REFUSED if reason else ENDED, reason=shown)
