"""Glance's shell: opens the picture channels, runs the pump, hands channels to local viewers."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
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
from lanassist.node.services.attachment import Attached, Attachments
from lanassist.node.services.base import AnyCommand, Effect, Leaving
from lanassist.node.services.facts import PolicyInForce, WatchingPause, WishAnswered
from lanassist.node.services.glance import video
from lanassist.node.services.glance.commands import COMMANDS
from lanassist.node.services.glance.core import (
    GlanceCore,
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


class Viewer(Attached):
    """A local viewer's end of one glance: pictures out, words of what was drawn in."""

    longest: ClassVar[int] = limits.VIEWER_MESSAGE_BYTES


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
        self._viewings = Attachments(open_media)
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
                self._viewings.opened(session)
                await self._starts.send(partial(self._fetch, session))
            case Opened(session):
                self._door.expect(session.id, session.nonce, session.peer.node)
                self._showing[session.peer.node, session.id] = trio.CancelScope()
                await self._starts.send(partial(self._show, session))
            case Altered(session) if not session.asked:
                self._pump.choose(_stream_name(session), glance_of(session).displays)
            case Closed(session) if session.asked:
                self._viewings.closed(session)
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
        if (error := await self._viewings.hold(session)) is not None:
            await self.observe(MediaLost(session, "media-lost", error.text))

    @asynccontextmanager
    async def viewer(self, session: str) -> AsyncIterator[Viewer]:
        """Attach the one local viewer of a running session; leaving ends the session.

        Raises UnknownSession if none of that name runs here, or it has a viewer already.
        """
        name = SessionId(session)

        async def renew() -> None:
            await self.observe(ViewerRenewed(name))

        async def left(lost: bool) -> None:
            await self.observe(ViewerLeft(name, "media-lost" if lost else "closed"))

        async with self._viewings.attach(name, lambda channel: Viewer(channel, renew), left) as viewer:
            if viewer is None:
                raise UnknownSession
            yield viewer

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
