"""A supervisor's ear and mouth at a node: attached to an assist's media, renewing, hearing, and talking."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final, Protocol

import numpy as np
import trio

from lanassist.node.errors import LanassistError
from lanassist.node.services.assist import media
from lanassist.node.sound.base import Levels
from lanassist.node.sound.opus import OpusDecoder, OpusEncoder
from lanassist.node.sound.packet import FIRST, SAMPLES, Packet, pack, unpack
from lanassist.node.sound.samples import Samples
from lanassist.node.sound.tones import Tone
from tests.support.hearing import tone_levels

RECENT: Final = 24_000
"""Samples; half a second."""
LOUD: Final = -30.0
"""dBFS of a tone that is there; it is sent with -12."""


class Attached(Protocol):
    """A local end of an assist's media channel."""

    renew: Callable[[], Awaitable[None]]

    async def receive(self) -> bytes: ...
    async def say(self, data: bytes) -> None: ...


class Ear:
    """What was heard, and a mouth that says a tone while ``speaks``."""

    def __init__(self, channel: Attached, hertz: float = 1700) -> None:
        self._channel = channel
        self._decoder = OpusDecoder()
        self._encoder = OpusEncoder()
        self._tone = Tone(hertz)
        self._parts: list[Samples] = []
        self.packets = 0
        self.levels: Levels | None = None
        self.speaks = False
        self.renews = True
        self.over = trio.Event()

    def recent(self) -> Samples:
        """The last half second."""
        return np.concatenate(self._parts[-(RECENT // SAMPLES) :] or [np.zeros(1, np.float32)])

    def hears(self, hertz: float) -> bool:
        """Whether a tone is in the last half second, from its beginning to its end."""
        found = tone_levels(self.recent(), hertz)
        return found.size >= RECENT // SAMPLES // 4 and float(np.median(found)) > LOUD

    async def listen(self) -> None:
        with suppress(LanassistError):
            while True:
                message = await self._channel.receive()
                packet = media.packet_of(message)
                if packet is None:
                    self.levels = media.parse_levels(message)
                    continue
                self.packets += 1
                self._parts = [*self._parts[-200:], self._decoder.decode(unpack(packet).opus)]
        self.over.set()

    async def live(self) -> None:
        """Renew, and talk, until the session is over."""
        sequence, next_at, renew_at = 0, trio.current_time(), 0.0
        first = True
        with suppress(LanassistError):
            while True:
                if self.renews and trio.current_time() >= renew_at:
                    renew_at = trio.current_time() + 1.0
                    await self._channel.renew()
                if self.speaks:
                    opus = self._encoder.encode(self._tone.speak(SAMPLES))
                    spoken = Packet(
                        sequence=sequence,
                        timestamp=sequence * SAMPLES,
                        flags=FIRST if first else 0,
                        opus=opus,
                    )
                    await self._channel.say(media.sound(pack(spoken)))
                    sequence += 1
                first = not self.speaks
                next_at += 0.02
                await trio.sleep_until(next_at)


@asynccontextmanager
async def ear_of(channel: Attached) -> AsyncIterator[Ear]:
    """An ear that listens and renews for the length of the ``with``."""
    ear = Ear(channel)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(ear.listen)
        nursery.start_soon(ear.live)
        yield ear
        nursery.cancel_scope.cancel()
