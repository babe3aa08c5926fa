"""Two real ledgers in memory: Sam's and Dana's nodes with real certificates, and all that they write."""

import itertools
import random
import sqlite3
from collections.abc import Callable
from typing import Final

import msgspec

from lanassist.node.ledger.book import Book
from lanassist.node.ledger.chain import continued, genesis
from lanassist.node.ledger.copies import Copy, HeadLine, Title
from lanassist.node.ledger.heads import SignedHead
from lanassist.node.ledger.record import Entry
from lanassist.node.ledger.signing import bearer_of, is_signed_by, sign
from lanassist.node.ledger.statements import Head, Party, canonical
from lanassist.node.ledger.verify import Verdict, verify
from lanassist.node.ledger.writes import Peer, Place, Write
from lanassist.node.protocol.messages import Signed
from lanassist.node.store import ledger
from lanassist.node.store.database import in_transaction
from lanassist.node.store.migration import schema_files
from lanassist.node.trust.credentials import Credentials
from tests.support.site import Site

SITE: Final = Site()
SAM: Final = SITE.supervisor()
DANA: Final = SITE.agent()
WHAT: Final[dict[str, object]] = {"type": "glance", "displays": [1], "lossless": False}


def party(who: Credentials) -> Party:
    return Party(node=who.identity.node, serial=who.identity.serial)


def bearer(certificate: bytes) -> Party | None:
    found = bearer_of(certificate, SITE.ca)
    return None if found is None else Party(node=found.node, serial=found.serial)


class Side:
    """One node: its book, its database, and what it would export."""

    def __init__(self, me: Credentials, clock: Callable[[], int], nonces: Callable[[], str]) -> None:
        self.me = me
        self.database = sqlite3.connect(":memory:", isolation_level=None)
        for _, text in schema_files():
            self.database.executescript(text)
        self._clock = clock
        self._nonces = nonces
        self.boot()

    def boot(self) -> None:
        """Start; sessions of an earlier run are closed."""
        key = self.me.key
        self.book = Book(
            SITE.name,
            party(self.me),
            lambda text: sign(key, text),
            is_signed_by,
            self._clock,
            self._nonces,
        )
        self.commit(*self.book.abandoned(ledger.running(self.database)))
        ledger.keep_certificate(self.database, self.me.identity.serial, self.me.identity.certificate)

    @property
    def peer(self) -> Peer:
        """This node, as the other sees it."""
        me = self.me.identity
        return Peer(node=me.node, serial=me.serial, certificate=me.certificate)

    def commit(self, *writes: Write) -> None:
        in_transaction(self.database, lambda: ledger.write(self.database, self.me.identity.node, writes))
        for each in writes:
            self.book.done(each)

    def copy(self) -> Copy:
        me = self.me.identity
        copy = Copy(title=Title(site=me.site, owner=me.node, name=me.name))
        copy.certificates = ledger.certificates(self.database)
        for peer in ledger.peers(self.database):
            copy.chains[peer] = ledger.entries(self.database, peer, 0, 10**6)
        heads = ledger.signed_heads(self.database)
        copy.heads = [HeadLine(head=head, conflict=conflict) for head, conflict in heads]
        return copy


