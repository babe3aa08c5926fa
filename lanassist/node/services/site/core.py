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
    Ticket,
)
from lanassist.node.services.site.commands import InstallDocument, Installed
from lanassist.node.trust.identity import Identity


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """A signed document whose signature and site were verified."""

    kind: str
    number: int
    text: str


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

    def start(self, now: float) -> Sequence[Effect]:
        return [effect for edition in self._held.values() for effect in (Adopt(edition), _shown(edition))]

    def peer_up(self, peer: Identity, now: float) -> Sequence[Effect]:
        self._peers.add(peer.node)
        return [_number(peer.node, edition) for edition in self._held.values()]

    def peer_down(self, peer: NodeId, now: float) -> Sequence[Effect]:
        self._peers.discard(peer)
        return []

    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]:
        match message:
            case DocumentNumber(kind=kind, number=number):
                mine = self._held.get(kind)
                return [] if mine is None or mine.number <= number else [_document(peer.node, mine)]
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
        return []

    def _adopt(self, edition: Edition, told_by: NodeId | None) -> Sequence[Effect]:
        mine = self._held.get(edition.kind)
        if mine is not None and mine.number >= edition.number:
            return []
        self._held[edition.kind] = edition
        others = sorted(self._peers - {told_by})
        # Spread first: the edition may well cut a link, but everybody else must still hear of it.
        return [*(_document(node, edition) for node in others), Adopt(edition), _shown(edition)]


def _shown(edition: Edition) -> Publish:
    return Publish("site.editions", edition.kind, SiteEdition(kind=edition.kind, number=edition.number))


def _number(node: NodeId, edition: Edition) -> Send:
    return Send(node, DocumentNumber(kind=edition.kind, number=edition.number))


def _document(node: NodeId, edition: Edition) -> Send:
    return Send(node, SignedDocument(kind=edition.kind, document=edition.text.encode()))
