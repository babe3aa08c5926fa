"""People of a small site, as their certificates describe them."""

from collections.abc import Iterable
from datetime import UTC, datetime

from lanassist.node.protocol.messages import NodeId
from lanassist.node.trust.grants import ALL_GRANTS, Grant, Role
from lanassist.node.trust.identity import Identity


def person(
    name: str,
    *roles: Role,
    grants: Iterable[Grant] | None = None,
    teams: Iterable[str] = (),
    serial: str = "",
) -> Identity:
    """An identity; a supervisor has every grant unless told otherwise."""
    everything = ALL_GRANTS if Role.SUPERVISOR in roles else frozenset[Grant]()
    return Identity(
        site="acme.example",
        node=NodeId(f"node-{name.lower()}"),
        name=name,
        email=f"{name.lower()}@acme.example",
        roles=frozenset(roles),
        teams=frozenset(teams),
        grants=everything if grants is None else frozenset(grants),
        serial=serial or f"5e{name.encode().hex()}",
        issued=datetime(2026, 1, 1, tzinfo=UTC),
        expires=datetime(2027, 1, 1, tzinfo=UTC),
    )


def agent(name: str, **about: Iterable[str]) -> Identity:
    return person(name, Role.AGENT, **about)  # type: ignore[arg-type]


def supervisor(name: str, grants: Iterable[Grant] | None = None) -> Identity:
    return person(name, Role.SUPERVISOR, grants=grants)
