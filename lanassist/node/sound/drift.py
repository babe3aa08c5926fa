"""Two sound cards never run at quite the same speed. Here one clock's samples are bent to another's. Pure.

``Pace`` finds the ratio from how much is buffered, ``Resampler`` applies it, ``Track`` is both together for
a voice whose blocks arrive by one clock and leave by another.
"""

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from lanassist.node.sound.samples import BLOCK, RATE, Samples, silence

PULL: Final = 0.4
"""How much faster (1 = 100 %) for each second too much in the buffer: half of an error is gone in 2 s."""
SETTLE: Final = PULL * PULL / 4
"""How fast the lasting difference is learnt, per second; critically damped."""
LASTING: Final = 0.0005
"""The largest lasting difference of two clocks that is believed; cheap cards differ by 0.0003."""
LIMIT: Final = 0.015
"""The largest change of speed at any moment; less than a quarter tone."""
SMOOTHED: Final = 0.5
"""Seconds over which readings of a buffer are averaged."""
TELLING: Final = 0.002
"""Seconds: an error beyond has other reasons than clocks, such as a packet that came late. More than
LASTING / PULL, so that what was learnt wrongly is unlearnt."""
OWED: Final = 1 / 120
"""Share of a block from which it is bent: 4 samples of 10 ms. So it is a hundredth faster or slower at most
beside the ratio."""


class Pace:
    """A proportional-integral controller from how much is buffered to how fast to take it."""

    def __init__(self) -> None:
        self.lasting = 0.0
        self.surplus: float | None = None
        """Smoothed, in seconds."""

    def ratio(self, surplus: float, elapsed: float) -> float:
        """Input samples for each output sample, when there is ``surplus`` (s) too much; ``elapsed`` s on."""
        previous = surplus if self.surplus is None else self.surplus
        self.surplus = previous + min(1.0, elapsed / SMOOTHED) * (surplus - previous)
        if abs(self.surplus) < TELLING:
            self.lasting = min(LASTING, max(-LASTING, self.lasting + SETTLE * self.surplus * elapsed))
        return 1.0 + min(LIMIT, max(-LIMIT, PULL * self.surplus + self.lasting))

    def jump(self, seconds: float) -> None:
        """That much was taken out at once: the smoothed reading follows without a lag."""
        if self.surplus is not None:
            self.surplus -= seconds


class Resampler:
    """Takes a few samples more or fewer than it gives, for ratios close to 1. Delays by two samples.

    What a ratio asks for is owed until it is a few samples; then one block is bent to a whole number of
    them, by cubic (Catmull-Rom) interpolation. So most blocks pass as they are, and cost nothing.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget what is in it."""
        self._samples = silence(1)
        self._position = 1
        self._owed = 0.0

    @property
    def held(self) -> int:
        """Input samples that have not been used up."""
        return max(0, self._samples.size - self._position)

    def push(self, samples: Samples) -> None:
        """More input."""
        self._samples = np.concatenate((self._samples[self._position - 1 :], samples))
        self._position = 1

    def drop(self, count: int) -> None:
        """Leave out that many samples of input."""
        self._position += max(0, count)

    def holds(self, count: int, ratio: float) -> bool:
        """Whether ``pull`` can give that many."""
        return self._position + count + self._more(count, ratio) + 2 <= self._samples.size

    def pull(self, count: int, ratio: float) -> Samples:
        """``count`` samples of output; ``holds`` says whether there are so many."""
        more = self._more(count, ratio)
        self._owed += (ratio - 1.0) * count - more
        start, self._position = self._position, self._position + count + more
        return self._bent(start, count, more) if more else self._samples[start : start + count]

    def _more(self, count: int, ratio: float) -> int:
        """Samples to take for ``count`` beyond that many."""
        owed = self._owed + (ratio - 1.0) * count
        return int(owed) if abs(owed) >= OWED * count else 0

    def _bent(self, start: int, count: int, more: int) -> Samples:
        """``count`` samples in place of ``more`` than that."""
        places, weights = _bending(count, more)
        bent: Samples = (self._samples[places + start] * weights).sum(axis=0)
        return bent


@lru_cache(maxsize=64)
def _bending(count: int, more: int) -> tuple[npt.NDArray[np.intp], Samples]:
    """For each sample that is given, four that are taken (from the first on), and their weights: (4, count).

    The weights are Catmull and Rom's, for what lies a share of ``t`` between the second and the third.
    """
    exact = np.arange(count) * ((count + more) / count)
    whole = exact.astype(np.intp)
    t = (exact - whole).astype(np.float32)
    weights = np.stack(
        (((2 - t) * t - 1) * t, (3 * t - 5) * t * t + 2, ((4 - 3 * t) * t + 1) * t, (t - 1) * t * t)
    )
    return whole + np.arange(-1, 3)[:, np.newaxis], (weights / 2).astype(np.float32)


class Track:
    """A voice that arrives by its own clock and is taken by another one. Not for two threads at once."""

    def __init__(self, cushion: float = 0.015, most: float = 0.12) -> None:
        """``cushion``: seconds held on average; beyond ``most`` the oldest are dropped."""
        self._cushion = cushion
        self._most = int(most * RATE)
        self._resampler = Resampler()
        self._pace = Pace()
        self._flowing = False

    @property
    def ratio_learnt(self) -> float:
        """How much faster the arriving clock runs, as learnt so far."""
        return self._pace.lasting

    @property
    def held(self) -> float:
        """Seconds in it."""
        return self._resampler.held / RATE

    def put(self, samples: Samples) -> None:
        """What has arrived."""
        self._resampler.push(samples)
        if (over := self._resampler.held - self._most) > 0:
            self._resampler.drop(over)

    def take(self, count: int = BLOCK) -> Samples:
        """What is next; silence while there is nothing, and then until the cushion is full again.

        It begins with no more than the cushion: what is older would only be behind the talk.
        """
        if not self._flowing:
            if self.held < self._cushion:
                return silence(count)
            self._resampler.drop(int((self.held - self._cushion) * RATE))
            self._flowing = True
        ratio = self._pace.ratio(self.held - self._cushion, count / RATE)
        if not self._resampler.holds(count, ratio):
            self._flowing = False
            return silence(count)
        return self._resampler.pull(count, ratio)
