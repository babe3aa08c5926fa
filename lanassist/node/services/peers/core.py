"""Decisions about peers: whom to dial, whom to remember, and how it stands with each of them."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec

from lanassist.node.discovery.addresses import Address, parse_address, spell_address
from lanassist.node.discovery.roster import Roster, Target
from lanassist.node.discovery.sightings import Found, Gone, OtherVersion
from lanassist.node.errors import BadInput, LanassistError
from lanassist.node.protocol.messages import VERSION, NodeId
from lanassist.node.services.base import (
    AnyCommand,
    Done,
    Effect,
    Publish,
    QuietCore,
    Refuse,
    Reply,
    Ticket,
)
from lanassist.node.services.peers.commands import (
    PEERS,
    AddPeer,
    ListPeers,
    PeerList,
    PeerRow,
    RemovePeer,
)
from lanassist.node.trust.identity import Identity

_FAILED: Final[dict[str, Literal["unreachable", "refused"]]] = {
    "unreachable": "unreachable",
    "refused": "refused",
}


class KnownNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node that this one has had a link with, as it is remembered over restarts."""

    node: NodeId
    name: str
    email: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    addresses: tuple[Address, ...]
    last_heard: float
    """This node's monotonic clock, in seconds."""


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """A link came up: with whom, with which run of their program, and where they can be dialled."""

    identity: Identity
    instance: str
    address: Address


