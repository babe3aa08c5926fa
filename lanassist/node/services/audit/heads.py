"""Signed heads as they come and go: told, checked, kept, witnessed. The I/O of what audit decides."""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from lanassist.node.ledger.heads import SignedHead, why_not_after
from lanassist.node.ledger.statements import Head, Party, canonical, read
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import HeadAgreed, HeadTold, HeadWitnessed, NodeId, Signed
from lanassist.node.services.audit.core import Agreed, Answer, Contradicted, HeadKept
from lanassist.node.store import ledger
from lanassist.node.store.database import Storage
from lanassist.node.trust.identity import Identity

_log = logging.getLogger(__name__)


class Signer(Protocol):
    """This node's key and the site's authority."""

    @property
    def me(self) -> Identity: ...
    def sign(self, statement: bytes) -> bytes: ...
    def bearer(self, certificate: bytes) -> Identity | None:
        """Who bears a certificate (DER) that the site's authority issued; None if it did not."""
        ...


class Heads:
    """What this node signs of its own chains, and keeps of its own and others'."""

    def __init__(
        self,
        signer: Signer,
        storage: Storage,
        observe: Callable[[object], Awaitable[None]],
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._signer = signer
        self._storage = storage
        self._observe = observe
        self._wall = wall

    @property
    def _me(self) -> str:
        return self._signer.me.node

    async def tell(self, peer: NodeId, since: int) -> Answer:
        me = self._signer.me
        seq, hashed = await self._storage.run(ledger.head, me.node, peer)
        then = await self._storage.run(ledger.hash_at, me.node, peer, since)
        head = Head(
            clock=int(self._wall() * 1000),
            site=me.site,
            owner=Party(node=me.node, serial=me.serial),
            peer=peer,
            seq=seq,
            hash=hashed,
        )
        statement = canonical(head)
        signed = Signed(statement=statement, signature=self._signer.sign(statement))
        return Answer(peer, HeadTold(signed=signed, since=since, since_hash=then))

    async def check(self, peer: Identity, told: HeadTold) -> object | None:
        """Raises Unreadable."""
        me = self._signer.me
        head = read(told.signed.statement, Head)
        signed = SignedHead.of(told.signed)
        owner = Party(node=peer.node, serial=peer.serial)
        meant = (head.site, head.owner, head.peer) == (me.site, owner, me.node)
        if not meant or not signed.signed_by_owner(peer.certificate):
            _log.warning("audit: %s told a head that is not its own", peer.name)
            return None
        before = await self._storage.run(ledger.signed_head, peer.node, me.node)
        held = None if before is None else before.head()
        if held is not None and told.since != held.seq:
            return None  # asked for before that one was kept; the next question asks for it
        await self._storage.run(ledger.keep_certificate, peer.serial, peer.certificate)
        if why := why_not_after(held, head, told.since_hash):
            await self._storage.run(ledger.keep_head, signed, conflict=True)
            _log.error("the ledger of %s was cut short, rolled back or begun anew: %s", peer.name, why)
            return Contradicted(peer.node, peer.name, why)
        mine = self._signer.sign(told.signed.statement)
        both = SignedHead.of(told.signed, mine, me.serial)
        await self._storage.run(ledger.keep_head, both)
        await self._observe(HeadKept(peer.node, head.seq))
        return Answer(peer.node, HeadAgreed(signed=told.signed, peer_signature=mine))

    async def keep(self, peer: Identity, agreed: HeadAgreed) -> object | None:
        """Raises Unreadable."""
        me = self._signer.me
        head = read(agreed.signed.statement, Head)
        both = SignedHead.of(agreed.signed, agreed.peer_signature, peer.serial)
        own = head.owner == Party(node=me.node, serial=me.serial) and head.peer == peer.node
        if not own or not both.signed_by_owner(me.certificate) or not both.signed_by_peer(peer.certificate):
            return None
        before = await self._storage.run(ledger.signed_head, me.node, peer.node)
        if before is not None and before.head().seq > head.seq:
            return None
        await self._storage.run(ledger.keep_head, both)
        message = HeadWitnessed(
            signed=agreed.signed,
            peer_signature=agreed.peer_signature,
            owner_certificate=me.certificate,
            peer_certificate=peer.certificate,
        )
        return Agreed(peer.node, message)

    async def witness(self, by: Identity, message: HeadWitnessed) -> object | None:
        """Raises Unreadable."""
        head = read(message.signed.statement, Head)
        owner = self._signer.bearer(message.owner_certificate)
        peer = self._signer.bearer(message.peer_certificate)
        if owner is None or peer is None or head.owner.node != by.node or self._me in (head.peer, by.node):
            return None
        both = SignedHead.of(message.signed, message.peer_signature, peer.serial)
        parties = (head.owner, head.peer) == (Party(node=owner.node, serial=owner.serial), peer.node)
        signed = both.signed_by_owner(owner.certificate) and both.signed_by_peer(peer.certificate)
        if not parties or not signed:
            return None
        before = await self._storage.run(ledger.signed_head, owner.node, peer.node)
        if before is None and await self._storage.run(ledger.witnessed, self._me) >= limits.WITNESSED:
            return None
        for each in (owner, peer):
            await self._storage.run(ledger.keep_certificate, each.serial, each.certificate)
        held = None if before is None else before.head()
        if held is not None and (head.seq < held.seq or (head.seq == held.seq and head.hash != held.hash)):
            await self._storage.run(ledger.keep_head, both, conflict=True)
            return Contradicted(owner.node, owner.name, f"it ends at record {head.seq} instead of {held.seq}")
        await self._storage.run(ledger.keep_head, both)
        return None
