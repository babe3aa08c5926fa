"""The commands of ``lanassist chats`` that keep a client out, and let it in again."""

from typing import Annotated

import typer

from lanassist.cli import plain
from lanassist.cli.finding import the_client
from lanassist.cli.lengths import seconds_of
from lanassist.cli.options import Json, Watch, node_of
from lanassist.node.protocol.messages import Client
from lanassist.node.services.conversations.commands import (
    BLOCKED,
    BlockClient,
    BlockedRow,
    ListAll,
    ListBlocked,
)

ClientName = Annotated[
    str,
    typer.Argument(help="A client's id or name, or a conversation's id.", metavar="CLIENT|CONVERSATION"),
]


def block(
    ctx: typer.Context,
    client: ClientName,
    reason: Annotated[str, typer.Option("--reason", help="Why, as other supervisors read it.")] = "",
    length: Annotated[
        str,
        typer.Option("--for", help="For how long: 2h, 30d; until unblocked if not given.", metavar="TIME"),
    ] = "",
    json: Json = False,
) -> None:
    """Block a client at every desk. What the client has open ends."""
    seconds = seconds_of(length)
    node = node_of(ctx)
    found = the_client(node.ask(ListAll()).conversations, [], client)
    done = node.ask(BlockClient(client=found.id, reason=reason, seconds=seconds))
    until = f"for {length}" if length else "until unblocked"
    plain.tell(done, f"{found.name} is blocked {until}.", json)


def unblock(
    ctx: typer.Context,
    client: Annotated[str, typer.Argument(help="The client's id or name.", metavar="CLIENT")],
    json: Json = False,
) -> None:
    """Let a client write again."""
    node = node_of(ctx)
    rows = node.ask(ListBlocked()).blocked
    found = the_client([], [Client(id=row.client, name=row.name or row.client) for row in rows], client)
    done = node.ask(BlockClient(client=found.id, blocked=False))
    plain.tell(done, f"{found.name} may write again.", json)


def blocked(ctx: typer.Context, watch: Watch = False, json: Json = False) -> None:
    """The clients who are blocked, with reason, by whom and for how long."""
    node = node_of(ctx)
    if watch:
        from lanassist.cli import chats_view
        from lanassist.cli.watching import Watched, watch_rows

        watch_rows(node, Watched(BLOCKED, BlockedRow, chats_view.blocked_table), as_json=json)
        return
    found = node.ask(ListBlocked())
    if json:
        plain.print_json(plain.aged(found.blocked, found.now))
    else:
        from lanassist.cli import chats_view, render

        render.print_table(chats_view.blocked_table(found.blocked, found.now))


def add_to(app: typer.Typer) -> None:
    """Put these commands into ``lanassist chats``."""
    app.command(epilog="Example: lanassist chats block mia --reason insults --for 30d")(block)
    app.command(epilog="Example: lanassist chats unblock mia")(unblock)
    app.command(epilog="Example: lanassist chats blocked --watch")(blocked)
