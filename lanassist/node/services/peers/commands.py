"""What a local user may ask about peers, and what is put on the board about them."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from lanassist.node.services.command import Command, Done
from lanassist.node.trust.grants import Role

PEERS = "peers"
"""Board topic: a PeerRow by node id, or by address while the node there is not known yet."""

Address = Annotated[str, Meta(min_length=1, max_length=260)]
"""``host:port``, ``[ipv6]:port`` or ``host`` (then with the default port)."""


class PeerRow(Struct, frozen=True, kw_only=True):
    """One node as this one knows it."""

    key: str
    name: str = ""
    email: str = ""
    roles: tuple[str, ...] = ()
    address: str = ""
    source: Literal["mdns", "static", "remembered", "incoming"]
    state: Literal["live", "connecting", "unreachable", "refused", "offline"]
    since: float
    why: str = ""


class PeerList(Struct, frozen=True, kw_only=True):
    now: float
    peers: tuple[PeerRow, ...]


class ListPeers(Command[PeerList], frozen=True, kw_only=True):
    """Every node that this one knows, with the state of the link to it."""

    name: ClassVar[str] = "peers.list"
    role: ClassVar[Role | None] = None


class AddPeer(Command[Done], frozen=True, kw_only=True):
    """Dial this address from now on, also where mDNS does not reach."""

    name: ClassVar[str] = "peers.add"
    role: ClassVar[Role | None] = None
    address: Address


class RemovePeer(Command[Done], frozen=True, kw_only=True):
    """Forget a static address."""

    name: ClassVar[str] = "peers.remove"
    role: ClassVar[Role | None] = None
    address: Address


COMMANDS = (ListPeers, AddPeer, RemovePeer)
