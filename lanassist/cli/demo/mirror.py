"""A copy of a node's board, kept up to date, on which one can wait for something to become true."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import trio

from lanassist.cli.channels import Batch, events_of
from lanassist.cli.client import NodeClient

Values = dict[str, dict[str, Any]]
"""Topic, then key, then the value as plain data."""


class Mirror:
    """The board of one node as of its last event message."""

    def __init__(self) -> None:
        self.values: Values = {}
        self._node_ahead = 0.0
        self._news = trio.Event()

    @property
    def now(self) -> float:
        """The node's clock."""
        return trio.current_time() + self._node_ahead

    def topic(self, topic: str) -> dict[str, Any]:
        """All that is up under one topic, by key."""
        return self.values.get(topic, {})

    def take(self, batch: Batch) -> None:
        """Apply one event message."""
        self._node_ahead = batch.now - trio.current_time()
        if batch.snapshot:
            self.values.clear()
        for change in batch.changes:
            rows = self.values.setdefault(change.topic, {})
            if change.gone:
                rows.pop(change.key, None)
            else:
                rows[change.key] = msgspec.json.decode(change.value)
        self._news.set()
        self._news = trio.Event()

    async def until(self, condition: Callable[[], object], within: float, what: str) -> None:
        """Wait until ``condition`` holds. Raises TimeoutError saying ``what`` did not happen."""
        with trio.move_on_after(within):
            while not condition():
                await self._news.wait()
            return
        raise TimeoutError(f"{what} within {within:g} s")

    async def next(self, within: float) -> None:
        """Wait for the next event message, at most so long."""
        with trio.move_on_after(within):
            await self._news.wait()


@asynccontextmanager
async def mirror_of(node: NodeClient) -> AsyncIterator[Mirror]:
    """The node's board for the length of an ``async with``, which its end (NodeNotRunning) breaks."""
    mirror = Mirror()
    async with events_of(node) as events, trio.open_nursery() as nursery:
        mirror.take(await events.next())

        async def follow() -> None:
            while True:
                mirror.take(await events.next())

        nursery.start_soon(follow)
        yield mirror
        nursery.cancel_scope.cancel()
