"""Putting an identity into a node's home, and asking for one whose key never leaves it."""

import os
import shutil
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from lanassist.node.errors import BadCertificate, FileExists, LanassistError, StorageFailed
from lanassist.node.trust import profile
from lanassist.node.trust.bundle import (
    Bundle,
    certificate_pem,
    key_pem,
    read_bundle,
    read_certificate,
    read_key,
)
from lanassist.node.trust.credentials import AUTHORITY, CERTIFICATE, FOLDER, KEY, Credentials
from lanassist.node.trust.secret_files import create_secret, make_folder, read_secret, write_whole

PENDING: Final = "pending-key.pem"
"""In the home: the key of a request that has not come back as a bundle yet."""


def install_bundle(
    home: Path, bundle_path: Path, *, force: bool = False, now: datetime | None = None
) -> Credentials:
    """Make the identity in a bundle that of the node in ``home``.

    A renewal of the identity that is there goes in as it is; another identity needs ``force``, and the
    one before is kept beside it. A bundle without a key is for the key waiting in the home, or the one
    installed. Raises BadCertificate, UnsafeKeyFile, FileExists, FileUnreadable, StorageFailed.
    """
    bundle = read_bundle(bundle_path)
    key = bundle.key or _key_for(bundle, home, bundle_path)
    credentials = Credentials.of(bundle.certificate, key, bundle.authority, bundle_path, now)
    _make_home(home)
    folder = home / FOLDER
    installed = _installed(folder)
    same_node = installed is not None and _is_of_same_node(installed, credentials)
    if same_node and installed and installed.identity.issued > credentials.identity.issued and not force:
        raise BadCertificate(
            path=bundle_path, why="it is older than the one installed; add `--force` if you mean it"
        )
    if same_node and installed and installed.key.public_key() == key.public_key():
        write_whole(folder / CERTIFICATE, certificate_pem(credentials.certificate), force=True)
    elif os.path.lexists(folder) and not same_node and not force:
        raise FileExists(path=folder)
    else:
        aside = make_folder(folder, _files(credentials), force=True)
        if aside is not None and same_node:
            shutil.rmtree(aside, ignore_errors=True)  # the key that this renewal replaces
    _forget_pending(home, key)
    return credentials


def make_request(home: Path, name: str, email: str) -> bytes:
    """A request (PEM) to be signed by the admin. Its key waits in the home, and is made only once.

    Raises BadInput, UnsafeKeyFile, StorageFailed.
    """
    profile.request(Ed25519PrivateKey.generate(), name, email)  # refuse bad words before a key is made
    pending = home / PENDING
    _make_home(home)
    try:
        if not os.path.lexists(pending):
            create_secret(pending, key_pem(Ed25519PrivateKey.generate()))
    except OSError as error:
        raise StorageFailed(path=pending, why=(error.strerror or "").lower()) from error
    key = read_key(read_secret(pending), pending)
    return profile.request(key, name, email).public_bytes(Encoding.PEM)


def _make_home(home: Path) -> None:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageFailed(path=home, why=(error.strerror or "").lower()) from error


def _key_for(bundle: Bundle, home: Path, bundle_path: Path) -> Ed25519PrivateKey:
    """The key in this home that a bundle without one is for."""
    for path in (home / PENDING, home / FOLDER / KEY):
        if os.path.lexists(path):
            key = read_key(read_secret(path), path)
            if key.public_key() == bundle.certificate.public_key():
                return key
    why = (
        f"it holds no key, and none in {home} belongs to it; install it on the machine that made the request"
    )
    raise BadCertificate(path=bundle_path, why=why)


def _installed(folder: Path) -> Credentials | None:
    """What is installed, also if it has expired; None if nothing is, or nothing readable."""
    try:
        key = read_key(read_secret(folder / KEY), folder / KEY)
        certificate, ca = (
            read_certificate((folder / name).read_bytes(), folder / name) for name in (CERTIFICATE, AUTHORITY)
        )
        issued = certificate.not_valid_before_utc
        return Credentials.of(certificate, key, ca, folder / CERTIFICATE, now=issued)
    except (LanassistError, OSError):
        return None


def _is_of_same_node(one: Credentials, other: Credentials) -> bool:
    return one.ca == other.ca and one.identity.node == other.identity.node


def _files(credentials: Credentials) -> dict[str, bytes]:
    return {
        KEY: key_pem(credentials.key),
        CERTIFICATE: certificate_pem(credentials.certificate),
        AUTHORITY: certificate_pem(credentials.ca),
    }


def _forget_pending(home: Path, key: Ed25519PrivateKey) -> None:
    """The waiting key, once it is installed; one that still waits for its own bundle stays."""
    pending = home / PENDING
    with suppress(LanassistError, OSError):
        if read_key(read_secret(pending), pending).public_key() == key.public_key():
            pending.unlink()
