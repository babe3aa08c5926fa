"""Times at which a core wants to be called, by name. Setting, moving and cancelling cost O(log n)."""

import heapq
from collections.abc import Hashable
from typing import Generic, TypeVar

NameT = TypeVar("NameT", bound=Hashable)


class Alarms(Generic[NameT]):
    """At most one time a name. Of equal times, the one that was set first comes first."""

    def __init__(self) -> None:
        self._at: dict[NameT, tuple[float, int]] = {}
        self._heap: list[tuple[float, int, NameT]] = []
        self._count = 0

    def set(self, name: NameT, at: float) -> None:
        """Ring at this time, and not at the one set before."""
        self._count += 1
        self._at[name] = (at, self._count)
        heapq.heappush(self._heap, (at, self._count, name))
        if len(self._heap) > 2 * len(self._at) + 64:
            self._heap = [(*place, name) for name, place in self._at.items()]
            heapq.heapify(self._heap)

    def cancel(self, name: NameT) -> None:
        """Do not ring."""
        self._at.pop(name, None)

    def next(self) -> float | None:
        """When the first one rings."""
        self._tidy()
        return self._heap[0][0] if self._heap else None

    def due(self, now: float) -> list[NameT]:
        """Those whose time has come, in order; they are not set any more."""
        ringing: list[NameT] = []
        while (at := self.next()) is not None and at <= now:
            name = heapq.heappop(self._heap)[2]
            del self._at[name]
            ringing.append(name)
        return ringing

    def _tidy(self) -> None:
        while self._heap and self._at.get(self._heap[0][2]) != self._heap[0][:2]:
            heapq.heappop(self._heap)
