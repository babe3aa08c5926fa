"""The supervisor's half of glance as it runs: who watches, and what they are told when it ends."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
import trio
import trio.testing

from lanassist.node.board import Board
from lanassist.node.errors import LinkBroken
from lanassist.node.memory import Memory
from lanassist.node.protocol.messages import (
    Display,
    Message,
    NodeId,
    Presence,
    SessionEnded,
    SessionGranted,
    SessionOpened,
)
from lanassist.node.services.base import PeerBarred
from lanassist.node.services.glance.commands import SESSIONS, GlanceSession, StartGlance, StopGlance
from lanassist.node.services.glance.core import GlanceCore
from lanassist.node.services.glance.service import GlanceService, Viewer
from lanassist.node.services.session import Session
from lanassist.node.services.switchboard import Switchboard
from tests.support.desktops import FakeDesktop
from tests.support.entering import OpenLedger
from tests.support.people import agent, supervisor
from tests.support.storage import MemoryStorage
from tests.support.waiting import until

DANA, SAM = agent("Dana"), supervisor("Sam")
DISPLAYS = (Display(number=1, x=0, y=0, width=64, height=48, primary=True),)


class Pictures:
    """A picture channel on which nothing comes, until it breaks."""

    def __init__(self) -> None:
        self.broken = trio.Event()

    async def send(self, data: bytes) -> None: ...

    async def receive(self) -> bytes:
        await self.broken.wait()
        raise LinkBroken(agent="Dana", why="it closed the connection")

    async def aclose(self) -> None: ...


class NoPump:
    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        task_status.started()


class Desk:
    """Sam's node, linked with Dana's."""

    def __init__(self) -> None:
        self.pictures = Pictures()
        self.board = Board(trio.current_time)
        unused: Any = None
        pump: Any = NoPump()
        core = GlanceCore(SAM, lambda: "s1")
        self.glance = GlanceService(core, FakeDesktop((64, 48)), pump, unused, self._open)
        self.switchboard = Switchboard(
            SAM,
            (self.glance,),
            self.board,
            Memory(MemoryStorage()),
            self._send,
            trio.current_time,
            OpenLedger(),
        )
        self.sent: list[Message] = []

    async def _open(self, session: Session) -> Pictures:
        return self.pictures

    def _send(self, node: NodeId, message: Message) -> None:
        self.sent.append(message)

    async def hears(self, message: Message) -> None:
        await self.switchboard.receive(DANA, message)

    @property
    def session(self) -> GlanceSession | None:
        shown = self.board.topic(SESSIONS).get("s1")
        assert shown is None or isinstance(shown, GlanceSession)
        return shown

    def why(self) -> str:
        """The code of the session's end, empty before."""
        return self.session.end.code if self.session and self.session.end else ""

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[AbstractAsyncContextManager[Viewer]]:
        """A running session, and what attaches its viewer."""
        async with trio.open_nursery() as nursery:
            await nursery.start(self.switchboard.run)
            await self.switchboard.peer_up(DANA)
            await self.hears(Presence(status="available", displays=DISPLAYS))
            nursery.start_soon(self.switchboard.call, StartGlance(agent="dana"))
            await until(lambda: self.sent)
            await self.hears(SessionGranted(session="s1", service="glance"))
            await self.hears(SessionOpened(session="s1", service="glance", nonce="n"))
            await until(lambda: self.session and self.session.state == "running")
            yield self.glance.viewer("s1")
            nursery.cancel_scope.cancel()


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_a_viewer_that_leaves_ends_the_session(desk: Desk, autojump_clock: object) -> None:
    async with desk.watching() as attached:
        async with attached:
            pass
        await until(desk.why)
    assert desk.why() == "closed"


async def test_a_page_that_hangs_up_before_it_says_why_is_still_believed(desk: Desk) -> None:
    async with trio.open_nursery() as nursery, desk.watching() as viewer:

        async def hang_up() -> None:
            async with viewer:
                pass

        nursery.start_soon(hang_up)
        await trio.testing.wait_all_tasks_blocked()
        await desk.switchboard.call(StopGlance(session="s1", why="stopped"))
        await until(desk.why)
        assert desk.why() == "stopped"


async def test_pictures_that_break_off_a_moment_before_the_reason_comes_do_not_hide_it(desk: Desk) -> None:
    async with desk.watching() as attached, trio.open_nursery() as nursery:
        async with attached as viewer:
            desk.pictures.broken.set()
            with pytest.raises(LinkBroken):
                await viewer.receive()
            nursery.start_soon(
                desk.hears, SessionEnded(session="s1", service="glance", code="locked", text="locked")
            )
        await until(desk.why)
    assert desk.why() == "locked"


async def test_pictures_that_break_off_for_no_reason_are_said_to_be_lost(
    desk: Desk, autojump_clock: trio.testing.MockClock
) -> None:
    async with desk.watching() as attached:
        async with attached as viewer:
            desk.pictures.broken.set()
            with pytest.raises(LinkBroken):
                await viewer.receive()
        await until(desk.why)
    assert desk.why() == "media-lost"


async def test_a_revoked_peers_session_ends_for_that_reason(desk: Desk) -> None:
    async with desk.watching():
        await desk.glance.observe(PeerBarred(DANA.node))
        await desk.switchboard.peer_down(DANA.node)
        await until(desk.why)
    assert desk.why() == "revoked"
