"""The database: all or nothing, one thread, and every failure of a disk told as one sentence."""

import os
import sqlite3
import stat
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trio

from lanassist.node.errors import StorageFailed
from lanassist.node.store import migration
from lanassist.node.store.database import Storage, open_database
from tests.support.storage import MemoryStorage


@pytest.fixture(params=["file", "memory"])
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    """The real one and the fake; what is told here holds for both."""
    if request.param == "file":
        async with open_database(tmp_path / "node.db") as database:
            yield database
    else:
        memory = MemoryStorage()
        yield memory
        memory.close()


def add(connection: sqlite3.Connection, host: str, port: int = 1) -> None:
    connection.execute("INSERT INTO static_peer (host, port) VALUES (?, ?)", (host, port))


def hosts(connection: sqlite3.Connection) -> list[str]:
    return [host for (host,) in connection.execute("SELECT host FROM static_peer ORDER BY host")]


def add_many(connection: sqlite3.Connection, count: int) -> None:
    for number in range(count):
        add(connection, f"host {number}")


def fill(connection: sqlite3.Connection) -> None:
    (used,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {used}")
    add_many(connection, 10_000)


def write_protected(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA query_only = ON")
    try:
        add(connection, "a")
    finally:
        connection.execute("PRAGMA query_only = OFF")


async def test_work_is_done_and_answers(storage: Storage) -> None:
    await storage.run(add, "a", port=7)
    assert await storage.run(hosts) == ["a"]


async def test_work_that_fails_leaves_nothing(storage: Storage) -> None:
    def half(connection: sqlite3.Connection) -> None:
        add(connection, "a")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await storage.run(half)
    assert await storage.run(hosts) == []


async def test_a_full_disk_is_told_and_leaves_nothing_half_done(storage: Storage) -> None:
    await storage.run(add, "before")
    with pytest.raises(StorageFailed, match="the disk is full; free some space on it"):
        await storage.run(fill)
    assert await storage.run(hosts) == ["before"]


async def test_a_read_only_file_is_told(storage: Storage) -> None:
    with pytest.raises(StorageFailed, match="it is read-only; check its permissions"):
        await storage.run(write_protected)
    await storage.run(add, "afterwards")
    assert await storage.run(hosts) == ["afterwards"]


async def test_a_mistake_of_the_program_comes_out_as_what_it_is(storage: Storage) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await storage.run(lambda connection: connection.execute("SELECT * FROM nowhere"))
    await storage.run(add, "a")
    with pytest.raises(sqlite3.IntegrityError):
        await storage.run(add, "a")


# --- the file and its thread -------------------------------------------------------------------------


async def test_what_was_stored_is_there_after_a_restart(tmp_path: Path) -> None:
    for expected in ([], ["a"]):
        async with open_database(tmp_path / "node.db") as database:
            assert await database.run(hosts) == expected
            if not expected:
                await database.run(add, "a")


def modes(folder: Path) -> set[int]:
    return {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


async def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    async with open_database(tmp_path / "node.db") as database:
        await database.run(add, "a")
        assert modes(tmp_path) == {0o600}


async def test_the_connection_is_safe_against_power_loss_and_belongs_to_one_thread(tmp_path: Path) -> None:
    def look(connection: sqlite3.Connection) -> tuple[str, int, int]:
        (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
        (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
        return mode, synchronous, threading.get_ident()

    async with open_database(tmp_path / "node.db") as database:
        seen = {await database.run(look) for _ in range(5)}
    ((mode, synchronous, thread),) = seen
    assert (mode, synchronous) == ("wal", 2)
    assert thread != threading.get_ident()


async def test_tasks_take_turns(tmp_path: Path) -> None:
    def count(connection: sqlite3.Connection) -> None:
        (number,) = connection.execute("SELECT count(*) FROM static_peer").fetchone()
        add(connection, str(number))

    async with open_database(tmp_path / "node.db") as database:
        async with trio.open_nursery() as nursery:
            for _ in range(50):
                nursery.start_soon(database.run, count)
        assert len(await database.run(hosts)) == 50


async def test_work_given_up_before_its_turn_is_not_done(tmp_path: Path) -> None:
    at_work, go_on = threading.Event(), threading.Event()

    def slow(_: sqlite3.Connection) -> None:
        at_work.set()
        assert go_on.wait(10)

    async with open_database(tmp_path / "node.db") as database, trio.open_nursery() as nursery:
        nursery.start_soon(database.run, slow)
        assert await trio.to_thread.run_sync(at_work.wait, 10)
        with trio.move_on_after(0.01):
            await database.run(add, "given up")
        go_on.set()
        assert await database.run(hosts) == []


async def test_a_cancelled_task_does_not_wait_for_its_thread(tmp_path: Path) -> None:
    at_work, go_on = threading.Event(), threading.Event()

    def slow(connection: sqlite3.Connection) -> None:
        at_work.set()
        assert go_on.wait(10)
        add(connection, "stored all the same")

    async with open_database(tmp_path / "node.db") as database:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(database.run, slow)
            assert await trio.to_thread.run_sync(at_work.wait, 10)
            nursery.cancel_scope.cancel()
        go_on.set()
        assert await database.run(hosts) == ["stored all the same"]  # so: read again before acting


async def test_closing_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lanassist.node.store.database.CLOSE_DEADLINE", 0.05)
    go_on = threading.Event()
    started = time.monotonic()
    async with open_database(tmp_path / "node.db") as database, trio.open_nursery() as nursery:
        nursery.start_soon(database.run, lambda _: go_on.wait(10))
        await trio.lowlevel.checkpoint()
        nursery.cancel_scope.cancel()
    assert time.monotonic() - started < 5
    go_on.set()
    with trio.fail_after(10):
        await database.closed.wait()


# --- bad files ---------------------------------------------------------------------------------------


async def refused(path: Path) -> str:
    with pytest.raises(StorageFailed) as caught:
        async with open_database(path):
            raise AssertionError("it never opens")
    assert str(path) in str(caught.value)
    return str(caught.value)


async def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "node.db").write_bytes(b"garbage " * 1000)
    assert "it is damaged; move it away" in await refused(tmp_path / "node.db")
    assert (tmp_path / "node.db").read_bytes().startswith(b"garbage")


async def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "node.db"
    async with open_database(path) as database:
        await database.run(add_many, 5000)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 8192] = os.urandom(8192)
    path.write_bytes(content)
    assert "it is damaged" in await refused(path)


async def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "No such file or directory" in await refused(tmp_path / "nowhere" / "node.db")


async def test_a_symlink_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "node.db").symlink_to(tmp_path / "elsewhere.db")
    await refused(tmp_path / "node.db")
    assert not (tmp_path / "elsewhere.db").exists()


async def test_a_database_that_another_program_has_open_is_told(tmp_path: Path) -> None:
    path = tmp_path / "node.db"
    async with open_database(path) as database:
        await database.run(add, "a")
        assert "another program has it open" in await refused(path)


async def test_a_database_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "node.db"
    async with open_database(path) as database:
        await database.run(lambda connection: connection.execute("PRAGMA user_version = 999"))
    before = path.read_bytes()
    assert "a newer version of lanassist wrote it" in await refused(path)
    assert path.read_bytes() == before


def test_schema_files_are_numbered_without_gaps() -> None:
    assert [number for number, _ in migration.schema_files()] == list(
        range(1, len(list(migration.schema_files())) + 1)
    )


async def test_a_change_of_tables_happens_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "node.db"
    async with open_database(path) as database:
        await database.run(add, "a")
    files = list(migration.schema_files())
    wrong = (len(files) + 1, "CREATE TABLE later (x); DELETE FROM static_peer; CREATE TABLE later (x);")
    with monkeypatch.context() as patch:
        patch.setattr(migration, "schema_files", lambda: [*files, wrong])
        with pytest.raises(sqlite3.OperationalError, match="already exists"):
            async with open_database(path):
                raise AssertionError("it never opens")
        right = (len(files) + 1, "CREATE TABLE later (x);")
        patch.setattr(migration, "schema_files", lambda: [*files, right])
        async with open_database(path) as database:
            assert await database.run(hosts) == ["a"]
            await database.run(lambda connection: connection.execute("INSERT INTO later VALUES (1)"))
