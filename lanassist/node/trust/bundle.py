"""A bundle: one PEM file with which the admin hands an identity over: [key,] certificate, authority."""

import re
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from lanassist.node.errors import BadCertificate, FileUnreadable
from lanassist.node.trust.certificate import CERTIFICATE_BYTES, UNREADABLE
from lanassist.node.trust.secret_files import read_secret

_BLOCK: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\r?\n.+?-----END \1-----", re.DOTALL)


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle holds. No key: it was made on the machine and stayed there."""

    certificate: x509.Certificate
    authority: x509.Certificate
    key: Ed25519PrivateKey | None = None

    def pem(self) -> bytes:
        """The bundle as a file."""
        parts = [key_pem(self.key)] if self.key else []
        return b"".join([*parts, certificate_pem(self.certificate), certificate_pem(self.authority)])


def read_bundle(path: Path) -> Bundle:
    """The bundle in a file.

    Raises FileUnreadable, BadCertificate, and UnsafeKeyFile if it holds a key that others could read.
    """
    try:
        with path.open("rb") as file:
            content = file.read(4 * CERTIFICATE_BYTES)
    except OSError as error:
        raise FileUnreadable(path=path, why=(error.strerror or "it is no file").lower()) from error
    if b"PRIVATE KEY" in content:
        content = read_secret(path)
    return parse_bundle(content, path)


def parse_bundle(content: bytes, path: Path | str) -> Bundle:
    """The bundle in ``content``; ``path`` is for what BadCertificate says."""
    kinds = [(match[1].decode(), match[0]) for match in _BLOCK.finditer(content)]
    keys = [block for kind, block in kinds if kind == "PRIVATE KEY"]
    certificates = [block for kind, block in kinds if kind == "CERTIFICATE"]
    if len(certificates) != 2 or len(keys) > 1 or len(keys) + len(certificates) != len(kinds):
        raise BadCertificate(path=path, why="it is not a bundle made by `lanassist-ca`")
    return Bundle(
        certificate=read_certificate(certificates[0], path),
        authority=read_certificate(certificates[1], path),
        key=read_key(keys[0], path) if keys else None,
    )


def read_certificate(pem: bytes, path: Path | str) -> x509.Certificate:
    """One certificate. Raises BadCertificate."""
    if len(pem) > CERTIFICATE_BYTES:
        raise BadCertificate(path=path, why="it is far too large")
    try:
        return x509.load_pem_x509_certificate(pem)
    except UNREADABLE as error:
        raise BadCertificate(path=path, why="it is damaged, or not a certificate") from error


def read_key(pem: bytes, path: Path | str) -> Ed25519PrivateKey:
    """A node's private key. Raises BadCertificate; its text never holds any of the key."""
    try:
        key = load_pem_private_key(pem, password=None)
    except UNREADABLE:
        raise BadCertificate(path=path, why="its key is damaged, or under a passphrase") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadCertificate(path=path, why="its key is not an Ed25519 key")
    return key


def key_pem(key: Ed25519PrivateKey) -> bytes:
    """A node's private key as a file; the file's mode is what protects it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def certificate_pem(certificate: x509.Certificate) -> bytes:
    """A certificate as a file."""
    return certificate.public_bytes(Encoding.PEM)
