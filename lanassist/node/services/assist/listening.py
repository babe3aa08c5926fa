"""The supervisor's end of an assist's sound channel, and the one page or command that is attached to it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Protocol

import trio

from lanassist.node.errors import LanassistError, NotAssisting
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import SessionId
from lanassist.node.services.assist import media
from lanassist.node.services.assist.core import ListenerLeft, ListenerRenewed, MediaLost
from lanassist.node.services.session import Session

Tell = Callable[[object], Awaitable[None]]


class Channel(Protocol):
    """A session's sound channel."""

    async def send(self, data: bytes) -> None: ...
    async def receive(self) -> bytes: ...
    async def aclose(self) -> None: ...


class Listener:
    """A local listener's end of one session: sound and levels out, the supervisor's voice in."""

    longest = media.MESSAGE_BYTES
    """Bytes of a message to the agent's node; a longer one ends the session."""

    def __init__(
        self, channel: Channel, renew: Callable[[], Awaitable[None]], lets_speak: Callable[[], bool]
    ) -> None:
        self._channel = channel
        self._lets_speak = lets_speak
        self.renew = renew
        self.lost = False
        """Whether the channel turned out to be over."""

    async def receive(self) -> bytes:
        """The next message of the agent's node. Raises LinkBroken once the channel is over."""
        with self._noticing_the_end():
            return await self._channel.receive()

    async def say(self, data: bytes) -> None:
        """The supervisor's voice; it goes no further unless the session talks. Raises LinkBroken."""
        if media.packet_of(data) is not None and self._lets_speak():
            with self._noticing_the_end():
                await self._channel.send(data)

    @contextmanager
    def _noticing_the_end(self) -> Iterator[None]:
        try:
            yield
        except LanassistError:
            self.lost = True
            raise


class _Open:
    """A running session, before and after its channel is there."""

    def __init__(self) -> None:
        self.scope = trio.CancelScope()
        self.channel: Channel | None = None
        self.ready = trio.Event()
        self.taken = False
        self.over = trio.Event()
        """The session has ended, and its reason is told."""


class Listening:
    """This supervisor's running sessions."""

    def __init__(
        self,
        tell: Tell,
        open_media: Callable[[Session], Awaitable[Channel]],
        lets_speak: Callable[[SessionId], bool],
    ) -> None:
        self._tell = tell
        self._open_media = open_media
        self._lets_speak = lets_speak
        self._sessions: dict[SessionId, _Open] = {}

    def opened(self, session: Session) -> None:
        self._sessions[session.id] = _Open()

    def closed(self, session: Session) -> None:
        if (found := self._sessions.pop(session.id, None)) is not None:
            found.over.set()
            found.scope.cancel()

    def forget(self) -> None:
        """All of them are over."""
        for found in self._sessions.values():
            found.over.set()
            found.scope.cancel()
        self._sessions.clear()

    async def hold(self, session: Session) -> None:
        """Open the channel and hold it until the session ends."""
        found = self._sessions.get(session.id)
        if found is None:
            return
        with found.scope:
            try:
                found.channel = await self._open_media(session)
            except LanassistError as error:
                with trio.move_on_after(limits.REASON_DEADLINE):  # the link may yet say why
                    await found.over.wait()
                await self._tell(MediaLost(session, error.text))
                return
            finally:
                found.ready.set()
            try:
                await trio.sleep_forever()
            finally:
                with trio.move_on_after(limits.CLOSE_DEADLINE, shield=True):
                    await found.channel.aclose()

    def __contains__(self, session: str) -> bool:
        return session in self._sessions

    @asynccontextmanager
    async def listener(self, session: str) -> AsyncIterator[Listener]:
        """Attach the one local listener of a running session; leaving ends the session.

        Raises NotAssisting if none of that name runs here, or it has a listener already.
        """
        name = SessionId(session)
        found = self._sessions.get(name)
        if found is None or found.taken:
            raise NotAssisting
        found.taken = True
        code = "closed"
        try:
            await found.ready.wait()
            if found.channel is None:
                raise NotAssisting
            listener = Listener(
                found.channel, lambda: self._tell(ListenerRenewed(name)), lambda: self._lets_speak(name)
            )
            yield listener
            # The link may yet say why the sound broke off; the page, by its other connection, why it left.
            if listener.lost:
                code = "link-lost"
            with trio.move_on_after(limits.REASON_DEADLINE):
                await found.over.wait()
        finally:
            with trio.move_on_after(limits.CLOSE_DEADLINE, shield=True):
                await self._tell(ListenerLeft(name, code))
