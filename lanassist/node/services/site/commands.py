"""What a local user may ask about the site's signed documents."""

from datetime import datetime
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from lanassist.node.protocol.limits import SIGNED_DOCUMENT_BYTES
from lanassist.node.services.command import Command
from lanassist.node.trust.grants import Role
from lanassist.node.trust.policy import Policy

POLICY = "site.policy"
"""Board topic: the LaidDown policy, under the key “self”."""


class Installed(Struct, frozen=True, kw_only=True):
    """What was installed; ``news`` is False if the node had this edition or a newer one already."""

    kind: str
    number: int
    news: bool


class InstallDocument(Command[Installed], frozen=True, kw_only=True):
    """Take in a document that the admin signed (revocations, a policy) and spread it to the peers."""

    name: ClassVar[str] = "site.install"
    role: ClassVar[Role | None] = None
    document: Annotated[str, Meta(max_length=SIGNED_DOCUMENT_BYTES)]
    """The file's text."""


class LaidDown(Struct, frozen=True, kw_only=True):
    """The policy that this node acts on."""

    edition: int = 0
    """0: the admin has laid down nothing; the policy is what holds without."""
    signed: datetime | None = None
    policy: Policy = Policy()


class ShowPolicy(Command[LaidDown], frozen=True, kw_only=True):
    """The site's policy as this node acts on it."""

    name: ClassVar[str] = "site.policy"
    role: ClassVar[Role | None] = None


COMMANDS = (InstallDocument, ShowPolicy)
