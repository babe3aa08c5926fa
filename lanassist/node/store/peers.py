"""The static peers: addresses that the user told this node to dial."""

import sqlite3


def load(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    """Host and port of each."""
    return [(host, port) for host, port in connection.execute("SELECT host, port FROM static_peer")]


def save(connection: sqlite3.Connection, peer: tuple[str, int]) -> None:
    """Add one; adding it again changes nothing."""
    connection.execute("INSERT OR REPLACE INTO static_peer (host, port) VALUES (?, ?)", peer)


def forget(connection: sqlite3.Connection, peer: tuple[str, int]) -> None:
    """Dial it no more."""
    connection.execute("DELETE FROM static_peer WHERE host = ? AND port = ?", peer)
