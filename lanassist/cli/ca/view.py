"""What ``lanassist-ca`` prints: sentences, tables, and JSON for scripts."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lanassist.cli.inert import inert
from lanassist.node.trust.delivery import Delivery
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.register import Issued

if TYPE_CHECKING:
    from rich.table import Table


def say(text: str) -> None:
    """One line on stdout, whatever it quotes made harmless."""
    print(inert(text))


def states(issued: Sequence[Issued], now: datetime) -> list[tuple[Issued, str]]:
    """Each certificate with its state in one word: valid, replaced, expired or revoked.

    Replaced: a later certificate of the same node exists; this one still opens doors until it expires.
    """
    last = {each.identity.node: each.identity.serial for each in issued}
    return [(each, _state(each, last, now)) for each in issued]


def _state(each: Issued, last: dict[Any, str], now: datetime) -> str:
    if each.revoked:
        return "revoked"
    if now >= each.identity.expires:
        return "expired"
    return "valid" if last[each.identity.node] == each.identity.serial else "replaced"


def expiring(issued: Sequence[Issued], days: int, now: datetime) -> list[Issued]:
    """The last certificate of each node where it ends within ``days`` or has ended; soonest first."""
    last = {each.identity.node: each for each in issued}
    found = [
        each
        for each in last.values()
        if each.revoked is None and each.identity.expires <= now + timedelta(days=days)
    ]
    return sorted(found, key=lambda each: each.identity.expires)


def print_table(title: str, rows: Iterable[tuple[Issued, str]]) -> None:
    """One row a certificate; in a narrow terminal of several lines."""
    from rich.console import Console

    from lanassist.cli.render import PIPED, ROOMY

    console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED)
    console.print(certificates_table(title, rows, narrow=console.width < ROOMY))


def certificates_table(title: str, rows: Iterable[tuple[Issued, str]], *, narrow: bool) -> "Table":
    """``narrow``: the address stands below the name, teams and grants below the roles."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    wide = ("Name", "E-mail", "Node", "Roles", "Teams", "Grants", "Until", "State")
    for heading in ("Name", "Node", "Roles", "Until", "State") if narrow else wide:
        table.add_column(heading, overflow="fold", no_wrap=heading in ("Node", "Until"))
    for each, state in rows:
        identity = each.identity
        person = [identity.name, identity.email]
        roles, teams = " ".join(sorted(identity.roles)), ", ".join(sorted(identity.teams))
        grants = grants_in_words(identity)
        told = f"{state} ({each.revoked.reason})" if each.revoked and each.revoked.reason else state
        until = f"{identity.expires:%Y-%m-%d}"
        cells: list[list[str]]
        if narrow:
            below = [f"teams: {teams}" if teams else "", f"grants: {grants}" if grants else ""]
            cells = [person, [identity.node], [roles, *filter(None, below)], [until], [told]]
        else:
            cells = [[cell] for cell in (*person, identity.node, roles, teams, grants, until, told)]
        table.add_row(*(Text("\n".join(inert(line) for line in cell)) for cell in cells))
    return table


def print_json(rows: Iterable[tuple[Issued, str]]) -> None:
    """The same for scripts, a list of objects; only ASCII, so that nothing in it acts on a terminal."""
    print(json.dumps([_plain(each, state) for each, state in rows]))


def grants_in_words(identity: Identity) -> str:
    """The grants, sorted; ``all`` for all of them."""
    from lanassist.node.trust.grants import ALL_GRANTS

    return "all" if identity.grants == ALL_GRANTS else " ".join(sorted(identity.grants))


def say_delivered(done: Delivery, folder: Path) -> None:
    """What was issued and what is to be done with it."""
    identity = done.identity
    roles = ", ".join(sorted(identity.roles))
    say(f"{identity.name} <{identity.email}> is node {identity.node}: {roles}.")
    say(f"Valid until {identity.expires:%Y-%m-%d}.")
    if identity.grants:
        say(f"Grants: {grants_in_words(identity)}.")
    if done.has_key:
        say(f"{done.bundle} holds the private key: move it in a way that you trust, then delete it here.")
    else:
        say(f"{done.bundle} holds no secret; it installs only on the machine that has the key.")
    say(f"On that machine: lanassist node install {done.bundle.name}")
    if done.revoked:
        count = "the certificate" if len(done.revoked) == 1 else f"{len(done.revoked)} certificates"
        say(f"It allows less than before, so {count} that it replaces is now revoked.")
        say("Once it is installed, hand out the new revocations:")
        say_revocations(folder)


def say_revocations(folder: Path) -> None:
    """The two commands by which a revocation comes to count."""
    say(f"  lanassist-ca revocations {folder} --out revocations.json")
    say("  lanassist node revocations revocations.json      (on any one node of the site)")


def _plain(each: Issued, state: str) -> dict[str, object]:
    identity = each.identity
    return {
        "name": identity.name,
        "email": identity.email,
        "node": identity.node,
        "site": identity.site,
        "serial": identity.serial,
        "roles": sorted(identity.roles),
        "teams": sorted(identity.teams),
        "grants": sorted(identity.grants),
        "issued": identity.issued.isoformat(),
        "expires": identity.expires.isoformat(),
        "state": state,
        "revoked": each.revoked.at.isoformat() if each.revoked else None,
        "reason": each.revoked.reason if each.revoked else None,
    }
