"""Decisions about signed heads, and who is shown as watching. Pure; the shell reads, checks and signs."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import (
    HeadAgreed,
    HeadAsked,
    HeadTold,
    HeadWitnessed,
    Message,
    NodeId,
)
from lanassist.node.services.alarms import Alarms
from lanassist.node.services.audit.commands import (
    ALARMS,
    Alarm,
    LedgerPage,
    ListWatched,
    ReadLedger,
)
from lanassist.node.services.audit.watched import Appended as Appended, WhoWatched
from lanassist.node.services.base import (
    AnyCommand,
    Effect,
    Publish,
    QuietCore,
    Reply,
    Send,
    Ticket,
)
from lanassist.node.trust.grants import Role
from lanassist.node.trust.identity import Identity

MESSAGES: tuple[type[Message], ...] = (HeadAsked, HeadTold, HeadAgreed, HeadWitnessed)


# --- what the shell is to do, and what it says -------------------------------------------------------


class TellHead(Effect, frozen=True):
    """Sign how far the chain with this peer goes."""

    peer: NodeId
    since: int


class CheckHead(Effect, frozen=True):
    """Hold what a peer says of its chain against what it said before; sign it too, or raise the alarm."""

    peer: Identity
    told: HeadTold


class KeepHead(Effect, frozen=True):
    """Keep this node's own head, which the peer has signed too."""

    peer: Identity
    agreed: HeadAgreed


class Witness(Effect, frozen=True):
    """Keep a head of somebody else's chain."""

    by: Identity
    message: HeadWitnessed


class ReadPage(Effect, frozen=True):
    """Read a part of the ledger for a command."""

    ticket: Ticket
    begin: str


class Answer(msgspec.Struct, frozen=True):
    """Observed: the shell has this to say to a peer."""

    to: NodeId
    message: Message


class HeadKept(msgspec.Struct, frozen=True):
    """Observed: the newest head of that peer's chain is kept."""

    peer: NodeId
    seq: int


class Agreed(msgspec.Struct, frozen=True):
    """Observed: a head of this node's own chain with ``peer`` has both signatures; let it be witnessed."""

    peer: NodeId
    message: HeadWitnessed


class Contradicted(msgspec.Struct, frozen=True):
    """Observed: what a node says of its chain contradicts what was signed before."""

    owner: NodeId
    name: str
    text: str


class Page(msgspec.Struct, frozen=True):
    """Observed: a part of the ledger was read."""

    ticket: Ticket
    page: LedgerPage


class AuditCore(QuietCore):
    """Heads to be asked for and told, and the list of who has watched."""

    def __init__(self, me: Identity, held: Mapping[NodeId, int]) -> None:
        """``held``: the number of the newest head that is kept of each peer's chain with this node."""
        self._me = me
        self._held = dict(held)
        self._chains: set[NodeId] = set(held)
        """Peers with whom there is a chain, at either end."""
        self._peers: dict[NodeId, Identity] = {}
        self._grown: set[NodeId] = set()
        self._alarms: Alarms[Literal["heads"]] = Alarms()
        self._words: dict[NodeId, tuple[float, int]] = {}
        """By peer: since when is counted, and how many words about heads came since."""
        self._turn = 0
        self._watched = WhoWatched()

    # --- heads ---------------------------------------------------------------------------------------

    def peer_up(self, peer: Identity, now: float) -> Sequence[Effect]:
        self._peers[peer.node] = peer
        return [self._ask(peer.node)] if peer.node in self._chains else []

    def peer_down(self, peer: NodeId, now: float) -> Sequence[Effect]:
        self._peers.pop(peer, None)
        self._words.pop(peer, None)
        return []

    def _ask(self, peer: NodeId) -> Send:
        self._grown.discard(peer)
        return Send(peer, HeadAsked(since=self._held.get(peer, 0)))

    def deadline(self) -> float | None:
        return self._alarms.next()

    def on_deadline(self, now: float) -> Sequence[Effect]:
        if not self._alarms.due(now):
            return []
        return [self._ask(peer) for peer in sorted(self._grown & self._peers.keys())]

    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]:
        if not self._may_say_more(peer.node, now):
            return []
        match message:
            case HeadAsked(since=since):
                return [TellHead(peer.node, since)]
            case HeadTold():
                return [CheckHead(peer, message)]
            case HeadAgreed():
                return [KeepHead(peer, message)]
            case HeadWitnessed():
                return [Witness(peer, message)]
        return []

    def _may_say_more(self, peer: NodeId, now: float) -> bool:
        since, count = self._words.get(peer, (now, 0))
        if now - since >= 60.0:
            since, count = now, 0
        self._words[peer] = (since, count + 1)
        return count < limits.HEADS_PER_PEER

    def _witness_for(self, peer: NodeId) -> NodeId | None:
        """Somebody else, not always the same."""
        others = sorted(self._peers.keys() - {peer})
        self._turn += 1
        return others[self._turn % len(others)] if others else None

    # --- what the shell says -------------------------------------------------------------------------

    def observe(self, event: object, now: float) -> Sequence[Effect]:
        match event:
            case Answer(to, message):
                return [Send(to, message)]
            case HeadKept(peer, seq):
                self._held[peer] = seq
                self._chains.add(peer)
            case Agreed(peer, message):
                witness = self._witness_for(peer)
                return [] if witness is None else [Send(witness, message)]
            case Contradicted(owner, name, text):
                return [Publish(ALARMS, owner, Alarm(owner=owner, name=name, text=text, at=now))]
            case Page(ticket, page):
                return [Reply(ticket, page)]
            case Appended():
                return self._appended(event, now)
        return []

    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> Sequence[Effect]:
        match command:
            case ReadLedger(begin=begin):
                return [ReadPage(ticket, begin)]
            case ListWatched():
                return [Reply(ticket, self._watched.list(now))]
        return []

    def _appended(self, event: Appended, now: float) -> Sequence[Effect]:
        self._chains.add(event.peer)
        self._grown.add(event.peer)
        if self._alarms.next() is None:
            self._alarms.set("heads", now + limits.HEADS_EVERY)
        if Role.AGENT not in self._me.roles:
            return []
        return self._watched.appended(event)
