"""``lanassist-ca list``, ``expiring``, ``revocations``: what the authority's register says."""

from pathlib import Path
from typing import Annotated

import typer

from lanassist.cli.ca.opening import unlocked
from lanassist.cli.ca.options import Dir, Force, Json

app = typer.Typer()


@app.command("list", epilog="Example: lanassist-ca list site-ca --json")
def list_(folder: Dir, json: Json = False) -> None:
    """Every certificate ever issued, oldest first, with its state."""
    from datetime import UTC, datetime

    from lanassist.cli.ca import view
    from lanassist.node.trust.authority import Authority

    authority = Authority.open(folder)
    rows = view.states(authority.register.issued(), datetime.now(UTC))
    if json:
        view.print_json(rows)
    elif not rows:
        view.say(f"{authority.site} has issued nothing yet.")
    else:
        view.print_table(authority.site, rows)


@app.command(epilog="Example: lanassist-ca expiring site-ca --days 14")
def expiring(
    folder: Dir,
    days: Annotated[int, typer.Option("--days", help="How far to look ahead.", min=0, max=3650)] = 30,
    json: Json = False,
) -> None:
    """The certificates to renew: those in use that end soon or have ended already."""
    from datetime import UTC, datetime, timedelta

    from lanassist.cli.ca import view
    from lanassist.node.trust.authority import Authority

    authority, now = Authority.open(folder), datetime.now(UTC)
    found = view.expiring(authority.register.issued(), days, now)
    rows = [(each, "expired" if now >= each.identity.expires else "valid") for each in found]
    if json:
        view.print_json(rows)
        return
    ends = authority.certificate.not_valid_after_utc
    if ends <= now + timedelta(days=max(days, 365)):
        view.say(f"The authority itself ends on {ends:%Y-%m-%d}: plan a new site before then.")
    if not rows:
        view.say(f"Nothing to renew in the next {days} days.")
    else:
        view.print_table(f"To renew within {days} days", rows)


@app.command(epilog="Example: lanassist-ca revocations site-ca --out revocations.json")
def revocations(
    folder: Dir,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to put the signed list.")],
    force: Force = False,
) -> None:
    """The signed list of what was revoked, to be handed to any running node of the site."""
    from lanassist.cli.ca import view
    from lanassist.node.trust.secret_files import write_whole

    authority, key = unlocked(folder)
    content, document = authority.revocations(key)
    write_whole(out, document.encode(), force=force)
    view.say(
        f"{out} is revocation list {content.number} of {authority.site}, with {len(content.revoked)} revoked."
    )
    view.say(f"On any one running node of the site: lanassist node revocations {out.name}")
