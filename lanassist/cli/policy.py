"""``lanassist policy``: what the site's admin has laid down, at this node."""

from pathlib import Path
from typing import Annotated

import typer

from lanassist.cli import plain
from lanassist.cli.inert import inert
from lanassist.cli.options import Json, home_of, node_of

app = typer.Typer(
    help="What the site's admin allows supervisors to do.",
    epilog="Example: lanassist policy show",
    no_args_is_help=True,
    add_completion=False,
)


@app.command(epilog="Example: lanassist policy show --json")
def show(ctx: typer.Context, json: Json = False) -> None:
    """The policy that this node acts on, in the words of its file."""
    from lanassist.node.services.site.commands import ShowPolicy

    found = node_of(ctx).ask(ShowPolicy())
    if json:
        plain.print_json(
            {"edition": found.edition, "signed": found.signed, "policy": found.policy.as_written()}
        )
        return
    from lanassist.node.trust.policy_file import written_policy

    if found.signed is None:
        print("# The admin has laid down nothing; this holds without a policy:")
    else:
        print(f"# Edition {found.edition}, signed {found.signed:%Y-%m-%d %H:%M} UTC")
    for line in written_policy(found.policy).splitlines():
        print(inert(line))


@app.command(epilog="Example: lanassist policy install policy.json")
def install(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The signed policy from your admin.", metavar="FILE")],
    json: Json = False,
) -> None:
    """Take in a signed policy, act on it at once, and spread it to the peers."""
    from lanassist.cli.documents import install_document, say_installed
    from lanassist.node.trust.policy_document import KIND

    say_installed(*install_document(home_of(ctx), file, KIND), json=json)
