"""The board: what this node shows to its local page and CLI, as values under (topic, key).

Whoever joins late gets the whole board first and then what changes. A slow reader gets the newest value
of each key and never a queue: what waits for it is bounded by the number of keys.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
import trio


class Change(msgspec.Struct, frozen=True):
    """One value put up, or taken down when ``value`` is None."""

    topic: str
    key: str
    value: msgspec.Struct | None


class Reader:
    """One reader's view of the board: what changed since it last looked."""

    def __init__(self, changes: dict[tuple[str, str], Change]) -> None:
        self._waiting = changes
        self._news = trio.Event()
        self._news.set()

    def put(self, change: Change) -> None:
        """Note a change, replacing an older one of the same key."""
        self._waiting[change.topic, change.key] = change
        self._news.set()

    async def batch(self) -> list[Change]:
        """The whole board at first (it may be empty); afterwards what changed, once something has."""
        await self._news.wait()
        self._news = trio.Event()
        batch, self._waiting = list(self._waiting.values()), {}
        return batch


class Board:
    """The node's one board."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._values: dict[tuple[str, str], Change] = {}
        self._readers: set[Reader] = set()

    def put(self, topic: str, key: str, value: msgspec.Struct | None) -> None:
        """Put up a value, or take it down with None. Putting the same again is no change."""
        change = Change(topic, key, value)
        if value is None:
            if self._values.pop((topic, key), None) is None:
                return
        elif self._values.get((topic, key)) == change:
            return
        else:
            self._values[topic, key] = change
        for reader in self._readers:
            reader.put(change)

    def topic(self, topic: str) -> dict[str, msgspec.Struct]:
        """All that is up under one topic, by key."""
        return {
            change.key: change.value
            for change in self._values.values()
            if change.topic == topic and change.value is not None
        }

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """A reader for the length of a ``with``."""
        reader = Reader(dict(self._values))
        self._readers.add(reader)
        try:
            yield reader
        finally:
            self._readers.discard(reader)
