"""The supervisor's end of an assist: sound and levels to the one page or command attached, its voice back."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from lanassist.node.services.assist import media
from lanassist.node.services.attachment import Attached, Channel


class Listener(Attached):
    """A local listener's end of one session: sound and levels out, the supervisor's voice in."""

    longest: ClassVar[int] = media.MESSAGE_BYTES

    def __init__(
        self, channel: Channel, renew: Callable[[], Awaitable[None]], lets_speak: Callable[[], bool]
    ) -> None:
        super().__init__(channel, renew)
        self._lets_speak = lets_speak

    async def say(self, data: bytes) -> None:
        """The supervisor's voice; it goes no further unless the session talks. Raises LinkBroken."""
        if media.packet_of(data) is not None and self._lets_speak():
            await super().say(data)
