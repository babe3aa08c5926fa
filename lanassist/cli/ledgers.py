"""Ledgers for the CLI: this node's own, running or not, and exports in files and folders."""

import contextlib
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from cryptography import x509

from lanassist.cli.client import NodeClient, connect
from lanassist.node.errors import BadInput, FileUnreadable, NodeNotRunning, NoIdentity
from lanassist.node.ledger.copies import Copy, HeadLine, Title, read_copy
from lanassist.node.ledger.signing import bearer_of
from lanassist.node.ledger.statements import Party, Unreadable
from lanassist.node.memory import DATABASE
from lanassist.node.services.audit.commands import ReadLedger
from lanassist.node.store import ledger
from lanassist.node.store.database import connect as database_of
from lanassist.node.store.home import claimed_home
from lanassist.node.trust.bundle import read_certificate
from lanassist.node.trust.certificate import CERTIFICATE_BYTES, site_of
from lanassist.node.trust.credentials import AUTHORITY, FOLDER, Credentials
from lanassist.node.trust.identity import Identity

SUFFIX: Final = ".jsonl"
FILE_BYTES: Final = 2**31
QUIET: Final = 2.0
"""Seconds after which a terminal is told how far it is."""
Advance = Callable[[int], object]


# --- where ledgers come from -------------------------------------------------------------------------


def own_ledger(home: Path, advance: Advance = lambda count: None) -> Copy:
    """This node's own, from the running node or from its home. ``advance(records)`` tells how far it is.

    Raises NoIdentity, FileUnreadable, StorageFailed, NodeAlreadyRunning.
    """
    try:
        node = connect(home)
    except NodeNotRunning:
        return _from_home(home)
    return _from_node(node, advance)


def _from_node(node: NodeClient, advance: Advance) -> Copy:
    return _read(_lines_of(node, advance), "what the node says of its ledger")


def _lines_of(node: NodeClient, advance: Advance) -> Iterator[bytes]:
    begin = ""
    while True:
        page = node.ask(ReadLedger(begin=begin))
        advance(len(page.lines))
        yield from (line.encode() for line in page.lines)
        if not page.following:
            return
        begin = page.following


def _from_home(home: Path) -> Copy:
    me = Credentials.load(home).identity
    with claimed_home(home), contextlib.closing(_opened(home)) as connection:
        copy = Copy(title=Title(site=me.site, owner=me.node, name=me.name))
        copy.certificates = ledger.certificates(connection)
        for peer in ledger.peers(connection):
            copy.chains[peer] = ledger.entries(connection, peer, 0, 2**53)
        copy.heads = [HeadLine(head=head, conflict=each) for head, each in ledger.signed_heads(connection)]
    return copy


def _opened(home: Path) -> sqlite3.Connection:
    database = home / DATABASE
    if not database.exists():
        raise FileUnreadable(path=database, why="it is not there; this node has not run yet")
    return database_of(database)


def exported(paths: Iterable[Path]) -> list[Copy]:
    """The exports in these files, and in the folders among them. Raises FileUnreadable, BadInput."""
    copies = [_from_file(path) for given in paths for path in _files(given)]
    owners = [copy.title.owner for copy in copies]
    for owner in owners:
        if owners.count(owner) > 1:
            raise BadInput(what="The exports", why=f"two of them are of the same node, {owner}")
    return copies


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(path.glob(f"*{SUFFIX}"))
    if not found:
        raise FileUnreadable(path=path, why=f"the folder holds no {SUFFIX} file")
    return found


def _from_file(path: Path) -> Copy:
    try:
        if path.stat().st_size > FILE_BYTES:
            raise FileUnreadable(path=path, why="it is far too large")
        with path.open("rb") as file:
            return _read(file, path)
    except OSError as error:
        raise FileUnreadable(path=path, why=(error.strerror or "it is no file").lower()) from error


def _read(lines: Iterable[bytes], path: object) -> Copy:
    try:
        return read_copy(lines)
    except Unreadable as error:
        raise FileUnreadable(path=path, why=f"it is no ledger that was exported: {error}") from error


# --- who is who --------------------------------------------------------------------------------------


def authority(home: Path, path: Path | None) -> x509.Certificate:
    """The site's certificate: of the file, or of this node's home.

    Raises NoIdentity, FileUnreadable, BadCertificate.
    """
    if path is None and not (home / FOLDER / AUTHORITY).exists():
        raise NoIdentity(home=home)
    path = path or home / FOLDER / AUTHORITY
    try:
        with path.open("rb") as file:
            content = file.read(CERTIFICATE_BYTES + 1)
    except OSError as error:
        raise FileUnreadable(path=path, why=(error.strerror or "it is no file").lower()) from error
    found = read_certificate(content, path)
    try:
        site_of(found)
    except ValueError as error:
        raise BadInput(what=str(path), why=str(error)) from error
    return found


def bearer(ca: x509.Certificate) -> Callable[[bytes], Party | None]:
    """Who bears a certificate, for ``verify``."""

    def find(certificate: bytes) -> Party | None:
        found = bearer_of(certificate, ca)
        return None if found is None else Party(node=found.node, serial=found.serial)

    return find


def people(copies: Iterable[Copy], ca: x509.Certificate) -> dict[str, Identity]:
    """Everybody whose genuine certificate is in there, by node."""
    found = [bearer_of(der, ca) for copy in copies for der in copy.certificates.values()]
    return {each.node: each for each in found if each is not None}


# --- how far -----------------------------------------------------------------------------------------


@contextlib.contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Advance]:
    """A bar on the terminal once this takes longer than QUIET."""
    bar = _Bar(what, total)
    try:
        yield bar.advance
    finally:
        bar.close()


class _Bar:
    def __init__(self, what: str, total: int | None) -> None:
        self._what = what
        self._total = total
        self._done = 0
        self._begin = time.monotonic() + QUIET if sys.stderr.isatty() else None
        self._shown: object | None = None

    def advance(self, count: int = 1) -> None:
        self._done += count
        if self._begin is None or time.monotonic() < self._begin:
            return
        from rich.console import Console
        from rich.progress import Progress

        if not isinstance(self._shown, Progress):
            self._shown = Progress(console=Console(stderr=True), transient=True)
            self._task = self._shown.add_task(self._what, total=self._total)
            self._shown.start()
        self._shown.update(self._task, completed=self._done)

    def close(self) -> None:
        from rich.progress import Progress

        if isinstance(self._shown, Progress):
            self._shown.stop()
