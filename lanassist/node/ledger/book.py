"""What a node signs and writes at each step of a session, and what it demands that the other end has signed.

Pure: it is given a key, a clock and randomness, and says what is to be committed. Its memory follows what was
committed: ``done`` is called after the commit, never before.
"""

from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from lanassist.node.ledger.record import Proof
from lanassist.node.ledger.scribe import BadProof, Scribe
from lanassist.node.ledger.statements import (
    Acceptance,
    Change,
    End,
    Grant,
    Intent,
    Party,
    Renewal,
    digest,
    start_of,
)
from lanassist.node.ledger.writes import Peer, Place, Running, Write
from lanassist.node.protocol.messages import Signed

REMEMBERED: Final = 256
"""Sessions that are over, for the other end's word."""

Means = Callable[[dict[str, object]], bool]
"""Whether what was signed is what is asked for, as far as this version understands it."""


class Book:
    """The sessions of one node as its ledger knows them."""

    def __init__(
        self,
        site: str,
        me: Party,
        sign: Callable[[bytes], bytes],
        checks: Callable[[bytes, bytes, bytes], bool],
        clock: Callable[[], int],
        new_nonce: Callable[[], str],
    ) -> None:
        """``checks(certificate, statement, signature)``."""
        self.me = me
        self._site = site
        self._clock = clock
        self._new_nonce = new_nonce
        self._scribe = Scribe(me, sign, checks, clock)
        self.running: dict[Place, Running] = {}
        self._past: dict[Place, Running] = {}

    def done(self, write: Write) -> None:
        """It was committed."""
        if write.running is not None:
            self.running[write.place] = write.running
        elif write.over and (gone := self.running.pop(write.place, None)) is not None:
            self._past[write.place] = gone
            if len(self._past) > REMEMBERED:
                del self._past[next(iter(self._past))]

    # --- the start -----------------------------------------------------------------------------------

    def intent(self, place: Place, peer: Peer, what: dict[str, object], reason: str) -> Signed:
        """The supervisor asks. Nothing is written."""
        return self._scribe.signed(
            Intent(
                clock=self._clock(),
                site=self._site,
                service=place.service,
                session=place.session,
                what=what,
                reason=reason,
                supervisor=self.me,
                agent=peer.party,
                nonce=self._new_nonce(),
            )
        )

    def grant(
        self, place: Place, peer: Peer, means: Means, reason: str, intent: Signed
    ) -> tuple[Signed, Write]:
        """The agent agrees. Raises BadProof unless the supervisor has signed just what it asks for."""
        said = self._scribe.checked(peer, intent, Intent)
        meant = msgspec.structs.replace(
            said,
            site=self._site,
            service=place.service,
            session=place.session,
            reason=reason,
            supervisor=peer.party,
            agent=self.me,
        )
        if said != meant or not means(said.what):
            raise BadProof("what was signed is not what is asked for")
        ours = self._scribe.signed(
            Grant(clock=self._clock(), intent=digest(intent.statement), nonce=self._new_nonce())
        )
        return ours, self._started(place, peer, intent, ours)

    def acceptance(self, place: Place, peer: Peer, intent: Signed, grant: Signed) -> tuple[Signed, Write]:
        """The supervisor commits too. Raises BadProof."""
        if self._scribe.checked(peer, grant, Grant).intent != digest(intent.statement):
            raise BadProof("the grant is for something else")
        write = self._started(place, peer, intent, grant)
        assert write.running is not None
        return self._scribe.signed(Acceptance(clock=self._clock(), start=write.running.start)), write

    def opening(self, place: Place, peer: Peer, acceptance: Signed) -> Write:
        """The agent writes that the supervisor has committed. Raises BadProof."""
        running = self._of(place)
        self._named(running, self._scribe.checked(peer, acceptance, Acceptance).start)
        record = self._scribe.record("opened", running, acceptance)
        return Write(place=place, records=(record,), running=running)

    def _started(self, place: Place, peer: Peer, intent: Signed, grant: Signed) -> Write:
        start = start_of(intent.statement, grant.statement)
        running = Running(place=place, party=peer.party, start=start)
        record = self._scribe.record("start", running, intent, grant)
        return Write(place=place, records=(record,), running=running, peer=peer)

    # --- while it runs -------------------------------------------------------------------------------

    def change(self, place: Place, what: dict[str, object]) -> tuple[Signed, Write]:
        """The supervisor looks at something else. Raises BadProof."""
        running = self._counted(place)
        ours = self._scribe.signed(
            Change(clock=self._clock(), start=running.start, number=running.number, what=what)
        )
        record = self._scribe.record("change", running, ours)
        return ours, Write(place=place, records=(record,), running=running)

    def changed(self, place: Place, peer: Peer, means: Means, change: Signed) -> Write:
        """The agent writes that down. Raises BadProof."""
        said = self._scribe.checked(peer, change, Change)
        running = self._later(place, said.start, said.number)
        if not means(said.what):
            raise BadProof("what was signed is not what is asked for")
        record = self._scribe.record("change", running, change)
        return Write(place=place, records=(record,), running=running)

    def renewal(self, place: Place) -> tuple[Signed, Write]:
        """The supervisor still looks. Raises BadProof."""
        running = self._counted(place)
        ours = self._scribe.signed(Renewal(clock=self._clock(), start=running.start, number=running.number))
        return ours, Write(place=place, running=_renewed(running, ours))

    def renewed(self, place: Place, peer: Peer, renewal: Signed) -> Write:
        """The agent keeps the newest of these. Raises BadProof."""
        said = self._scribe.checked(peer, renewal, Renewal)
        running = self._later(place, said.start, said.number)
        return Write(place=place, running=_renewed(running, renewal))

    def _counted(self, place: Place) -> Running:
        running = self._of(place)
        return msgspec.structs.replace(running, number=running.number + 1)

    def _later(self, place: Place, start: str, number: int) -> Running:
        running = self._of(place)
        self._named(running, start)
        if number <= running.number:
            raise BadProof("it was signed before")
        return msgspec.structs.replace(running, number=number)

    # --- the end -------------------------------------------------------------------------------------

    def end(self, place: Place, code: str, text: str, lost: bool) -> tuple[Signed, Write]:
        """Over for this end. Raises BadProof if its start was never written."""
        running = self._of(place)
        ours = self._scribe.signed(
            End(
                clock=self._clock(),
                start=running.start,
                by=self.me.node,
                code=code,
                text=text[:1000],
                lost=lost,
            )
        )
        record = self._scribe.record("end", running, ours, renewal=running.renewal)
        return ours, Write(place=place, records=(record,), over=True)

    def settled(self, place: Place, peer: Peer, end: Signed) -> Write | None:
        """The other end's word of it; None if nothing is known of that session. Raises BadProof."""
        past = self._past.get(place)
        if past is None:
            return None
        said = self._scribe.checked(peer, end, End)
        self._named(past, said.start)
        if said.by != peer.node:
            raise BadProof("it was signed for another node")
        return Write(place=place, records=(self._scribe.record("agreed", past, end),))

    def abandoned(self, running: Iterable[Running]) -> list[Write]:
        """Sessions that a crash has cut short, closed."""
        writes = []
        for each in running:
            self.running[each.place] = each
            writes.append(self.end(each.place, "crashed", "the node stopped without a word", lost=True)[1])
        return writes

    def pruned(self, peer: str, seq: int, hashed: str) -> str:
        """The record that says that everything up to there was removed."""
        return self._scribe.pruned(peer, seq, hashed)

    # --- which session -------------------------------------------------------------------------------

    def _of(self, place: Place) -> Running:
        if (running := self.running.get(place)) is None:
            raise BadProof("no such session is in the ledger")
        return running

    @staticmethod
    def _named(running: Running, start: str) -> None:
        if start != running.start:
            raise BadProof("it was signed for another session")


def _renewed(running: Running, renewal: Signed) -> Running:
    return msgspec.structs.replace(running, renewal=Proof.of(renewal))
