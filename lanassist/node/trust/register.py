"""What a site's authority has issued and revoked: the part of its folder that grows.

``issued/<serial>.pem`` is every certificate ever handed out, ``revoked.json`` the ones taken back and
the number of the newest revocation list. The certificates themselves are the record; nothing is told twice.
"""

import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509

from lanassist.node.errors import BadCertificate, BadInput, FileUnreadable, StorageFailed
from lanassist.node.protocol import limits
from lanassist.node.trust.bundle import certificate_pem, read_certificate
from lanassist.node.trust.certificate import identity_of, serial_of
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.revocation import Revoked
from lanassist.node.trust.secret_files import write_whole

ISSUED: Final = "issued"
REVOKED: Final = "revoked.json"
FORGOTTEN: Final = timedelta(days=30)
"""A revoked certificate leaves the list this long after it has expired anyway."""


class RevokedSoFar(msgspec.Struct, frozen=True, kw_only=True):
    """The content of ``revoked.json``."""

    number: int = 0
    revoked: tuple[Revoked, ...] = ()


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """One certificate that was handed out."""

    identity: Identity
    certificate: x509.Certificate
    revoked: Revoked | None = None

    def counts(self, now: datetime) -> bool:
        """Whether it would be accepted now (by a node that knows of every revocation)."""
        return self.revoked is None and now < self.identity.expires


class Register:
    """The record in one authority's folder."""

    def __init__(self, folder: Path, site: str) -> None:
        self.folder = folder
        self.site = site

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Held while the record is read and changed, so that two admins never lose each other's work."""
        try:
            handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise FileUnreadable(path=self.folder, why=(error.strerror or "").lower()) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def issued(self) -> list[Issued]:
        """Everything that was handed out, oldest first. Raises BadCertificate, FileUnreadable."""
        taken_back = {entry.serial: entry for entry in self.revoked().revoked}
        paths = list((self.folder / ISSUED).glob("*.pem"))
        times = {path.stem: path.stat().st_mtime_ns for path in paths}
        found = [self._read(path, taken_back) for path in paths]
        # The file's time tells apart those that were issued within one second.
        return sorted(found, key=lambda each: (each.identity.issued, times[each.identity.serial]))

    def find(self, word: str) -> list[Issued]:
        """All certificates of the one node that ``word`` names: its id, e-mail, name or a serial.

        Oldest first; for a serial only the certificate of that serial. Raises BadInput if nobody or
        more than one node is meant.
        """
        everything = self.issued()
        if exact := [each for each in everything if each.identity.serial == word.lower()]:
            return exact
        names = word.casefold()
        found = [
            each
            for each in everything
            if names in (each.identity.node, each.identity.email.casefold(), each.identity.name.casefold())
        ]
        if not found:
            raise BadInput(what=f"“{word}”", why="nothing was issued to anyone of that name")
        nodes = sorted({f"{each.identity.node} ({each.identity.name})" for each in found})
        if len(nodes) > 1:
            raise BadInput(
                what=f"“{word}”", why=f"it fits more than one node, name one by its id: {', '.join(nodes)}"
            )
        return found

    def add(self, certificate: x509.Certificate) -> None:
        """Record a certificate before it is handed out. Raises StorageFailed."""
        write_whole(self._path(certificate), certificate_pem(certificate))

    def drop(self, certificate: x509.Certificate) -> None:
        """Forget one that was never handed out after all."""
        with suppress(OSError):
            self._path(certificate).unlink(missing_ok=True)

    def revoked(self) -> RevokedSoFar:
        """What was taken back. Raises FileUnreadable rather than take a damaged list for an empty one."""
        path = self.folder / REVOKED
        try:
            return msgspec.json.decode(path.read_bytes(), type=RevokedSoFar)
        except OSError as error:
            raise FileUnreadable(path=path, why=(error.strerror or "").lower()) from error
        except msgspec.MsgspecError as error:
            raise FileUnreadable(path=path, why="it is damaged; restore it from a backup") from error

    def revoke(self, taken_back: Iterable[Issued], reason: str, now: datetime | None = None) -> None:
        """Take certificates back; the number of the list rises. Raises StorageFailed, BadInput.

        The number is the time in seconds where that is higher than the last one plus one. So an
        authority restored from an old backup still makes lists that nodes take for news.
        """
        now = now or datetime.now(UTC)
        if len(reason) > limits.REASON_LENGTH:
            raise BadInput(what="The reason", why=f"it is longer than {limits.REASON_LENGTH} characters")
        so_far = self.revoked()
        forgotten = {e.identity.serial for e in self.issued() if e.identity.expires + FORGOTTEN < now}
        kept = [entry for entry in so_far.revoked if entry.serial not in forgotten]
        kept += [
            Revoked(serial=each.identity.serial, node=each.identity.node, reason=reason, at=now)
            for each in taken_back
        ]
        self._write(RevokedSoFar(number=max(so_far.number + 1, int(time.time())), revoked=tuple(kept)))

    def _write(self, content: RevokedSoFar) -> None:
        text = msgspec.json.encode(content)
        # A document quotes this text once more, which lengthens it by its quotation marks.
        if len(text) + text.count(b'"') + 1024 > limits.SIGNED_DOCUMENT_BYTES:
            raise StorageFailed(path=self.folder / REVOKED, why="the list of revoked certificates is full")
        write_whole(self.folder / REVOKED, msgspec.json.format(text) + b"\n", force=True)

    def _read(self, path: Path, taken_back: dict[str, Revoked]) -> Issued:
        try:
            certificate = read_certificate(path.read_bytes(), path)
        except OSError as error:
            raise FileUnreadable(path=path, why=(error.strerror or "").lower()) from error
        if path.stem != serial_of(certificate):
            raise BadCertificate(path=path, why="its file is named for another serial number")
        identity = identity_of(certificate, self.site, str(path))
        return Issued(identity=identity, certificate=certificate, revoked=taken_back.get(identity.serial))

    def _path(self, certificate: x509.Certificate) -> Path:
        return self.folder / ISSUED / f"{serial_of(certificate)}.pem"
