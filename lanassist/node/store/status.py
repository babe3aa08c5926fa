"""This agent's own status, so that a break survives a restart."""

import sqlite3
from typing import Literal

import msgspec


class StoredStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What the agent last chose."""

    status: Literal["available", "break"]
    reason: str = ""
    since: float
    """Wall clock, seconds since 1970."""


def load(connection: sqlite3.Connection) -> StoredStatus | None:
    """None before the agent first chose one."""
    row = connection.execute("SELECT status, reason, since FROM own_status").fetchone()
    if row is None:
        return None
    status, reason, since = row
    return msgspec.convert({"status": status, "reason": reason, "since": since}, StoredStatus)


def save(connection: sqlite3.Connection, status: StoredStatus) -> None:
    """Keep it in place of the one before."""
    connection.execute(
        "INSERT OR REPLACE INTO own_status (only_row, status, reason, since) VALUES (1, ?, ?, ?)",
        (status.status, status.reason, status.since),
    )
