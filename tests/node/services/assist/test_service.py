"""Assist as it runs: packets both ways, a page that comes and goes, and what its end is told to be."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
import trio
import trio.testing

from lanassist.node.board import Board
from lanassist.node.errors import LinkBroken, NotAssisting
from lanassist.node.memory import Memory
from lanassist.node.protocol.messages import (
    AssistRequest,
    CallNow,
    CallTold,
    Message,
    NodeId,
    SessionAccepted,
    SessionEnded,
    SessionGranted,
    SessionIntent,
    SessionOpened,
)
from lanassist.node.services.assist import media
from lanassist.node.services.assist.commands import (
    OWN_CALL,
    SESSIONS,
    AssistSession,
    BeginCall,
    StartAssist,
    TalkAssist,
)
from lanassist.node.services.assist.core import AssistCore
from lanassist.node.services.assist.listening import Listener
from lanassist.node.services.assist.service import AssistService
from lanassist.node.services.base import PeerBarred
from lanassist.node.services.session import Session
from lanassist.node.services.switchboard import Switchboard
from lanassist.node.sound.base import Levels, Synthetic
from lanassist.node.trust.identity import Identity
from tests.support.engines import FakeEngine
from tests.support.entering import SIGNED, OpenLedger
from tests.support.notices import SlowDesktop
from tests.support.people import agent, supervisor
from tests.support.storage import MemoryStorage
from tests.support.waiting import until

DANA, SAM = agent("Dana"), supervisor("Sam")


class Wire:
    """A sound channel: what was sent on it, and what a test lets come."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.put, self._come = trio.open_memory_channel[bytes](10)
        self.closed = False

    async def send(self, data: bytes) -> None:
        await trio.lowlevel.checkpoint()
        self.sent.append(data)

    async def receive(self) -> bytes:
        try:
            return await self._come.receive()
        except trio.EndOfChannel:
            raise LinkBroken(agent="Dana", why="it closed the connection") from None

    async def aclose(self) -> None:
        self.closed = True


class Door:
    """One channel comes."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.expected: list[str] = []
        self.forgotten: list[str] = []

    def expect(self, session: str, nonce: str, peer: NodeId) -> None:
        self.expected.append(session)

    def forget(self, session: str, peer: NodeId) -> None:
        self.forgotten.append(session)

    async def arrival(self, session: str, peer: NodeId) -> Wire:
        await trio.lowlevel.checkpoint()
        return self._wire


class Machine:
    """One node, linked with the other's."""

    def __init__(self, me: Identity, engine: FakeEngine | None = None) -> None:
        self.wire = Wire()
        self.door = Door(self.wire)
        self.board = Board(trio.current_time)
        self.sent: list[Message] = []
        self.failure: LinkBroken | None = None
        ids = iter(f"s{number}" for number in range(1, 99))
        sound: Any = None if engine is None else (engine, Synthetic())
        self.notices = SlowDesktop(100)
        self.assist = AssistService(
            lambda records: AssistCore(me, lambda: next(ids), records),
            (),
            self.door,
            self._open,
            sound,
            self.notices,
        )
        memory, clock = Memory(MemoryStorage()), trio.current_time
        self.switchboard = Switchboard(
            me, (self.assist,), self.board, memory, self._send, clock, OpenLedger()
        )

    async def _open(self, session: Session) -> Wire:
        await trio.lowlevel.checkpoint()
        if self.failure is not None:
            raise self.failure
        return self.wire

    def _send(self, node: NodeId, message: Message) -> None:
        self.sent.append(message)

    def said(self, kind: type[Message]) -> list[Message]:
        return [each for each in self.sent if isinstance(each, kind)]


# --- the supervisor's side ---------------------------------------------------------------------------


class Page(Machine):
    """Sam's node, and what its page is shown of the session."""

    def __init__(self) -> None:
        super().__init__(SAM)

    @property
    def row(self) -> AssistSession | None:
        found = self.board.topic(SESSIONS).get("s1")
        assert found is None or isinstance(found, AssistSession)
        return found

    def why(self) -> str:
        """The code of the session's end, empty before."""
        return self.row.end.code if self.row and self.row.end else ""

    @asynccontextmanager
    async def assisting(self) -> AsyncIterator[AbstractAsyncContextManager[Listener]]:
        """A running session, and what attaches its listener."""
        call = CallNow(id="c1", state="talking", routed=True)
        async with trio.open_nursery() as nursery:
            await nursery.start(self.switchboard.run)
            await self.switchboard.peer_up(DANA)
            await self.switchboard.receive(DANA, CallTold(call=call))
            nursery.start_soon(self.switchboard.call, StartAssist(agent="dana"))
            await until(lambda: self.said(SessionIntent))
            await self.hears(SessionGranted(session="s1", service="assist", signed=SIGNED))
            await until(lambda: self.said(SessionAccepted))
            await self.hears(SessionOpened(session="s1", service="assist", nonce="n"))
            await until(lambda: self.assist.has("s1"))
            yield self.assist.listener("s1")
            nursery.cancel_scope.cancel()

    async def hears(self, message: Message) -> None:
        await self.switchboard.receive(DANA, message)


@pytest.fixture
def page() -> Page:
    return Page()


async def test_a_listener_that_leaves_ends_the_session(page: Page, autojump_clock: object) -> None:
    async with page.assisting() as attached:
        async with attached:
            pass
        await until(page.why)
        await until(lambda: page.wire.closed)
    assert page.why() == "closed"


