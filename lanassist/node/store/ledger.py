"""The ledger's rows. Entries are only ever appended, each under the hash of the one before."""

import sqlite3
from collections.abc import Iterable

import msgspec

from lanassist.node.ledger.book import Running, Write
from lanassist.node.ledger.chain import continued, genesis
from lanassist.node.ledger.record import Entry


def write(connection: sqlite3.Connection, owner: str, writes: Iterable[Write]) -> dict[str, list[Entry]]:
    """Commit these, in order; what was appended, by peer."""
    appended: dict[str, list[Entry]] = {}
    for each in writes:
        peer = each.place.peer
        if each.peer is not None:
            keep_certificate(connection, each.peer.serial, each.peer.certificate)
        if each.records:
            appended.setdefault(peer, []).extend(_append(connection, owner, peer, each.records))
        if each.running is not None:
            connection.execute(
                "INSERT OR REPLACE INTO ledger_running (peer, key, body) VALUES (?, ?, ?)",
                (peer, each.place.key, msgspec.json.encode(each.running).decode()),
            )
        elif each.over:
            connection.execute(
                "DELETE FROM ledger_running WHERE peer = ? AND key = ?", (peer, each.place.key)
            )
    return appended


def _append(connection: sqlite3.Connection, owner: str, peer: str, records: Iterable[str]) -> list[Entry]:
    seq, last = head(connection, owner, peer)
    entries = list(continued(seq, last, records))
    connection.executemany(
        "INSERT INTO ledger_entry (peer, seq, previous, body, hash) VALUES (?, ?, ?, ?, ?)",
        [(peer, each.seq, each.previous, each.body, each.hash) for each in entries],
    )
    return entries


def head(connection: sqlite3.Connection, owner: str, peer: str) -> tuple[int, str]:
    """Number and hash of the last entry; (0, genesis) of an empty chain."""
    row = connection.execute(
        "SELECT seq, hash FROM ledger_entry WHERE peer = ? ORDER BY seq DESC LIMIT 1", (peer,)
    ).fetchone()
    return (0, genesis(owner, peer)) if row is None else (row[0], row[1])


def hash_at(connection: sqlite3.Connection, owner: str, peer: str, seq: int) -> str:
    """The hash of one entry; empty if it is not there."""
    if seq == 0:
        return genesis(owner, peer)
    row = connection.execute(
        "SELECT hash FROM ledger_entry WHERE peer = ? AND seq = ?", (peer, seq)
    ).fetchone()
    return "" if row is None else str(row[0])


def running(connection: sqlite3.Connection) -> list[Running]:
    """The sessions that a crash would cut short."""
    rows = connection.execute("SELECT body FROM ledger_running ORDER BY peer, key")
    return [msgspec.json.decode(body, type=Running) for (body,) in rows]


def peers(connection: sqlite3.Connection) -> list[str]:
    """With whom there is a chain."""
    return [peer for (peer,) in connection.execute("SELECT DISTINCT peer FROM ledger_entry ORDER BY peer")]


def entries(connection: sqlite3.Connection, peer: str, after: int, most: int) -> list[Entry]:
    """The next entries of the chain with one peer, in order."""
    rows = connection.execute(
        "SELECT seq, previous, body, hash FROM ledger_entry WHERE peer = ? AND seq > ? ORDER BY seq LIMIT ?",
        (peer, after, most),
    )
    return [Entry(seq=seq, previous=previous, body=body, hash=hashed) for seq, previous, body, hashed in rows]


def keep_certificate(connection: sqlite3.Connection, serial: str, der: bytes) -> None:
    """Keep it for whoever verifies."""
    connection.execute("INSERT OR REPLACE INTO ledger_certificate (serial, der) VALUES (?, ?)", (serial, der))


def certificates(connection: sqlite3.Connection) -> dict[str, bytes]:
    """By serial, DER."""
    return dict(connection.execute("SELECT serial, der FROM ledger_certificate ORDER BY serial").fetchall())
