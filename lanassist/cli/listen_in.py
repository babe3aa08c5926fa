"""``lanassist listen-in``: as an agent, let supervisors hear your calls."""

from typing import Annotated

import typer

from lanassist.cli import plain
from lanassist.cli.options import Json, node_of
from lanassist.node.services.assist.commands import SetListenIn, ShowListenIn

app = typer.Typer(
    help="Let supervisors listen in to your calls.",
    epilog="Example: lanassist listen-in on --call",
    no_args_is_help=True,
    add_completion=False,
)

ThisCall = Annotated[bool, typer.Option("--call", help="Only the call that is on, instead of all calls.")]


@app.command(epilog="Example: lanassist listen-in on --call")
def on(ctx: typer.Context, call: ThisCall = False, json: Json = False) -> None:
    """Let supervisors listen in to all your calls, or to the one that is on."""
    done = node_of(ctx).ask(SetListenIn(on=True, this_call=call))
    plain.tell(done, f"Supervisors may listen in to {'this call' if call else 'all your calls'}.", json)


@app.command(epilog="Example: lanassist listen-in off")
def off(ctx: typer.Context, call: ThisCall = False, json: Json = False) -> None:
    """Take that back. An assist that needs it ends; your call goes on."""
    done = node_of(ctx).ask(SetListenIn(on=False, this_call=call))
    plain.tell(done, "Taken back for this call." if call else "Taken back.", json)


@app.command(epilog="Example: lanassist listen-in status")
def status(ctx: typer.Context, json: Json = False) -> None:
    """Whether you let supervisors listen in, and whether the site's policy wants it."""
    own = node_of(ctx).ask(ShowListenIn())
    if json:
        plain.print_json(own)
    else:
        from lanassist.cli import call_view, render

        render.print_table(call_view.listen_in_card(own))
