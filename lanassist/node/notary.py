"""The node's notary: what services want signed and written on one side, ledger rows on the other.

There is one a node, so each chain has one writer. Signing takes some 50 µs and is done in place; the commit
is done by the store's thread.
"""

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from lanassist.node.errors import BadSignature, LedgerUnwritable, StorageFailed
from lanassist.node.ledger.book import Book, Means
from lanassist.node.ledger.record import Entry
from lanassist.node.ledger.scribe import BadProof
from lanassist.node.ledger.signing import bearer_of, is_signed_by, sign
from lanassist.node.ledger.statements import Party
from lanassist.node.ledger.writes import Peer, Place, Write
from lanassist.node.protocol.messages import NodeId, Request, Signed
from lanassist.node.services.session import Entered, NotEntered, Session, Step
from lanassist.node.services.session.endings import LOST
from lanassist.node.store import ledger
from lanassist.node.store.database import Storage
from lanassist.node.trust.credentials import Credentials
from lanassist.node.trust.identity import Identity

UNWRITTEN = 256
"""Ends of sessions that a full disk keeps from being written; more are closed as lost at the next start."""
_log = logging.getLogger(__name__)

Appended = Mapping[str, list[Entry]]


class Notary:
    """Signs and keeps the sessions of one node."""

    def __init__(
        self,
        credentials: Credentials,
        storage: Storage,
        on_appended: Callable[[Appended], object] = lambda appended: None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """``on_appended(entries by peer)`` is told of all that was committed."""
        self.me = credentials.identity
        self.storage = storage
        self.on_appended = on_appended
        self._wall = wall
        self._unwritten: list[Write] = []
        me = Party(node=self.me.node, serial=self.me.serial)
        self._key = credentials.key
        self._ca = credentials.ca
        self._book = Book(
            self.me.site,
            me,
            sign=self.sign,
            checks=is_signed_by,
            clock=lambda: int(wall() * 1000),
            new_nonce=lambda: secrets.token_hex(16),
        )

    def sign(self, statement: bytes) -> bytes:
        """This node's signature on a statement of the ledger."""
        return sign(self._key, statement)

    def bearer(self, certificate: bytes) -> Identity | None:
        """Who bears a certificate (DER) that the site's authority issued; None if it did not."""
        return bearer_of(certificate, self._ca)

    async def held(self) -> dict[NodeId, int]:
        """The number of the newest head that is kept of each peer's chain with this node."""
        found = await self.storage.run(ledger.held, self.me.node)
        return {NodeId(peer): seq for peer, seq in found.items()}

    async def start(self, keep_days: float) -> None:
        """Close what an earlier run left open, and remove what is too old. Raises StorageFailed."""
        left = await self.storage.run(ledger.running)
        await self._commit(self._book.abandoned(left))
        await self.storage.run(ledger.keep_certificate, self.me.serial, self.me.certificate)
        before = int((self._wall() - keep_days * 86400) * 1000)
        await self.storage.run(ledger.prune, self.me.node, before, self._book.pruned)
        if left:
            _log.warning("closed in the ledger as lost: sessions of an earlier run, %d", len(left))

    async def enter(self, step: Step) -> Entered | NotEntered:
        """One step of a session."""
        write = None
        try:
            signed, write = self._written(step)
            await self._commit([] if write is None else [write])
        except BadProof as bad:
            return _not_so(step, str(bad))
        except ledger.Repeated:
            return _not_so(step, "a session of that name was there before")
        except StorageFailed as failed:
            why = failed.details.get("why", failed.text)
            _log.error("the ledger cannot be written: %s", why)
            if step.kind == "end" and write is not None:
                self._later(write)
            return NotEntered(step, LedgerUnwritable(who=self.me.name, why=why))
        return Entered(step, signed)

    async def abandon(self, service: str) -> None:
        """A service begins again and knows its sessions no more. Raises StorageFailed."""
        left = [each for each in self._book.running.values() if each.place.service == service]
        await self._commit(self._book.abandoned(left))

    # --- committing ----------------------------------------------------------------------------------

    async def _commit(self, writes: list[Write]) -> None:
        """All of it and what could not be written before, or (StorageFailed) nothing."""
        before, self._unwritten = self._unwritten, []
        if not before and not writes:
            return
        try:
            appended = await self.storage.run(ledger.write, self.me.node, [*before, *writes])
        except BaseException:
            self._unwritten = [*before, *self._unwritten]
            raise
        for write in writes:
            self._book.done(write)
        self.on_appended(appended)

    def _later(self, write: Write) -> None:
        """A session is over whether or not the disk has room: it is written as soon as it has."""
        self._book.done(write)
        if len(self._unwritten) < UNWRITTEN:
            self._unwritten.append(write)

    # --- the steps -----------------------------------------------------------------------------------

    def _written(self, step: Step) -> tuple[Signed, Write | None]:
        """What is signed and what is to be committed. Raises BadProof."""
        session, book = step.session, self._book
        place, peer = _place(step), _peer(session.peer)
        match step.kind:
            case "intent":
                return book.intent(place, peer, _what(session.request), session.reason), None
            case "grant":
                return book.grant(place, peer, _means(session.request), session.reason, step.theirs)
            case "acceptance":
                return book.acceptance(place, peer, session.intent, step.theirs)
            case "opening":
                return Signed(), book.opening(place, peer, step.theirs)
            case "change":
                return book.change(place, _what(session.request))
            case "changed":
                return Signed(), book.changed(place, peer, _means(session.request), step.theirs)
            case "renewal":
                return book.renewal(place)
            case "renewed":
                return Signed(), book.renewed(place, peer, step.theirs)
            case "end":
                return self._ended(place, step)
            case "settled":
                return Signed(), book.settled(place, peer, step.theirs)

    def _ended(self, place: Place, step: Step) -> tuple[Signed, Write]:
        assert step.ending is not None
        code = step.ending.code
        return self._book.end(place, code, step.ending.text, lost=code in LOST)


def _not_so(step: Step, why: str) -> NotEntered:
    who = step.session.peer.name
    _log.error("%s of %s: %s", step.kind, who, why)
    return NotEntered(step, BadSignature(who=who, why=why))


def _place(step: Step) -> Place:
    session: Session = step.session
    return Place(peer=session.peer.node, service=step.service, session=session.id, asked=session.asked)


def _peer(identity: Identity) -> Peer:
    return Peer(node=identity.node, serial=identity.serial, certificate=identity.certificate)


def _what(request: Request) -> dict[str, Any]:
    """The request as plain values, for a statement."""
    return dict(msgspec.json.decode(msgspec.json.encode(request)))


def _means(request: Request) -> Means:
    """A newer version's words that this one does not know are left out of account on both sides."""

    def means(what: dict[str, object]) -> bool:
        try:
            return bool(msgspec.convert(what, Request) == request)
        except msgspec.ValidationError:
            return False

    return means
