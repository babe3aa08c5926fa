"""How loud a voice is: root mean square and peak, in dBFS. Pure."""

import math
from typing import Final

import numpy as np

from lanassist.node.sound.base import SILENCE, Level
from lanassist.node.sound.samples import RATE, Samples

WINDOW: Final = RATE // 10
"""Samples that one reading is about."""


def decibels(amplitude: float) -> float:
    """Of an amplitude between 0 and 1, in dBFS, never less than SILENCE."""
    return max(SILENCE, 20 * math.log10(amplitude)) if amplitude > 0 else SILENCE


def level_of(samples: Samples) -> Level:
    """Of these samples alone."""
    if not samples.size:
        return Level()
    peak = float(np.max(np.abs(samples)))
    rms = math.sqrt(float(np.dot(samples, samples)) / samples.size)
    return Level(rms=round(decibels(rms), 1), peak=round(decibels(peak), 1))


class Meter:
    """Collects one voice's blocks until a reading is due."""

    def __init__(self) -> None:
        self._blocks: list[Samples] = []
        self._count = 0

    def hear(self, block: Samples) -> None:
        """Add a block; beyond a window the oldest are forgotten."""
        self._blocks.append(block)
        self._count += block.size
        while self._count - self._blocks[0].size >= WINDOW:
            self._count -= self._blocks.pop(0).size

    def read(self) -> Level:
        """Of what was heard since the last reading, a window at most."""
        if not self._blocks:
            return Level()
        level = level_of(np.concatenate(self._blocks))
        self._blocks.clear()
        self._count = 0
        return level
