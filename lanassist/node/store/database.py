"""The node's database: SQLite, one connection, owned by one thread.

A task that is cancelled while its work is under way does not stop the thread: the work may still be done.
So whoever was cancelled reads again before acting on what it believes is stored.
"""

import contextlib
import os
import queue
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Concatenate, Final, Generic, ParamSpec, Protocol, TypeVar

import trio

from lanassist.node.errors import StorageFailed
from lanassist.node.store.migration import migrate

CLOSE_DEADLINE: Final = 5.0
P = ParamSpec("P")
T = TypeVar("T")

_SETTINGS: Final = (
    "PRAGMA busy_timeout = 2000",
    "PRAGMA locking_mode = EXCLUSIVE",  # a second connection could meet the WAL-reset bug of SQLite 3.40
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
)
_REASONS: Final = {
    sqlite3.SQLITE_FULL: "the disk is full; free some space on it",
    sqlite3.SQLITE_READONLY: "it is read-only; check its permissions and how its disk is mounted",
    sqlite3.SQLITE_IOERR: "the disk failed to read or write it",
    sqlite3.SQLITE_CORRUPT: "it is damaged; move it away, and the node starts with an empty one",
    sqlite3.SQLITE_NOTADB: "it is damaged; move it away, and the node starts with an empty one",
    sqlite3.SQLITE_BUSY: "another program has it open; close that",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; check its permissions and those of its folder",
}


class Storage(Protocol):
    """What services and the composition root need of a database."""

    async def run(
        self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do ``work`` in one transaction: all of it is stored, or (if it raises) nothing."""
        ...


def in_transaction(connection: sqlite3.Connection, work: Callable[[], T]) -> T:
    """All or nothing. Whatever ``work`` raises comes out; SQLite may have rolled back by itself before."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work()
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result


def storage_failure(path: Path, error: sqlite3.Error | OSError) -> StorageFailed | None:
    """The sentence for an error of the disk or the file; None for a mistake of the program."""
    if isinstance(error, OSError):
        return StorageFailed(path=path, why=error.strerror or str(error))
    code = getattr(error, "sqlite_errorcode", None)
    reason = None if code is None else _REASONS.get(code & 0xFF)
    return None if reason is None else StorageFailed(path=path, why=reason)


def connect(path: Path) -> sqlite3.Connection:
    """Open or make the database (0600) and bring its tables up to date. Raises StorageFailed."""
    connection = None
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        connection = sqlite3.connect(path, isolation_level=None)
        for setting in _SETTINGS:
            connection.execute(setting)
        migrate(connection, path)
    except BaseException as error:
        if connection is not None:
            connection.close()
        if isinstance(error, sqlite3.Error | OSError) and (failure := storage_failure(path, error)):
            raise failure from error
        raise
    return connection


class _Job(Generic[T]):
    """Work for the thread, and what became of it."""

    def __init__(self, work: Callable[[sqlite3.Connection], T]) -> None:
        self.work = work
        self.done = trio.Event()
        self.given_up = False
        self.value: list[T] = []
        self.error: BaseException | None = None

    def do(self, connection: sqlite3.Connection) -> None:
        try:
            self.value.append(in_transaction(connection, lambda: self.work(connection)))
        except BaseException as error:
            self.error = error


class Database:
    """The one connection, used by many tasks, one transaction at a time. Made by ``open_database``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.opened = trio.Event()
        self.closed = trio.Event()
        self.failure: BaseException | None = None
        self._token = trio.lowlevel.current_trio_token()
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="lanassist-database", daemon=True)
        self._thread.start()

    async def run(
        self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do ``work`` in one transaction: all of it is stored, or (if it raises) nothing.

        Raises StorageFailed, or what ``work`` raises. Cancelled before its turn, it is not done.
        """
        job = _Job(lambda connection: work(connection, *args, **kwargs))
        self._jobs.put(job)
        try:
            await job.done.wait()
        finally:
            job.given_up = True
        if isinstance(job.error, sqlite3.Error | OSError):
            raise storage_failure(self.path, job.error) or job.error from job.error
        if job.error is not None:
            raise job.error
        return job.value[0]

    def close(self) -> None:
        """Let the thread end after the work that it has; ``closed`` tells when."""
        self._jobs.put(None)

    def _serve(self) -> None:
        try:
            connection = connect(self.path)
        except BaseException as error:
            self.failure = error
            self._tell(self.opened)
            self._tell(self.closed)
            return
        self._tell(self.opened)
        while (job := self._jobs.get()) is not None:
            if not job.given_up:
                job.do(connection)
            self._tell(job.done)
        connection.close()
        self._tell(self.closed)

    def _tell(self, event: trio.Event) -> None:
        with contextlib.suppress(trio.RunFinishedError):
            self._token.run_sync_soon(event.set)


@asynccontextmanager
async def open_database(path: Path) -> AsyncIterator[Database]:
    """The database at ``path``, closed at the end, in bounded time. Raises StorageFailed."""
    database = Database(path)
    try:
        await database.opened.wait()
        if database.failure is not None:
            raise database.failure
        yield database
    finally:
        database.close()
        with trio.move_on_after(CLOSE_DEADLINE, shield=True):
            await database.closed.wait()
