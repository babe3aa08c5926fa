"""``lanassist-ca``: the site's authority, for the admin. docs/admin-guide.md walks through it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lanassist.cli.ca_options import (
    Days,
    Dir,
    Email,
    Force,
    Grants,
    Hosts,
    Json,
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
    OptionalDir,
    OtherEmail,
    OtherName,
    Out,
    PageOut,
    PolicyFile,
    Roles,
    Teams,
    Who,
)
from lanassist.cli.failures import Commands, run
from lanassist.node.errors import BadInput
from lanassist.node.trust.grants import Grant, Role

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from lanassist.node.trust.authority import Authority
    from lanassist.node.trust.identity import Identity
    from lanassist.node.trust.profile import Bearer

app = typer.Typer(
    cls=Commands,
    name="lanassist-ca",
    help="Make, renew and take back the certificates of one site.",
    epilog="Example: lanassist-ca init site-ca --site acme.example. Every command has its own --help.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # its tracebacks show local variables, and so secrets
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command(epilog="Example: lanassist-ca init site-ca --site acme.example --passphrase")
def init(
    folder: Dir,
    site: Annotated[str, typer.Option("--site", help="The site's name, like acme.example.")],
    passphrase: Annotated[
        bool, typer.Option("--passphrase", help="Ask for one to seal the key with.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Move what is there aside first.")] = False,
) -> None:
    """Make a new site: its authority's key and certificate, in a folder of its own."""
    from lanassist.cli import ca_view, passphrase as passphrases
    from lanassist.node.trust.authority import Authority

    words = passphrases.choose() if passphrase else passphrases.given()
    authority = Authority.init(folder, site, words, force=force)
    ca_view.say(
        f"{folder} is the authority of {authority.site} until {authority.certificate.not_valid_after_utc:%Y}."
    )
    if words is None:
        ca_view.say("Its key has no passphrase: whoever can read this folder can issue certificates.")
    ca_view.say("Keep a copy of the folder somewhere safe; nothing can replace it.")


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
    from lanassist.cli import ca_view

    bearer = _bearer(name, email, role, team, _wanted(grant, no_grants))
    authority, key = _unlocked(folder)
    ca_view.say_handover(authority.issue(key, bearer, out, days=days, force=force), folder)


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
    from lanassist.cli import ca_view
    from lanassist.node.trust.request import read_request

    asked = read_request(request)
    bearer = _bearer(name or asked.name, email or asked.email, role, team, _wanted(grant, no_grants))
    authority, key = _unlocked(folder)
    done = authority.sign(key, asked.public_key, bearer, out, days=days, force=force)
    ca_view.say_handover(done, folder)


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
    from lanassist.cli import ca_view
    from lanassist.node.trust.request import read_request

    if request and new_key:
        raise BadInput(what="--new-key", why="the request brings a key already")

    def change(last: "Identity") -> "Bearer":
        grants = _wanted(grant, no_grants)
        if grants is None and (role is None or Role.SUPERVISOR in last.roles):
            grants = last.grants if role is None or Role.SUPERVISOR in role else frozenset()
        teams = [] if no_teams else team if team is not None else sorted(last.teams)
        return _bearer(name or last.name, email or last.email, role or sorted(last.roles), teams, grants)

    authority, key = _unlocked(folder)
    asked = read_request(request).public_key if request else None
    done = authority.renew(key, who, change, out, request=asked, new_key=new_key, days=days, force=force)
    ca_view.say_handover(done, folder)


@app.command(epilog="Example: lanassist-ca revoke site-ca dana@acme.example --reason 'laptop lost'")
def revoke(
    folder: Dir,
    who: Who,
    reason: Annotated[str, typer.Option("--reason", help="Why; every node gets to read it.")] = "",
) -> None:
    """Take back all certificates of a node, or the one with this serial number."""
    from lanassist.cli import ca_view
    from lanassist.node.trust.authority import Authority

    for identity in Authority.open(folder).revoke(who, reason):
        ca_view.say(
            f"Revoked: {identity.name} <{identity.email}>, node {identity.node}, serial {identity.serial}."
        )
    ca_view.say("It counts once the nodes have it; one of them is enough, it tells the others:")
    ca_view.say_revocations(folder)


