"""Which certificates of the site no longer count: the signed list, read."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final, Self

import msgspec
from cryptography import x509
from msgspec import Meta

from lanassist.node.errors import BadSignedDocument
from lanassist.node.protocol import limits
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.signed import SignedDocumentBody, open_document

KIND: Final = "revocations"


class Revoked(msgspec.Struct, frozen=True, kw_only=True):
    """One certificate that no longer counts."""

    serial: Annotated[str, Meta(pattern="^[0-9a-f]{1,40}$")]
    node: Annotated[str, Meta(max_length=limits.ID_LENGTH)]
    reason: Annotated[str, Meta(max_length=limits.REASON_LENGTH)] = ""
    at: datetime


class RevocationList(msgspec.Struct, frozen=True, kw_only=True):
    """The body of the signed document."""

    kind: str = KIND
    site: str
    number: int
    issued: datetime
    revoked: Annotated[tuple[Revoked, ...], Meta(max_length=limits.REVOKED_SERIALS)] = ()


class Revocations(msgspec.Struct, frozen=True, kw_only=True):
    """The newest list that a node holds; ``Revocations()`` before it has any."""

    number: int = 0
    serials: frozenset[str] = frozenset()

    @classmethod
    def of(cls, body: SignedDocumentBody, path: object = "This") -> Self:
        """The list in a verified document. Raises BadSignedDocument."""
        try:
            content = msgspec.json.decode(body.text, type=RevocationList)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise BadSignedDocument(path=path, why="it is not in the form of a revocation list") from error
        if content.kind != KIND:
            raise BadSignedDocument(path=path, why=f"it is a document about {content.kind}, not about {KIND}")
        return cls(number=body.number, serials=frozenset(entry.serial for entry in content.revoked))

    @classmethod
    def read(cls, document: str | bytes, ca: x509.Certificate, path: object = "This") -> Self:
        """The list in a document, verified first. Raises BadSignedDocument."""
        return cls.of(open_document(document, ca, kind=KIND, path=path), path)

    def covers(self, identity: Identity) -> bool:
        """Whether this certificate no longer counts."""
        return identity.serial in self.serials

    def covered(self, identities: Iterable[Identity]) -> list[Identity]:
        """Those of ``identities`` that no longer count."""
        return [identity for identity in identities if self.covers(identity)]

    def is_news_to(self, held: "Revocations") -> bool:
        """Whether this list replaces ``held``: only a higher number does."""
        return self.number > held.number
