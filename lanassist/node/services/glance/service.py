"""Glance's shell: opens the picture channels, runs the pump, hands channels to local viewers."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import ClassVar, Protocol

import trio

from lanassist.node.desktop.base import Desktop, DesktopState
from lanassist.node.errors import LanassistError, ScreenUnavailable, UnknownSession
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import (
    DisplayNumbers,
    Message,
    NodeId,
    Presence,
    SessionId,
    WatchingPaused,
)
from lanassist.node.services.base import AnyCommand, Effect
from lanassist.node.services.facts import PolicyInForce, WatchingPause, WishAnswered
from lanassist.node.services.glance import video
from lanassist.node.services.glance.commands import COMMANDS
from lanassist.node.services.glance.core import (
    GlanceCore,
    Leaving,
    MediaLost,
    PictureSent,
    Screen,
    ViewerLeft,
    ViewerRenewed,
)
from lanassist.node.services.glance.seen import Channel as Channel, TellingChannel
from lanassist.node.services.glance.watched import glance_of
from lanassist.node.services.service import Service
from lanassist.node.services.session import Altered, Closed, Opened, Session


class Door(Protocol):
    """Where the agent's node lets picture channels in (link/media.py)."""

    def expect(self, session: str, nonce: str, peer: NodeId) -> None: ...
    def forget(self, session: str, peer: NodeId) -> None: ...
    async def arrival(self, session: str, peer: NodeId) -> Channel: ...


class Pump(Protocol):
    """What captures, encodes and sends (pump.py)."""

    async def run(self, *, task_status: trio.TaskStatus[None] = ...) -> None: ...
    async def serve(
        self,
        channel: Channel,
        session: str,
        displays: DisplayNumbers,
        lossless: bool,
        video: bool,
        scale: float,
    ) -> None: ...
    def choose(self, session: str, displays: DisplayNumbers) -> None: ...


class _Viewing:
    """A running session on the supervisor's node, before and after its channel is there."""

    def __init__(self) -> None:
        self.scope = trio.CancelScope()
        self.channel: Channel | None = None
        self.ready = trio.Event()
        self.taken = False
        self.over = trio.Event()
        """The session has ended, and its reason is told."""


class Viewer:
    """A local viewer's end of one session: pictures out, words of what was drawn in."""

    def __init__(self, channel: Channel, renew: Callable[[], Awaitable[None]]) -> None:
        self._channel = channel
        self.renew = renew
        self.lost = False
        """Whether the channel turned out to be over."""

    async def receive(self) -> bytes:
        """The next message of the agent's node. Raises LinkBroken once the channel is over."""
        with self._noticing_the_end():
            return await self._channel.receive()

    async def drawn(self, data: bytes) -> None:
        """Tell the agent's node what was drawn. Raises LinkBroken once the channel is over."""
        with self._noticing_the_end():
            await self._channel.send(data)

    @contextmanager
    def _noticing_the_end(self) -> Iterator[None]:
        try:
            yield
        except LanassistError:
            self.lost = True
            raise


