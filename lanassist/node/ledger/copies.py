"""A whole ledger as one file of JSON lines: what is exported, and what can be verified anywhere.

The first line says whose it is; then certificates, entries in the order of their chains, and signed heads.
"""

import base64
from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from lanassist.node.ledger.heads import SignedHead
from lanassist.node.ledger.record import Entry
from lanassist.node.ledger.statements import Digest, Number, Unreadable

LINE_BYTES: Final = 64 * 1024


class Title(msgspec.Struct, frozen=True, kw_only=True, tag="ledger", tag_field="line"):
    """Whose ledger it is."""

    version: Literal[1] = 1
    site: str
    owner: str
    name: str


class CertificateLine(msgspec.Struct, frozen=True, kw_only=True, tag="certificate", tag_field="line"):
    """A certificate that something in it is signed under."""

    serial: str
    der: str
    """Base64."""


class EntryLine(msgspec.Struct, frozen=True, kw_only=True, tag="entry", tag_field="line"):
    """One entry of the chain with one peer."""

    peer: str
    seq: Number
    previous: Digest
    body: Annotated[str, Meta(max_length=LINE_BYTES)]
    hash: Digest


class HeadLine(msgspec.Struct, frozen=True, kw_only=True, tag="head", tag_field="line"):
    """A signed head that the owner holds: of this ledger, or of a peer's. ``conflict``: as evidence."""

    head: SignedHead
    conflict: bool = False


Line = Title | CertificateLine | EntryLine | HeadLine


class Copy(msgspec.Struct, kw_only=True):
    """One node's ledger, in memory."""

    title: Title
    certificates: dict[str, bytes] = msgspec.field(default_factory=dict)
    """By serial, DER."""
    chains: dict[str, list[Entry]] = msgspec.field(default_factory=dict)
    """By peer."""
    heads: list[HeadLine] = msgspec.field(default_factory=list)

    def take(self, line: Line) -> None:
        """Take one line in. Raises Unreadable."""
        match line:
            case Title():
                raise Unreadable("a second ledger begins there; give each its own file")
            case CertificateLine():
                try:
                    self.certificates[line.serial] = base64.b64decode(line.der, validate=True)
                except ValueError as error:
                    raise Unreadable("a certificate cannot be read") from error
            case EntryLine():
                entry = Entry(seq=line.seq, previous=line.previous, body=line.body, hash=line.hash)
                self.chains.setdefault(line.peer, []).append(entry)
            case HeadLine():
                self.heads.append(line)

    def lines(self) -> Iterator[Line]:
        """Everything, in order."""
        yield self.title
        for serial, der in self.certificates.items():
            yield CertificateLine(serial=serial, der=base64.b64encode(der).decode())
        for peer, entries in self.chains.items():
            for each in entries:
                yield EntryLine(
                    peer=peer, seq=each.seq, previous=each.previous, body=each.body, hash=each.hash
                )
        yield from self.heads


def write_line(line: Line) -> bytes:
    """One line of the file, with its end."""
    return msgspec.json.encode(line) + b"\n"


def read_copy(lines: Iterable[bytes]) -> Copy:
    """A ledger from its lines. Raises Unreadable with the number of the line."""
    copy: Copy | None = None
    for number, text in enumerate(lines, 1):
        try:
            line = msgspec.json.decode(text, type=Line)
            if copy is not None:
                copy.take(line)
            elif isinstance(line, Title):
                copy = Copy(title=line)
            else:
                raise Unreadable("it does not begin like a ledger")
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            raise Unreadable(f"line {number} cannot be read") from error
        except Unreadable as error:
            raise Unreadable(f"line {number}: {error}") from error
    if copy is None:
        raise Unreadable("it is empty")
    return copy
