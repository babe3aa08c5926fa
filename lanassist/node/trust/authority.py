"""The site's authority: the folder with which an admin makes, renews and takes back certificates."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lanassist.node.errors import BadCertificate, BadInput, FileUnreadable
from lanassist.node.protocol.messages import NodeId
from lanassist.node.trust import profile, sealed_key
from lanassist.node.trust.bundle import Bundle, certificate_pem, read_certificate
from lanassist.node.trust.certificate import site_of
from lanassist.node.trust.delivery import Delivery, deliver
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.policy import Policy
from lanassist.node.trust.policy_document import PolicyDocument, read_policy_document
from lanassist.node.trust.profile import Bearer
from lanassist.node.trust.register import ISSUED, REVOKED, Issued, Register, RevokedSoFar
from lanassist.node.trust.revocation import RevocationList
from lanassist.node.trust.secret_files import (
    check_folder,
    make_folder,
    read_secret,
    write_whole,
)
from lanassist.node.trust.signed import sign_document

CERTIFICATE: Final = "ca.pem"
KEY: Final = "ca-key.pem"
POLICY: Final = "policy.json"
LONGEST_DAYS: Final = 3650

AskPassphrase = Callable[[], str]
"""Called only if the key is under a passphrase."""


class Authority:
    """One site's authority, opened from its folder. Reading needs no key; signing needs ``unlock``."""

    def __init__(self, folder: Path, certificate: x509.Certificate) -> None:
        self.folder = folder
        self.certificate = certificate
        self.site = site_of(certificate)
        self.register = Register(folder, self.site)

    @classmethod
    def init(cls, folder: Path, site: str, passphrase: str | None = None, *, force: bool = False) -> Self:
        """A new authority in ``folder``, which must not hold anything yet.

        By ``force`` what is there is moved aside, never deleted. Raises BadInput, FileExists, StorageFailed.
        """
        key = Ed25519PrivateKey.generate()
        certificate = profile.authority_certificate(key, site)
        if passphrase is not None and len(passphrase) < sealed_key.SHORTEST:
            raise BadInput(what="The passphrase", why=f"it has fewer than {sealed_key.SHORTEST} characters")
        files = {
            CERTIFICATE: certificate_pem(certificate),
            KEY: sealed_key.seal(key, passphrase),
            REVOKED: msgspec.json.encode(RevokedSoFar()) + b"\n",
        }
        make_folder(folder.absolute(), files, [ISSUED], force=force)
        return cls(folder, certificate)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The authority in ``folder``. Raises FileUnreadable, UnsafeKeyFile, BadCertificate."""
        path = folder / CERTIFICATE
        try:
            content = path.read_bytes()
        except OSError as error:
            why = f"{folder} holds no authority; `lanassist-ca init {folder} --site …` makes one"
            raise FileUnreadable(path=path, why=why) from error
        check_folder(folder)
        try:
            return cls(folder, read_certificate(content, path))
        except ValueError as error:
            raise BadCertificate(path=path, why=error) from error

    def unlock(self, ask: AskPassphrase) -> Ed25519PrivateKey:
        """The authority's key. Raises UnsafeKeyFile, BadCertificate, BadInput for a wrong passphrase."""
        path = self.folder / KEY
        content = read_secret(path)
        passphrase = ask() if sealed_key.is_sealed(content) else None
        try:
            key = sealed_key.unseal(content, passphrase)
        except sealed_key.WrongPassphrase:
            raise BadInput(what="The passphrase", why=f"it does not open {path}") from None
        except ValueError:
            raise BadCertificate(path=path, why="the key is damaged; restore it from a backup") from None
        if key.public_key() != self.certificate.public_key():
            raise BadCertificate(path=path, why="the key is not that of the certificate beside it")
        if datetime.now(UTC) >= self.certificate.not_valid_after_utc:
            raise BadCertificate(path=self.folder / CERTIFICATE, why="the authority itself has expired")
        return key

    def issue(
        self,
        key: Ed25519PrivateKey,
        bearer: Bearer,
        out: Path,
        *,
        days: int = profile.LEAF_DAYS,
        force: bool = False,
    ) -> Delivery:
        """A new node with a new key; both go into the bundle ``out``. Raises FileExists, StorageFailed."""
        own = Ed25519PrivateKey.generate()
        with self.register.locked():
            certificate = self._certify(key, own.public_key(), _new_node(), bearer, days)
            return self._deliver(certificate, own, out, force=force)

    def sign(
        self,
        key: Ed25519PrivateKey,
        request: Ed25519PublicKey,
        bearer: Bearer,
        out: Path,
        *,
        days: int = profile.LEAF_DAYS,
        force: bool = False,
    ) -> Delivery:
        """A new node whose key was made on its machine; the bundle holds no key. Raises BadInput besides."""
        with self.register.locked():
            self._check_unused(request, None)
            certificate = self._certify(key, request, _new_node(), bearer, days)
            return self._deliver(certificate, None, out, force=force)

    def renew(
        self,
        key: Ed25519PrivateKey,
        word: str,
        change: Callable[[Identity], Bearer],
        out: Path,
        *,
        request: Ed25519PublicKey | None = None,
        new_key: bool = False,
        days: int = profile.LEAF_DAYS,
        force: bool = False,
    ) -> Delivery:
        """The next certificate of the node that ``word`` names, with what ``change`` makes of its last one.

        It certifies the same key (so the bundle holds no secret), that of a ``request``, or a new one
        that travels in the bundle. Earlier certificates that allow more are revoked.
        """
        with self.register.locked():
            earlier = self.register.find(word)
            last = earlier[-1]
            if last.revoked:
                raise BadInput(what=f"“{word}”", why="its certificate is revoked; issue a new one instead")
            bearer = change(last.identity)
            own = Ed25519PrivateKey.generate() if new_key else None
            public_key = request or (own.public_key() if own else _public_key(last.certificate))
            self._check_unused(public_key, last.identity.node)
            certificate = self._certify(key, public_key, last.identity.node, bearer, days)
            now = datetime.now(UTC)
            wider = [e for e in earlier if e.counts(now) and _allows_more(e.identity, bearer)]
            return self._deliver(certificate, own, out, force=force, instead_of=wider)

    def revoke(self, word: str, reason: str) -> list[Identity]:
        """Take back what still counts of the node (or one serial) that ``word`` names. Raises BadInput."""
        with self.register.locked():
            now = datetime.now(UTC)
            taken_back = [each for each in self.register.find(word) if each.counts(now)]
            if not taken_back:
                raise BadInput(
                    what=f"“{word}”", why="no certificate of it counts any more, nothing to revoke"
                )
            self.register.revoke(taken_back, reason)
            return [each.identity for each in taken_back]

    def revocations(self, key: Ed25519PrivateKey) -> tuple[RevocationList, str]:
        """The list of what was taken back, and the same as a signed document."""
        with self.register.locked():
            so_far = self.register.revoked()
        now = datetime.now(UTC).replace(microsecond=0)
        content = RevocationList(site=self.site, number=so_far.number, issued=now, revoked=so_far.revoked)
        return content, sign_document(content, key)

    def policy(self) -> PolicyDocument | None:
        """The policy signed last; None before the first. Raises FileUnreadable, BadSignedDocument."""
        path = self.folder / POLICY
        try:
            return read_policy_document(path.read_bytes(), self.certificate, path)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise FileUnreadable(path=path, why=error.strerror or str(error)) from error

    def lay_down(self, key: Ed25519PrivateKey, policy: Policy) -> tuple[PolicyDocument, Path]:
        """The next edition of the site's policy, and the signed file, which stays in the folder."""
        path = self.folder / POLICY
        with self.register.locked():
            last = self.policy()
            now = datetime.now(UTC).replace(microsecond=0)
            # As with revocations: an authority restored from an old backup still makes news.
            number = max(int(now.timestamp()), 0 if last is None else last.number + 1)
            content = PolicyDocument(site=self.site, number=number, issued=now, policy=policy)
            write_whole(path, sign_document(content, key).encode(), force=True)
        return content, path

    def _certify(
        self, key: Ed25519PrivateKey, public_key: Ed25519PublicKey, node: NodeId, bearer: Bearer, days: int
    ) -> x509.Certificate:
        if not 1 <= days <= LONGEST_DAYS:
            raise BadInput(what="The number of days", why=f"it is not between 1 and {LONGEST_DAYS}")
        return profile.leaf_builder(self.certificate, public_key, node, bearer, days=days).sign(key, None)

    def _deliver(
        self,
        certificate: x509.Certificate,
        own: Ed25519PrivateKey | None,
        out: Path,
        *,
        force: bool,
        instead_of: Sequence[Issued] = (),
    ) -> Delivery:
        bundle = Bundle(certificate=certificate, authority=self.certificate, key=own)
        return deliver(self.register, bundle, out, force=force, instead_of=instead_of)

    def _check_unused(self, public_key: Ed25519PublicKey, node: NodeId | None) -> None:
        for each in self.register.issued():
            if each.identity.node != node and each.certificate.public_key() == public_key:
                raise BadInput(
                    what="The request",
                    why=f"its key is certified for {each.identity.name} already; use `renew`",
                )


def _allows_more(old: Identity, new: Bearer) -> bool:
    return not (old.roles <= new.roles and old.grants <= new.grants and old.teams == new.teams)


def _public_key(certificate: x509.Certificate) -> Ed25519PublicKey:
    key = certificate.public_key()
    assert isinstance(key, Ed25519PublicKey)  # identity_of has checked it
    return key


def _new_node() -> NodeId:
    return NodeId(os.urandom(8).hex())
