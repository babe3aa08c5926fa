"""What services' cores keep over restarts, as rows that only they can read."""

import sqlite3
from collections.abc import Iterable

import msgspec


class Place(msgspec.Struct, frozen=True):
    """Where a record lies within its service."""

    kind: str
    key: str


class StoredRecord(msgspec.Struct, frozen=True):
    """One record as it lies there; the body is JSON."""

    place: Place
    body: str


def load(connection: sqlite3.Connection, service: str) -> list[StoredRecord]:
    """All of a service's, in the order of their keys."""
    rows = connection.execute("SELECT kind, key, body FROM record WHERE service = ? ORDER BY key", (service,))
    return [StoredRecord(Place(kind, key), body) for kind, key, body in rows]


def change(
    connection: sqlite3.Connection, service: str, put: Iterable[StoredRecord], drop: Iterable[Place]
) -> None:
    """Drop some and put others, new or in place of the ones before."""
    connection.executemany(
        "DELETE FROM record WHERE service = ? AND kind = ? AND key = ?",
        [(service, place.kind, place.key) for place in drop],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO record (service, kind, key, body) VALUES (?, ?, ?, ?)",
        [(service, each.place.kind, each.place.key, each.body) for each in put],
    )
