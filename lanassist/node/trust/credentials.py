"""A node's own identity: checked when it is made, loaded from the node's home before anything starts."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lanassist.node.errors import BadCertificate, FileUnreadable, NoIdentity, PeerCertificateInvalid
from lanassist.node.trust.bundle import read_certificate, read_key
from lanassist.node.trust.certificate import CERTIFICATE_BYTES, UNREADABLE, identity_of, site_of
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.secret_files import check_folder, read_secret

FOLDER: Final = "identity"
KEY: Final = "key.pem"
CERTIFICATE: Final = "cert.pem"
AUTHORITY: Final = "ca.pem"


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate, the key that belongs to it and the authority that signed it; they fit together."""

    identity: Identity
    certificate: x509.Certificate
    key: Ed25519PrivateKey
    ca: x509.Certificate

    @classmethod
    def of(
        cls,
        certificate: x509.Certificate,
        key: Ed25519PrivateKey,
        ca: x509.Certificate,
        path: Path | str,
        now: datetime | None = None,
    ) -> Self:
        """The three, checked against each other and the clock. Raises BadCertificate about ``path``."""
        identity = checked(certificate, ca, path, now)
        if certificate.public_key() != key.public_key():
            raise BadCertificate(path=path, why="it does not belong to the key beside it")
        return cls(identity=identity, certificate=certificate, key=key, ca=ca)

    @classmethod
    def load(cls, home: Path, now: datetime | None = None) -> Self:
        """The identity installed in a node's home.

        Raises NoIdentity, UnsafeKeyFile (with the command that repairs it), BadCertificate.
        """
        folder = home / FOLDER
        if not folder.exists():
            raise NoIdentity(home=home)
        check_folder(home.resolve())
        check_folder(folder)
        key = read_key(read_secret(folder / KEY), folder / KEY)
        certificate = read_certificate(_read(folder / CERTIFICATE), folder / CERTIFICATE)
        ca = read_certificate(_read(folder / AUTHORITY), folder / AUTHORITY)
        return cls.of(certificate, key, ca, folder / CERTIFICATE, now)


def checked(
    certificate: x509.Certificate, ca: x509.Certificate, path: Path | str, now: datetime | None
) -> Identity:
    """Who the certificate says its bearer is, if ``ca`` signed it and it is valid. Raises BadCertificate."""
    now = now or datetime.now(UTC)
    try:
        site = site_of(ca)
        certificate.verify_directly_issued_by(ca)
        identity = identity_of(certificate, site)
    except PeerCertificateInvalid as error:
        raise BadCertificate(path=path, why=error.details["why"]) from error
    except (InvalidSignature, *UNREADABLE) as error:
        raise BadCertificate(path=path, why="it was not issued by the authority beside it") from error
    if now >= identity.expires:
        raise BadCertificate(
            path=path, why=f"it expired on {_day(identity.expires)}; ask your admin to renew it"
        )
    if now < identity.issued:
        raise BadCertificate(
            path=path, why=f"it is valid only from {_day(identity.issued)}; check this machine's clock"
        )
    return identity


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(CERTIFICATE_BYTES + 1)
    except OSError as error:
        raise FileUnreadable(path=path, why=(error.strerror or "it is no file").lower()) from error


def _day(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC"
