"""How far a chain goes, signed by its owner and by the peer that the chain is about.

Whoever holds such a head can tell a chain that was cut short, rolled back or begun anew: the record of that
number must be there, with that hash.
"""

import base64

import msgspec

from lanassist.node.ledger.signing import is_signed_by
from lanassist.node.ledger.statements import Head, Unreadable, read
from lanassist.node.protocol.messages import Signed


class SignedHead(msgspec.Struct, frozen=True, kw_only=True):
    """A head, word for word, with one signature or both (base64)."""

    statement: str
    owner_signature: str
    peer_signature: str = ""
    """Empty: the peer has not signed; it only keeps it as evidence."""
    peer_serial: str = ""

    @classmethod
    def of(cls, signed: Signed, countersignature: bytes = b"", peer_serial: str = "") -> "SignedHead":
        """As it came over a wire. Raises Unreadable."""
        try:
            statement = signed.statement.decode()
        except UnicodeDecodeError as error:
            raise Unreadable("a signed head is no text") from error
        return cls(
            statement=statement,
            owner_signature=base64.b64encode(signed.signature).decode(),
            peer_signature=base64.b64encode(countersignature).decode(),
            peer_serial=peer_serial,
        )

    def head(self) -> Head:
        """What it says. Raises Unreadable."""
        return read(self.statement, Head)

    def signed_by_owner(self, certificate: bytes) -> bool:
        """Whether the owner, with this certificate (DER), signed it."""
        return _fits(certificate, self.statement, self.owner_signature)

    def signed_by_peer(self, certificate: bytes) -> bool:
        """Whether the peer, with this certificate (DER), signed it."""
        return _fits(certificate, self.statement, self.peer_signature)


def why_not_after(held: Head | None, told: Head, hash_then: str) -> str:
    """Why ``told`` cannot be a later head of the chain that once had the head ``held``; empty if it can.

    ``hash_then``: the hash that its owner now names for the record number of ``held``.
    """
    if held is None:
        return ""
    if told.seq < held.seq:
        return f"it ends at record {told.seq}, and was signed up to record {held.seq} before"
    if told.seq == held.seq and told.hash != held.hash:
        return f"record {held.seq} is not the one that was signed before"
    if hash_then != held.hash:
        return f"record {held.seq} is not the one that was signed before"
    return ""


def _fits(certificate: bytes, statement: str, signature: str) -> bool:
    try:
        raw = base64.b64decode(signature, validate=True)
    except ValueError:
        return False
    return is_signed_by(certificate, statement.encode(), raw)
