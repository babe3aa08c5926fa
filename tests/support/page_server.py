"""The real local surface over an invented site: a browser test decides what is on the board and what a
glance shows, and reads what the page asked for.

The surface runs on trio in a thread of its own, because the browser is driven by blocking calls.
"""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, cast

import msgspec
import trio

from lanassist.node.board import Board
from lanassist.node.errors import LanassistError, UnknownSession
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Display, NodeId, SessionId
from lanassist.node.services.command import Command, Done, Refusal
from lanassist.node.services.glance import commands as glance
from lanassist.node.services.glance.service import Viewer
from lanassist.node.services.peers.commands import PEERS, PeerRow
from lanassist.node.services.presence.commands import AGENTS, AgentRow
from lanassist.node.services.registry import COMMANDS
from lanassist.node.trust.identity import Identity
from lanassist.web.access import Access
from lanassist.web.commands import OwnIdentity
from lanassist.web.server import application, serve
from lanassist.web.streams import Attached, Streams
from tests.support.people import supervisor
from tests.support.waiting import until


def pieces(update: bytes) -> list[bytes]:
    """An update as the messages in which it travels."""
    room = limits.MEDIA_MESSAGE_BYTES - 2
    parts = [update[start : start + room] for start in range(0, len(update), room)]
    return [bytes((1, part is parts[-1])) + part for part in parts]


class _FakeViewer:
    """The page's end of a fake session: gets what the test put in, notes what the page said."""

    longest = limits.VIEWER_MESSAGE_BYTES

    def __init__(self) -> None:
        self.put, self._out = trio.open_memory_channel[bytes](1000)
        self.said: list[bytes] = []
        self.renewals = 0

    async def receive(self) -> bytes:
        try:
            return await self._out.receive()
        except trio.EndOfChannel:
            raise UnknownSession from None

    async def say(self, data: bytes) -> None:
        self.said.append(data)

    async def renew(self) -> None:
        self.renewals += 1


