"""``lanassist-ca issue``, ``sign``, ``renew``, ``revoke``: what becomes of a node's certificate."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lanassist.cli.ca.opening import unlocked
from lanassist.cli.ca.options import (
    Days,
    Dir,
    Email,
    Force,
    Grants,
    Name,
    NewEmail,
    NewGrants,
    NewKey,
    NewName,
    NewRequest,
    NewRoles,
    NewTeams,
    NoGrants,
    NoTeams,
    OtherEmail,
    OtherName,
    Out,
    Roles,
    Teams,
    Who,
)
from lanassist.node.errors import BadInput
from lanassist.node.trust.grants import Grant, Role

if TYPE_CHECKING:
    from lanassist.node.trust.identity import Identity
    from lanassist.node.trust.profile import Bearer

app = typer.Typer()


@app.command(
    epilog="Example: lanassist-ca issue site-ca --name 'Dana Fox' --email dana@acme.example "
    "--role agent --out dana.pem"
)
def issue(
    folder: Dir,
    name: Name,
    email: Email,
    role: Roles,
    out: Out,
    team: Teams = None,
    grant: Grants = None,
    no_grants: NoGrants = False,
    days: Days = 365,
    force: Force = False,
) -> None:
    """A new node: makes its key and its certificate, both in one bundle."""
    from lanassist.cli.ca import view

    bearer = _bearer(name, email, role, team, _wanted(grant, no_grants))
    authority, key = unlocked(folder)
    view.say_delivered(authority.issue(key, bearer, out, days=days, force=force), folder)


@app.command(epilog="Example: lanassist-ca sign site-ca dana.csr --role agent --out dana.pem")
def sign(
    folder: Dir,
    request: Annotated[Path, typer.Argument(metavar="REQUEST", help="Made by `lanassist node request`.")],
    role: Roles,
    out: Out,
    name: OtherName = None,
    email: OtherEmail = None,
    team: Teams = None,
    grant: Grants = None,
    no_grants: NoGrants = False,
    days: Days = 365,
    force: Force = False,
) -> None:
    """A new node whose key was made on its machine and stays there."""
    from lanassist.cli.ca import view
    from lanassist.node.trust.request import read_request

    asked = read_request(request)
    bearer = _bearer(name or asked.name, email or asked.email, role, team, _wanted(grant, no_grants))
    authority, key = unlocked(folder)
    done = authority.sign(key, asked.public_key, bearer, out, days=days, force=force)
    view.say_delivered(done, folder)


@app.command(epilog="Example: lanassist-ca renew site-ca dana@acme.example --out dana.pem")
def renew(
    folder: Dir,
    who: Who,
    out: Out,
    name: NewName = None,
    email: NewEmail = None,
    role: NewRoles = None,
    team: NewTeams = None,
    no_teams: NoTeams = False,
    grant: NewGrants = None,
    no_grants: NoGrants = False,
    request: NewRequest = None,
    new_key: NewKey = False,
    days: Days = 365,
    force: Force = False,
) -> None:
    """The next certificate of a node, for the key it has; what is not named stays as it was.

    If it allows less than before, the certificates that it replaces are revoked.
    """
    from lanassist.cli.ca import view
    from lanassist.node.trust.request import read_request

    if request and new_key:
        raise BadInput(what="--new-key", why="the request brings a key already")

    def change(last: "Identity") -> "Bearer":
        grants = _wanted(grant, no_grants)
        if grants is None and (role is None or Role.SUPERVISOR in last.roles):
            grants = last.grants if role is None or Role.SUPERVISOR in role else frozenset()
        teams = [] if no_teams else team if team is not None else sorted(last.teams)
        return _bearer(name or last.name, email or last.email, role or sorted(last.roles), teams, grants)

    authority, key = unlocked(folder)
    asked = read_request(request).public_key if request else None
    done = authority.renew(key, who, change, out, request=asked, new_key=new_key, days=days, force=force)
    view.say_delivered(done, folder)


@app.command(epilog="Example: lanassist-ca revoke site-ca dana@acme.example --reason 'laptop lost'")
def revoke(
    folder: Dir,
    who: Who,
    reason: Annotated[str, typer.Option("--reason", help="Why; every node gets to read it.")] = "",
) -> None:
    """Take back all certificates of a node, or the one with this serial number."""
    from lanassist.cli.ca import view
    from lanassist.node.trust.authority import Authority

    for identity in Authority.open(folder).revoke(who, reason):
        view.say(
            f"Revoked: {identity.name} <{identity.email}>, node {identity.node}, serial {identity.serial}."
        )
    view.say("It counts once the nodes have it; one of them is enough, it tells the others:")
    view.say_revocations(folder)


def _wanted(grant: list[Grant] | None, no_grants: bool) -> frozenset[Grant] | None:
    """The grants that the admin named; None if none were named."""
    if grant and no_grants:
        raise BadInput(what="--no-grants", why="grants are named beside it")
    return frozenset() if no_grants else frozenset(grant) if grant else None


def _bearer(
    name: str, email: str, role: list[Role], team: list[str] | None, grants: frozenset[Grant] | None
) -> "Bearer":
    from lanassist.node.trust.profile import Bearer, default_grants

    roles = frozenset(role)
    return Bearer(
        name=name,
        email=email,
        roles=roles,
        teams=frozenset(team or ()),
        grants=default_grants(roles) if grants is None else grants,
    )
