"""``lanassist status``: this agent's own state and figures, on the agent's own node; and a supervisor's word
on an agent's.
"""

from typing import Annotated, Literal

import typer

from lanassist.cli import plain
from lanassist.cli.options import Json, Watch, node_of
from lanassist.node.protocol.limits import MOST_CAPACITY
from lanassist.node.services.presence.commands import (
    SELF,
    OwnStatus,
    SetCapacity,
    SetStatus,
    SetStatusOf,
    ShowDays,
    ShowStatus,
)

app = typer.Typer(
    help="Your own status and figures, as an agent.",
    epilog="Example: lanassist status set break --reason lunch",
    no_args_is_help=True,
    add_completion=False,
)

Reason = Annotated[str, typer.Option("--reason", help="Why, as supervisors read it: lunch, training, …")]
Other = Annotated[
    str,
    typer.Option(
        "--agent",
        metavar="AGENT",
        help="As a supervisor: set this agent's status instead. E-mail, node id, or the start of a name.",
    ),
]
Places = Annotated[int, typer.Argument(metavar="N", min=0, max=MOST_CAPACITY, help="How many at once.")]


@app.command(epilog="Example: lanassist status show")
def show(ctx: typer.Context, watch: Watch = False, json: Json = False) -> None:
    """Your status, since when and set by whom; your capacity; today's figures; what your desktop tells."""
    node = node_of(ctx)
    if watch:
        from lanassist.cli.agents_view import own_status_cards
        from lanassist.cli.watching import Watched, watch_rows

        watch_rows(node, Watched(SELF, OwnStatus, own_status_cards), as_json=json)
        return
    report = node.ask(ShowStatus())
    if json:
        plain.print_json(plain.aged(report.status, report.now))
    else:
        from lanassist.cli import agents_view, render

        render.print_table(agents_view.own_status_cards([report.status], report.now))


@app.command("set", epilog="Example: lanassist status set break --reason lunch")
def set_(
    ctx: typer.Context,
    status: Annotated[Literal["available", "break"], typer.Argument(help="What you are from now on.")],
    reason: Reason = "",
    agent: Other = "",
    json: Json = False,
) -> None:
    """Take a break, or be available again. With --agent: set that of an agent, who sees that it was you."""
    node = node_of(ctx)
    if agent:
        done = node.ask(SetStatusOf(agent=agent, status=status, reason=reason))
    else:
        done = node.ask(SetStatus(status=status, reason=reason))
    who = f"{agent} is" if agent else "You are"
    plain.tell(done, f"{who} {'available' if status == 'available' else 'on break'}.", json)


@app.command(epilog="Example: lanassist status capacity 4")
def capacity(ctx: typer.Context, places: Places, json: Json = False) -> None:
    """How many clients you take at once; with 0 you are given none."""
    done = node_of(ctx).ask(SetCapacity(capacity=places))
    plain.tell(done, f"You take {places} client{'' if places == 1 else 's'} at once.", json)


@app.command(epilog="Example: lanassist status days")
def days(ctx: typer.Context, json: Json = False) -> None:
    """Your figures of the last days, today first. AHT = (chat + talk + hold + after call) ÷ completed."""
    found = node_of(ctx).ask(ShowDays())
    if json:
        plain.print_json(found.days)
    else:
        from lanassist.cli import agents_view, render

        render.print_table(agents_view.days_table(found.days))
