"""``lanassist-ca page-certificate``: what lets browsers trust a desk's chat page."""

from typing import Annotated

import typer

from lanassist.cli.ca.opening import unlocked
from lanassist.cli.ca.options import Dir, Force, Hosts, PageOut

app = typer.Typer()


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
    from lanassist.cli.ca import view
    from lanassist.node.trust.page_authority import PageAuthority

    authority, key = unlocked(folder)
    pages = PageAuthority.of(folder, authority.site, key)
    issued = pages.issue(host, out, days=days, force=force)
    until = issued.certificate.not_valid_after_utc
    view.say(f"{issued.path} is valid for {', '.join(host)} until {until:%Y-%m-%d}; its key is {issued.key}.")
    view.say("Move both into the desk's home. Nobody else may be able to read the key.")
    view.say(f"Browsers accept it once they trust {pages.path}: docs/chat.md says how.")
