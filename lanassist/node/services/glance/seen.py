"""A picture channel that tells when the first of what it carries has really left this machine."""

from collections.abc import Awaitable, Callable
from typing import Protocol


class Channel(Protocol):
    """A session's picture channel."""

    async def send(self, data: bytes) -> None: ...
    async def receive(self) -> bytes: ...
    async def aclose(self) -> None: ...


class TellingChannel:
    """The same channel; ``sent`` is awaited once, after the first message went out on it."""

    def __init__(self, channel: Channel, sent: Callable[[], Awaitable[None]]) -> None:
        self._channel = channel
        self._sent: Callable[[], Awaitable[None]] | None = sent

    async def send(self, data: bytes) -> None:
        await self._channel.send(data)
        if (tell := self._sent) is not None:
            self._sent = None
            await tell()

    async def receive(self) -> bytes:
        return await self._channel.receive()

    async def aclose(self) -> None:
        await self._channel.aclose()
