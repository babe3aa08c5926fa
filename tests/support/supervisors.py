"""A supervisor for tests of sound: speaks a tone in packets and listens to packets, beside any engine."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import numpy as np
import trio

from lanassist.node.sound.base import Event, Fault, Mode, ModeChanged
from lanassist.node.sound.opus import OpusDecoder, OpusEncoder
from lanassist.node.sound.packet import FIRST, SAMPLES, Packet, pack, unpack
from lanassist.node.sound.samples import RATE, Samples, silence
from lanassist.node.sound.supervised import ChildEngine
from lanassist.node.sound.tones import Tone
from tests.support.hearing import tone_levels

CUSTOMER, AGENT, SUPERVISOR = 440.0, 680.0, 1000.0
"""Hertz. Their sums and differences miss each other."""
HELD = 0.02
"""Seconds of a packet."""


def packets_of(hertz: float, count: int, first: int = 0) -> list[bytes]:
    """That many packets of a tone."""
    encoder, tone = OpusEncoder(), Tone(hertz)
    return [
        pack(
            Packet(
                sequence=first + number,
                timestamp=(first + number) * SAMPLES,
                flags=0 if number else FIRST,
                opus=encoder.encode(tone.speak(SAMPLES)),
            )
        )
        for number in range(count)
    ]


class Supervisor:
    """Speaks all the time, whether or not anybody may hear it; remembers what came and was told."""

    def __init__(self, engine: ChildEngine) -> None:
        self.engine = engine
        self.told: list[Event] = []
        self._heard = silence(0)
        self._decoder = OpusDecoder()

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Until cancelled."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._speak)
            nursery.start_soon(self._listen)
            nursery.start_soon(self._read)
            task_status.started()

    async def _speak(self) -> None:
        encoder, tone = OpusEncoder(), Tone(SUPERVISOR)
        due, number = trio.current_time(), 0
        while True:
            opus = encoder.encode(tone.speak(SAMPLES))
            self.engine.hear(pack(Packet(sequence=number, timestamp=number * SAMPLES, opus=opus)))
            number, due = number + 1, due + HELD
            await trio.sleep_until(due)

    async def _listen(self) -> None:
        async for packet in self.engine.packets:
            block = self._decoder.decode(unpack(packet).opus)
            self._heard = np.concatenate((self._heard, block))[-RATE // 5 :]

    async def _read(self) -> None:
        async for event in self.engine.events:
            self.told.append(event)

    def hears(self, hertz: float, above: float = -30.0) -> bool:
        """Whether a tone is in the last 50 ms that came."""
        levels = tone_levels(self._heard, hertz)
        return bool(levels.size and levels[-1] > above)

    def recent(self) -> Samples:
        """The last 200 ms that came."""
        return self._heard

    def faults(self) -> list[tuple[str, bool]]:
        """Code, and whether it was over."""
        return [(event.code, event.over) for event in self.told if isinstance(event, Fault)]

    def modes(self) -> list[tuple[Mode, str]]:
        """The modes that were told, and why."""
        return [(event.mode, event.why) for event in self.told if isinstance(event, ModeChanged)]

    async def until(self, mode: Mode, condition: Callable[[], object], seconds: float = 20.0) -> None:
        """In that mode until a condition holds; a key that a busy machine let go is pressed again."""
        with trio.fail_after(seconds):
            while not (self.engine.state.mode == mode and condition()):
                if self.engine.state.mode != mode:
                    await self.engine.set_mode(mode)
                await trio.sleep(0.01)


@asynccontextmanager
async def supervised() -> AsyncIterator[Supervisor]:
    """An engine that runs, and its supervisor."""
    supervisor = Supervisor(ChildEngine())
    async with trio.open_nursery() as nursery:
        await nursery.start(supervisor.engine.run)
        await nursery.start(supervisor.run)
        yield supervisor
        await supervisor.engine.end()
        nursery.cancel_scope.cancel()
