"""What a poor network does to packets, one direction of it: late, uneven, lost, slow. Pure; time is given.

As ``tc netem`` has it: a bounded queue drained at ``rate``, then ``delay`` and up to ``jitter`` more for each
packet by itself, so that one may overtake another.
"""

import heapq
import itertools
import random
from typing import Final

import msgspec

ETHERNET: Final = 1500
"""Bytes of a packet, at most."""


class Poor(msgspec.Struct, frozen=True, kw_only=True):
    """How poor a network is; each direction by itself."""

    delay: float = 0.0
    """Seconds that every packet takes."""
    jitter: float = 0.0
    """Seconds that a packet takes more, at most; all values are equally likely."""
    loss: float = 0.0
    """The share of packets that are lost, at random."""
    rate: float = 0.0
    """Bits a second; 0: without end."""
    queue: int = 200 * ETHERNET
    """Bytes that wait for the rate at most; what comes then is dropped."""
    seed: int = 1


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Packets of one direction so far."""

    passed: int = 0
    lost: int = 0
    dropped: int = 0
    """For want of room in the queue."""


class Wire:
    """One direction."""

    def __init__(self, poor: Poor, direction: int = 0) -> None:
        """``direction``: 0 or 1; each has its own chances, the same ones each time."""
        self._poor = poor
        self._chance = random.Random(poor.seed * 2 + direction)
        self._free = 0.0
        self._under_way: list[tuple[float, int, bytes]] = []
        self._number = itertools.count()
        self.counts = Counts()

    def put(self, packet: bytes, now: float) -> None:
        """One end sends it."""
        poor = self._poor
        if poor.loss and self._chance.random() < poor.loss:
            return self._count("lost")
        begins = max(now, self._free)
        if poor.rate and (begins - now) * poor.rate / 8 + len(packet) > poor.queue:
            return self._count("dropped")
        self._free = begins + (len(packet) * 8 / poor.rate if poor.rate else 0.0)
        due = self._free + poor.delay + self._chance.uniform(0.0, poor.jitter)
        heapq.heappush(self._under_way, (due, next(self._number), packet))
        return self._count("passed")

    def take(self, now: float) -> list[bytes]:
        """What has arrived at the other end by now, in that order."""
        arrived = []
        while self._under_way and self._under_way[0][0] <= now:
            arrived.append(heapq.heappop(self._under_way)[2])
        return arrived

    @property
    def next_at(self) -> float | None:
        """When the next packet arrives; None: none is under way."""
        return self._under_way[0][0] if self._under_way else None

    def _count(self, what: str) -> None:
        self.counts = msgspec.structs.replace(self.counts, **{what: getattr(self.counts, what) + 1})