class FakeSite:
    """What the page sees of a site. Methods may be called from the test's thread."""

    def __init__(self, me: Identity) -> None:
        self.me = me
        self.board = Board(trio.current_time)
        self.access = Access(trio.current_time)
        self.asked: list[Command[Any]] = []
        self.refusals: dict[str, LanassistError] = {}
        """By command name: answered with this instead."""
        self.answers: dict[type[Command[Any]], msgspec.Struct] = {}
        """By command: answered with this; Done to what is not named."""
        self.pictures: dict[int, list[bytes]] = {}
        """By display: the updates that a viewer of it is sent at once."""
        self.viewers: dict[str, _FakeViewer] = {}
        self._rows: dict[str, AgentRow] = {}
        self._token: trio.lowlevel.TrioToken | None = None
        self._ready = threading.Event()
        self._over = trio.Event()

    # --- the test's side

    @property
    def now(self) -> float:
        return float(self._run(trio.current_time))

    def show(self, *rows: AgentRow, refusal: LanassistError | None = None) -> None:
        """Put agents on the board, each with its offer of a glance."""
        why = Refusal(code=refusal.code, text=refusal.text) if refusal else None
        for row in rows:
            self._rows[row.node] = row
            offer = glance.Offer(node=row.node, refusal=why, displays=row.displays)
            self._put(AGENTS, row.node, row)
            self._put(glance.OFFERS, row.node, offer)

    def put(self, topic: str, key: str, value: msgspec.Struct | None) -> None:
        """Put anything on the board; None takes it off."""
        self._put(topic, key, value)

    def peers(self, *rows: PeerRow) -> None:
        for row in rows:
            self._put(PEERS, row.key, row)

    def address(self, path: str) -> str:
        """A one-time address of a page."""
        return str(self._run(lambda: self.access.launch(path)))

    def send(self, update: bytes, session: str = "") -> None:
        """Send one update to a session's viewer; to the newest session's if none is named."""
        viewer = self.viewers[session or list(self.viewers)[-1]]
        for piece in pieces(update):
            self._run(lambda piece=piece: viewer.put.send_nowait(piece))

    def end(self, code: str, text: str, session: str = "") -> None:
        """The agent's node ends a session; the newest if none is named."""
        self._run(lambda: self._end(session or list(self.viewers)[-1], code, text))

    def hang_up(self) -> None:
        """Cut the page's sockets as if the browser had been signed out of the node."""
        self._run(self.access.sign_everybody_out)

    def commands(self, kind: type[Command[Any]]) -> list[Any]:
        return [each for each in self.asked if isinstance(each, kind)]

    def switch_elsewhere(self, session: str, displays: tuple[int, ...]) -> None:
        """Choose other displays as the command line would: the page only hears of it, and may do so late."""
        self._run(lambda: self._switch(glance.SwitchGlance(session=session, displays=displays)))

    def _run(self, do: Any) -> Any:
        assert self._token is not None
        return trio.from_thread.run_sync(do, trio_token=self._token)

    def _put(self, topic: str, key: str, value: msgspec.Struct | None) -> None:
        self._run(lambda: self.board.put(topic, key, value))

    # --- the surface's side

    async def call(self, command: Command[Any]) -> msgspec.Struct:
        self.asked.append(command)
        if refusal := self.refusals.get(command.name):
            raise refusal
        match command:
            case glance.StartGlance():
                return self._start(command)
            case glance.SwitchGlance():
                self._switch(command)
            case glance.StopGlance():
                self._end(command.session, command.why, command.why)
        return self.answers.get(type(command), Done())

    def _start(self, command: glance.StartGlance) -> glance.StartedGlance:
        row = self._rows[command.agent]
        session = SessionId(f"session-{len(self.viewers) + 1}")
        self.viewers[session] = _FakeViewer()
        chosen = command.displays or (1,)
        self._publish(session, row, chosen, "running")
        return glance.StartedGlance(
            session=session, agent=row.node, agent_name=row.name, displays=row.displays, chosen=chosen
        )

    def _switch(self, command: glance.SwitchGlance) -> None:
        before = self.board.topic(glance.SESSIONS)[command.session]
        assert isinstance(before, glance.GlanceSession)
        self._publish(command.session, self._rows[before.agent], command.displays, "running")
        for display in set(command.displays) - set(before.displays):
            self._send_picture(self.viewers[command.session], display)

    def _publish(
        self, session: str, row: AgentRow, chosen: tuple[int, ...], state: Any, end: Any = None
    ) -> None:
        value = glance.GlanceSession(
            session=SessionId(session),
            agent=row.node,
            agent_name=row.name,
            displays=chosen,
            state=state,
            since=trio.current_time(),
            end=end,
        )
        self.board.put(glance.SESSIONS, session, value)

    def _end(self, session: str, code: str, text: str) -> None:
        running = self.board.topic(glance.SESSIONS).get(session)
        if not isinstance(running, glance.GlanceSession) or running.state == "ended":
            return
        end = Refusal(code=code, text=text)
        self._publish(session, self._rows[running.agent], running.displays, "ended", end)
        self.viewers[session].put.close()

    def _has_ended(self, session: str) -> bool:
        running = self.board.topic(glance.SESSIONS).get(session)
        return isinstance(running, glance.GlanceSession) and running.state == "ended"

    def _send_picture(self, viewer: _FakeViewer, display: int) -> None:
        for update in self.pictures.get(display, []):
            for piece in pieces(update):
                viewer.put.send_nowait(piece)

    @asynccontextmanager
    async def open_viewer(self, session: str) -> AsyncIterator[Attached]:
        if (viewer := self.viewers.get(session)) is None:
            raise UnknownSession
        running = cast("glance.GlanceSession", self.board.topic(glance.SESSIONS)[session])
        for display in running.displays:
            self._send_picture(viewer, display)
        try:
            yield cast("Viewer", viewer)
            with suppress(trio.TooSlowError):  # as the real one: the page may yet say why
                await until(lambda: self._has_ended(session), limits.REASON_DEADLINE)
        finally:
            self._end(session, "closed", "the supervisor's page was closed")

    async def _serve(self) -> None:
        self._token = trio.lowlevel.current_trio_token()
        streams = Streams(self.board, self.access, self.open_viewer)
        app = application(self.me, self.access, streams, COMMANDS, self.call)
        self.board.put("self", "self", _own(self.me))
        async with trio.open_nursery() as nursery:
            await nursery.start(serve, app, self.access, 0)
            self._ready.set()
            await self._over.wait()
            nursery.cancel_scope.cancel()

    @contextmanager
    def running(self) -> Iterator["FakeSite"]:
        thread = threading.Thread(target=trio.run, args=(self._serve,))
        thread.start()
        assert self._ready.wait(10)
        try:
            yield self
        finally:
            self._run(self._over.set)
            thread.join()


def _own(me: Identity) -> OwnIdentity:
    return OwnIdentity(
        site=me.site,
        node=me.node,
        name=me.name,
        email=me.email,
        roles=tuple(sorted(me.roles)),
        teams=tuple(sorted(me.teams)),
        grants=tuple(sorted(me.grants)),
        expires=me.expires.isoformat(),
    )


@contextmanager
def invented_site(me: Identity | None = None) -> Iterator[FakeSite]:
    """A surface over an invented site, for the length of a ``with``."""
    with FakeSite(me or supervisor("Sam")).running() as site:
        yield site


TWO_DISPLAYS = (
    Display(number=1, x=0, y=0, width=1920, height=1080, primary=True, name="DP-1"),
    Display(number=2, x=1920, y=180, width=1280, height=1024, name="HDMI-1"),
)


def agent_row(site: FakeSite, name: str, **about: Any) -> AgentRow:
    """An agent who has been online for two hours and available for twelve minutes, unless told otherwise."""
    now = site.now
    usual: dict[str, Any] = {
        "node": NodeId(f"node-{name.split()[0].lower()}"),
        "name": name,
        "email": f"{name.split()[0].lower()}@acme.example",
        "teams": ("billing",),
        "status": "available",
        "since": now - 725,
        "online": True,
        "online_since": now - 7512,
        "last_activity": now - 184,
        "locked": False,
        "displays": TWO_DISPLAYS,
    }
    return AgentRow(**{**usual, **about})
