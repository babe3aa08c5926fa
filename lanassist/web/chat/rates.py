"""How often is too often: token buckets by key, for a number of keys that is bounded. Pure."""

from collections import OrderedDict

from lanassist.web.chat import bounds
from lanassist.web.chat.bounds import Rate


class Buckets:
    """One bucket a key, all of the same rate.

    Kept is when each bucket will be full again (the virtual scheduling of ITU-T I.371), so a full one
    needs no memory. When there is no room, the key that was longest unused is forgotten: it begins anew
    with a full bucket, which costs less than refusing somebody who did nothing.
    """

    def __init__(self, rate: Rate, keys: int = bounds.KEYS) -> None:
        self._rate = rate
        self._keys = keys
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def wait(self, key: str, now: float) -> float:
        """Take one: 0.0. Or the seconds until there is one, and nothing is taken."""
        full_at = max(self._full_at.get(key, now), now)
        early = full_at - now - (self._rate.burst - 1) * self._rate.seconds
        if early > 1e-9:
            return early
        self._full_at[key] = full_at + self._rate.seconds
        self._full_at.move_to_end(key)
        if len(self._full_at) > self._keys:
            self._full_at.popitem(last=False)
        return 0.0


class Seats:
    """How many are there now, of each key and in all."""

    def __init__(self, total: int, *each: int) -> None:
        self._total = total
        self._each = each
        self._taken: dict[tuple[int, str], int] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def take(self, *keys: str) -> bool:
        """A seat under each of the keys, in the order of their limits; False: one has no room."""
        pairs = list(enumerate(keys))
        if self._count >= self._total or any(
            self._taken.get(pair, 0) >= self._each[pair[0]] for pair in pairs
        ):
            return False
        self._count += 1
        for pair in pairs:
            self._taken[pair] = self._taken.get(pair, 0) + 1
        return True

    def leave(self, *keys: str) -> None:
        """Give it back."""
        self._count -= 1
        for pair in enumerate(keys):
            self._taken[pair] -= 1
            if not self._taken[pair]:
                del self._taken[pair]
