"""``lanassist node``: the background node of this machine and its identity."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from lanassist.cli import plain
from lanassist.cli.inert import inert
from lanassist.cli.options import Force, Json, home_of, node_of

app = typer.Typer(
    help="The node of this machine.",
    epilog="Example: lanassist node status",
    no_args_is_help=True,
    add_completion=False,
)


@app.command(epilog="Example: lanassist node run --log-level warning 2>> node.log")
def run(
    ctx: typer.Context,
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        typer.Option("--log-level", help="What to log to stderr, as JSON lines."),
    ] = "info",
) -> None:
    """Run the node until Ctrl+C or SIGTERM."""
    import sys

    from lanassist.node.logs import log_to
    from lanassist.web.run import run as run_node

    log_to(sys.stderr, log_level)
    run_node(home=home_of(ctx))


@app.command(epilog="Example: lanassist node status --json")
def status(ctx: typer.Context, json: Json = False) -> None:
    """Who the running node is, where it listens, whom it reaches."""
    from lanassist.web.commands import ShowNode

    found = node_of(ctx).ask(ShowNode())
    if json:
        plain.print_json(found)
    else:
        from lanassist.cli import render

        render.print_table(render.node_card(found))


@app.command(epilog="Example: lanassist node install dana.pem")
def install(
    ctx: typer.Context,
    bundle: Annotated[Path, typer.Argument(help="The file from your admin.", metavar="BUNDLE")],
    force: Force = False,
    json: Json = False,
) -> None:
    """Put an identity into this node's home. It counts from the node's next start."""
    from lanassist.node.trust.installation import install_bundle

    home = home_of(ctx)
    identity = install_bundle(home, bundle, force=force).identity
    if json:
        plain.print_json({"home": str(home), "identity": identity})
        return
    roles = ", ".join(sorted(identity.roles))
    print(inert(f"Installed in {home}: {identity.name} <{identity.email}>, {roles} of {identity.site}."))
    print("Start the node with `lanassist node run`; one that runs already must be started again.")


@app.command(
    epilog="Example: lanassist node request --name 'Dana Fox' --email dana@acme.example --out dana.csr"
)
def request(
    ctx: typer.Context,
    name: Annotated[str, typer.Option("--name", help="Your name, as others will read it.")],
    email: Annotated[str, typer.Option("--email", help="Your e-mail address.")],
    out: Annotated[Path, typer.Option("--out", help="The request to write, for your admin.", metavar="FILE")],
    force: Force = False,
    json: Json = False,
) -> None:
    """Ask for a certificate with a key that never leaves this machine."""
    from lanassist.node.trust.installation import make_request
    from lanassist.node.trust.secret_files import write_whole

    write_whole(out, make_request(home_of(ctx), name, email), force=force)
    if json:
        plain.print_json({"request": str(out)})
        return
    print(inert(f"{out}: give this to your admin, who signs it with `lanassist-ca sign`,"))
    print("then install what comes back here: `lanassist node install BUNDLE`.")


@app.command(epilog="Example: lanassist node revocations revocations.json")
def revocations(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The signed list from your admin.", metavar="FILE")],
    json: Json = False,
) -> None:
    """Take in a revocation list, act on it at once, and spread it to the peers."""
    from lanassist.cli.documents import say_installed
    from lanassist.cli.revocations import install_list

    say_installed(*install_list(home_of(ctx), file), json=json)
