"""One chain, walked from its first record to the first that is wrong."""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from lanassist.node.ledger.chain import genesis, link
from lanassist.node.ledger.copies import Title
from lanassist.node.ledger.record import Entry, Kind, Proof, Pruned, Record, read_record
from lanassist.node.ledger.signing import is_signed_by
from lanassist.node.ledger.statements import (
    Acceptance,
    Change,
    End,
    Grant,
    Intent,
    Party,
    Renewal,
    StatementT,
    Unreadable,
    digest,
    read,
    start_of,
)

PROOFS: Final[dict[Kind, int]] = {"start": 2, "opened": 1, "change": 1, "end": 1, "agreed": 1, "pruned": 0}
"""So many statements does each kind of record hold."""


class Wrong(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong, and where: the chain (owner and peer), the record's number, its session."""

    owner: str
    peer: str
    seq: int
    session: str = ""
    what: str


class _Broken(Exception):
    """This record is wrong; the text says why."""


class WalkedSession(msgspec.Struct, kw_only=True):
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


class WalkedChain(msgspec.Struct, kw_only=True):
    """One chain that was walked."""

    owner: str
    peer: str
    hashes: dict[int, str]
    sessions: dict[tuple[str, str, bool], WalkedSession]
    wrong: Wrong | None = None
    pruned: int = 0


def walked(
    title: Title,
    peer: str,
    entries: Sequence[Entry],
    certificates: dict[str, bytes],
    on_record: Callable[[], object],
) -> WalkedChain:
    owner = title.owner
    chain = WalkedChain(owner=owner, peer=peer, hashes={}, sessions={})
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


def _anchor(entries: Sequence[Entry]) -> Pruned | None:
    """The end of what was pruned, if a record says that it was and the first entry follows on it."""
    for entry in entries:
        try:
            pruned = read_record(entry.body).pruned
        except Unreadable:
            continue
        if pruned is not None and pruned.seq + 1 == entries[0].seq and pruned.hash == entries[0].previous:
            return pruned
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


def _of_one_certificate(start: Record, record: Record) -> bool:
    """A session's records name the certificates of its start; but a node that stopped in the middle may have
    another one by the time that it writes the end.
    """
    renewed = record.kind == "end" and start.owner.node == record.owner.node
    return start.peer == record.peer and (renewed or start.owner == record.owner)


class _Walker:
    """Holds each record of one chain against what went before."""

    def __init__(self, chain: WalkedChain, site: str, certificates: dict[str, bytes]) -> None:
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
        if not _of_one_certificate(session.record, record):
            raise _Broken("it was written under another certificate than the session's start")
        self._continued(session, record)

    def _started(self, seq: int, record: Record) -> WalkedSession:
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
        return WalkedSession(record=record, seq=seq, start=start_of(*statements))

    def _continued(self, session: WalkedSession, record: Record) -> None:
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
    def _in_turn(session: WalkedSession, number: int) -> None:
        if session.over:
            raise _Broken("the session is over already")
        if number <= session.number:
            raise _Broken("the signed change is out of turn")
        session.number = number

    @staticmethod
    def _named(session: WalkedSession, start: str) -> None:
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
