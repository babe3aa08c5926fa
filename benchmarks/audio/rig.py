"""An agent's softphone and a supervisor's headset on one sound server, joined by a network without delay."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import trio

from lanassist.node.sound.base import Softphone
from lanassist.node.sound.opus import OpusEncoder
from lanassist.node.sound.packet import SAMPLES, Packet, pack
from lanassist.node.sound.supervised import ChildEngine, ChildHeadset
from lanassist.node.sound.tones import Tone
from tests.support.soundserver import MICROPHONE, PipeWire, PulseAudio, SoundServer

SERVERS: dict[str, type[SoundServer]] = {"pulseaudio": PulseAudio, "pipewire": PipeWire}
CUSTOMER, AGENT, SUPERVISOR = 440.0, 680.0, 1000.0
SPEAKER, VIRTUAL_MICROPHONE, SUPERVISORS = "lanassist_speaker", "lanassist_microphone", "supervisor"
SOFTPHONE = Softphone(microphone=MICROPHONE)


@contextmanager
def sound_server(name: str) -> Iterator[SoundServer]:
    """A fresh one, and this process among its programs."""
    with SERVERS[name]() as server:
        kept = dict(os.environ)
        os.environ.update(server.environ)
        try:
            server.plug_in(SUPERVISORS)
            yield server
        finally:
            os.environ.clear()
            os.environ.update(kept)


class Rig:
    """The two ends."""

    def __init__(self, headset: ChildHeadset | None = None) -> None:
        self.engine = ChildEngine()
        self.headset = headset or ChildHeadset()
        self.speaks = False
        """Whether the supervisor says a tone; packets of silence flow all the same."""

    async def join(self) -> None:
        """Everything that flows between them, until cancelled."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._to_headset)
            nursery.start_soon(self._to_engine)
            nursery.start_soon(self._drain)

    async def _to_headset(self) -> None:
        async for packet in self.engine.packets:
            self.headset.play(packet)

    async def _to_engine(self) -> None:
        encoder, tone, due, number = OpusEncoder(), Tone(SUPERVISOR), trio.current_time(), 0
        while True:
            said = tone.speak(SAMPLES) * (1 if self.speaks else 0)
            packet = Packet(sequence=number, timestamp=number * SAMPLES, opus=encoder.encode(said))
            self.engine.hear(pack(packet))
            number, due = number + 1, due + 0.02
            await trio.sleep_until(due)

    async def _drain(self) -> None:
        async for _ in self.engine.events:
            pass


@asynccontextmanager
async def rig(headset: ChildHeadset | None = None) -> AsyncIterator[Rig]:
    """With a call on, in normal."""
    made = Rig(headset)
    async with trio.open_nursery() as nursery:
        await nursery.start(made.engine.run)
        await nursery.start(made.headset.run)
        nursery.start_soon(made.join)
        await made.engine.begin(SOFTPHONE, "benchmark")
        await made.headset.open(SUPERVISORS, MICROPHONE)
        yield made
        await made.engine.end()
        await made.headset.close()
        nursery.cancel_scope.cancel()
