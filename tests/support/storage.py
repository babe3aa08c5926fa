"""Storage without a thread or a file, for tests that run on a mock clock."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import trio

from lanassist.node.store.database import in_transaction, storage_failure
from lanassist.node.store.migration import migrate

P = ParamSpec("P")
T = TypeVar("T")


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