class Dialled(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with dialling one target. ``own``: it turned out to be this node itself."""

    key: str
    state: Literal["connecting", "live", "unreachable", "refused", "own"]
    why: str = ""
    node: NodeId | None = None


class Dial(Effect, frozen=True):
    """Pursue these and no others."""

    targets: tuple[Target, ...]


class Remember(Effect, frozen=True):
    """To be kept over restarts."""

    node: KnownNode


class KeepStatic(Effect, frozen=True):
    """An address that the user added, to be kept over restarts."""

    address: Address


class DropStatic(Effect, frozen=True):
    """An address that the user removed."""

    address: Address


class PeersCore(QuietCore):
    """The roster, the state of each dial, and the rows that people see of both."""

    def __init__(self, roster: Roster, known: Iterable[KnownNode], default_port: int) -> None:
        self._roster = roster
        self._known = {each.node: each for each in known}
        self._default_port = default_port
        self._live: dict[NodeId, float] = {}
        self._dials: dict[str, tuple[Dialled, float]] = {}
        self._others: dict[str, PeerRow] = {}
        self._rows: dict[str, PeerRow] = {}
        self._targets: tuple[Target, ...] = ()

    def start(self, now: float) -> Sequence[Effect]:
        return self._settle(now)

    def observe(self, event: object, now: float) -> Sequence[Effect]:
        remembered: Sequence[Effect] = []
        match event:
            case Found():
                self._roster.found(event)
            case Gone(instance=instance):
                self._roster.gone(event)
                self._others.pop(instance, None)
            case OtherVersion():
                self._others[event.instance] = _stranger(event, now)
            case Linked():
                remembered = self._linked(event, now)
            case Dialled():
                before = self._dials.get(event.key)
                since = before[1] if before is not None and before[0].state == event.state else now
                self._dials[event.key] = (event, since)
        return [*remembered, *self._settle(now)]

    def peer_down(self, peer: NodeId, now: float) -> Sequence[Effect]:
        self._roster.unlinked(peer)
        self._live.pop(peer, None)
        known = self._known.get(peer)
        if known is None:
            return self._settle(now)
        self._known[peer] = msgspec.structs.replace(known, last_heard=now)
        return [Remember(self._known[peer]), *self._settle(now)]

    def _linked(self, event: Linked, now: float) -> Sequence[Effect]:
        identity = event.identity
        met = self._roster.linked(identity.node, event.instance, event.address)
        self._live[identity.node] = now
        self._known[identity.node] = KnownNode(
            node=identity.node,
            name=identity.name,
            email=identity.email,
            roles=tuple(sorted(identity.roles)),
            teams=tuple(sorted(identity.teams)),
            addresses=met.addresses,
            last_heard=now,
        )
        return [Remember(self._known[identity.node])]

    # --- commands ------------------------------------------------------------------------------------

    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> Sequence[Effect]:
        try:
            match command:
                case ListPeers():
                    rows = sorted(self._rows.values(), key=lambda row: (not row.name, row.name, row.key))
                    return [Reply(ticket, PeerList(now=now, peers=tuple(rows)))]
                case AddPeer():
                    address = parse_address(command.address, self._default_port)
                    if not self._roster.add_static(address):
                        raise BadInput(what=f"“{command.address}”", why="it is dialled already")
                    kept: Effect = KeepStatic(address)
                case RemovePeer():
                    address = parse_address(command.address, self._default_port)
                    if not self._roster.remove_static(address):
                        raise BadInput(what=f"“{command.address}”", why="it is not among the static peers")
                    kept = DropStatic(address)
                case _:
                    return []
        except LanassistError as refusal:
            return [Refuse(ticket, refusal)]
        return [kept, Reply(ticket, Done()), *self._settle(now)]

    # --- what follows from all this ------------------------------------------------------------------

    def _settle(self, now: float) -> Sequence[Effect]:
        """Whom to dial now, and what changed on the board."""
        targets = self._roster.targets()
        dial = [] if targets == self._targets else [Dial(targets)]
        self._targets = targets
        keys = {target.key for target in targets}
        self._dials = {key: dial for key, dial in self._dials.items() if key in keys}
        rows = {row.key: row for row in self._all_rows(now)}
        changed = [row for key, row in rows.items() if self._rows.get(key) != row]
        gone = [key for key in self._rows if key not in rows]
        self._rows = rows
        return [
            *dial,
            *(Publish(PEERS, row.key, row) for row in changed),
            *(Publish(PEERS, key, None) for key in gone),
        ]

    def _all_rows(self, now: float) -> Iterable[PeerRow]:
        targets_of: dict[NodeId, list[Target]] = {}
        for target in self._targets:
            node = self._node_behind(target)
            if node is not None and node in self._known:
                targets_of.setdefault(node, []).append(target)
            elif not self._is_own(target):
                yield self._row_of_target(target, now)
        for known in self._known.values():
            yield self._row_of(known, targets_of.get(known.node, []))
        yield from self._others.values()

    def _node_behind(self, target: Target) -> NodeId | None:
        if target.expected is not None:
            return target.expected
        dialled = self._dials.get(target.key)
        return None if dialled is None else dialled[0].node

    def _is_own(self, target: Target) -> bool:
        dialled = self._dials.get(target.key)
        return dialled is not None and dialled[0].state == "own"

    def _row_of(self, known: KnownNode, targets: Sequence[Target]) -> PeerRow:
        row = PeerRow(
            key=known.node,
            name=known.name,
            email=known.email,
            roles=known.roles,
            address=spell_address(known.addresses[0]) if known.addresses else "",
            source=self._roster.source(known.node),
            state="offline",
            since=known.last_heard,
        )
        if (live_since := self._live.get(known.node)) is not None:
            return msgspec.structs.replace(row, state="live", since=live_since)
        for dialled, since in (self._dials[each.key] for each in targets if each.key in self._dials):
            if dialled.state in ("connecting", "unreachable", "refused"):
                return msgspec.structs.replace(row, state=dialled.state, since=since, why=dialled.why)
        return row

    def _row_of_target(self, target: Target, now: float) -> PeerRow:
        unknown = (Dialled(key=target.key, state="connecting"), now)
        dialled, since = self._dials.get(target.key, unknown)
        return PeerRow(
            key=target.key,
            address=spell_address(target.addresses[0]),
            source=target.source,
            state=_FAILED.get(dialled.state, "connecting"),
            since=since,
            why=dialled.why,
        )


def _stranger(event: OtherVersion, now: float) -> PeerRow:
    theirs, ours = (f"{each.major}.{each.minor}" for each in (event.version, VERSION))
    return PeerRow(
        key=f"mdns:{event.instance}",
        address=spell_address(event.addresses[0]) if event.addresses else "",
        source="mdns",
        state="refused",
        since=now,
        why=f"It speaks protocol {theirs}, this node {ours}: update the older of the two.",
    )
