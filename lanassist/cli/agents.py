"""``lanassist agents``: who is at work, in what state, since when."""

from collections.abc import Sequence
from typing import Annotated

import typer

from lanassist.cli import plain
from lanassist.cli.listing import Draw, show_rows
from lanassist.cli.options import Agent, Json, Watch, node_of
from lanassist.node.services.naming import the_agent
from lanassist.node.services.presence.commands import AGENTS, AgentRow, ListAgents

app = typer.Typer(
    help="Who is at work, in what state, since when.",
    epilog="Example: lanassist agents list --watch",
    no_args_is_help=True,
    add_completion=False,
)

Search = Annotated[str, typer.Option("--search", help="Only agents with this in their name, e-mail or team.")]


@app.command("list", epilog="Example: lanassist agents list --watch")
def list_(ctx: typer.Context, watch: Watch = False, json: Json = False, search: Search = "") -> None:
    """Every agent that this supervisor's node knows, one row each, with the dashboard's figures.

    Whoever has a client waiting longest is first. AHT, average handling time:
    (chat handling + talk + hold + after call work) ÷ completed today.
    """
    node = node_of(ctx)

    def ask() -> tuple[Sequence[AgentRow], float]:
        found = node.ask(ListAgents())
        return found.agents, found.now

    def keep(row: AgentRow) -> bool:
        return _fits(row, search)

    nobody = f"No agent fits “{search}”." if search else "No agent is known here yet."
    show_rows(
        node, AGENTS, AgentRow, _agents_table, watch=watch, as_json=json, ask=ask, keep=keep, nothing=nobody
    )


def _agents_table() -> Draw[AgentRow]:
    from lanassist.cli.agents_view import agents_table

    return agents_table


@app.command(epilog="Example: lanassist agents show dana@acme.example")
def show(ctx: typer.Context, agent: Agent, json: Json = False) -> None:
    """One agent whole: state, work, the day's figures, displays."""
    found = node_of(ctx).ask(ListAgents())
    row = the_agent(found.agents, agent)
    if json:
        plain.print_json(plain.aged(row, found.now))
    else:
        from lanassist.cli import agents_view, render

        render.print_table(agents_view.agent_card(row, found.now), render.displays_table(row.displays))


def _fits(row: AgentRow, search: str) -> bool:
    wanted = search.casefold()
    return any(wanted in text.casefold() for text in (row.name, row.email, *row.teams))
