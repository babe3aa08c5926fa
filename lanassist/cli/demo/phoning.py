"""A call of the demo, and an assist in it seen from a program, with an ear and a voice of its own."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Final

import numpy as np
import trio

from lanassist.cli.channels import Channel, media_of
from lanassist.cli.demo.checking import Bench, apart
from lanassist.cli.demo.mirror import Mirror
from lanassist.cli.demo.site import Member
from lanassist.cli.demo.voices import TONES
from lanassist.node.errors import LanassistError
from lanassist.node.services.assist import media
from lanassist.node.services.assist.commands import (
    OFFERS,
    SESSIONS,
    BeginCall,
    CloseAssist,
    EndAcw,
    EndCall,
    StartAssist,
    StartedAssist,
)
from lanassist.node.sound.opus import OpusDecoder, OpusEncoder
from lanassist.node.sound.packet import FIRST, SAMPLES, Packet, pack, unpack
from lanassist.node.sound.samples import RATE, Samples
from lanassist.node.sound.tones import Tone
from lanassist.node.sound.waves import read_wave

CUSTOMER, AGENT = TONES
SUPERVISOR: Final = 900
"""Hertz: with these each voice is told from the others."""
HEARD: Final = -40.0
"""dBFS above which a tone is there."""
WINDOW: Final = RATE // 10
SOON: Final = 5.0
"""Seconds."""


def tone_level(samples: Samples, hertz: float) -> float:
    """Of a tone in these samples, in dBFS; -120 for nothing."""
    if not samples.size:
        return -120.0
    turns = np.exp(-2j * np.pi * hertz * np.arange(samples.size) / RATE) * np.hanning(samples.size)
    amplitude = float(np.abs(np.dot(samples, turns))) / (samples.size / 4)
    return max(-120.0, 20 * float(np.log10(max(amplitude, 1e-9))))


def loudest(bench: Bench, ear: str, hertz: float) -> float:
    """The level of a tone where it is loudest in what an ear of Dana's last call heard, in dBFS."""
    assert bench.site.ears is not None
    samples = read_wave(str(bench.site.ears / f"{ear}.wav"))
    windows = range(0, samples.size - WINDOW + 1, WINDOW)
    return max((tone_level(samples[start : start + WINDOW], hertz) for start in windows), default=-120.0)


class Phone:
    """One running assist, with an ear and a voice."""

    def __init__(self, started: StartedAssist, channel: Channel) -> None:
        self.session = started.session
        self.speaking = False
        self.ended = trio.Event()
        self._channel = channel
        self._heard = np.zeros(0, np.float32)
        self._said = 0
        self._news = trio.Event()

    async def hears(self, hertz: float) -> None:
        """Wait until that tone is heard. Raises TimeoutError."""
        what = f"a tone of {hertz:g} Hz was not heard"
        await self._until(lambda: tone_level(self._heard, hertz) > HEARD, what)

    async def says(self, seconds: float) -> None:
        """Speak for so long."""
        self.speaking = True
        enough = self._said + seconds * RATE / SAMPLES
        await self._until(lambda: self._said >= enough, "nothing could be said")

    async def _until(self, condition: Callable[[], bool], otherwise: str) -> None:
        with trio.move_on_after(SOON):
            while not condition():
                await self._news.wait()
            return
        raise TimeoutError(f"{otherwise} within {SOON:g} s")

    def _tell(self) -> None:
        self._news.set()
        self._news = trio.Event()

    async def listen(self) -> None:
        """Decode until the node ends the channel."""
        decoder = OpusDecoder()
        with suppress(trio.EndOfChannel):
            while True:
                packet = media.packet_of(await self._channel.receive())
                if packet is not None:
                    samples = decoder.decode(unpack(packet).opus)
                    self._heard = np.concatenate([self._heard, samples])[-WINDOW:]
                    self._tell()
        self.ended.set()

    async def speak(self) -> None:
        """Fifty packets a second while ``speaking``."""
        encoder, tone, silent = OpusEncoder(), Tone(SUPERVISOR), True
        with suppress(trio.EndOfChannel):
            while True:
                await trio.sleep(SAMPLES / RATE)
                if self.speaking:
                    opus = encoder.encode(tone.speak(SAMPLES))
                    place = {"sequence": self._said, "timestamp": self._said * SAMPLES}
                    packet = Packet(**place, flags=FIRST * silent, opus=opus)
                    await self._channel.send(media.sound(pack(packet)))
                    self._said += 1
                    self._tell()
                silent = not self.speaking


@asynccontextmanager
async def on_a_call(bench: Bench, agent: Member) -> AsyncIterator[None]:
    """A routed call of an agent, for the length of an ``async with``; the work after it is done at once."""
    await bench.ask(agent, BeginCall(routed=True, number="+49 30 1234", category="General"))
    await bench.board.until(lambda: _offer(bench.board, agent) is None, SOON, "the call cannot be assisted")
    try:
        yield
    finally:
        with trio.CancelScope(shield=True):
            for command in (EndCall(), EndAcw()):
                with suppress(LanassistError):  # it may be over already
                    await bench.ask(agent, command)


def _offer(board: Mirror, agent: Member) -> object:
    """Why the agent's call cannot be assisted; None if it can."""
    rows = [row for row in board.topic(OFFERS).values() if row["call"] is not None]
    return rows[0]["listen"] if rows else f"{agent.name} has no call"


@asynccontextmanager
async def assisting(bench: Bench, agent: Member) -> AsyncIterator[Phone]:
    """Sam listens to an agent's call, for the length of an ``async with``."""
    sam = bench.site.sam
    started = await apart(partial(sam.client.ask, StartAssist(agent=agent.email, reason="demo")))
    async with media_of(sam.client, started.session) as channel, trio.open_nursery() as nursery:
        phone = Phone(started, channel)
        nursery.start_soon(channel.renew, media.RENEW)
        nursery.start_soon(phone.listen)
        nursery.start_soon(phone.speak)
        yield phone
        with suppress(LanassistError):  # it may be over already
            await bench.ask(sam, CloseAssist(session=started.session))
        nursery.cancel_scope.cancel()


def state_of(board: Mirror, phone: Phone) -> str:
    """How the assist stands on Sam's board."""
    row = board.topic(SESSIONS).get(phone.session)
    return "" if row is None else str(row["state"])
