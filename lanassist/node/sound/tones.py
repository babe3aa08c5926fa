"""Sounds that are made rather than recorded: tones and files, block by block. No devices."""

from typing import Final, Protocol

import numpy as np

from lanassist.node.sound.samples import BLOCK, RATE, Samples, silence
from lanassist.node.sound.waves import read_wave

LOUDNESS: Final = 0.25
"""Amplitude of a tone: -12 dBFS peak."""


class Voice(Protocol):
    """Something that speaks for ever."""

    def speak(self, count: int = BLOCK) -> Samples: ...


class Tone:
    """A sine that never ends."""

    def __init__(self, hertz: float, amplitude: float = LOUDNESS) -> None:
        self._step = 2 * np.pi * hertz / RATE
        self._phase = 0.0
        self._amplitude = amplitude

    def speak(self, count: int = BLOCK) -> Samples:
        """The next samples of it."""
        phases = self._phase + self._step * np.arange(count)
        self._phase = float((self._phase + self._step * count) % (2 * np.pi))
        spoken: Samples = (self._amplitude * np.sin(phases)).astype(np.float32)
        return spoken


class Silence:
    """Says nothing."""

    def speak(self, count: int = BLOCK) -> Samples:
        """Zeros."""
        return silence(count)


class Recording:
    """Samples over and over again."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples
        self._place = 0

    def speak(self, count: int = BLOCK) -> Samples:
        """The next samples, from the beginning again after the end."""
        places = (self._place + np.arange(count)) % self._samples.size
        self._place = int((self._place + count) % self._samples.size)
        spoken: Samples = self._samples[places]
        return spoken


def voice(said: str) -> Voice:
    """``tone:HERTZ``, ``silence`` or the path of a WAV file. Raises FileUnreadable."""
    kind, _, hertz = said.partition(":")
    if said == "silence":
        return Silence()
    if kind == "tone" and hertz.isdecimal() and 20 <= int(hertz) <= RATE // 3:
        return Tone(int(hertz))
    return Recording(read_wave(said))
