"""Assist's shell: opens the sound channels, moves packets, and has the mixer do what was decided."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import ClassVar, Protocol

import trio

from lanassist.node.errors import LanassistError, NotAssisting
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Message, NodeId, SessionId
from lanassist.node.services.assist import media
from lanassist.node.services.assist.agent_side import SoundWanted
from lanassist.node.services.assist.assisted import HangUp
from lanassist.node.services.assist.commands import COMMANDS
from lanassist.node.services.assist.core import (
    MESSAGES,
    AssistCore,
    ListenerLeft,
    ListenerRenewed,
    MediaHere,
    MediaLost,
)
from lanassist.node.services.assist.hanging_up import hang_up
from lanassist.node.services.assist.listening import Listener
from lanassist.node.services.assist.mixer import Mixer
from lanassist.node.services.assist.records import RECORDS
from lanassist.node.services.attachment import Attachments, Channel
from lanassist.node.services.base import AnyCommand, Core, Effect, Leaving, Record
from lanassist.node.services.facts import Availability, PolicyInForce, WishAnswered
from lanassist.node.services.notices import Notify, Withdraw
from lanassist.node.services.noticing import NoticeQueue, Notices
from lanassist.node.services.service import Service
from lanassist.node.services.session import Closed, Opened, Session
from lanassist.node.sound.base import Engine, Source


class Door(Protocol):
    """Where the agent's node lets sound channels in (link/media.py)."""

    def expect(self, session: str, nonce: str, peer: NodeId) -> None: ...
    def forget(self, session: str, peer: NodeId) -> None: ...
    async def arrival(self, session: str, peer: NodeId) -> Channel: ...


class AssistService(Service):
    """Calls, assist and help on this node, in whichever halves its certificate has."""

    name: ClassVar[str] = "assist"
    commands: ClassVar[tuple[type[AnyCommand], ...]] = COMMANDS
    messages: ClassVar[tuple[type[Message], ...]] = MESSAGES
    records: ClassVar[tuple[type[Record], ...]] = RECORDS
    hears: ClassVar[tuple[type[object], ...]] = (Availability, PolicyInForce, WishAnswered)

    def __init__(
        self,
        make: Callable[[Sequence[Record]], AssistCore],
        records: Sequence[Record],
        door: Door,
        open_media: Callable[[Session], Awaitable[Channel]],
        sound: tuple[Engine, Source] | None,
        notices: Notices,
        hang_up: Sequence[str] = (),
    ) -> None:
        """``sound``: this machine's, if calls have any here. ``hang_up``: as in the settings."""
        self._make = make
        self._assist = make(records)
        super().__init__(self._assist)
        self._door = door
        self._hang_up = hang_up
        self._mixer = None if sound is None else Mixer(*sound, self.observe)
        self._notices = NoticeQueue(notices, self.observe)
        self._listening = Attachments(open_media)
        self._serving: dict[tuple[NodeId, SessionId], trio.CancelScope] = {}
        self._starts, self._to_start = trio.open_memory_channel[Callable[[], Awaitable[None]]](
            limits.SESSIONS_PER_NODE * 2
        )

    def recreate(self, records: Sequence[Record]) -> Core:
        """Sessions that ran are over: nobody answers for them any more."""
        for (peer, session), scope in self._serving.items():
            self._door.forget(session, peer)
            scope.cancel()
        self._serving.clear()
        self._listening.forget()
        self._assist = self._make(records)
        if self._mixer is not None:
            self._mixer.want(SoundWanted("", "normal"))
        return self._assist

    async def attend(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        async with trio.open_nursery() as nursery:
            if self._mixer is not None:
                await nursery.start(self._mixer.run)
            nursery.start_soon(self._notices.run)
            task_status.started()
            async for start in self._to_start:
                nursery.start_soon(start)

    async def perform(self, effect: Effect) -> None:
        match effect:
            case SoundWanted():
                if self._mixer is not None:
                    self._mixer.want(effect)
            case Notify() | Withdraw():
                self._notices.add(effect)
            case HangUp(call):
                await self._starts.send(partial(hang_up, self._hang_up, call))
            case Opened(session) if session.asked:
                self._listening.opened(session)
                await self._starts.send(partial(self._hold, session))
            case Opened(session):
                self._door.expect(session.id, session.nonce, session.peer.node)
                self._serving[session.peer.node, session.id] = trio.CancelScope()
                await self._starts.send(partial(self._serve, session))
            case Closed(session) if session.asked:
                self._listening.closed(session)
            case Closed(session):
                self._door.forget(session.id, session.peer.node)
                if (scope := self._serving.pop((session.peer.node, session.id), None)) is not None:
                    scope.cancel()

    # --- the agent's side ----------------------------------------------------------------------------

    async def _serve(self, session: Session) -> None:
        """Wait for the channel, then move packets until the session ends."""
        scope = self._serving.get((session.peer.node, session.id))
        if scope is None:
            return
        lost = MediaLost(session)
        with scope:
            try:
                channel = await self._door.arrival(session.id, session.peer.node)
                await self.observe(MediaHere(session))
                await self._exchange(channel)
            except LanassistError as error:
                lost = MediaLost(session, error.text)
            await trio.sleep(limits.REASON_DEADLINE)  # the link may yet say why the channel ended
        if not scope.cancelled_caught:
            await self.observe(lost)

    async def _exchange(self, channel: Channel) -> None:
        """Until the channel is over, or this is cancelled. Raises LinkBroken."""
        if self._mixer is None:
            return
        mixer, engine = self._mixer, self._mixer.engine
        broken: list[LanassistError] = []

        async def hear() -> None:
            try:
                while True:
                    if (packet := media.packet_of(await channel.receive())) is not None:
                        engine.hear(packet)
            except LanassistError as error:
                broken.append(error)
                nursery.cancel_scope.cancel()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(hear)
            try:
                async for packet in engine.packets:
                    await channel.send(media.sound(packet))
                    if (levels := mixer.levels) is not None:
                        mixer.levels = None
                        await channel.send(media.levels(levels))
            except LanassistError as error:
                broken.append(error)
            nursery.cancel_scope.cancel()
        if broken:
            raise broken[0]

    # --- the supervisor's side -----------------------------------------------------------------------

    def has(self, session: str) -> bool:
        """Whether this session is an assist that runs here."""
        return session in self._listening

    @asynccontextmanager
    async def listener(self, session: str) -> AsyncIterator[Listener]:
        """Attach the one local listener of a running session. Raises NotAssisting."""
        name = SessionId(session)

        async def renew() -> None:
            await self.observe(ListenerRenewed(name))

        async def left(lost: bool) -> None:
            await self.observe(ListenerLeft(name, "link-lost" if lost else "closed"))

        def end_of(channel: Channel) -> Listener:
            return Listener(channel, renew, lambda: self._assist.assisting.lets_speak(name))

        async with self._listening.attach(name, end_of, left) as listener:
            if listener is None:
                raise NotAssisting
            yield listener

    async def _hold(self, session: Session) -> None:
        if (error := await self._listening.hold(session)) is not None:
            await self.observe(MediaLost(session, error.text))

    async def leave(self) -> None:
        """End every session with a word, before the links go."""
        await self.observe(Leaving())
