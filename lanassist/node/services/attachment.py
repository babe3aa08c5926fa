"""The supervisor's end of running sessions: each one's media channel, and the local viewer attached to it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import ClassVar, Protocol, TypeVar

import trio

from lanassist.node.errors import LanassistError
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import SessionId
from lanassist.node.services.session import Session


class Channel(Protocol):
    """A session's media channel."""

    async def send(self, data: bytes) -> None: ...
    async def receive(self) -> bytes: ...
    async def aclose(self) -> None: ...


class Attached:
    """A local viewer's end of one session's channel. Subclasses know what may be said there."""

    longest: ClassVar[int]
    """Bytes of a message to the agent's node; a longer one ends the session."""

    def __init__(self, channel: Channel, renew: Callable[[], Awaitable[None]]) -> None:
        self._channel = channel
        self.renew = renew
        self.lost = False
        """Whether the channel turned out to be over."""

    async def receive(self) -> bytes:
        """The next message of the agent's node. Raises LinkBroken once the channel is over."""
        with self._noticing_the_end():
            return await self._channel.receive()

    async def say(self, data: bytes) -> None:
        """A message to the agent's node. Raises LinkBroken once the channel is over."""
        with self._noticing_the_end():
            await self._channel.send(data)

    @contextmanager
    def _noticing_the_end(self) -> Iterator[None]:
        try:
            yield
        except LanassistError:
            self.lost = True
            raise


AttachedT = TypeVar("AttachedT", bound=Attached)


class _Running:
    """A running session, before and after its channel is there."""

    def __init__(self) -> None:
        self.scope = trio.CancelScope()
        self.channel: Channel | None = None
        self.ready = trio.Event()
        self.taken = False
        self.over = trio.Event()
        """The session has ended, and its reason is told."""


class Attachments:
    """The running sessions that this node asked for."""

    def __init__(self, open_media: Callable[[Session], Awaitable[Channel]]) -> None:
        self._open_media = open_media
        self._running: dict[SessionId, _Running] = {}

    def __contains__(self, session: str) -> bool:
        return session in self._running

    def opened(self, session: Session) -> None:
        """It runs: ``hold`` is to follow."""
        self._running[session.id] = _Running()

    def closed(self, session: Session) -> None:
        """It is over, and the reason is told."""
        if (found := self._running.pop(session.id, None)) is not None:
            found.over.set()
            found.scope.cancel()

    def forget(self) -> None:
        """All of them are over."""
        for found in self._running.values():
            found.over.set()
            found.scope.cancel()
        self._running.clear()

    async def hold(self, session: Session) -> LanassistError | None:
        """Open the channel and hold it until the session ends. Gives why it could not be opened, if so."""
        found = self._running.get(session.id)
        if found is None:
            return None
        with found.scope:
            try:
                found.channel = await self._open_media(session)
            except LanassistError as error:
                with trio.move_on_after(limits.REASON_DEADLINE):  # the link may yet say why
                    await found.over.wait()
                return error
            finally:
                found.ready.set()
            try:
                await trio.sleep_forever()
            finally:
                with trio.move_on_after(limits.CLOSE_DEADLINE, shield=True):
                    await found.channel.aclose()
        return None

    @asynccontextmanager
    async def attach(
        self,
        session: SessionId,
        make: Callable[[Channel], AttachedT],
        left: Callable[[bool], Awaitable[None]],
    ) -> AsyncIterator[AttachedT | None]:
        """The one local viewer of a running session; None if none of that name runs here, or it has one.

        ``make`` gives the viewer its end of the channel. ``left`` is told when the viewer has gone, and
        whether the channel was over before.
        """
        found = self._running.get(session)
        if found is None or found.taken:
            yield None
            return
        found.taken = True
        lost = False
        try:
            await found.ready.wait()
            if found.channel is None:
                yield None
                return
            attached = make(found.channel)
            yield attached
            # The link may yet say why the channel broke off; the page, by its other connection, why it left.
            lost = attached.lost
            with trio.move_on_after(limits.REASON_DEADLINE):
                await found.over.wait()
        finally:
            with trio.move_on_after(limits.CLOSE_DEADLINE, shield=True):
                await left(lost)
