"""``lanassist chats``: conversations, for supervisors and (own_chats.py) for the agents who have them."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from lanassist.cli import blocking, own_chats, plain
from lanassist.cli.client import NodeClient
from lanassist.cli.finding import the_conversation
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
from lanassist.node.errors import MissingRole, NobodyHasIt
from lanassist.node.services.conversations.commands import (
    ALL,
    ActUnderControl,
    Assign,
    DoAct,
    ListAll,
    SendWhisper,
    ShowHistory,
    ToldConversation,
)
from lanassist.node.services.naming import the_agent
from lanassist.node.services.presence.commands import ListAgents

app = typer.Typer(
    help="Conversations with clients: all of them for supervisors, their own for agents.",
    epilog="Example: lanassist chats list --waiting",
    no_args_is_help=True,
    add_completion=False,
)


@app.command("list", epilog="Example: lanassist chats list --waiting --watch")
def list_(
    ctx: typer.Context,
    agent: Annotated[str, typer.Option("--agent", help="Only those that this agent has or had.")] = "",
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those in the queue.")] = False,
    orphaned: Annotated[
        bool, typer.Option("--orphaned", help="Only those whose agent cannot be reached.")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="Also those that are done.")] = False,
    watch: Watch = False,
    json: Json = False,
) -> None:
    """Every conversation that the desks have told of, one row each."""
    node = node_of(ctx)
    keep = _wanted(node, agent, waiting=waiting, orphaned=orphaned, everything=everything)

    def ask() -> tuple[Sequence[ToldConversation], float]:
        found = node.ask(ListAll())
        return found.conversations, found.now

    none = "There is no such conversation now." if agent or waiting or orphaned else "Nobody is served now."
    show_rows(
        node, ALL, ToldConversation, _told_table, watch=watch, as_json=json, ask=ask, keep=keep, nothing=none
    )


def _told_table() -> Draw[ToldConversation]:
    from lanassist.cli.chats_view import told_table

    return told_table


def _wanted(
    node: NodeClient, agent: str, *, waiting: bool, orphaned: bool, everything: bool
) -> Callable[[ToldConversation], bool]:
    owner = the_agent(node.ask(ListAgents()).agents, agent).node if agent else None

    def keep(row: ToldConversation) -> bool:
        if owner is not None and row.owner != owner:
            return False
        if waiting or orphaned:
            return (waiting and row.state == "waiting") or (orphaned and row.orphaned)
        return everything or row.state != "done"

    return keep


@app.command(epilog="Example: lanassist chats show mia --watch")
def show(
    ctx: typer.Context,
    conversation: Conversation,
    of: Annotated[
        str,
        typer.Option("--of", help="As an agent: your own conversation with the same client."),
    ] = "",
    watch: Watch = False,
    json: Json = False,
) -> None:
    """A conversation's log, and what its agent is typing. Leaves no trace."""
    from lanassist.cli.reading import read_conversation

    node = node_of(ctx)
    if watch:
        from lanassist.cli.following import follow_conversation

        follow_conversation(node, conversation, as_json=json)
    else:
        read_conversation(node, conversation, of, as_json=json)


@app.command(epilog="Example: lanassist chats watch dana@acme.example")
def watch(ctx: typer.Context, agent: Agent, json: Json = False) -> None:
    """Look over an agent's shoulder: every line and draft, until Ctrl+C. Leaves no trace."""
    from lanassist.cli.following import follow_agent

    node = node_of(ctx)
    follow_agent(node, the_agent(node.ask(ListAgents()).agents, agent), as_json=json)


@app.command(epilog="Example: lanassist chats history mia")
def history(ctx: typer.Context, conversation: Conversation, json: Json = False) -> None:
    """Earlier conversations with the client of this one."""
    node = node_of(ctx)
    found = node.ask(ShowHistory(conversation=_any_conversation(node, conversation)))
    if json:
        plain.print_json({"client": found.client, "past": plain.aged(found.past, found.now)})
    else:
        from lanassist.cli import chats_view, render

        render.print_table(chats_view.past_table(found.past, found.now))


def _any_conversation(node: NodeClient, text: str) -> str:
    """A supervisor's, or else an agent's own."""
    try:
        return the_conversation(node.ask(ListAll()).conversations, text).conversation
    except MissingRole:
        return own_chats.own(node, text).conversation


# --- a supervisor's hand in them ---------------------------------------------------------------------


@app.command(epilog="Example: lanassist chats assign mia kim@acme.example")
def assign(
    ctx: typer.Context,
    conversation: Conversation,
    agent: Recipient = None,
    queue: Queue = False,
    json: Json = False,
) -> None:
    """Give a conversation to an agent, or back to the queue. A refusal says why; nothing moved then."""
    to = recipient_of(agent, queue)
    node = node_of(ctx)
    row = the_conversation(node.ask(ListAll()).conversations, conversation)
    done = node.ask(Assign(conversation=row.conversation, to=to))
    plain.tell(done, f"The conversation with {row.client.name} {whereabouts(to)}.", json)


@app.command(epilog="Example: lanassist chats recategorize mia billing")
def recategorize(
    ctx: typer.Context,
    conversation: Conversation,
    category: Annotated[str, typer.Argument(help="The new category.", metavar="CATEGORY")],
    json: Json = False,
) -> None:
    """Change a conversation's category. A supervisor takes control for that moment and hands it back."""
    node = node_of(ctx)
    try:
        row = the_conversation(node.ask(ListAll()).conversations, conversation)
    except MissingRole:
        mine = own_chats.own(node, conversation)
        done: Any = node.ask(DoAct(conversation=mine.conversation, kind="categorise", text=category))
        plain.tell(done, f"{mine.client.name} is in {category} now.", json)
        return
    if row.state != "open":
        raise NobodyHasIt(client=row.client.name)
    from lanassist.cli.holding import momentary_control

    with momentary_control(node, row.owner, f"recategorize {row.client.name}"[:300]) as control:
        act = ActUnderControl(
            session=control.session, conversation=row.conversation, kind="categorise", text=category
        )
        done = node.ask(act)
    how = "under the control that you hold" if control.held else f"as {row.owner_name}, and handed back"
    plain.tell(done, f"{row.client.name} is in {category} now: done {how}.", json)


@app.command(epilog="Example: lanassist chats whisper dana 'Offer the refund'")
def whisper(
    ctx: typer.Context,
    agent: Agent,
    text: Words,
    conversation: Annotated[
        str, typer.Option("--about", help="The conversation that it is about.", metavar="CONVERSATION")
    ] = "",
    json: Json = False,
) -> None:
    """A word to the agent alone. It passes no desk, so it can reach no client."""
    node = node_of(ctx)
    about = ""
    if conversation:
        about = the_conversation(node.ask(ListAll()).conversations, conversation).conversation
    done = node.ask(SendWhisper(agent=agent, conversation=about, text=text))
    plain.tell(done, f"{agent} can read it now; no client can.", json)


blocking.add_to(app)
own_chats.add_to(app)
