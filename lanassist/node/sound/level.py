"""How loud a voice is: its root mean square, in dBFS. Pure."""

import math
from typing import Final

import numpy as np

from lanassist.node.sound.base import SILENCE
from lanassist.node.sound.samples import RATE, Samples

WINDOW: Final = RATE // 10
"""Samples that one reading is about."""


def decibels(amplitude: float) -> float:
    """Of an amplitude between 0 and 1, in dBFS, never less than SILENCE."""
    return max(SILENCE, 20 * math.log10(amplitude)) if amplitude > 0 else SILENCE


def level_of(samples: Samples) -> float:
    """Of these samples alone, in dBFS."""
    if not samples.size:
        return SILENCE
    return round(decibels(math.sqrt(float(np.dot(samples, samples)) / samples.size)), 1)


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

    def read(self) -> float:
        """Of what was heard since the last reading, a window at most, in dBFS."""
        if not self._blocks:
            return SILENCE
        level = level_of(np.concatenate(self._blocks))
        self._blocks.clear()
        self._count = 0
        return level
