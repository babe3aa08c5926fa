"""``lanassist control``: act as an agent, and on the agent's side take that back."""

from typing import Annotated, Literal

import typer

from lanassist.cli import plain
from lanassist.cli.finding import the_conversation
from lanassist.cli.holding import hold, running
from lanassist.cli.lengths import seconds_of
from lanassist.cli.listing import Draw, show_rows
from lanassist.cli.options import (
    Agent,
    Conversation,
    Json,
    Queue,
    Recipient,
    Watch,
    Words,
    node_of,
    recipient_of,
    whereabouts,
)
from lanassist.node.errors import NobodyHasIt, NotInControl
from lanassist.node.services.conversations.commands import (
    CONTROL,
    CONTROLLER,
    ActUnderControl,
    Controller,
    ControlRow,
    ListAll,
    Reclaim,
    ReleaseControl,
)
from lanassist.node.services.naming import the_agent
from lanassist.node.services.presence.commands import ListAgents

app = typer.Typer(
    help="Act as an agent: say, note, complete and move in the agent's place.",
    epilog="Example: lanassist control take dana",
    no_args_is_help=True,
    add_completion=False,
)


@app.command(epilog="Example: lanassist control take dana@acme.example --reason 'calm a client down'")
def take(
    ctx: typer.Context,
    agent: Agent,
    reason: Annotated[str, typer.Option("--reason", help="Why, as the agent reads it.")] = "",
    length: Annotated[str, typer.Option("--for", help="Hand back after this: 10m, 1h.", metavar="TIME")] = "",
    json: Json = False,
) -> None:
    """Take control of an agent's conversations and hold it, until Ctrl+C or `control release`.

    While this runs, `control say`, `note`, `recategorize`, `complete` and
    `move` act as the agent, who sees you in control and can take it back.
    """
    seconds = seconds_of(length)
    hold(node_of(ctx), agent, reason, seconds, as_json=json)


@app.command(epilog="Example: lanassist control release dana@acme.example")
def release(ctx: typer.Context, agent: Agent, json: Json = False) -> None:
    """Hand back what another terminal holds."""
    node = node_of(ctx)
    row = the_agent(node.ask(ListAgents()).agents, agent)
    if (control := running(node, row.node)) is None:
        raise NotInControl(agent=row.name)
    done = node.ask(ReleaseControl(session=control.session))
    plain.tell(done, f"{row.name}'s conversations are handed back.", json)


@app.command("list", epilog="Example: lanassist control list --watch")
def list_(ctx: typer.Context, watch: Watch = False, json: Json = False) -> None:
    """Which agents you have control of, and how the last sessions ended."""
    nobody = "You have control of nobody. `lanassist control take AGENT` takes it."
    show_rows(node_of(ctx), CONTROL, ControlRow, _control_table, watch=watch, as_json=json, nothing=nobody)


def _control_table() -> Draw[ControlRow]:
    from lanassist.cli.chats_view import control_table

    return control_table


# --- acting as the agent -----------------------------------------------------------------------------


@app.command(epilog="Example: lanassist control say mia 'I am taking care of it.'")
def say(ctx: typer.Context, conversation: Conversation, text: Words, json: Json = False) -> None:
    """Say something to the client, as the agent. Your own name is in the log for the team."""
    _act(ctx, conversation, "say", "Said to {client} as {agent}.", json, text=text)


@app.command(epilog="Example: lanassist control note mia 'refund agreed'")
def note(ctx: typer.Context, conversation: Conversation, text: Words, json: Json = False) -> None:
    """Note something for the team, as the agent."""
    _act(ctx, conversation, "note", "Noted on {client} as {agent}.", json, text=text)


@app.command(epilog="Example: lanassist control recategorize mia billing")
def recategorize(
    ctx: typer.Context,
    conversation: Conversation,
    category: Annotated[str, typer.Argument(help="The new category.", metavar="CATEGORY")],
    json: Json = False,
) -> None:
    """Change the category, as the agent."""
    _act(ctx, conversation, "categorise", f"{{client}} is in {category} now.", json, text=category)


@app.command(epilog="Example: lanassist control complete mia")
def complete(ctx: typer.Context, conversation: Conversation, json: Json = False) -> None:
    """Complete a conversation, as the agent."""
    _act(ctx, conversation, "complete", "{agent}'s conversation with {client} is completed.", json)


@app.command(epilog="Example: lanassist control move mia --queue")
def move(
    ctx: typer.Context,
    conversation: Conversation,
    agent: Recipient = None,
    queue: Queue = False,
    json: Json = False,
) -> None:
    """Give a conversation to another agent or back to the queue, as the agent who has it."""
    to = recipient_of(agent, queue)
    _act(ctx, conversation, "move", f"The conversation with {{client}} {whereabouts(to)}.", json, to=to)


def _act(
    ctx: typer.Context,
    conversation: str,
    kind: Literal["say", "note", "categorise", "complete", "move"],
    words: str,
    json: bool,
    *,
    text: str = "",
    to: str = "",
) -> None:
    node = node_of(ctx)
    row = the_conversation(node.ask(ListAll()).conversations, conversation)
    if row.state != "open":
        raise NobodyHasIt(client=row.client.name)
    if (control := running(node, row.owner)) is None:
        raise NotInControl(agent=row.owner_name)
    done = node.ask(
        ActUnderControl(session=control.session, conversation=row.conversation, kind=kind, text=text, to=to)
    )
    said = words.replace("{client}", row.client.name).replace("{agent}", row.owner_name)
    plain.tell(done, said, json)


# --- the agent's side --------------------------------------------------------------------------------


@app.command(epilog="Example: lanassist control reclaim")
def reclaim(ctx: typer.Context, json: Json = False) -> None:
    """As an agent: take control back from the supervisor who holds it."""
    plain.tell(node_of(ctx).ask(Reclaim()), "Your conversations are in your own hands.", json)


@app.command(epilog="Example: lanassist control who --watch")
def who(ctx: typer.Context, watch: Watch = False, json: Json = False) -> None:
    """As an agent: who acts in your place."""
    nobody = "Nobody but you."
    show_rows(
        node_of(ctx), CONTROLLER, Controller, _controller_table, watch=watch, as_json=json, nothing=nobody
    )


def _controller_table() -> Draw[Controller]:
    from lanassist.cli.chats_view import controller_table

    return controller_table
