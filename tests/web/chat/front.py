"""A chat page on a real socket over a real desk's core: the desk's team is one agent, moved by hand."""

import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import trio
from trio_websocket import WebSocketConnection, wrap_client_stream

from lanassist.node.config.sections import DeskSettings
from lanassist.node.errors import LanassistError
from lanassist.node.services.base import AnyCommand
from lanassist.node.services.desk.service import Window
from lanassist.web.chat.application import ChatPage
from lanassist.web.chat.front_door import FrontDoor
from lanassist.web.chat.guard import Guard
from lanassist.web.chat.listener import ChatListener
from lanassist.web.chat.surface import Surface
from lanassist.web.chat.visitor import Cookie
from tests.support.team import Member, Team

SETTINGS = DeskSettings(title="Acme help", categories=("billing = sales",))


class Front:
    """The page, its desk, and whoever works behind it."""

    def __init__(self, settings: DeskSettings = SETTINGS) -> None:
        self.settings = settings
        self.team = Team()
        self.asked: list[AnyCommand] = []
        self.trouble: LanassistError | None = None
        """What the desk answers instead."""
        self._windows: dict[str, list[Window]] = {}
        self._told = 0
        self._ids = itertools.count()

    # --- the door ------------------------------------------------------------------------------------

    async def call(self, command: AnyCommand) -> Any:
        await trio.lowlevel.checkpoint()
        self.asked.append(command)
        if self.trouble is not None:
            raise self.trouble
        answer = self.team.desk.ask(command)
        self.pass_on()
        if isinstance(answer, LanassistError):
            raise answer
        assert answer is not None
        return answer

    @contextmanager
    def window(self, conversation: str) -> Iterator[Window]:
        window = Window()
        self._windows.setdefault(conversation, []).append(window)
        try:
            yield window
        finally:
            self._windows[conversation].remove(window)

    def pass_on(self) -> None:
        """What the desk has told clients since, to the pages that look."""
        told = self.team.desk.told
        for each in told[self._told :]:
            for window in self._windows.get(each.conversation, ()):
                window.put(each.news)
        self._told = len(told)

    def watching(self) -> int:
        """How many pages look."""
        return sum(map(len, self._windows.values()))

    # --- the team ------------------------------------------------------------------------------------

    def agent(self, name: str = "Dana") -> Member:
        member = self.team.agent(name)
        self.pass_on()
        return member

    def says(self, agent: Member, conversation: str, text: str) -> None:
        self.team.says(agent, conversation, text)
        self.pass_on()

    # --- the page ------------------------------------------------------------------------------------

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Front"]:
        """Serve it without TLS on loopback."""
        listener = ChatListener(None)
        sockets = await listener.bind("127.0.0.1", 0)
        self.port = int(sockets[0].socket.getsockname()[1])
        self.authority = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.authority}"
        self.cookie = Cookie(self.port, secure=False)
        self.surface = Surface(
            FrontDoor(call=self.call, window=self.window),
            self.settings,
            self.cookie,
            lambda: self.team.now,
            lambda: datetime(2026, 11, 22, 10, 42, tzinfo=UTC),
        )
        guard = Guard(("desk.lan",), secure=False)
        door = FrontDoor(call=self.call, window=self.window)
        page = ChatPage(door, self.surface, guard, self.cookie, lambda: self.team.now)
        async with trio.open_nursery() as nursery:
            await nursery.start(listener.serve, page, sockets)
            yield self
            nursery.cancel_scope.cancel()

    def browser(self) -> httpx.AsyncClient:
        """A browser on the page, without a cookie yet."""
        return httpx.AsyncClient(base_url=self.url, headers={"Origin": self.url})

    async def start(self, browser: httpx.AsyncClient, text: str = "help", **about: str) -> httpx.Response:
        """As the page does it: once more with the cookie, under the same id."""
        fields = {
            "id": f"start-{next(self._ids)}",
            "name": "Eve",
            "category": "billing",
            "text": text,
            **about,
        }
        answer = await browser.post("/chat/start", json=fields)
        if answer.status_code == 401:
            answer = await browser.post("/chat/start", json=fields)
        return answer

    async def begin(self, browser: httpx.AsyncClient, text: str = "help", **about: str) -> str:
        """A conversation that began."""
        answer = await self.start(browser, text, **about)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["conversation"])

    @asynccontextmanager
    async def live(
        self, browser: httpx.AsyncClient, conversation: str, after: int = 0
    ) -> AsyncIterator["Live"]:
        """The page's socket."""
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        given = {"Origin": self.url, "Cookie": cookies}
        extra = [(name.encode(), value.encode()) for name, value in given.items()]
        path = f"/chat/live?conversation={conversation}&after={after}"
        async with (
            await trio.open_tcp_stream("127.0.0.1", self.port) as stream,
            trio.open_nursery() as nursery,
        ):
            socket = await wrap_client_stream(nursery, stream, self.authority, path, extra_headers=extra)
            yield Live(socket)
            nursery.cancel_scope.cancel()

    def upgrade(self, browser: httpx.AsyncClient) -> dict[str, str]:
        """The headers with which that browser opens the socket."""
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        fields = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        key = {"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}
        return {**fields, **key, "Origin": self.url, "Cookie": cookies}

    async def turned_away(self, browser: httpx.AsyncClient, conversation: str, **headers: str) -> int:
        """The status with which a socket is not opened."""
        request = f"GET /chat/live?conversation={conversation} HTTP/1.1"
        answer = await self.raw(request, {**self.upgrade(browser), **headers})
        return int(answer.split(b" ")[1])

    async def raw(self, request: str, headers: dict[str, str], after: bytes = b"") -> bytes:
        """The head, at least, of what is answered to bytes as they are written here.

        ``after``: sent once that has come; then everything is read, to the end of the connection.
        """
        fields = {"Host": self.authority, **headers}
        lines = [request, *(f"{name}: {value}" for name, value in fields.items()), "", ""]
        answer = b""
        async with await trio.open_tcp_stream("127.0.0.1", self.port) as stream:
            await stream.send_all("\r\n".join(lines).encode())
            with trio.fail_after(5), suppress(trio.BrokenResourceError):
                while b"\r\n\r\n" not in answer and (part := await stream.receive_some()):
                    answer += part
                if after:
                    await stream.send_all(after)
                    while part := await stream.receive_some():
                        answer += part
        return answer


class Live:
    """What comes over the socket."""

    def __init__(self, socket: WebSocketConnection) -> None:
        self.socket = socket

    async def next(self) -> dict[str, Any]:
        with trio.fail_after(5):
            told: dict[str, Any] = msgspec.json.decode(await self.socket.get_message())
        return told

    async def until(self, kind: str) -> dict[str, Any]:
        """The next message of that kind; what comes before it is passed over."""
        while (told := await self.next())["t"] != kind:
            pass
        return told

    async def texts(self) -> list[str]:
        """What was said, of the next message with lines."""
        return [line["text"] for line in (await self.until("lines"))["lines"]]

    async def kinds(self) -> list[str]:
        """What kinds of lines the next message with lines has."""
        return [line["kind"] for line in (await self.until("lines"))["lines"]]
