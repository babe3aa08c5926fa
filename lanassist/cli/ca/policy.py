"""``lanassist-ca policy``: what the admin lays down for the whole site."""

from typing import Annotated

import typer

from lanassist.cli.ca.options import Json, OptionalDir, PolicyFile

app = typer.Typer()


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
    from lanassist.cli.ca import laying_down, passphrase
    from lanassist.node.trust.policy_file import EXAMPLE

    if example:
        print(EXAMPLE, end="")
    elif folder is None:
        raise typer.BadParameter("name the authority's folder", param_hint="DIR")
    elif file is None:
        laying_down.show_policy(folder, json=json)
    else:
        laying_down.sign_policy(folder, file, passphrase.ask, json=json)
