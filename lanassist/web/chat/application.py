"""The chat page as an ASGI application: what every request passes, and the one WebSocket."""

import math
from contextlib import suppress
from typing import Any, Final

import msgspec
import trio

from lanassist.node.errors import LanassistError
from lanassist.web.chat import bounds, words
from lanassist.web.chat.asked import Asked, Receive, Scope, Send, address_of, body_of, headers_of, query_of
from lanassist.web.chat.front_door import FrontDoor
from lanassist.web.chat.guard import Guard
from lanassist.web.chat.rates import Buckets, Seats
from lanassist.web.chat.surface import JSON, LIVE, Answer, Surface
from lanassist.web.chat.told import Alive, Clock, Telling, Told
from lanassist.web.chat.visitor import Cookie, client_of
from lanassist.web.chat.words import Declined, Saying

CHUNK: Final = 64 * 1024
ABORT: Final = "abort"
"""In the scope's state: ends the connection, whatever is still to come on it."""
HUSH: Final = "hush"
"""In the scope's state: bounds what is still read from the connection."""


class ChatPage:
    """The whole page behind its guard."""

    def __init__(self, door: FrontDoor, surface: Surface, guard: Guard, cookie: Cookie, clock: Clock) -> None:
        self._door = door
        self._surface = surface
        self._guard = guard
        self._cookie = cookie
        self._clock = clock
        self._requests = Buckets(bounds.REQUESTS)
        self._live = Seats(bounds.LIVE, bounds.LIVE_PER_ADDRESS, bounds.LIVE_PER_CLIENT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)

    # --- requests ------------------------------------------------------------------------------------

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        posts = scope["method"] == "POST"
        try:
            body = await body_of(receive, bounds.BODY_BYTES if posts else 0)
        except Declined as declined:
            # What is left of the body would otherwise have to be read before the next request.
            await self._answer(scope, send, _refusal(declined.saying), last=True)
            scope["state"][ABORT]()
            return
        try:
            answer = await self._carry_out(scope, body)
        except Declined as declined:
            answer = _refusal(declined.saying)
        except LanassistError as error:
            answer = _refusal(words.said_of(error))
        await self._answer(scope, send, answer)

    async def _carry_out(self, scope: Scope, body: bytes) -> Answer:
        posts = scope["method"] == "POST"
        self._admit(scope, acts=posts, kind=headers_of(scope, b"content-type") if posts else None)
        handler = self._surface.routes.get((scope["method"], scope["path"]))
        if handler is None:
            raise Declined(words.NOT_SERVED)
        return await handler(self._asked(scope, body))

    def _admit(self, scope: Scope, *, acts: bool, kind: tuple[str, ...] | None = None) -> None:
        """Raises Declined if the request is not for this page, or one too many."""
        if wait := self._requests.wait(address_of(scope), self._clock()):
            raise Declined(words.too_fast(wait))
        host, origin = headers_of(scope, b"host"), headers_of(scope, b"origin")
        if refusal := self._guard.why_not(host, origin, acts=acts, kind=kind):
            raise Declined(refusal)

    def _asked(self, scope: Scope, body: bytes = b"") -> Asked:
        secret = self._cookie.secret(headers_of(scope, b"cookie"))
        return Asked(
            address=address_of(scope),
            client=client_of(secret) if secret else "",
            body=body,
            query=query_of(scope),
        )

    async def _answer(self, scope: Scope, send: Send, answer: Answer, *, last: bool = False) -> None:
        length = str(len(answer.body)).encode()
        headers = [(b"content-type", answer.kind), (b"content-length", length), *answer.headers]
        headers += self._guard.headers("".join(headers_of(scope, b"host")))
        if last:
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        for at in range(0, len(answer.body), CHUNK):
            part = answer.body[at : at + CHUNK]
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    # --- the live socket -----------------------------------------------------------------------------

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        try:
            asked = self._follower(scope)
        except Declined as declined:
            await self._turn_away(scope, send, declined.saying)
            return
        seat = (asked.address, asked.client)
        if not self._live.take(*seat):
            await self._turn_away(scope, send, words.too_fast(bounds.ALIVE_EVERY))
            return
        try:
            telling = Telling(self._door, asked.conversation, asked.client, asked.after, self._clock)
            scope["state"][HUSH]()
            await self._follow(asked.conversation, telling, receive, send)
        finally:
            self._live.leave(*seat)

    def _follower(self, scope: Scope) -> Asked:
        self._admit(scope, acts=True)
        if scope["path"] != LIVE:
            raise Declined(words.NOT_SERVED)
        asked = self._asked(scope)
        _ = asked.conversation, asked.after
        self._surface.may_follow(asked.known_client)
        return asked

    async def _turn_away(self, scope: Scope, send: Send, saying: Saying) -> None:
        """Before the upgrade: an ordinary answer, which says why to whoever can read it."""
        answer = _refusal(saying)
        headers = [(b"content-type", answer.kind), *answer.headers]
        headers += self._guard.headers("".join(headers_of(scope, b"host")))
        await send({"type": "websocket.http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": answer.body})

    async def _follow(self, conversation: str, telling: Telling, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        code = 1000
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_until_it_speaks, receive, nursery.cancel_scope)
            try:
                await self._tell(conversation, telling, send)
            except LanassistError as error:
                code = 4000 + words.said_of(error).status
            nursery.cancel_scope.cancel()
        with suppress(Exception):
            await send({"type": "websocket.close", "code": code})

    async def _tell(self, conversation: str, telling: Telling, send: Send) -> None:
        with self._door.window(conversation) as window:
            told = await telling.missed()
            while True:
                for each in told:
                    await send({"type": "websocket.send", "text": msgspec.json.encode(each).decode()})
                batch: list[Any] | None = None
                with trio.move_on_after(bounds.ALIVE_EVERY) as patience:
                    batch = await window.batch()
                told = await self._next(telling, batch, quiet=patience.cancelled_caught)

    @staticmethod
    async def _next(telling: Telling, batch: list[Any] | None, *, quiet: bool) -> list[Told]:
        if quiet:
            return [Alive()]
        return await telling.missed() if batch is None else telling.news(batch)


async def _until_it_speaks(receive: Receive, scope: trio.CancelScope) -> None:
    """A page says nothing on its socket; a word, like its end, ends it."""
    await receive()
    scope.cancel()


def _refusal(saying: Saying) -> Answer:
    wait = str(math.ceil(saying.wait)).encode()
    headers = ((b"retry-after", wait),) if saying.wait else ()
    return Answer(status=saying.status, kind=JSON, body=msgspec.json.encode(saying), headers=headers)
