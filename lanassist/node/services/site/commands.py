"""What a local user may ask about the site's signed documents."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from lanassist.node.protocol.limits import SIGNED_DOCUMENT_BYTES
from lanassist.node.services.command import Command
from lanassist.node.trust.grants import Role


class Installed(Struct, frozen=True, kw_only=True):
    """What was installed; ``news`` is False if the node had this edition or a newer one already."""

    kind: str
    number: int
    news: bool


class InstallDocument(Command[Installed], frozen=True, kw_only=True):
    """Take in a document that the admin signed (a revocation list) and spread it to the peers."""

    name: ClassVar[str] = "site.install"
    role: ClassVar[Role | None] = None
    document: Annotated[str, Meta(max_length=SIGNED_DOCUMENT_BYTES)]
    """The file's text."""


COMMANDS = (InstallDocument,)
