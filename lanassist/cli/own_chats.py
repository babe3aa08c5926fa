"""The commands of ``lanassist chats`` with which an agent works, on the agent's own node."""

from collections.abc import Sequence
from typing import Literal

import typer

from lanassist.cli import plain
from lanassist.cli.client import NodeClient
from lanassist.cli.finding import the_conversation
from lanassist.cli.listing import Draw, show_rows
from lanassist.cli.options import (
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
from lanassist.node.services.conversations.commands import (
    MINE,
    WHISPERS,
    Dismiss,
    DoAct,
    ListColleagues,
    ListOwn,
    OwnConversation,
    Reopen,
    Transfer,
    WhisperRow,
)


def own(node: NodeClient, text: str) -> OwnConversation:
    """The one of this agent's conversations that is meant."""
    return the_conversation(node.ask(ListOwn()).conversations, text)


def mine(ctx: typer.Context, watch: Watch = False, json: Json = False) -> None:
    """Your own conversations: who has waited longest on top, then those that are done."""
    node = node_of(ctx)
    none = "You have no conversations."

    def ask() -> tuple[Sequence[OwnConversation], float]:
        found = node.ask(ListOwn())
        return found.conversations, found.now

    show_rows(node, MINE, OwnConversation, _own_table, watch=watch, as_json=json, ask=ask, nothing=none)


def _own_table() -> Draw[OwnConversation]:
    from lanassist.cli.chats_view import own_table

    return own_table


def say(ctx: typer.Context, conversation: Conversation, text: Words, json: Json = False) -> None:
    """Say something to the client."""
    _act(ctx, conversation, "say", text, "Said to {client}.", json)


def note(ctx: typer.Context, conversation: Conversation, text: Words, json: Json = False) -> None:
    """Note something for the team; the client never sees it."""
    _act(ctx, conversation, "note", text, "Noted on {client}.", json)


def complete(ctx: typer.Context, conversation: Conversation, json: Json = False) -> None:
    """Complete a conversation. If the client has written meanwhile, it goes back to the queue."""
    _act(ctx, conversation, "complete", "", "The conversation with {client} is completed.", json)


def _act(
    ctx: typer.Context,
    conversation: str,
    kind: Literal["say", "note", "complete"],
    text: str,
    words: str,
    json: bool,
) -> None:
    node = node_of(ctx)
    row = own(node, conversation)
    queued = node.ask(DoAct(conversation=row.conversation, kind=kind, text=text))
    later = "" if row.desk_online else " The desk is away: it is kept here, and sent when the desk is back."
    plain.tell(queued, words.format(client=row.client.name) + later, json)


def transfer(
    ctx: typer.Context,
    conversation: Conversation,
    agent: Recipient = None,
    queue: Queue = False,
    json: Json = False,
) -> None:
    """Give a conversation to another agent, or back to the queue. A refusal says why; nothing moved then."""
    to = recipient_of(agent, queue)
    node = node_of(ctx)
    row = own(node, conversation)
    done = node.ask(Transfer(conversation=row.conversation, to=to))
    plain.tell(done, f"The conversation with {row.client.name} {whereabouts(to)}.", json)


def reopen(ctx: typer.Context, conversation: Conversation, json: Json = False) -> None:
    """Take a conversation again that you have completed."""
    node = node_of(ctx)
    row = own(node, conversation)
    done = node.ask(Reopen(conversation=row.conversation))
    plain.tell(done, f"The conversation with {row.client.name} is yours again.", json)


def dismiss(ctx: typer.Context, conversation: Conversation, json: Json = False) -> None:
    """Put away what was not sent because the conversation had moved; says what it was."""
    node = node_of(ctx)
    row = own(node, conversation)
    for act in row.refused:
        node.ask(Dismiss(conversation=row.conversation, id=act.id))
    told = [act.text or act.kind for act in row.refused]
    plain.tell(row.refused, f"Put away: {'; '.join(told)}" if told else "Everything was sent.", json)


def colleagues(ctx: typer.Context, conversation: Conversation, json: Json = False) -> None:
    """To whom a conversation can be given, and to whom not and why."""
    node = node_of(ctx)
    found = node.ask(ListColleagues(conversation=own(node, conversation).conversation)).colleagues
    if json:
        plain.print_json(found)
    else:
        from lanassist.cli import chats_view, render

        render.print_table(chats_view.colleagues_table(found))


def whispers(ctx: typer.Context, watch: Watch = False, json: Json = False) -> None:
    """What supervisors said to you alone."""
    nobody = "No supervisor has said anything to you alone."
    show_rows(node_of(ctx), WHISPERS, WhisperRow, _whispers_table, watch=watch, as_json=json, nothing=nobody)


def _whispers_table() -> Draw[WhisperRow]:
    from lanassist.cli.chats_view import whispers_table

    return whispers_table


def add_to(app: typer.Typer) -> None:
    """Put these commands into ``lanassist chats``."""
    app.command(epilog="Example: lanassist chats mine --watch")(mine)
    app.command(epilog="Example: lanassist chats say mia 'Good morning, how can I help?'")(say)
    app.command(epilog="Example: lanassist chats note mia 'wants a call back after five'")(note)
    app.command(epilog="Example: lanassist chats complete mia")(complete)
    app.command(epilog="Example: lanassist chats transfer mia kim@acme.example")(transfer)
    app.command(epilog="Example: lanassist chats reopen mia")(reopen)
    app.command(epilog="Example: lanassist chats dismiss mia")(dismiss)
    app.command(epilog="Example: lanassist chats colleagues mia")(colleagues)
    app.command(epilog="Example: lanassist chats whispers --watch")(whispers)
