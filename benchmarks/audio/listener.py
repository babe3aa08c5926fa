"""Hears a device of the sound server and knows when each sound began and ended."""

import threading
import time
from types import TracebackType
from typing import Self

import numpy as np

from benchmarks.audio.flow import Flow
from lanassist.node.sound.samples import BLOCK, BLOCK_SECONDS, RATE, Samples
from lanassist.node.sound.streams.base import StreamLost
from lanassist.node.sound.streams.pulsestreams import PulsePlayback, PulseRecording
from lanassist.node.sound.tones import Tone
from tests.support.hearing import tone_levels

AUDIBLE = -30.0
"""dBFS of a tone."""
SILENT = -45.0


class Listener:
    """Records on a thread from ``with`` to its end; each block with the time at which it came."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._blocks: list[tuple[float, Samples]] = []
        self._stopping = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._recording = PulseRecording(self._source, "benchmark")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping = True
        self._thread.join()
        self._recording.close()

    def _run(self) -> None:
        while not self._stopping:
            try:
                block = self._recording.read()
            except StreamLost:
                return
            self._keep(time.monotonic(), block)

    def _keep(self, came: float, block: Samples) -> None:
        self._blocks.append((came, block))

    @property
    def newest(self) -> float:
        """When the newest block came."""
        return self._blocks[-1][0]

    def heard(self, since: float = 0.0) -> Samples:
        """All samples that came since then."""
        blocks = [block for came, block in self._blocks if came >= since]
        return np.concatenate(blocks) if blocks else np.zeros(0, dtype=np.float32)

    def began(self, hertz: float, since: float) -> float | None:
        """When a tone was first there in a block after ``since``."""
        for came, block in list(self._blocks):
            if came > since and tone_levels(block, hertz, BLOCK, BLOCK)[0] > AUDIBLE:
                return came
        return None

    def ended(self, hertz: float, since: float) -> float | None:
        """When a tone was last there after ``since``, if it is not any more."""
        blocks = [(came, block) for came, block in list(self._blocks) if came > since]
        present = [came for came, block in blocks if tone_levels(block, hertz, BLOCK, BLOCK)[0] > SILENT]
        if not blocks or (present and present[-1] > blocks[-1][0] - 0.05):
            return None
        return present[-1] if present else since

    def onsets(self, quiet: float = 0.1) -> list[float]:
        """When sound began after at least that much silence, to the sample."""
        found: list[float] = []
        last = 0.0
        for came, block in list(self._blocks):
            loud = np.abs(block) > 0.03
            if loud.any():
                if came - last > quiet:
                    found.append(came - (BLOCK - int(np.argmax(loud))) / RATE)
                last = came
        return found


class FlowListener(Listener):
    """Keeps no sound, so that it can listen for hours: only when phrases began and what was missing."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.flow = Flow()

    def _keep(self, came: float, block: Samples) -> None:
        self.flow.hear(block, came)


class Bursts:
    """50 ms of a tone every ``apart`` seconds, into a sink."""

    def __init__(self, sink: str, apart: float = 0.4) -> None:
        self._sink = sink
        self._blocks = round(apart / BLOCK_SECONDS)

    def play(self, count: int, lead: float = 0.0) -> None:
        """Returns when they are played; before them, ``lead`` seconds of silence."""
        playback = PulsePlayback(self._sink, "benchmark")
        tone, silent = Tone(700), np.zeros(BLOCK, dtype=np.float32)
        for _ in range(round(lead / BLOCK_SECONDS)):
            playback.write(silent)
        for _ in range(count):
            for place in range(self._blocks):
                playback.write(tone.speak() if place < 5 else silent)
        for _ in range(30):
            playback.write(silent)
        playback.close()


def matched(spoken: list[float], heard: list[float], most: float = 0.38) -> list[float]:
    """Seconds from each sound to the first that was heard after it."""
    delays = [min((later - sound for later in heard if later > sound), default=most) for sound in spoken]
    return [delay for delay in delays if delay < most]
