"""Whether ledgers are whole, each by itself and against each other. Needs nothing but the site's authority.

Each chain is walked from its first record to the first that is wrong; then the signed heads say whether its
end is missing, and the ledgers of two peers are laid side by side. What is found wrong is told by record.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import msgspec

from lanassist.node.ledger.chain import genesis, link
from lanassist.node.ledger.copies import Copy, HeadLine, Title
from lanassist.node.ledger.heads import SignedHead
from lanassist.node.ledger.record import Entry, Kind, Proof, Record, read_record
from lanassist.node.ledger.signing import is_signed_by
from lanassist.node.ledger.statements import (
    Acceptance,
    Change,
    End,
    Grant,
    Head,
    Intent,
    Party,
    Renewal,
    StatementT,
    Unreadable,
    digest,
    read,
    start_of,
)

Bearer = Callable[[bytes], Party | None]
"""Who bears a certificate (DER) that the site's authority issued; None if it did not."""

PROOFS: Final[dict[Kind, int]] = {"start": 2, "opened": 1, "change": 1, "end": 1, "agreed": 1, "pruned": 0}
"""So many statements does each kind of record hold."""


class Wrong(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong, and where: the chain (owner and peer), the record's number, its session."""

    owner: str
    peer: str
    seq: int
    session: str = ""
    what: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at, and all that is wrong with it, the first first."""

    ledgers: int
    chains: int
    records: int
    sessions: int
    wrong: tuple[Wrong, ...]


class _Broken(Exception):
    """This record is wrong; the text says why."""


class _Session(msgspec.Struct, kw_only=True):
    """A session as far as its records have gone by."""

    record: Record
    seq: int
    start: str
    opened: bool = False
    number: int = 0
    over: bool = False
    end: str = ""
    """The statement of the owner's end."""
    theirs: str = ""
    """The statement of the other's end, once agreed."""


class _Chain(msgspec.Struct, kw_only=True):
    """One chain that was walked."""

    owner: str
    peer: str
    hashes: dict[int, str]
    sessions: dict[tuple[str, str, bool], _Session]
    wrong: Wrong | None = None
    pruned: int = 0


def verify(copies: Sequence[Copy], bearer: Bearer, on_record: Callable[[], object] = lambda: None) -> Verdict:
    """Look at everything; ``on_record`` is called at each record."""
    certificates: dict[str, bytes] = {}
    for copy in copies:
        certificates.update(_genuine(copy, bearer))
    chains = {
        (copy.title.owner, peer): _walk(copy.title, peer, entries, certificates, on_record)
        for copy in copies
        for peer, entries in sorted(copy.chains.items())
    }
    wrong = [chain.wrong for chain in chains.values() if chain.wrong is not None]
    owners = {copy.title.owner for copy in copies}
    for copy in copies:
        wrong += _against_heads(copy.heads, chains, owners, certificates)
    wrong += _side_by_side(chains, owners)
    return Verdict(
        ledgers=len(copies),
        chains=len(chains),
        records=sum(len(chain.hashes) for chain in chains.values()),
        sessions=sum(len(chain.sessions) for chain in chains.values()),
        wrong=tuple(dict.fromkeys(wrong)),
    )


def _genuine(copy: Copy, bearer: Bearer) -> dict[str, bytes]:
    """Certificates that the site's authority issued, by their true serial."""
    found: dict[str, bytes] = {}
    for der in copy.certificates.values():
        if (party := bearer(der)) is not None:
            found[f"{party.node}/{party.serial}"] = der
    return found


# --- one chain ---------------------------------------------------------------------------------------


def _walk(
    title: Title,
    peer: str,
    entries: Sequence[Entry],
    certificates: dict[str, bytes],
    on_record: Callable[[], object],
) -> _Chain:
    owner = title.owner
    chain = _Chain(owner=owner, peer=peer, hashes={}, sessions={})
    walker = _Walker(chain, title.site, certificates)
    expected, last = 1, genesis(owner, peer)
    if entries and entries[0].seq > 1 and (anchor := _anchor(entries)) is not None:
        expected, last = anchor.seq + 1, anchor.hash
        chain.pruned = anchor.seq
    for entry in entries:
        session = ""
        on_record()
        try:
            if entry.seq != expected:
                raise _Broken(_gap(entry.seq, expected))
            record = _record_of(entry, last)
            session = record.session
            walker.take(entry.seq, record)
        except (_Broken, Unreadable) as broken:
            seq = min(entry.seq, expected)
            chain.wrong = Wrong(owner=owner, peer=peer, seq=seq, session=session, what=str(broken))
            break
        chain.hashes[entry.seq] = last = entry.hash
        expected += 1
    return chain


def _anchor(entries: Sequence[Entry]) -> Head | None:
    """The end of what was pruned, if a record says that it was and the first entry follows on it."""
    for entry in entries:
        try:
            pruned = read_record(entry.body).pruned
        except Unreadable:
            continue
        if pruned is not None and pruned.seq + 1 == entries[0].seq and pruned.hash == entries[0].previous:
            nobody = Party(node="", serial="")
            return Head(clock=0, site="", owner=nobody, peer="", seq=pruned.seq, hash=pruned.hash)
    return None


def _gap(found: int, expected: int) -> str:
    if found < expected:
        return "it stands there twice"
    missing = found - expected
    return f"it is missing{f', with the {missing - 1} after it' if missing > 1 else ''}"


def _record_of(entry: Entry, last: str) -> Record:
    if entry.previous != last:
        raise _Broken("it does not follow on the record before it")
    if link(entry.previous, entry.body) != entry.hash:
        raise _Broken("it was changed: its hash does not fit what it says")
    return read_record(entry.body)


class _Walker:
    """Holds each record of one chain against what went before."""

    def __init__(self, chain: _Chain, site: str, certificates: dict[str, bytes]) -> None:
        self._chain = chain
        self._site = site
        self._certificates = certificates

    def take(self, seq: int, record: Record) -> None:
        """Raises _Broken, Unreadable."""
        chain = self._chain
        if (record.owner.node, record.peer.node) != (chain.owner, chain.peer):
            raise _Broken("it belongs to another chain")
        if len(record.proofs) != PROOFS[record.kind]:
            raise _Broken("it does not hold the signed statements that it must")
        if record.kind == "pruned":
            return
        key = (record.service, record.session, record.asked)
        if record.kind == "start":
            if key in chain.sessions:
                raise _Broken("the session begins twice")
            chain.sessions[key] = self._started(seq, record)
            return
        session = chain.sessions.get(key)
        if session is None:
            if chain.pruned:
                return  # its start was pruned
            raise _Broken("the session has no start")
        if (session.record.owner, session.record.peer) != (record.owner, record.peer):
            raise _Broken("it was written under another certificate than the session's start")
        self._continued(session, record)

    def _started(self, seq: int, record: Record) -> _Session:
        owner, peer = record.owner, record.peer
        supervisor, agent = (owner, peer) if record.asked else (peer, owner)
        intent = self._checked(record.proofs[0], supervisor, Intent)
        grant = self._checked(record.proofs[1], agent, Grant)
        said = (intent.site, intent.supervisor, intent.agent, intent.service, intent.session)
        if said != (self._site, supervisor, agent, record.service, record.session):
            raise _Broken("the signed intent is about something else")
        if grant.intent != digest(record.proofs[0].statement.encode()):
            raise _Broken("the signed grant is about something else")
        statements = (each.statement.encode() for each in record.proofs)
        return _Session(record=record, seq=seq, start=start_of(*statements))

    def _continued(self, session: _Session, record: Record) -> None:
        supervisor = record.owner if record.asked else record.peer
        (proof,) = record.proofs
        match record.kind:
            case "opened":
                self._named(session, self._checked(proof, supervisor, Acceptance).start)
                if session.opened or session.over or record.asked:
                    raise _Broken("the session is opened at the wrong time")
                session.opened = True
            case "change":
                change = self._checked(proof, supervisor, Change)
                self._named(session, change.start)
                self._in_turn(session, change.number)
            case "end":
                end = self._checked(proof, record.owner, End)
                self._named(session, end.start)
                if end.by != record.owner.node or session.over:
                    raise _Broken("the session ends twice, or for another node")
                session.over, session.end = True, proof.statement
                if record.renewal is not None:
                    renewal = self._checked(record.renewal, supervisor, Renewal)
                    self._named(session, renewal.start)
            case "agreed":
                theirs = self._checked(proof, record.peer, End)
                self._named(session, theirs.start)
                if theirs.by != record.peer.node or not session.over or session.theirs:
                    raise _Broken("the other end's word comes at the wrong time")
                session.theirs = proof.statement

    @staticmethod
    def _in_turn(session: _Session, number: int) -> None:
        if session.over:
            raise _Broken("the session is over already")
        if number <= session.number:
            raise _Broken("the signed change is out of turn")
        session.number = number

    @staticmethod
    def _named(session: _Session, start: str) -> None:
        if start != session.start:
            raise _Broken("the signed statement is about another session")

    def _checked(self, proof: Proof, signer: Party, kind: type[StatementT]) -> StatementT:
        certificate = self._certificates.get(f"{signer.node}/{signer.serial}")
        if certificate is None:
            raise _Broken(f"the certificate {signer.serial} of {signer.node} is missing or not of this site")
        signed = proof.signed()
        if not is_signed_by(certificate, signed.statement, signed.signature):
            raise _Broken(f"the signature of {signer.node} does not fit")
        return read(signed.statement, kind)


# --- signed heads ------------------------------------------------------------------------------------


def _against_heads(
    heads: Iterable[HeadLine],
    chains: dict[tuple[str, str], _Chain],
    owners: set[str],
    certificates: dict[str, bytes],
) -> Iterator[Wrong]:
    for line in heads:
        try:
            head = line.head.head()
        except Unreadable:
            continue  # nobody has signed that
        if not _is_signed(line.head, head, certificates):
            continue
        if line.conflict:
            what = "its owner signed this as the end of it after both had signed a later one"
            yield Wrong(owner=head.owner.node, peer=head.peer, seq=head.seq, what=what)
        elif head.owner.node in owners and head.seq:
            chain = chains.get((head.owner.node, head.peer))
            if chain is not None and chain.wrong is not None and chain.wrong.seq <= head.seq:
                continue  # told already
            if chain is not None and head.seq <= chain.pruned:
                continue
            yield from _missing(chain, head)


def _missing(chain: _Chain | None, head: Head) -> Iterator[Wrong]:
    there = {} if chain is None else chain.hashes
    found = there.get(head.seq)
    if found is None:
        first = max(there, default=0) + 1
        what = f"it is missing: both ends have signed that there are {head.seq}"
        yield Wrong(owner=head.owner.node, peer=head.peer, seq=first, what=what)
    elif found != head.hash:
        what = "both ends have signed another record in its place, or before it"
        yield Wrong(owner=head.owner.node, peer=head.peer, seq=head.seq, what=what)


def _is_signed(signed: SignedHead, head: Head, certificates: dict[str, bytes]) -> bool:
    owner = certificates.get(f"{head.owner.node}/{head.owner.serial}")
    if owner is None or not signed.signed_by_owner(owner):
        return False
    if not signed.peer_signature:
        return True
    peer = certificates.get(f"{head.peer}/{signed.peer_serial}")
    return peer is not None and signed.signed_by_peer(peer)


# --- two ledgers side by side ------------------------------------------------------------------------


def _side_by_side(chains: dict[tuple[str, str], _Chain], owners: set[str]) -> Iterator[Wrong]:
    for (owner, peer), chain in chains.items():
        if peer not in owners:
            continue
        other = chains.get((peer, owner)) or _Chain(owner=peer, peer=owner, hashes={}, sessions={})
        if other.wrong is not None:
            continue  # what stands after the first wrong record is not known
        for (service, name, asked), session in chain.sessions.items():
            theirs = other.sessions.get((service, name, not asked))
            if what := _differs(session, theirs, other):
                seq = max(other.hashes, default=0) + 1 if theirs is None else theirs.seq
                yield Wrong(owner=peer, peer=owner, seq=seq, session=name, what=what)


def _differs(mine: _Session, theirs: _Session | None, other: _Chain) -> str:
    """What is wrong with the other's record of a session, in the light of mine; empty: nothing."""
    # The supervisor's ledger proves by the grant that the agent's had it; the agent's proves by the
    # acceptance, which stands in “opened”, that the supervisor's had it.
    proven = mine.record.asked or mine.opened
    if theirs is None:
        missing = "the session is missing: the other end proves that it was here"
        return missing if proven and not other.pruned else ""
    if theirs.start != mine.start:
        return "the two ends tell of different sessions under the same name"
    if mine.theirs and mine.theirs != theirs.end:
        return "its end is missing: the other end has the signature under it"
    return ""
