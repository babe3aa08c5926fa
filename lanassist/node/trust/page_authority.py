"""Certificates for the customers' chat page: ECDSA on P-256, because no browser takes Ed25519.

The authority that signs them is one of its own, so that a browser which trusts it trusts no more than
pages. Its key is derived from that of the site's authority: there is no further secret to keep or seal.
"""

import ipaddress
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Self

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lanassist.node.errors import BadCertificate, BadInput, FileExists
from lanassist.node.trust.bundle import certificate_pem, read_certificate
from lanassist.node.trust.profile import AUTHORITY_DAYS, BACKDATED
from lanassist.node.trust.secret_files import write_whole

CERTIFICATE: Final = "page-ca.pem"
LONGEST_DAYS: Final = 397
"""What browsers accept from any authority."""
HOSTS: Final = 32

_PURPOSE: Final = b"lanassist page authority, P-256, 1"
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of P-256 (FIPS 186-5)."""
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = re.compile(rf"(?=.{{1,253}}\Z)(?:\*\.)?{_LABEL}(?:\.{_LABEL})*")


class PageCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """What was issued, and the two files that hold it."""

    certificate: x509.Certificate
    path: Path
    key: Path


class PageAuthority:
    """The authority for pages of one site, kept beside the site's own."""

    def __init__(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey, path: Path) -> None:
        self.certificate = certificate
        self.path = path
        self._key = key

    @classmethod
    def of(cls, folder: Path, site: str, site_key: Ed25519PrivateKey) -> Self:
        """That of the site whose authority is in ``folder``; its certificate is made at first.

        Raises BadCertificate, StorageFailed.
        """
        key = _derived(site_key)
        path = folder / CERTIFICATE
        if not path.exists():
            write_whole(path, certificate_pem(_authority_certificate(key, site)))
        certificate = read_certificate(path.read_bytes(), path)
        if certificate.public_key() != key.public_key():
            raise BadCertificate(path=path, why="it is not of this site; move it away for a new one")
        if datetime.now(UTC) >= certificate.not_valid_after_utc:
            raise BadCertificate(path=path, why="it has expired; move it away for a new one")
        return cls(certificate, key, path)

    def issue(
        self, hosts: Sequence[str], out: Path, *, days: int = LONGEST_DAYS, force: bool = False
    ) -> PageCertificate:
        """A certificate for these names and addresses at ``out``; its key beside it, ending in ``.key``.

        Raises BadInput, FileExists, StorageFailed.
        """
        key_path = out.with_suffix(".key")
        if key_path == out:
            raise BadInput(what="--out", why="a file that ends in .key is for the key; name it chat.pem")
        own = ec.generate_private_key(ec.SECP256R1())
        certificate = self._certify(own.public_key(), _names(hosts), days)
        for path in (out, key_path):
            if path.exists() and not force:
                raise FileExists(path=path)
        pem = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_whole(key_path, pem, force=force)
        write_whole(out, certificate_pem(certificate), force=force)
        return PageCertificate(certificate=certificate, path=out, key=key_path)

    def _certify(
        self, public_key: ec.EllipticCurvePublicKey, names: list[x509.GeneralName], days: int
    ) -> x509.Certificate:
        if not 1 <= days <= LONGEST_DAYS:
            raise BadInput(what="The number of days", why=f"it is not between 1 and {LONGEST_DAYS}")
        now = datetime.now(UTC)
        issuer = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        identifier = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer)
        return (
            _builder(_common_name(str(names[0].value)), self.certificate.subject, public_key)
            .not_valid_before(now - BACKDATED)
            .not_valid_after(min(now + timedelta(days=days), self.certificate.not_valid_after_utc))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(authority=False), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(identifier, critical=False)
            .sign(self._key, hashes.SHA256())
        )


def hosts_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """The DNS names that a certificate is for; none if it names none."""
    try:
        named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    return tuple(name.lower() for name in named.get_values_for_type(x509.DNSName))


def _derived(site_key: Ed25519PrivateKey) -> ec.EllipticCurvePrivateKey:
    seed = site_key.private_bytes_raw()
    material = HKDF(algorithm=hashes.SHA256(), length=48, salt=None, info=_PURPOSE).derive(seed)
    # 128 bits more than the order has leave no bias that counts (FIPS 186-5, A.2.1).
    secret = int.from_bytes(material, "big") % (_ORDER - 1) + 1
    return ec.derive_private_key(secret, ec.SECP256R1())


def _authority_certificate(key: ec.EllipticCurvePrivateKey, site: str) -> x509.Certificate:
    now = datetime.now(UTC)
    name = _common_name(f"lanassist pages of {site}")
    return (
        _builder(name, name, key.public_key())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    """What both kinds have: pages are served with it, and nothing else."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _common_name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _names(hosts: Sequence[str]) -> list[x509.GeneralName]:
    if not 1 <= len(hosts) <= HOSTS:
        raise BadInput(what="--host", why=f"give it once for each name and address, at most {HOSTS} times")
    return [_name(host) for host in dict.fromkeys(host.strip().lower() for host in hosts)]


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        pass
    if not _HOST.fullmatch(host):
        raise BadInput(what=f"The host {host!r}", why="it is a name like desk.lan, or an IP address")
    return x509.DNSName(host)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
