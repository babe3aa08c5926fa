"""The ledger's rows. Entries are only ever appended, each under the hash of the one before."""

import sqlite3
from collections.abc import Callable, Iterable

import msgspec

from lanassist.node.ledger.chain import continued, genesis
from lanassist.node.ledger.heads import SignedHead
from lanassist.node.ledger.record import Entry
from lanassist.node.ledger.writes import Running, Write


class _Written(msgspec.Struct, frozen=True):
    """When a record was written."""

    clock: int


class Repeated(Exception):
    """The ledger with this peer has a session of that name already."""


def write(connection: sqlite3.Connection, owner: str, writes: Iterable[Write]) -> dict[str, list[Entry]]:
    """Commit these, in order; what was appended, by peer. Raises Repeated."""
    appended: dict[str, list[Entry]] = {}
    for each in writes:
        peer = each.place.peer
        if each.peer is not None:
            _begin(connection, owner, each)
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


def _begin(connection: sqlite3.Connection, owner: str, start: Write) -> None:
    """A session's start; its record is the next one. Raises Repeated."""
    assert start.peer is not None
    peer, key = start.place.peer, start.place.key
    if connection.execute("SELECT 1 FROM ledger_begun WHERE peer = ? AND key = ?", (peer, key)).fetchone():
        raise Repeated(key)
    seq, _ = head(connection, owner, peer)
    connection.execute("INSERT INTO ledger_begun (peer, key, seq) VALUES (?, ?, ?)", (peer, key, seq + 1))
    keep_certificate(connection, start.peer.serial, start.peer.certificate)


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


def latest(connection: sqlite3.Connection, peer: str, most: int) -> list[Entry]:
    """The newest entries of the chain with one peer, in order."""
    rows = connection.execute(
        "SELECT seq, previous, body, hash FROM ledger_entry WHERE peer = ? ORDER BY seq DESC LIMIT ?",
        (peer, most),
    ).fetchall()
    return [
        Entry(seq=seq, previous=previous, body=body, hash=hashed)
        for seq, previous, body, hashed in reversed(rows)
    ]


def prune(
    connection: sqlite3.Connection, owner: str, before: int, record: Callable[[str, int, str], str]
) -> int:
    """Remove what was written before that clock, as far as the peer has signed beyond; how many records.

    ``record(peer, seq, hash)`` is what then says so at the chain's end.
    """
    removed = 0
    for peer in peers(connection):
        agreed = signed_head(connection, owner, peer)
        last = _last_before(connection, peer, before, 0 if agreed is None else agreed.head().seq - 1)
        if last is not None:
            _append(connection, owner, peer, [record(peer, last.seq, last.hash)])
            gone = connection.execute(
                "DELETE FROM ledger_entry WHERE peer = ? AND seq <= ?", (peer, last.seq)
            )
            connection.execute("DELETE FROM ledger_begun WHERE peer = ? AND seq <= ?", (peer, last.seq))
            removed += gone.rowcount
    return removed


def _last_before(connection: sqlite3.Connection, peer: str, before: int, most: int) -> Entry | None:
    last = None
    rows = connection.execute(
        "SELECT seq, previous, body, hash FROM ledger_entry WHERE peer = ? AND seq <= ? ORDER BY seq",
        (peer, most),
    )
    for seq, previous, body, hashed in rows:
        if msgspec.json.decode(body, type=_Written).clock >= before:
            break
        last = Entry(seq=seq, previous=previous, body=body, hash=hashed)
    return last


# --- signed heads ------------------------------------------------------------------------------------


def signed_head(connection: sqlite3.Connection, owner: str, peer: str) -> SignedHead | None:
    """The newest that both, or at least its owner, have signed."""
    row = connection.execute(
        "SELECT body FROM ledger_head WHERE owner = ? AND peer = ? AND conflict = 0", (owner, peer)
    ).fetchone()
    return None if row is None else msgspec.json.decode(row[0], type=SignedHead)


def signed_heads(connection: sqlite3.Connection) -> list[tuple[SignedHead, bool]]:
    """All of them, with whether they are kept as evidence of a contradiction."""
    rows = connection.execute("SELECT body, conflict FROM ledger_head ORDER BY owner, peer, conflict")
    return [(msgspec.json.decode(body, type=SignedHead), bool(conflict)) for body, conflict in rows]


def keep_head(connection: sqlite3.Connection, signed: SignedHead, *, conflict: bool = False) -> None:
    """In place of the one before. The first contradiction stays."""
    head = signed.head()
    connection.execute(
        "INSERT INTO ledger_head (owner, peer, conflict, seq, body) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (owner, peer, conflict) DO UPDATE SET seq = excluded.seq, body = excluded.body"
        " WHERE ledger_head.conflict = 0",
        (head.owner.node, head.peer, int(conflict), head.seq, msgspec.json.encode(signed).decode()),
    )


def witnessed(connection: sqlite3.Connection, own: str) -> int:
    """How many heads of chains that this node has no part in."""
    (count,) = connection.execute(
        "SELECT count(*) FROM ledger_head WHERE owner <> ? AND peer <> ?", (own, own)
    ).fetchone()
    return int(count)


def count(connection: sqlite3.Connection) -> int:
    """Records in all chains."""
    (found,) = connection.execute("SELECT count(*) FROM ledger_entry").fetchone()
    return int(found)


def held(connection: sqlite3.Connection, own: str) -> dict[str, int]:
    """The number of the newest signed head of each peer's chain with this node, 0 where there is none."""
    known = dict.fromkeys(peers(connection), 0)
    rows = connection.execute("SELECT owner, seq FROM ledger_head WHERE peer = ? AND conflict = 0", (own,))
    return {**known, **dict(rows.fetchall())}
