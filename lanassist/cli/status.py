"""``lanassist status``: this agent's own state, on the agent's own node."""

from typing import Annotated, Literal

import typer

from lanassist.cli import plain
from lanassist.cli.options import Json, Watch, node_of
from lanassist.node.services.presence.commands import SELF, OwnStatus, SetStatus, ShowStatus

app = typer.Typer(help="Your own status, as an agent.", no_args_is_help=True, add_completion=False)

Reason = Annotated[str, typer.Option("--reason", help="Why, as supervisors read it: lunch, training, …")]


@app.command(epilog="Example: lanassist status show")
def show(ctx: typer.Context, watch: Watch = False, json: Json = False) -> None:
    """Your status, since when, and what your desktop tells."""
    node = node_of(ctx)
    if watch:
        from lanassist.cli import render
        from lanassist.cli.watching import Watched, watch_rows

        watch_rows(node, Watched(SELF, OwnStatus, render.own_status_cards), as_json=json)
        return
    report = node.ask(ShowStatus())
    if json:
        plain.print_json(plain.aged(report.status, report.now))
    else:
        from lanassist.cli import render

        render.print_table(render.own_status_cards([report.status], report.now))


@app.command("set", epilog="Example: lanassist status set break --reason lunch")
def set_(
    ctx: typer.Context,
    status: Annotated[Literal["available", "break"], typer.Argument(help="What you are from now on.")],
    reason: Reason = "",
    json: Json = False,
) -> None:
    """Take a break, or be available again."""
    done = node_of(ctx).ask(SetStatus(status=status, reason=reason))
    plain.tell(done, "You are available." if status == "available" else "You are on break.", json)
