"""How late packets come, against the earliest of the last seconds, and how much to hold back for it. Pure.

TARGET on a quiet network, more where packets come unevenly.
"""

from bisect import bisect_left, insort
from collections import deque
from typing import Final

from lanassist.node.sound.packet import SAMPLES
from lanassist.node.sound.samples import RATE

FRAME: Final = SAMPLES / RATE
TARGET: Final = 0.040
"""Seconds of sound in hand just after a packet has come, on a quiet network: that packet and one more."""
MARGIN: Final = 0.010
"""Held back on top of what was measured."""
MOST: Final = 0.240
"""The most that is held back, however late packets come."""
OBSERVED: Final = 200
"""Packets (4 s) that the measure is taken from."""
EARLIEST_OVER: Final = 5.0
"""Seconds over which the earliest packet is remembered; clocks drift by less than a millisecond in that."""
LATE_SHARE: Final = 0.99
"""This share of the packets shall be in time."""


class Lateness:
    """Of one stretch of sound."""

    def __init__(self) -> None:
        self.delay = TARGET - FRAME
        """Seconds that a packet of the earliest kind is held back."""
        self._offsets: deque[float] = deque()
        self._by_size: list[float] = []
        """The same, sorted."""
        self._earliest: deque[tuple[float, float]] = deque()
        """When it came, and its offset; each has a larger one than those before it."""

    def observe(self, offset: float, now: float) -> None:
        """``offset``: when the stream's first packet would have come, had it taken as long as this one."""
        while self._earliest and self._earliest[-1][1] >= offset:
            self._earliest.pop()
        self._earliest.append((now, offset))
        while self._earliest[0][0] < now - EARLIEST_OVER:
            self._earliest.popleft()
        self._offsets.append(offset)
        insort(self._by_size, offset)
        if len(self._offsets) > OBSERVED:
            del self._by_size[bisect_left(self._by_size, self._offsets.popleft())]
        late = self._by_size[int(len(self._by_size) * LATE_SHARE)] - self._earliest[0][1]
        self.delay = min(MOST, max(TARGET - FRAME, late + MARGIN))

    def due(self, now: float) -> float:
        """Seconds of the stream that should have been played by now; something must have been observed."""
        return now - self._earliest[0][1] - self.delay
