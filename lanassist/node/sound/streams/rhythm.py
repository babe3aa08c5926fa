"""When the next block of a recording will be whole. Pure; time is an argument.

A server gives a block in several pieces, 200 a second and more. Who waits for messages is woken by each; who
looks once a block, just after its last piece has come, is woken once. When that is, is learnt: who looked too
soon looks a little later from then on, and who has always found more than was needed, sooner.
"""

from typing import Final

LATER: Final = 0.002
"""Seconds after which it is looked again where a block was not whole; twice as long each time."""
SOONER: Final = 0.00002
"""Seconds by which each block is looked for sooner: a millisecond a second."""
OBSERVED: Final = 25
"""Blocks that were waited for, of which the one that left the least over counts."""


class Rhythm:
    """Of blocks that are ``period`` seconds long."""

    def __init__(self, period: float) -> None:
        self._period = period
        self._due = 0.0
        self._step = LATER
        self._spare = float("inf")
        self._count = 0
        self._waited = False

    def pause(self, now: float) -> float:
        """Seconds until it is worth looking for a block that is not whole."""
        self._waited = True
        return max(0.0, self._due - now)

    def too_soon(self, now: float) -> None:
        """The block was not whole."""
        self._due = now + self._step
        self._step = min(2 * self._step, self._period)

    def whole(self, now: float, spare: float) -> None:
        """A block is, and there were ``spare`` seconds more."""
        due, self._due = self._due, self._due + self._period - SOONER
        self._step = LATER
        if not self._waited:
            return
        self._waited = False
        spare -= now - due  # who was not woken in time has found so much more
        self._spare = min(self._spare, max(0.0, spare))
        self._count += 1
        if self._count == OBSERVED:
            self._due -= self._spare
            self._count, self._spare = 0, float("inf")
