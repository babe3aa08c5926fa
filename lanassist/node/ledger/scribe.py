"""One node's hand in the ledger: it signs statements, checks what others have signed, and words records."""

from collections.abc import Callable

from lanassist.node.ledger.record import Kind, Proof, Pruned, Record, written
from lanassist.node.ledger.statements import Party, Statement, StatementT, Unreadable, canonical, read
from lanassist.node.ledger.writes import Peer, Running
from lanassist.node.protocol.messages import Signed


class BadProof(Exception):
    """What the other end has signed does not fit; the text says why."""


class Scribe:
    """Keeps nothing; what it words is committed by others."""

    def __init__(
        self,
        me: Party,
        sign: Callable[[bytes], bytes],
        checks: Callable[[bytes, bytes, bytes], bool],
        clock: Callable[[], int],
    ) -> None:
        """``checks(certificate, statement, signature)``."""
        self._me = me
        self._sign = sign
        self._checks = checks
        self._clock = clock

    def signed(self, statement: Statement) -> Signed:
        """In this node's name."""
        text = canonical(statement)
        return Signed(statement=text, signature=self._sign(text))

    def checked(self, peer: Peer, signed: Signed, kind: type[StatementT]) -> StatementT:
        """What the peer has signed, read. Raises BadProof."""
        if not signed.statement:
            raise BadProof("it is not signed; the other node is too old for the ledger")
        if not self._checks(peer.certificate, signed.statement, signed.signature):
            raise BadProof("its signature does not fit the certificate")
        try:
            return read(signed.statement, kind)
        except Unreadable as error:
            raise BadProof(str(error)) from error

    def record(self, kind: Kind, running: Running, *signed: Signed, renewal: Proof | None = None) -> str:
        """Canonical, for the chain with the other end. Raises BadProof."""
        try:
            proofs = tuple(Proof.of(each) for each in signed)
        except Unreadable as error:
            raise BadProof(str(error)) from error
        return written(
            Record(
                kind=kind,
                owner=self._me,
                peer=running.party,
                asked=running.place.asked,
                service=running.place.service,
                session=running.place.session,
                clock=self._clock(),
                proofs=proofs,
                renewal=renewal,
            )
        )

    def pruned(self, peer: str, seq: int, hashed: str) -> str:
        """The record that says that everything up to there was removed."""
        return written(
            Record(
                kind="pruned",
                owner=self._me,
                peer=Party(node=peer, serial=""),
                asked=False,
                service="",
                session="",
                clock=self._clock(),
                pruned=Pruned(seq=seq, hash=hashed),
            )
        )