async def test_the_voice_leaves_only_while_it_is_to_be_heard(page: Page, autojump_clock: object) -> None:
    voice = media.sound(b"voice")
    async with page.assisting() as attached, attached as listener:
        await listener.say(voice)
        await listener.say(b"\x7fnonsense")
        assert page.wire.sent == []
        await page.switchboard.call(TalkAssist(session="s1"))
        await listener.say(voice)
        assert page.wire.sent == [voice]


async def test_sound_comes_as_it_was_sent(page: Page, autojump_clock: object) -> None:
    async with page.assisting() as attached, attached as listener:
        await page.wire.put.send(media.sound(b"sound"))
        assert await listener.receive() == media.sound(b"sound")


async def test_only_one_may_attach(page: Page, autojump_clock: object) -> None:
    async with page.assisting() as attached, attached:
        with pytest.raises(NotAssisting):
            async with page.assist.listener("s1"):
                pass
    with pytest.raises(NotAssisting):
        async with page.assist.listener("nothing"):
            pass


async def test_a_channel_that_breaks_lets_the_link_say_why(page: Page) -> None:
    async with page.assisting() as attached:
        async with attached as listener:
            await page.wire.put.aclose()
            with pytest.raises(LinkBroken):
                await listener.receive()
            ended = SessionEnded(session="s1", service="assist", code="call-ended", text="the call ended")
            await page.hears(ended)
        await until(page.why)
    assert page.why() == "call-ended"


async def test_a_channel_that_breaks_alone_is_a_lost_link(page: Page, autojump_clock: object) -> None:
    async with page.assisting() as attached:
        async with attached as listener:
            await page.wire.put.aclose()
            with pytest.raises(LinkBroken):
                await listener.receive()
        await until(page.why)
    assert page.why() == "link-lost"


async def test_a_channel_that_does_not_open_ends_it(page: Page, autojump_clock: object) -> None:
    page.failure = LinkBroken(agent="Dana", why="nobody answers")
    async with page.assisting() as attached:
        with pytest.raises(NotAssisting):
            async with attached:
                pass
        await until(page.why)
    assert page.why() in ("sound-lost", "closed")


async def test_a_revoked_agent_ends_it_with_the_reason(page: Page) -> None:
    async with page.assisting() as attached:
        async with attached:
            await page.assist.observe(PeerBarred(DANA.node))
        await until(page.why)
    assert page.why() == "revoked"


# --- the agent's side --------------------------------------------------------------------------------


@asynccontextmanager
async def assisted(engine: FakeEngine) -> AsyncIterator[Machine]:
    """Dana's node, with a call in which Sam is."""
    machine = Machine(DANA, engine)
    async with trio.open_nursery() as nursery:
        await nursery.start(machine.switchboard.run)
        await machine.switchboard.peer_up(SAM)
        await machine.switchboard.call(BeginCall(routed=True, id="c1"))
        intent = SessionIntent(session="a", service="assist", request=AssistRequest(), signed=SIGNED)
        await machine.switchboard.receive(SAM, intent)
        await until(lambda: machine.said(SessionGranted))
        await machine.switchboard.receive(SAM, SessionAccepted(session="a", service="assist", signed=SIGNED))
        await until(lambda: "listen" in engine.did)
        yield machine
        nursery.cancel_scope.cancel()


async def test_packets_and_levels_go_out_and_a_voice_comes_in() -> None:
    engine = FakeEngine()
    async with assisted(engine) as dana:
        engine.tell.send_nowait(Levels(customer=-12.4))
        await trio.testing.wait_all_tasks_blocked()
        engine.speak.send_nowait(b"packet")
        await until(lambda: len(dana.wire.sent) == 2)
        assert dana.wire.sent[0] == media.sound(b"packet")
        told = media.parse_levels(dana.wire.sent[1])
        assert (told.customer, told.agent) == (-12, -120)
        await dana.wire.put.send(b"\x7fnonsense")
        await dana.wire.put.send(media.sound(b"voice"))
        await until(lambda: engine.heard == [b"voice"])


async def test_a_channel_that_is_over_ends_the_session_and_not_the_call(autojump_clock: object) -> None:
    engine = FakeEngine()
    async with assisted(engine) as dana:
        await dana.wire.put.aclose()
        await until(lambda: dana.said(SessionEnded))
        await until(lambda: engine.did[-1] == "normal")
        assert dana.door.forgotten == ["a"]
        assert dana.board.topic(OWN_CALL)


async def test_a_node_that_goes_says_so() -> None:
    engine = FakeEngine()
    async with assisted(engine) as dana:
        await dana.assist.leave()
        await until(lambda: dana.said(SessionEnded))
        (farewell,) = dana.said(SessionEnded)
        assert isinstance(farewell, SessionEnded)
        assert farewell.code == "shutdown"


async def test_a_core_that_begins_again_leaves_no_session_behind() -> None:
    engine = FakeEngine()
    async with assisted(engine) as dana:
        dana.assist.recreate([])
        await until(lambda: engine.did[-1] == "end")
        assert dana.door.forgotten == ["a"]
    page = Page()
    async with page.assisting() as attached, attached:
        page.assist.recreate([])
        await until(lambda: page.wire.closed)
        assert not page.assist.has("s1")


# --- messages ----------------------------------------------------------------------------------------


def test_levels_are_bounded_to_what_a_byte_holds() -> None:
    told = Levels(customer=3.0, agent=-0.4, supervisor=-300.0)
    parsed = media.parse_levels(media.levels(told))
    assert (parsed.customer, parsed.agent, parsed.supervisor) == (0, 0, -120)


@pytest.mark.parametrize("message", [b"", b"\x11", media.sound(b"123456"), b"\x11" + bytes(7)])
def test_anything_else_is_not_levels(message: bytes) -> None:
    with pytest.raises(media.MalformedMedia):
        media.parse_levels(message)
