"""Storage without a thread or a file, for tests that run on a mock clock."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import trio

from lanassist.node.errors import StorageFailed
from lanassist.node.store import ledger
from lanassist.node.store.database import in_transaction, storage_failure
from lanassist.node.store.migration import migrate

P = ParamSpec("P")
T = TypeVar("T")

FULL: Final = StorageFailed(path="node.db", why="the disk is full")


class MemoryStorage:
    """The same tables in memory; passes the contract tests of ``Database``."""

    def __init__(self) -> None:
        self.path = Path(":memory:")
        self._connection = sqlite3.connect(self.path, isolation_level=None)
        migrate(self._connection, self.path)

    async def run(
        self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do ``work`` in one transaction, at once."""
        await trio.lowlevel.checkpoint()
        try:
            return in_transaction(self._connection, lambda: work(self._connection, *args, **kwargs))
        except sqlite3.Error as error:
            raise storage_failure(self.path, error) or error from error

    def close(self) -> None:
        self._connection.close()


class SmallStorage(MemoryStorage):
    """Nothing more goes into its ledger while it is ``full``."""

    full = False

    async def run(self, work: Any, *args: Any, **kwargs: Any) -> Any:
        if self.full and work is ledger.write:
            raise FULL
        return await super().run(work, *args, **kwargs)