class Ledgers:
    """Both, and the steps of a session between them, each of which may be the last before a crash."""

    def __init__(self, seed: int = 0) -> None:
        self.chance = random.Random(seed)
        count, now = itertools.count(1), itertools.count(1_700_000_000_000, 250)
        nonces = lambda: f"nonce{next(count)}"  # noqa: E731
        clock = lambda: next(now)  # noqa: E731
        self.sam = Side(SAM, clock, nonces)
        self.dana = Side(DANA, clock, nonces)
        self._ids = itertools.count(1)

    def places(self, session: str, service: str = "glance") -> tuple[Place, Place]:
        at_sam = Place(peer=DANA.identity.node, service=service, session=session, asked=True)
        at_dana = Place(peer=SAM.identity.node, service=service, session=session, asked=False)
        return at_sam, at_dana

    def start(self, session: str = "", stop_after: int = 99, what: dict[str, object] = WHAT) -> str:
        """A session's start; ``stop_after`` so many commits. Its id."""
        session = session or f"s{next(self._ids)}"
        at_sam, at_dana = self.places(session)
        sam, dana = self.sam, self.dana
        intent = sam.book.intent(at_sam, dana.peer, what, "coaching")
        if stop_after < 1:
            return session
        grant, write = dana.book.grant(at_dana, sam.peer, what.__eq__, "coaching", intent)
        dana.commit(write)
        if stop_after < 2:
            return session
        acceptance, write = sam.book.acceptance(at_sam, dana.peer, intent, grant)
        sam.commit(write)
        if stop_after < 3:
            return session
        dana.commit(dana.book.opening(at_dana, sam.peer, acceptance))
        return session

    def change(self, session: str, *displays: int) -> None:
        at_sam, at_dana = self.places(session)
        what = {**WHAT, "displays": list(displays)}
        signed, write = self.sam.book.change(at_sam, what)
        self.sam.commit(write)
        self.dana.commit(self.dana.book.changed(at_dana, self.sam.peer, what.__eq__, signed))

    def renew(self, session: str) -> None:
        at_sam, at_dana = self.places(session)
        signed, write = self.sam.book.renewal(at_sam)
        self.sam.commit(write)
        self.dana.commit(self.dana.book.renewed(at_dana, self.sam.peer, signed))

    def end(self, session: str, *, settled: bool = True) -> None:
        at_sam, at_dana = self.places(session)
        by_sam = self._end(self.sam, at_sam)
        by_dana = self._end(self.dana, at_dana)
        if settled:
            self._settled(self.sam, at_sam, self.dana.peer, by_dana)
            self._settled(self.dana, at_dana, self.sam.peer, by_sam)

    @staticmethod
    def _end(side: Side, place: Place) -> Signed:
        signed, write = side.book.end(place, "stopped", "stopped by the supervisor", lost=False)
        side.commit(write)
        return signed

    @staticmethod
    def _settled(side: Side, place: Place, peer: Peer, signed: Signed) -> None:
        write = side.book.settled(place, peer, signed)
        assert write is not None
        side.commit(write)

    def heads(self) -> None:
        """Both sign how far both chains go, and each keeps both."""
        for owner, other in ((self.sam, self.dana), (self.dana, self.sam)):
            me, peer = owner.me.identity, other.me.identity
            seq, hashed = ledger.head(owner.database, me.node, peer.node)
            statement = canonical(
                Head(clock=1, site=SITE.name, owner=party(owner.me), peer=peer.node, seq=seq, hash=hashed)
            )
            signed = Signed(statement=statement, signature=sign(owner.me.key, statement))
            both = SignedHead.of(signed, sign(other.me.key, statement), peer.serial)
            ledger.keep_head(owner.database, both)
            ledger.keep_head(other.database, both)

    def live(self, sessions: int = 3) -> "Ledgers":
        """Some sessions, of which everything is settled."""
        for _ in range(sessions):
            session = self.start()
            for _ in range(self.chance.randrange(3)):
                if self.chance.random() < 0.5:
                    self.change(session, 1, 2)
                else:
                    self.renew(session)
            self.end(session)
        return self

    def verdict(self, *copies: Copy) -> Verdict:
        """Of these, else of both sides together."""
        return verify(list(copies) or [self.sam.copy(), self.dana.copy()], bearer)


def rechained(copy: Copy, peer: str) -> Copy:
    """With every number and hash of a chain made anew, as somebody who knows the format would do."""
    bodies = [entry.body for entry in copy.chains[peer]]
    copy.chains[peer] = list(continued(0, genesis(copy.title.owner, peer), bodies))
    return copy


def changed(entry: Entry, **fields: object) -> Entry:
    return msgspec.structs.replace(entry, **fields)
