"""``lanassist help``: ask every supervisor for it as an agent; as a supervisor, see who does."""

from collections.abc import Sequence
from typing import Annotated

import typer

from lanassist.cli import plain
from lanassist.cli.listing import Draw, show_rows
from lanassist.cli.options import Agent, Json, Watch, node_of
from lanassist.node.services.assist.commands import (
    OWN_HELP,
    REQUESTS,
    AcceptHelp,
    CancelHelp,
    DismissHelp,
    FinishHelp,
    HelpRow,
    ListHelp,
    OwnHelp,
    RequestHelp,
)

app = typer.Typer(
    help="Ask supervisors for help; as a supervisor, see who asks.",
    epilog="Example: lanassist help request --reason 'refund over the limit'",
    no_args_is_help=True,
    add_completion=False,
)

Reason = Annotated[str, typer.Option("--reason", help="What it is about, as every supervisor reads it.")]


@app.command(epilog="Example: lanassist help request --reason 'refund over the limit'")
def request(ctx: typer.Context, reason: Reason = "", json: Json = False) -> None:
    """As an agent: ask every supervisor for help. It stands until one takes it up or you cancel it."""
    asked = node_of(ctx).ask(RequestHelp(reason=reason))
    plain.tell(asked, _told(asked.supervisors), json)


def _told(supervisors: int) -> str:
    match supervisors:
        case 0:
            return "No supervisor is online. The request stands, and is told to the first who comes."
        case 1:
            return "1 supervisor is told."
    return f"{supervisors} supervisors are told."


@app.command(epilog="Example: lanassist help cancel")
def cancel(ctx: typer.Context, json: Json = False) -> None:
    """As an agent: no help is wanted any more."""
    plain.tell(node_of(ctx).ask(CancelHelp()), "No help is asked for.", json)


@app.command(epilog="Example: lanassist help show --watch")
def show(ctx: typer.Context, watch: Watch = False, json: Json = False) -> None:
    """As an agent: how your own request stands, and whether any supervisor is online."""
    show_rows(node_of(ctx), OWN_HELP, OwnHelp, _own_help_card, watch=watch, as_json=json)


def _own_help_card() -> Draw[OwnHelp]:
    from lanassist.cli.call_view import own_help_card

    return own_help_card


@app.command("list", epilog="Example: lanassist help list --watch")
def list_(ctx: typer.Context, watch: Watch = False, json: Json = False) -> None:
    """As a supervisor: which agents ask for help, since when, and who helps them."""
    node = node_of(ctx)

    def ask() -> tuple[Sequence[HelpRow], float]:
        found = node.ask(ListHelp())
        return found.requests, found.now

    nobody = "Nobody asks for help."
    show_rows(node, REQUESTS, HelpRow, _help_table, watch=watch, as_json=json, ask=ask, nothing=nobody)


def _help_table() -> Draw[HelpRow]:
    from lanassist.cli.call_view import help_table

    return help_table


@app.command(epilog="Example: lanassist help accept dana")
def accept(ctx: typer.Context, agent: Agent, json: Json = False) -> None:
    """Take a request up without assisting in a call; `call listen` takes it up too. The first one has it."""
    plain.tell(node_of(ctx).ask(AcceptHelp(agent=agent)), "It is yours; the agent is told.", json)


@app.command(epilog="Example: lanassist help finish dana")
def finish(ctx: typer.Context, agent: Agent, json: Json = False) -> None:
    """Say that an agent whose request you took up was helped."""
    plain.tell(node_of(ctx).ask(FinishHelp(agent=agent)), "The request is closed.", json)


@app.command(epilog="Example: lanassist help dismiss dana")
def dismiss(ctx: typer.Context, agent: Agent, json: Json = False) -> None:
    """Do not show a request to you any more; other supervisors see it as before."""
    plain.tell(node_of(ctx).ask(DismissHelp(agent=agent)), "It is dismissed for you.", json)
