"""The options that many commands share, and what they decide."""

import os
from pathlib import Path
from typing import Annotated

import typer

from lanassist.cli.client import NodeClient, connect
from lanassist.node.home_folder import home_folder

Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts instead of a table.")]
Watch = Annotated[bool, typer.Option("--watch", help="Stay and show every change, until Ctrl+C.")]
Force = Annotated[bool, typer.Option("--force", help="Replace what exists already.")]
PrintUrl = Annotated[
    bool, typer.Option("--print-url", help="Print the one-time address instead of opening a browser.")
]
Agent = Annotated[
    str, typer.Argument(help="E-mail address, node id, or the start of a name.", metavar="AGENT")
]
Why = Annotated[str, typer.Option("--reason", help="Why you look, as the agent reads it.", metavar="WHY")]
Conversation = Annotated[
    str, typer.Argument(help="The beginning of its id, or the client's name.", metavar="CONVERSATION")
]
Words = Annotated[str, typer.Argument(help="The words, in quotes.", metavar="TEXT")]
Queue = Annotated[bool, typer.Option("--queue", help="Back to the queue, instead of to an agent.")]
Recipient = Annotated[
    str | None, typer.Argument(help="E-mail address, node id, or the start of a name.", metavar="[AGENT]")
]


def recipient_of(agent: str | None, queue: bool) -> str:
    """The agent that is named, or nobody for the queue. Raises typer.BadParameter."""
    if (agent is None) is not queue:
        raise typer.BadParameter("name an agent, or give --queue", param_hint="AGENT")
    return agent or ""


def whereabouts(to: str) -> str:
    """Of a conversation that was given to this recipient, as a sentence goes on."""
    return f"is with {to} now" if to else "is back in the queue"


def home_of(ctx: typer.Context) -> Path:
    """The home that this call is about."""
    option = ctx.obj
    return home_folder(option if isinstance(option, Path) else None, os.environ)


def node_of(ctx: typer.Context) -> NodeClient:
    """The node that runs on that home. Raises NodeNotRunning."""
    return connect(home_of(ctx))