class GlanceService(Service):
    """Glance on this node, in whichever halves its certificate has."""

    name: ClassVar[str] = "glance"
    commands: ClassVar[tuple[type[AnyCommand], ...]] = COMMANDS
    messages: ClassVar[tuple[type[Message], ...]] = (Presence, WatchingPaused)
    hears: ClassVar[tuple[type[object], ...]] = (PolicyInForce, WatchingPause, WishAnswered)

    def __init__(
        self,
        core: GlanceCore,
        desktop: Desktop,
        pump: Pump,
        door: Door,
        open_media: Callable[[Session], Awaitable[Channel]],
    ) -> None:
        super().__init__(core)
        self._desktop = desktop
        self._pump = pump
        self._door = door
        self._open_media = open_media
        self._viewings: dict[SessionId, _Viewing] = {}
        self._showing: dict[tuple[NodeId, SessionId], trio.CancelScope] = {}
        self._starts, self._to_start = trio.open_memory_channel[Callable[[], Awaitable[None]]](
            limits.SESSIONS_PER_NODE * 2
        )

    async def attend(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        async with trio.open_nursery() as nursery:
            await nursery.start(self._pump.run)
            nursery.start_soon(self._watch_desktop)
            task_status.started()
            async for start in self._to_start:
                nursery.start_soon(start)

    async def _watch_desktop(self) -> None:
        async for state in self._desktop.changes():
            await self.observe(_screen(state))

    async def perform(self, effect: Effect) -> None:
        match effect:
            case Opened(session) if session.asked:
                self._viewings[session.id] = _Viewing()
                await self._starts.send(partial(self._fetch, session))
            case Opened(session):
                self._door.expect(session.id, session.nonce, session.peer.node)
                self._showing[session.peer.node, session.id] = trio.CancelScope()
                await self._starts.send(partial(self._show, session))
            case Altered(session) if not session.asked:
                self._pump.choose(_stream_name(session), glance_of(session).displays)
            case Closed(session) if session.asked:
                if (viewing := self._viewings.pop(session.id, None)) is not None:
                    viewing.over.set()
                    viewing.scope.cancel()
            case Closed(session):
                if (scope := self._showing.pop((session.peer.node, session.id), None)) is not None:
                    scope.cancel()

    async def _show(self, session: Session) -> None:
        """The agent's side: wait for the channel, then pump pictures until cancelled."""
        scope = self._showing.get((session.peer.node, session.id))
        if scope is None:
            self._door.forget(session.id, session.peer.node)
            return
        lost = MediaLost(session)
        arrived: Channel | None = None
        with scope:
            try:
                arrived = await self._door.arrival(session.id, session.peer.node)
                channel = TellingChannel(arrived, partial(self.observe, PictureSent(session)))
                request = glance_of(session)
                film = video.VP8 in request.video and video.available()
                await self._pump.serve(
                    channel,
                    _stream_name(session),
                    request.displays,
                    request.lossless,
                    film,
                    request.scale,
                )
                await trio.sleep(limits.LEASE)  # the link says why the channel ended, or the lease ends it
            except LanassistError as error:
                lost = MediaLost(
                    session, "screen" if isinstance(error, ScreenUnavailable) else "media-lost", error.text
                )
        if not scope.cancelled_caught:
            await self.observe(lost)
        await self._part(session, arrived)

    async def _part(self, session: Session, arrived: Channel | None) -> None:
        """Nothing is sent any more. The channel stays until the viewer's node has closed it.

        It does so once it has read over the link why the session ended: so the reason never comes too late.
        """
        if arrived is not None:
            with trio.move_on_after(limits.LEASE), suppress(LanassistError):
                while True:
                    await arrived.receive()
        self._door.forget(session.id, session.peer.node)

    async def _fetch(self, session: Session) -> None:
        """The supervisor's side: open the channel and hold it until the session ends."""
        viewing = self._viewings.get(session.id)
        if viewing is None:
            return
        with viewing.scope:
            try:
                viewing.channel = await self._open_media(session)
            except LanassistError as error:
                await self.observe(MediaLost(session, "media-lost", error.text))
                return
            finally:
                viewing.ready.set()
            try:
                await trio.sleep_forever()
            finally:
                with trio.move_on_after(limits.CLOSE_DEADLINE, shield=True):
                    await viewing.channel.aclose()

    @asynccontextmanager
    async def viewer(self, session: str) -> AsyncIterator[Viewer]:
        """Attach the one local viewer of a running session; leaving ends the session.

        Raises UnknownSession if none of that name runs here, or it has a viewer already.
        """
        name = SessionId(session)
        viewing = self._viewings.get(name)
        if viewing is None or viewing.taken:
            raise UnknownSession
        viewing.taken = True
        code = "closed"
        try:
            await viewing.ready.wait()
            if viewing.channel is None:
                raise UnknownSession
            viewer = Viewer(viewing.channel, lambda: self.observe(ViewerRenewed(name)))
            yield viewer
            # The link may yet say why the pictures broke off; the page, by its other connection, why it left.
            if viewer.lost:
                code = "media-lost"
            with trio.move_on_after(limits.REASON_DEADLINE):
                await viewing.over.wait()
        finally:
            with trio.move_on_after(limits.CLOSE_DEADLINE, shield=True):
                await self.observe(ViewerLeft(name, code))

    async def leave(self) -> None:
        """End every session with a word, before the links go."""
        await self.observe(Leaving())


def _screen(state: DesktopState) -> Screen:
    return Screen(
        displays=state.displays,
        locked=state.locked,
        error=state.error,
        unmaskable=state.unmaskable,
        masks=state.masks,
    )


def _stream_name(session: Session) -> str:
    """A session's name among the pump's: ids are chosen by peers, so the peer is part of it."""
    return f"{session.peer.node}/{session.id}"
