"""A node's page on a real loopback socket, with a board and commands that a test decides."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest
import trio
from trio_websocket import WebSocketConnection, wrap_client_stream

from lanassist.node.board import Board
from lanassist.node.errors import LanassistError, UnknownSession
from lanassist.node.services.assist.listening import Listener
from lanassist.node.services.command import Command, Done
from lanassist.node.services.glance.commands import COMMANDS as GLANCE
from lanassist.node.services.glance.service import Viewer
from lanassist.node.services.presence.commands import COMMANDS as PRESENCE
from lanassist.node.services.site.commands import COMMANDS as SITE
from lanassist.node.trust.identity import Identity
from lanassist.web.access import Access
from lanassist.web.server import application, serve
from lanassist.web.streams import Streams
from tests.support.people import supervisor


class ScriptedPage:
    """The surface alone: what it is asked is noted, what it answers is set by the test."""

    def __init__(self, me: Identity) -> None:
        self.me = me
        self.board = Board(trio.current_time)
        self.access = Access(trio.current_time)
        self.asked: list[Command[Any]] = []
        self.answer: msgspec.Struct | LanassistError = Done()
        self.viewer: Viewer | Listener | None = None
        self.silent = False
        """No command is answered; whoever stops waiting for an answer has given the command up."""
        self.given_up: list[Command[Any]] = []

    async def call(self, command: Command[Any]) -> msgspec.Struct:
        self.asked.append(command)
        if self.silent:
            try:
                await trio.sleep_forever()
            except trio.Cancelled:
                self.given_up.append(command)
                raise
        if isinstance(self.answer, LanassistError):
            raise self.answer
        return self.answer

    @asynccontextmanager
    async def open_viewer(self, session: str) -> AsyncIterator[Viewer | Listener]:
        if self.viewer is None:
            raise UnknownSession
        yield self.viewer

    @property
    def url(self) -> str:
        return self.access.origin

    @property
    def by_token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access.token}", "Origin": self.access.origin}

    @asynccontextmanager
    async def websocket(self, path: str, **headers: str) -> AsyncIterator[WebSocketConnection]:
        """A WebSocket of the page, opened with these headers; without any, with the token."""
        given = [(name.encode(), value.encode()) for name, value in (headers or self.by_token).items()]
        host, _, port = self.access.authority.rpartition(":")
        # Over a stream of our own: the library leaves its own open when the server hangs up first.
        async with await trio.open_tcp_stream(host, int(port)) as stream, trio.open_nursery() as nursery:
            yield await wrap_client_stream(nursery, stream, self.access.authority, path, extra_headers=given)
            nursery.cancel_scope.cancel()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ScriptedPage"]:
        streams = Streams(self.board, self.access, self.open_viewer)
        app = application(self.me, self.access, streams, (*GLANCE, *PRESENCE, *SITE), self.call)
        async with trio.open_nursery() as nursery:
            await nursery.start(serve, app, self.access, 0)
            yield self
            nursery.cancel_scope.cancel()

    @asynccontextmanager
    async def browser(self, path: str = "/supervisor") -> AsyncIterator[httpx.AsyncClient]:
        """An HTTP client that was signed in by a one-time address, as a browser is."""
        async with httpx.AsyncClient(headers={"Origin": self.url}, base_url=self.url) as client:
            answer = await client.get(self.access.launch(path))
            assert answer.status_code == 303
            yield client


@pytest.fixture
async def surface() -> AsyncIterator[ScriptedPage]:
    async with ScriptedPage(supervisor("Sam")).running() as scripted:
        yield scripted
