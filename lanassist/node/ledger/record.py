"""One record of a ledger, in its one canonical form.

Each holds who kept it and with whom (node and certificate serial), which session, and the statements that the
two ends have signed. A record is JSON with sorted keys; its bytes are what is hashed and stored.
"""

import base64
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from lanassist.node.ledger.statements import Clock, Digest, Number, Party, Short, Unreadable, canonical
from lanassist.node.protocol.messages import Signed

Kind = Literal["start", "opened", "change", "end", "agreed", "pruned"]


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """A statement, word for word, and the signature under it (base64)."""

    statement: str
    signature: Annotated[str, Meta(max_length=100)]

    @classmethod
    def of(cls, signed: Signed) -> "Proof":
        """As it came over a wire. Raises Unreadable."""
        try:
            statement = signed.statement.decode()
        except UnicodeDecodeError as error:
            raise Unreadable("a signed statement is no text") from error
        return cls(statement=statement, signature=base64.b64encode(signed.signature).decode())

    def signed(self) -> Signed:
        """As it travels. Raises Unreadable."""
        try:
            signature = base64.b64decode(self.signature, validate=True)
        except ValueError as error:
            raise Unreadable("a signature cannot be read") from error
        return Signed(statement=self.statement.encode(), signature=signature)


class Pruned(msgspec.Struct, frozen=True, kw_only=True):
    """Everything up to here was removed because it was old."""

    seq: Number
    hash: Digest


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step of one session, as the owner of the ledger wrote it down."""

    kind: Kind
    owner: Party
    peer: Party
    asked: bool
    """The owner is the one who watches (the supervisor)."""
    service: Short
    session: Short
    clock: Clock
    """The owner's wall clock when it was written."""
    proofs: tuple[Proof, ...] = ()
    """``start``: intent, grant. ``opened``: acceptance. ``change``: change. ``end``: the owner's end.
    ``agreed``: the other's end."""
    renewal: Proof | None = None
    """Of an ``end``: the last renewal that was signed."""
    pruned: Pruned | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A record in its place in the chain with one peer."""

    seq: int
    previous: str
    body: str
    """The record, canonical."""
    hash: str


def written(record: Record) -> str:
    """The canonical form."""
    return canonical(record).decode()


def read_record(body: str) -> Record:
    """Raises Unreadable if it is no record, or written in another way than the canonical one."""
    try:
        record = msgspec.json.decode(body, type=Record)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Unreadable("it cannot be read") from error
    if written(record) != body:
        raise Unreadable("it is not in its canonical form")
    return record