@app.command("list", epilog="Example: lanassist-ca list site-ca --json")
def list_(folder: Dir, json: Json = False) -> None:
    """Every certificate ever issued, oldest first, with its state."""
    from datetime import UTC, datetime

    from lanassist.cli import ca_view
    from lanassist.node.trust.authority import Authority

    authority = Authority.open(folder)
    rows = ca_view.states(authority.register.issued(), datetime.now(UTC))
    if json:
        ca_view.print_json(rows)
    elif not rows:
        ca_view.say(f"{authority.site} has issued nothing yet.")
    else:
        ca_view.print_table(authority.site, rows)


@app.command(epilog="Example: lanassist-ca expiring site-ca --days 14")
def expiring(
    folder: Dir,
    days: Annotated[int, typer.Option("--days", help="How far to look ahead.", min=0, max=3650)] = 30,
    json: Json = False,
) -> None:
    """The certificates to renew: those in use that end soon or have ended already."""
    from datetime import UTC, datetime, timedelta

    from lanassist.cli import ca_view
    from lanassist.node.trust.authority import Authority

    authority, now = Authority.open(folder), datetime.now(UTC)
    found = ca_view.expiring(authority.register.issued(), days, now)
    rows = [(each, "expired" if now >= each.identity.expires else "valid") for each in found]
    if json:
        ca_view.print_json(rows)
        return
    ends = authority.certificate.not_valid_after_utc
    if ends <= now + timedelta(days=max(days, 365)):
        ca_view.say(f"The authority itself ends on {ends:%Y-%m-%d}: plan a new site before then.")
    if not rows:
        ca_view.say(f"Nothing to renew in the next {days} days.")
    else:
        ca_view.print_table(f"To renew within {days} days", rows)


@app.command(epilog="Example: lanassist-ca revocations site-ca --out revocations.json")
def revocations(
    folder: Dir,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to put the signed list.")],
    force: Force = False,
) -> None:
    """The signed list of what was revoked, to be handed to any running node of the site."""
    from lanassist.cli import ca_view
    from lanassist.node.trust.secret_files import write_whole

    authority, key = _unlocked(folder)
    content, document = authority.revocations(key)
    write_whole(out, document.encode(), force=force)
    ca_view.say(
        f"{out} is revocation list {content.number} of {authority.site}, with {len(content.revoked)} revoked."
    )
    ca_view.say(f"On any one running node of the site: lanassist node revocations {out.name}")


@app.command(
    epilog="Example: lanassist-ca policy --example > policy.toml; lanassist-ca policy site-ca policy.toml"
)
def policy(
    folder: OptionalDir = None,
    file: PolicyFile = None,
    example: Annotated[bool, typer.Option("--example", help="Print a file to begin with.")] = False,
    json: Json = False,
) -> None:
    """Sign the site's policy as its next edition; without a file, print the edition that is signed."""
    from lanassist.cli import ca_policy, passphrase
    from lanassist.node.trust.policy_file import EXAMPLE

    if example:
        print(EXAMPLE, end="")
    elif folder is None:
        raise typer.BadParameter("name the authority's folder", param_hint="DIR")
    elif file is None:
        ca_policy.show_policy(folder, json=json)
    else:
        ca_policy.sign_policy(folder, file, passphrase.ask, json=json)


@app.command(
    "page-certificate",
    epilog="Example: lanassist-ca page-certificate site-ca --host desk.lan --host 192.168.1.5 --out chat.pem",
)
def page_certificate(
    folder: Dir,
    host: Hosts,
    out: PageOut,
    days: Annotated[int, typer.Option("--days", help="How long it is valid, at most 397.")] = 397,
    force: Force = False,
) -> None:
    """A certificate for a desk's chat page, which browsers accept once they trust this site's pages."""
    from lanassist.cli import ca_view
    from lanassist.node.trust.page_authority import PageAuthority

    authority, key = _unlocked(folder)
    pages = PageAuthority.of(folder, authority.site, key)
    issued = pages.issue(host, out, days=days, force=force)
    until = issued.certificate.not_valid_after_utc
    ca_view.say(
        f"{issued.path} is valid for {', '.join(host)} until {until:%Y-%m-%d}; its key is {issued.key}."
    )
    ca_view.say("Move both into the desk's home. Nobody else may be able to read the key.")
    ca_view.say(f"Browsers accept it once they trust {pages.path}: docs/chat.md says how.")


def main() -> None:
    """The console script ``lanassist-ca``."""
    run(app)


def _unlocked(folder: Path) -> "tuple[Authority, Ed25519PrivateKey]":
    from lanassist.cli import passphrase
    from lanassist.node.trust.authority import Authority

    authority = Authority.open(folder)
    return authority, authority.unlock(passphrase.ask)


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


if __name__ == "__main__":
    main()
