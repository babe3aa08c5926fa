"""Decisions about signed documents: the newest edition wins, on every node, however it came."""

from collections.abc import Callable, Sequence

import msgspec

from lanassist.node.errors import BadSignedDocument
from lanassist.node.protocol.messages import DocumentNumber, Message, NodeId, SignedDocument
from lanassist.node.services.base import (
    AnyCommand,
    Effect,
    Publish,
    QuietCore,
    Refuse,
    Reply,
    Send,
    Tell,
    Ticket,
)
from lanassist.node.services.facts import PolicyInForce
from lanassist.node.services.site.commands import (
    POLICY,
    InstallDocument,
    Installed,
    LaidDown,
    ShowPolicy,
)
from lanassist.node.trust.identity import Identity


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """A signed document whose signature and site were verified."""

    kind: str
    number: int
    text: str
    policy: LaidDown | None = None
    """Of a policy: what it says."""


class Adopt(Effect, frozen=True):
    """Keep this edition over restarts and act on it at once."""

    edition: Edition


class SiteEdition(msgspec.Struct, frozen=True, kw_only=True):
    """On the board: which edition of a signed document this node acts on."""

    kind: str
    number: int


class SiteCore(QuietCore):
    """Holds the newest edition of each kind and offers it to every peer."""

    def __init__(self, open_edition: Callable[[str], Edition], held: Sequence[Edition]) -> None:
        self._open = open_edition
        self._held = {edition.kind: edition for edition in held}
        self._peers: set[NodeId] = set()

    @property
    def policy(self) -> LaidDown:
        """What the newest policy says, or what holds without one."""
        laid_down = [edition.policy for edition in self._held.values() if edition.policy is not None]
        return laid_down[0] if laid_down else LaidDown()

    def start(self, now: float) -> Sequence[Effect]:
        adopted = [effect for edition in self._held.values() for effect in (Adopt(edition), _shown(edition))]
        return [*adopted, *_in_force(self.policy)]

    def peer_up(self, peer: Identity, now: float) -> Sequence[Effect]:
        self._peers.add(peer.node)
        return [_number(peer.node, edition) for edition in self._held.values()]

    def peer_down(self, peer: NodeId, now: float) -> Sequence[Effect]:
        self._peers.discard(peer)
        return []

    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]:
        match message:
            case DocumentNumber(kind=kind, number=number):
                return self._compare(peer.node, kind, number)
            case SignedDocument(document=document):
                try:
                    edition = self._open(document.decode("utf-8", errors="replace"))
                except BadSignedDocument:
                    return []
                return self._adopt(edition, told_by=peer.node)
        return []

    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> Sequence[Effect]:
        match command:
            case InstallDocument():
                try:
                    edition = self._open(command.document)
                except BadSignedDocument as error:
                    return [Refuse(ticket, error)]
                adopted = self._adopt(edition, told_by=None)
                reply = Installed(kind=edition.kind, number=edition.number, news=bool(adopted))
                return [*adopted, Reply(ticket, reply)]
            case ShowPolicy():
                return [Reply(ticket, self.policy)]
        return []

    def _compare(self, peer: NodeId, kind: str, number: int) -> Sequence[Effect]:
        """A peer that is behind gets ours. Who holds none has announced nothing, and says so now."""
        mine = self._held.get(kind)
        if mine is None:
            return [Send(peer, DocumentNumber(kind=kind, number=0))] if number else []
        return [_document(peer, mine)] if mine.number > number else []

    def _adopt(self, edition: Edition, told_by: NodeId | None) -> Sequence[Effect]:
        mine = self._held.get(edition.kind)
        if mine is not None and mine.number >= edition.number:
            return []
        self._held[edition.kind] = edition
        others = sorted(self._peers - {told_by})
        # Spread first: the edition may well cut a link, but everybody else must still hear of it.
        spread = [_document(node, edition) for node in others]
        in_force = [] if edition.policy is None else _in_force(edition.policy)
        return [*spread, Adopt(edition), _shown(edition), *in_force]


def _shown(edition: Edition) -> Publish:
    return Publish("site.editions", edition.kind, SiteEdition(kind=edition.kind, number=edition.number))


def _in_force(policy: LaidDown) -> list[Effect]:
    return [Tell("policy", PolicyInForce(policy=policy.policy)), Publish(POLICY, "self", policy)]


def _number(node: NodeId, edition: Edition) -> Send:
    return Send(node, DocumentNumber(kind=edition.kind, number=edition.number))


def _document(node: NodeId, edition: Edition) -> Send:
    return Send(node, SignedDocument(kind=edition.kind, document=edition.text.encode()))
