"""Bringing a database's tables up to date: each numbered file once, in order, each all or nothing."""

import re
import sqlite3
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Final

from lanassist.node.errors import StorageFailed

_FILE: Final = re.compile(r"(\d{4})_\w+\.sql")
_DAMAGED: Final = "it is damaged; move it away, and the node starts with an empty one"


def schema_files() -> Iterator[tuple[int, str]]:
    """The number and the text of each file, in order."""
    names = [file.name for file in resources.files("lanassist.node.store.schema").iterdir()]
    for name in sorted(names):
        if match := _FILE.fullmatch(name):
            text = (resources.files("lanassist.node.store.schema") / name).read_text(encoding="utf-8")
            yield int(match[1]), text


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Apply what is missing. Raises StorageFailed if ``path`` is damaged or of a newer program."""
    if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise StorageFailed(path=path, why=_DAMAGED)
    (applied,) = connection.execute("PRAGMA user_version").fetchone()
    files = list(schema_files())
    if applied > files[-1][0]:
        raise StorageFailed(path=path, why="a newer version of lanassist wrote it; update this one")
    for number, text in files:
        if number > applied:
            _apply(connection, number, text)


def _apply(connection: sqlite3.Connection, number: int, text: str) -> None:
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{text}\nPRAGMA user_version = {number};\nCOMMIT;")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
