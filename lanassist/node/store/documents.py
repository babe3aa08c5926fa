"""The newest edition of each document that the site's authority has signed."""

import sqlite3

import msgspec


class StoredDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it was signed; its signature is checked again by whoever loads it."""

    kind: str
    number: int
    text: str


def load(connection: sqlite3.Connection) -> list[StoredDocument]:
    """One of each kind."""
    rows = connection.execute("SELECT kind, number, text FROM signed_document ORDER BY kind")
    return [StoredDocument(kind=kind, number=number, text=text) for kind, number, text in rows]


def save(connection: sqlite3.Connection, document: StoredDocument) -> None:
    """Keep it, unless a newer edition is kept already: the number never goes down, also over restarts."""
    connection.execute(
        "INSERT INTO signed_document (kind, number, text) VALUES (?, ?, ?)"
        " ON CONFLICT (kind) DO UPDATE SET number = excluded.number, text = excluded.text"
        " WHERE excluded.number > signed_document.number",
        (document.kind, document.number, document.text),
    )
