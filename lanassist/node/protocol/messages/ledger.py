"""Signed heads of the ledgers: how far each chain goes, so that one that is cut short is found."""

from typing import Annotated

from msgspec import Meta

from lanassist.node.protocol.messages.base import Message, Short
from lanassist.node.protocol.messages.session import Signed

RecordNumber = Annotated[int, Meta(ge=0, le=2**53)]
Signature = Annotated[bytes, Meta(max_length=64)]
Certificate = Annotated[bytes, Meta(max_length=16 * 1024)]


class HeadAsked(Message, frozen=True, kw_only=True, tag="ledger.head-asked"):
    """How far does your chain with me go? I hold its head at record ``since`` (0: none)."""

    since: RecordNumber


class HeadTold(Message, frozen=True, kw_only=True, tag="ledger.head"):
    """So far, signed; and the hash that record ``since`` has in it, empty if it is not there."""

    signed: Signed
    since: RecordNumber
    since_hash: Short


class HeadAgreed(Message, frozen=True, kw_only=True, tag="ledger.head-agreed"):
    """The same head, signed by the peer too."""

    signed: Signed
    peer_signature: Signature


class HeadWitnessed(Message, frozen=True, kw_only=True, tag="ledger.head-witnessed"):
    """To one further peer: keep this head of mine, which both have signed, with both certificates."""

    signed: Signed
    peer_signature: Signature
    owner_certificate: Certificate
    peer_certificate: Certificate
