"""Two sound cards never run at quite the same speed. Here one clock's samples are bent to another's. Pure.

``Pace`` finds the ratio from how much is buffered, ``Resampler`` applies it, ``Track`` is both together for
a voice whose blocks arrive by one clock and leave by another.
"""

from typing import Final

import numpy as np

from lanassist.node.sound.samples import BLOCK, RATE, Samples, silence

PULL: Final = 0.4
"""How much faster (1 = 100 %) for each second too much in the buffer: half of an error is gone in 2 s."""
SETTLE: Final = PULL * PULL / 4
"""How fast the lasting difference is learnt, per second; critically damped."""
LASTING: Final = 0.002
"""The largest lasting difference of two clocks that is believed; cheap cards differ by 0.0003."""
LIMIT: Final = 0.015
"""The largest change of speed at any moment; less than a quarter tone."""
SMOOTH: Final = 0.02
"""Weight of the newest reading of a buffer: half a second's worth at 100 readings a second."""
_COUNTED: Final = np.arange(RATE // 10, dtype=np.float64)


class Pace:
    """A proportional-integral controller from how much is buffered to how fast to take it."""

    def __init__(self) -> None:
        self.lasting = 0.0
        self.surplus: float | None = None
        """Smoothed, in seconds."""

    def ratio(self, surplus: float, elapsed: float) -> float:
        """Input samples for each output sample, when there is ``surplus`` (s) too much; ``elapsed`` s on."""
        previous = surplus if self.surplus is None else self.surplus
        self.surplus = previous + SMOOTH * (surplus - previous)
        bounded = min(0.05, max(-0.05, self.surplus))
        self.lasting = min(LASTING, max(-LASTING, self.lasting + SETTLE * bounded * elapsed))
        return 1.0 + min(LIMIT, max(-LIMIT, PULL * self.surplus + self.lasting))

    def jump(self, seconds: float) -> None:
        """That much was taken out at once: the smoothed reading follows without a lag."""
        if self.surplus is not None:
            self.surplus -= seconds


class Resampler:
    """Cubic (Catmull-Rom) interpolation of a stream, for ratios close to 1. Delays by two samples."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget what is in it."""
        self._samples = silence(1)
        self._position = 1.0

    @property
    def held(self) -> float:
        """Input samples that have not been used up."""
        return max(0.0, self._samples.size - self._position)

    def push(self, samples: Samples) -> None:
        """More input."""
        self._samples = np.concatenate((self._samples, samples))

    def holds(self, count: int, ratio: float) -> bool:
        """Whether ``pull`` can give that many."""
        return self._position + ratio * count + 2 <= self._samples.size

    def pull(self, count: int, ratio: float) -> Samples:
        """``count`` samples of output; ``holds`` says whether there are so many."""
        places = _COUNTED[:count] * ratio if count <= _COUNTED.size else np.arange(count) * ratio
        places += self._position
        whole = places.astype(np.intp)
        places -= whole
        t = places.astype(np.float32)
        first, last = int(whole[0]), int(whole[-1])
        if last - first == count - 1:  # no sample left out or taken twice, as in most blocks: no gathering
            before, here, after, beyond = (
                self._samples[first + offset : last + 1 + offset] for offset in (-1, 0, 1, 2)
            )
        else:
            whole -= 1
            before = self._samples[whole]
            here, after, beyond = (self._samples[offset:][whole] for offset in (1, 2, 3))
        slope = (after - before) * np.float32(0.5)
        next_slope = (beyond - here) * np.float32(0.5)
        rise = after - here
        over = rise - slope
        bent: Samples = next_slope - rise
        bent -= over
        next_slope -= rise
        bent *= t
        bent -= next_slope
        bent += over
        bent += over
        bent *= t
        bent += slope
        bent *= t
        bent += here
        self._position += ratio * count
        used = int(self._position) - 1
        self._samples = self._samples[used:]
        self._position -= used
        return bent


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
        if (over := int(self._resampler.held) - self._most) > 0:
            self._resampler.pull(over, 1.0)

    def take(self, count: int = BLOCK) -> Samples:
        """What is next; silence while there is nothing, and then until the cushion is full again."""
        if not self._flowing:
            if self.held < self._cushion:
                return silence(count)
            self._flowing = True
        ratio = self._pace.ratio(self.held - self._cushion, count / RATE)
        if not self._resampler.holds(count, ratio):
            self._flowing = False
            return silence(count)
        return self._resampler.pull(count, ratio)
