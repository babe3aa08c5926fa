"""What one session's viewer has still to be sent, and how its service ends early."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final, Protocol

import trio

from lanassist.node.errors import LinkBroken, ScreenUnavailable
from lanassist.node.link.channel import ChannelClosed
from lanassist.node.services.glance.scaling import divisor
from lanassist.node.services.glance.studio import Joined, Ready

UNTAKEN: Final = 8
"""Updates of one display that may wait for a viewer; credits keep an honest one well below."""
CLOSED: Final = (
    LinkBroken,
    ChannelClosed,
    trio.BrokenResourceError,
    trio.ClosedResourceError,
    trio.EndOfChannel,
)

OnSent = Callable[[str, int], None]


class MediaChannel(Protocol):
    """One session's way to its viewer; its end is one of CLOSED."""

    async def send(self, data: bytes, /) -> None: ...
    async def receive(self) -> bytes: ...


class Outbox:
    """Of one session; its viewer's credits bound it."""

    def __init__(
        self, session: str, displays: Iterable[int], lossless: bool, video: bool, scale: float
    ) -> None:
        self.session = session
        self.displays = frozenset(displays)
        self.joined = partial(Joined, session, lossless=lossless, video=video, divisor=divisor(scale))
        """What it tells of a display that it wants to see."""
        self.scope = trio.CancelScope()
        """Of its service."""
        self.failure: ScreenUnavailable | None = None
        self._updates: list[Ready] = []
        self._news = trio.Event()

    def put(self, update: Ready) -> None:
        """Queue an update, if its display is still chosen. Who confirms what it does not take is cut off."""
        if update.display not in self.displays:
            return
        if sum(each.display == update.display for each in self._updates) >= UNTAKEN:
            self.scope.cancel()
            return
        self._updates.append(update)
        self._news.set()

    def choose(self, displays: Iterable[int]) -> None:
        """Other displays from now on; of the others nothing leaves any more."""
        self.displays = frozenset(displays)
        self._updates = [update for update in self._updates if update.display in self.displays]

    def fail(self, error: ScreenUnavailable) -> None:
        """End it, with the reason."""
        self.failure = error
        self.scope.cancel()

    async def send(self, channel: MediaChannel, on_sent: OnSent | None) -> None:
        """What is put, until the channel is closed; ``on_sent`` is called for all that has really left."""
        try:
            while True:
                while self._updates:
                    for message in self._updates.pop(0).messages:
                        await channel.send(message)
                        if on_sent is not None:
                            on_sent(self.session, len(message))
                self._news = trio.Event()
                await self._news.wait()
        except CLOSED:
            return
