"""The commands of ``lanassist chats`` that keep a client out, and let it in again."""

from collections.abc import Sequence
from typing import Annotated

import typer

from lanassist.cli import plain
from lanassist.cli.finding import the_client
from lanassist.cli.lengths import seconds_of
from lanassist.cli.listing import Draw, show_rows
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

    def ask() -> tuple[Sequence[BlockedRow], float]:
        found = node.ask(ListBlocked())
        return found.blocked, found.now

    nobody = "Nobody is blocked."
    show_rows(node, BLOCKED, BlockedRow, _blocked_table, watch=watch, as_json=json, ask=ask, nothing=nobody)


def _blocked_table() -> Draw[BlockedRow]:
    from lanassist.cli.chats_view import blocked_table

    return blocked_table


def add_to(app: typer.Typer) -> None:
    """Put these commands into ``lanassist chats``."""
    app.command(epilog="Example: lanassist chats block mia --reason insults --for 30d")(block)
    app.command(epilog="Example: lanassist chats unblock mia")(unblock)
    app.command(epilog="Example: lanassist chats blocked --watch")(blocked)
