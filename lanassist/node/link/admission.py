"""Who may still knock: caps on half-open connections, so that silent sockets never keep a newcomer out.

Pure bookkeeping. Whoever arrives is let in; if that exceeds a cap, the oldest half-open connection of the
busiest address makes room. A flood therefore only ever evicts itself.
"""

from collections import OrderedDict
from collections.abc import Callable

from lanassist.node.protocol import limits


class Ticket:
    """One half-open connection; ``evict`` is called at most once, to end it."""

    def __init__(self, address: str, evict: Callable[[], object]) -> None:
        self.address = address
        self.evict = evict


class Admission:
    """All half-open connections, by address, oldest first."""

    def __init__(
        self,
        per_address: int = limits.HALF_OPEN_PER_ADDRESS,
        total: int = limits.HALF_OPEN_TOTAL,
    ) -> None:
        self._per_address = per_address
        self._total = total
        self._waiting: dict[str, OrderedDict[Ticket, None]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def arrive(self, address: str, evict: Callable[[], object]) -> Ticket:
        """Let a newcomer in, ending an older connection if there are too many."""
        ticket = Ticket(address, evict)
        self._waiting.setdefault(address, OrderedDict())[ticket] = None
        self._count += 1
        if len(self._waiting[address]) > self._per_address:
            self._evict_oldest(address)
        elif self._count > self._total:
            self._evict_oldest(max(self._waiting, key=lambda each: len(self._waiting[each])))
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """It is half-open no longer: known by now, or gone. Leaving twice is no mistake."""
        waiting = self._waiting.get(ticket.address, OrderedDict())
        if ticket not in waiting:
            return
        del waiting[ticket]
        self._count -= 1
        if not waiting:
            del self._waiting[ticket.address]

    def _evict_oldest(self, address: str) -> None:
        oldest = next(iter(self._waiting[address]))
        self.leave(oldest)
        oldest.evict()
