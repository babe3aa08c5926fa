"""``--watch``: a topic of the node's board as a live table, or as JSON lines for scripts."""

import sys
import time
from collections.abc import Callable, Iterable
from typing import Any, Final, Generic, TypeVar

import msgspec
import trio
from rich.console import Console
from rich.live import Live
from rich.table import Table

from lanassist.cli import plain, render
from lanassist.cli.channels import Batch, events_of, run_live
from lanassist.cli.client import NodeClient

TICK: Final = 1.0
"""Seconds between two drawings when nothing changes but the ages."""
RowT = TypeVar("RowT", bound=msgspec.Struct)


class Watched(Generic[RowT]):
    """The rows of one board topic as they are now."""

    def __init__(
        self,
        topic: str,
        kind: type[RowT],
        draw: Callable[[Iterable[RowT], float], Table],
        keep: Callable[[RowT], bool] = lambda row: True,
    ) -> None:
        self._topic = topic
        self._kind = kind
        self._draw = draw
        self._keep = keep
        self._rows: dict[str, RowT] = {}
        self._node_ahead = 0.0

    def take(self, batch: Batch) -> list[tuple[str, RowT | None]]:
        """Take in an event message; what changed of the rows that are kept."""
        self._node_ahead = batch.now - time.monotonic()
        if batch.snapshot:
            self._rows.clear()
        changed: list[tuple[str, RowT | None]] = []
        for change in batch.changes:
            if change.topic != self._topic:
                continue
            row = None if change.gone else msgspec.json.decode(change.value, type=self._kind)
            if row is not None and self._keep(row):
                self._rows[change.key] = row
                changed.append((change.key, row))
            elif self._rows.pop(change.key, None) is not None:
                changed.append((change.key, None))
        return changed

    @property
    def now(self) -> float:
        """The node's clock."""
        return time.monotonic() + self._node_ahead

    def table(self) -> Table:
        """All rows, drawn."""
        return self._draw(self._rows.values(), self.now)


def watch_rows(node: NodeClient, watched: Watched[Any], *, as_json: bool) -> None:
    """Show every change until Ctrl+C (KeyboardInterrupt) or the node's end (NodeNotRunning)."""
    if as_json:
        run_live(lambda: _as_lines(node, watched))
    elif sys.stdout.isatty():
        run_live(lambda: _as_live_table(node, watched))
    else:
        run_live(lambda: _as_tables(node, watched))


async def _as_lines(node: NodeClient, watched: Watched[Any]) -> None:
    async with events_of(node) as events:
        while True:
            for key, row in watched.take(await events.next()):
                value = None if row is None else plain.aged(row, watched.now)
                plain.print_json({"key": key, "value": value})


async def _as_tables(node: NodeClient, watched: Watched[Any]) -> None:
    async with events_of(node) as events:
        while True:
            batch = await events.next()
            if watched.take(batch) or batch.snapshot:
                render.print_table(watched.table())


async def _as_live_table(node: NodeClient, watched: Watched[Any]) -> None:
    with Live(console=Console(), auto_refresh=False) as live:
        async with events_of(node) as events:
            while True:
                with trio.move_on_after(TICK):
                    watched.take(await events.next())
                live.update(watched.table(), refresh=True)
