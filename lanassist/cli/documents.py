"""What the admin signed: into the running node, or into the home for its next start."""

import contextlib
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from lanassist.cli import plain
from lanassist.cli.client import connect
from lanassist.node.errors import BadSignedDocument, FileUnreadable, NodeNotRunning
from lanassist.node.memory import DATABASE
from lanassist.node.protocol.limits import SIGNED_DOCUMENT_BYTES
from lanassist.node.services.site.commands import InstallDocument, Installed
from lanassist.node.store import documents
from lanassist.node.store.database import connect as database_of, in_transaction
from lanassist.node.store.documents import StoredDocument
from lanassist.node.store.home import claimed_home
from lanassist.node.trust import policy_document, revocation
from lanassist.node.trust.credentials import Credentials
from lanassist.node.trust.revocation import Revocations
from lanassist.node.trust.signed import open_document

CHECKS: Final[Mapping[str, Callable[[Any, Any], object]]] = MappingProxyType(
    {revocation.KIND: Revocations.of, policy_document.KIND: policy_document.policy_of}
)
"""What reads the body of each kind of document; it raises BadSignedDocument."""


def install_document(home: Path, path: Path, kind: str) -> tuple[Installed, bool]:
    """What was installed, and whether a running node took it.

    Raises FileUnreadable, BadSignedDocument, NoIdentity, StorageFailed, and what the node refuses with.
    """
    document = _text(path)
    try:
        node = connect(home)
    except NodeNotRunning:
        return _into_home(home, path, document, kind), False
    return node.ask(InstallDocument(document=document)), True


def say_installed(found: Installed, running: bool, *, json: bool) -> None:
    """What has become of the document."""
    if json:
        plain.print_json({"kind": found.kind, "number": found.number, "news": found.news, "running": running})
    elif not found.news:
        print(f"Nothing new: edition {found.number} or a newer one is here already.")
    elif running:
        print(f"Edition {found.number} is in force and spreads to the peers.")
    else:
        print(f"Edition {found.number} is installed; it is in force from the node's next start.")


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(SIGNED_DOCUMENT_BYTES + 1)
    except OSError as error:
        raise FileUnreadable(path=path, why=(error.strerror or "it is no file").lower()) from error
    if len(content) > SIGNED_DOCUMENT_BYTES:
        raise BadSignedDocument(path=path, why="it is too large")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise BadSignedDocument(path=path, why="it is not a text file") from error


def _into_home(home: Path, path: Path, document: str, kind: str) -> Installed:
    """Keep it where the next start reads it. Raises NodeAlreadyRunning if one starts meanwhile."""
    credentials = Credentials.load(home)
    body = open_document(document, credentials.ca, kind=kind, path=path)
    CHECKS[kind](body, path)
    edition = StoredDocument(kind=body.kind, number=body.number, text=document)
    with claimed_home(home):
        database = home / DATABASE
        database.parent.mkdir(mode=0o700, exist_ok=True)
        with contextlib.closing(database_of(database)) as connection:
            news = in_transaction(connection, lambda: _keep(connection, edition))
    return Installed(kind=edition.kind, number=edition.number, news=news)


def _keep(connection: sqlite3.Connection, edition: StoredDocument) -> bool:
    held = [each.number for each in documents.load(connection) if each.kind == edition.kind]
    documents.save(connection, edition)
    return edition.number > max(held, default=0)
