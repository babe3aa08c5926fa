"""What the two ends of a session sign, each for both ledgers.

A statement is canonical JSON (sorted keys, no spaces, UTF-8); its signature is Ed25519 by the certificate's
key over PREFIX and the very bytes, so nothing can be passed off as a statement that was not signed as one.
Clocks are the signer's wall clock, milliseconds since 1970; nothing is ordered by them.
"""

import hashlib
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta

from lanassist.node.protocol import limits

PREFIX: Final = b"lanassist ledger 1\x00"

Clock = Annotated[int, Meta(ge=0, le=2**53)]
Number = Annotated[int, Meta(ge=0, le=2**53)]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Short = Annotated[str, Meta(max_length=limits.ID_LENGTH)]
Text = Annotated[str, Meta(max_length=limits.REASON_LENGTH)]


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """One end: its node, and the certificate by whose key it signs."""

    node: Short
    serial: Short


class Statement(msgspec.Struct, frozen=True, kw_only=True, tag_field="says"):
    """The base of all of them. ``clock`` is the signer's."""

    clock: Clock


class Intent(Statement, frozen=True, kw_only=True, tag="intent"):
    """The supervisor: I mean to do this."""

    site: str
    service: Short
    session: Short
    what: dict[str, Any]
    """The request as it travels: its ``type`` is the action, the rest says which displays, which mode."""
    reason: Text
    supervisor: Party
    agent: Party
    nonce: Short


class Grant(Statement, frozen=True, kw_only=True, tag="grant"):
    """The agent: you may, and it is in my ledger."""

    intent: Digest
    nonce: Short


class Acceptance(Statement, frozen=True, kw_only=True, tag="acceptance"):
    """The supervisor: it is in my ledger too. ``start`` names the intent and the grant together."""

    start: Digest


class Change(Statement, frozen=True, kw_only=True, tag="change"):
    """The supervisor: something else from now on."""

    start: Digest
    number: Number
    what: dict[str, Any]


class Renewal(Statement, frozen=True, kw_only=True, tag="renewal"):
    """The supervisor: still looking."""

    start: Digest
    number: Number


class End(Statement, frozen=True, kw_only=True, tag="end"):
    """Either end: it is over for me, and why."""

    start: Digest
    by: Short
    """The node that signs."""
    code: Short
    text: Annotated[str, Meta(max_length=1000)]
    lost: bool
    """The other end could not be told, or did not answer."""


class Head(Statement, frozen=True, kw_only=True, tag="head"):
    """A node: this is how far my chain with that peer goes."""

    site: str
    owner: Party
    peer: Short
    seq: Number
    hash: Digest


AnyStatement = Intent | Grant | Acceptance | Change | Renewal | End | Head
StatementT = TypeVar("StatementT", bound=Statement)


class Unreadable(Exception):
    """A statement breaks its format; the text says where."""


def canonical(value: msgspec.Struct) -> bytes:
    """The one way to write it."""
    return msgspec.json.encode(value, order="sorted")


def read(statement: bytes | str, kind: type[StatementT]) -> StatementT:
    """The statement, of that kind. Raises Unreadable."""
    try:
        # Decoded first: what is stored is text, and JSON's parser does not look into fields it passes over.
        text = statement if isinstance(statement, str) else statement.decode()
        found = msgspec.json.decode(text, type=AnyStatement)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Unreadable("a signed statement cannot be read") from error
    if not isinstance(found, kind):
        raise Unreadable(f"there is “{found.__struct_config__.tag}” where “{_tag(kind)}” was due")
    return found


def digest(data: bytes) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def start_of(intent: bytes, grant: bytes) -> str:
    """The name of a session's start, which every later statement carries."""
    return digest(bytes.fromhex(digest(intent)) + bytes.fromhex(digest(grant)))


def _tag(kind: type[msgspec.Struct]) -> str:
    return str(kind.__struct_config__.tag)
