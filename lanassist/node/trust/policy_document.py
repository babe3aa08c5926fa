"""The site's policy as a signed document."""

from datetime import datetime
from typing import Final

import msgspec
from cryptography import x509

from lanassist.node.errors import BadSignedDocument
from lanassist.node.trust.policy import Policy
from lanassist.node.trust.signed import SignedDocumentBody, open_document

KIND: Final = "policy"


class PolicyDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The body of the signed document."""

    kind: str = KIND
    site: str
    number: int
    issued: datetime
    policy: Policy


def policy_of(body: SignedDocumentBody, path: object = "This") -> PolicyDocument:
    """The policy in a verified document. Raises BadSignedDocument."""
    try:
        content = msgspec.json.decode(body.text, type=PolicyDocument)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise BadSignedDocument(path=path, why="it is not in the form of a policy") from error
    if content.kind != KIND:
        raise BadSignedDocument(path=path, why=f"it is a document about {content.kind}, not about {KIND}")
    return content


def read_policy_document(
    document: str | bytes, ca: x509.Certificate, path: object = "This"
) -> PolicyDocument:
    """The policy in a document, verified first. Raises BadSignedDocument."""
    return policy_of(open_document(document, ca, kind=KIND, path=path), path)
