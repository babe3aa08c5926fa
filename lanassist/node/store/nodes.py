"""The nodes that this one has had a link with."""

import sqlite3

import msgspec

from lanassist.node.protocol.messages import NodeId


class KnownNode(msgspec.Struct, frozen=True, kw_only=True):
    """Who a node was by its certificate when it was last linked, and where it can be dialled."""

    node: NodeId
    name: str
    email: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    addresses: tuple[tuple[str, int], ...]
    """Host and port, the latest first."""
    last_seen: float
    """Wall clock, seconds since 1970."""


class _Lists(msgspec.Struct, frozen=True):
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    addresses: tuple[tuple[str, int], ...]


def load(connection: sqlite3.Connection) -> list[KnownNode]:
    """All of them, who was seen last first."""
    rows = connection.execute(
        "SELECT node, name, email, roles, teams, addresses, last_seen FROM known_node"
        " ORDER BY last_seen DESC, node"
    )
    return [_known(*row) for row in rows]


def _known(
    node: str, name: str, email: str, roles: str, teams: str, addresses: str, last_seen: float
) -> KnownNode:
    lists = msgspec.json.decode(f'{{"roles":{roles},"teams":{teams},"addresses":{addresses}}}', type=_Lists)
    return KnownNode(
        node=NodeId(node),
        name=name,
        email=email,
        roles=lists.roles,
        teams=lists.teams,
        addresses=lists.addresses,
        last_seen=last_seen,
    )


def save(connection: sqlite3.Connection, node: KnownNode) -> None:
    """Remember it as it is now."""
    lists = [msgspec.json.encode(each).decode() for each in (node.roles, node.teams, node.addresses)]
    connection.execute(
        "INSERT OR REPLACE INTO known_node (node, name, email, roles, teams, addresses, last_seen)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (node.node, node.name, node.email, *lists, node.last_seen),
    )


def forget(connection: sqlite3.Connection, node: NodeId) -> None:
    """Remember it no more."""
    connection.execute("DELETE FROM known_node WHERE node = ?", (node,))
