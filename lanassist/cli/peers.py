"""``lanassist peers``: the nodes that this one knows and how to reach them."""

from collections.abc import Sequence
from typing import Annotated

import typer

from lanassist.cli import plain
from lanassist.cli.listing import Draw, show_rows
from lanassist.cli.options import Json, Watch, node_of
from lanassist.node.services.peers.commands import PEERS, AddPeer, ListPeers, PeerRow, RemovePeer

app = typer.Typer(
    help="The nodes that this one knows.",
    epilog="Example: lanassist peers list",
    no_args_is_help=True,
    add_completion=False,
)

Address = Annotated[
    str, typer.Argument(help="HOST or HOST:PORT; an IPv6 address in brackets.", metavar="ADDRESS")
]


@app.command("list", epilog="Example: lanassist peers list --watch")
def list_(ctx: typer.Context, watch: Watch = False, json: Json = False) -> None:
    """Every node known here, with the state of the link to it."""
    node = node_of(ctx)

    def ask() -> tuple[Sequence[PeerRow], float]:
        found = node.ask(ListPeers())
        return found.peers, found.now

    nobody = "No other node is known yet. Where mDNS does not reach, `lanassist peers add HOST` dials one."
    show_rows(node, PEERS, PeerRow, _peers_table, watch=watch, as_json=json, ask=ask, nothing=nobody)


def _peers_table() -> Draw[PeerRow]:
    from lanassist.cli.render import peers_table

    return peers_table


@app.command(epilog="Example: lanassist peers add 192.168.7.20:47600")
def add(ctx: typer.Context, address: Address, json: Json = False) -> None:
    """Dial this address from now on, also where mDNS does not reach."""
    plain.tell(node_of(ctx).ask(AddPeer(address=address)), f"{address} is dialled from now on.", json)


@app.command(epilog="Example: lanassist peers remove 192.168.7.20:47600")
def remove(ctx: typer.Context, address: Address, json: Json = False) -> None:
    """Forget an address that was added."""
    plain.tell(node_of(ctx).ask(RemovePeer(address=address)), f"{address} is forgotten.", json)
