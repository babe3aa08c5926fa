"""What one place of a call hears for an hour: when each phrase began, and what was missing in it. Pure."""

from typing import Final

import numpy as np

from lanassist.node.sound.samples import BLOCK, RATE, Samples

SPOKEN: Final = 3.4
PAUSE: Final = 0.6
"""Seconds: a phrase is a tone that long, and a pause after it, as in speech."""
LOUD: Final = 0.03
"""Amplitude; a phrase has 0.25."""
QUIET: Final = RATE // 100
"""Samples without a loud one, after which something is missing: a tone of 440 Hz has one every 55."""
NEARLY: Final = SPOKEN - 0.3
"""Seconds after a phrase began from which quiet is the pause after it; a listener may catch up meanwhile."""
SHORTEST_PAUSE: Final = 0.2
"""Seconds; what is shorter is a gap even at a phrase's end, where a decoder's ringing may follow."""
LONGEST_PAUSE: Final = PAUSE + 0.2


class Flow:
    """Blocks go in as they come; only what matters is kept."""

    def __init__(self) -> None:
        self.began: list[float] = []
        """When each phrase began, by the clock that gives ``came``."""
        self.gaps: list[tuple[float, float]] = []
        """When sound came again inside a phrase, and for how many seconds there had been none."""
        self._place = 0
        self._last = 0
        self._phrase: int | None = None

    def hear(self, block: Samples, came: float) -> None:
        """``block``: 10 ms whose last sample was there at ``came``, in seconds."""
        loud = np.flatnonzero(np.abs(block) > LOUD)
        if loud.size:
            places = np.concatenate(([self._last], self._place + loud))
            for index in np.flatnonzero(np.diff(places) > QUIET):
                again = came - (block.size - int(loud[index])) / RATE
                self._after(int(places[index]), int(places[index + 1]), again)
            self._last = int(places[-1])
        self._place += block.size

    def _after(self, quiet_from: int, until: int, now: float) -> None:
        """There was nothing between these two places."""
        quiet = (until - quiet_from) / RATE
        spoken = NEARLY if self._phrase is None else (quiet_from - self._phrase) / RATE
        if quiet < SHORTEST_PAUSE or (spoken < NEARLY and quiet < PAUSE):
            self.gaps.append((now, quiet))
            return
        if self._phrase is not None and (spoken < NEARLY or quiet > LONGEST_PAUSE):
            self.gaps.append((now, quiet - PAUSE))
        self._phrase = until
        self.began.append(now)

    def missed(self, least: float = 0.04) -> list[float]:
        """Seconds of each gap that is longer."""
        return [quiet for _, quiet in self.gaps if quiet > least]


def phrase(hertz: float) -> Samples:
    """One phrase with its pause."""
    tone = 0.25 * np.sin(2 * np.pi * hertz * np.arange(int(SPOKEN * RATE)) / RATE)
    return np.concatenate((tone, np.zeros(int(PAUSE * RATE)))).astype(np.float32)


def delays(spoken: list[float], heard: list[float], most: float = 1.0) -> list[tuple[float, float]]:
    """When each phrase was spoken, and after how many seconds it was heard, if it was."""
    found, place = [], 0
    for began in spoken:
        while place < len(heard) and heard[place] <= began:
            place += 1
        if place < len(heard) and heard[place] - began < most:
            found.append((began, heard[place] - began))
    return found


assert (SPOKEN + PAUSE) * RATE % BLOCK == 0  # phrases follow each other in whole blocks
