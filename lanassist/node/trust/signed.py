"""Documents that the site's authority has signed and that nodes hand on to each other.

A document is one text file: ``{"body": "<JSON text>", "signature": "<base64>"}``. The signature is
Ed25519 by the authority's key over PREFIX and the very bytes of the body, so nothing depends on how a
reader would write the same JSON again, and no signature over anything else can be passed off as one.
"""

import base64
from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lanassist.node.errors import BadSignedDocument
from lanassist.node.protocol import limits
from lanassist.node.trust.certificate import site_of

PREFIX: Final = b"lanassist signed document 1\x00"


class SignedDocumentBody(msgspec.Struct, frozen=True, kw_only=True):
    """What every kind of document says first; each kind reads the rest from ``text``."""

    kind: Annotated[str, msgspec.Meta(min_length=1, max_length=limits.ID_LENGTH)]
    site: str
    number: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    """The edition: a higher one replaces a lower one, never the other way round."""
    issued: datetime
    text: str = ""
    """The whole body as it was signed, JSON."""


class _Envelope(msgspec.Struct, frozen=True, kw_only=True):
    body: str
    signature: str


def sign_document(body: msgspec.Struct, key: Ed25519PrivateKey) -> str:
    """The document with ``body``, which has the fields of SignedDocumentBody and those of its kind."""
    text = msgspec.json.encode(body, order="sorted")
    signature = base64.b64encode(key.sign(PREFIX + text)).decode()
    return msgspec.json.encode(_Envelope(body=text.decode(), signature=signature)).decode() + "\n"


def open_document(
    document: str | bytes, ca: x509.Certificate, *, kind: str | None = None, path: object = "This"
) -> SignedDocumentBody:
    """The body of a document that this authority signed for its site (and, if given, of this ``kind``).

    Raises BadSignedDocument about ``path``. Whether its number is news is for the caller to compare.
    """
    data = document.encode() if isinstance(document, str) else document
    if len(data) > limits.SIGNED_DOCUMENT_BYTES:
        raise BadSignedDocument(path=path, why="it is too large")
    try:
        envelope = msgspec.json.decode(data, type=_Envelope)
        signature = base64.b64decode(envelope.signature, validate=True)
        signed = PREFIX + envelope.body.encode()
    except (ValueError, msgspec.MsgspecError, RecursionError) as error:
        raise BadSignedDocument(path=path, why="it is not in the form of a signed document") from error
    _verify(ca, signature, signed, path)
    return _body(envelope.body, site_of(ca), kind, path)


def _verify(ca: x509.Certificate, signature: bytes, signed: bytes, path: object) -> None:
    key = ca.public_key()
    if not isinstance(key, Ed25519PublicKey):
        raise BadSignedDocument(path=path, why="the authority's key is not an Ed25519 key")
    try:
        key.verify(signature, signed)
    except InvalidSignature as error:
        raise BadSignedDocument(path=path, why="its signature does not fit its text") from error


def _body(text: str, site: str, kind: str | None, path: object) -> SignedDocumentBody:
    try:
        body = msgspec.json.decode(text, type=SignedDocumentBody)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise BadSignedDocument(path=path, why="its text is not in the form of a signed document") from error
    if body.site != site:
        raise BadSignedDocument(path=path, why=f"it is for another site, {body.site}")
    if kind is not None and body.kind != kind:
        raise BadSignedDocument(path=path, why=f"it is a document about {body.kind}, not about {kind}")
    if body.issued.tzinfo is None:
        raise BadSignedDocument(path=path, why="its date names no time zone")
    return msgspec.structs.replace(body, text=text, issued=body.issued.astimezone(UTC))
