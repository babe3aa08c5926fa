"""What the admin has signed, on its way to every node."""

from typing import Annotated

from msgspec import Meta

from lanassist.node.protocol import limits
from lanassist.node.protocol.messages.base import Message, Short


class DocumentNumber(Message, frozen=True, kw_only=True, tag="site.number"):
    """Which edition of a signed document the sender holds; the receiver offers its own if newer."""

    kind: Short
    number: Annotated[int, Meta(ge=0, le=2**53)]


class SignedDocument(Message, frozen=True, kw_only=True, tag="site.document"):
    """A document as the site authority signed it; verified by every node that receives it."""

    kind: Short
    document: Annotated[bytes, Meta(max_length=limits.SIGNED_DOCUMENT_BYTES)]
