"""``lanassist-ca init``: a new site."""

from typing import Annotated

import typer

from lanassist.cli.ca.options import Dir

app = typer.Typer()


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
    from lanassist.cli.ca import passphrase as passphrases, view
    from lanassist.node.trust.authority import Authority

    words = passphrases.choose() if passphrase else passphrases.given()
    authority = Authority.init(folder, site, words, force=force)
    view.say(
        f"{folder} is the authority of {authority.site} until {authority.certificate.not_valid_after_utc:%Y}."
    )
    if words is None:
        view.say("Its key has no passphrase: whoever can read this folder can issue certificates.")
    view.say("Keep a copy of the folder somewhere safe; nothing can replace it.")
