"""A throw-away site: an authority in memory that issues whatever a test needs, also what is wrong."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lanassist.node.protocol.messages import NodeId
from lanassist.node.trust import profile
from lanassist.node.trust.bundle import Bundle, certificate_pem, key_pem
from lanassist.node.trust.certificate import identity_of
from lanassist.node.trust.credentials import AUTHORITY, CERTIFICATE, FOLDER, KEY, Credentials
from lanassist.node.trust.grants import Grant, Role
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.revocation import RevocationList, Revoked
from lanassist.node.trust.signed import sign_document


class Site:
    """A site named ``name``. The same person gets the same node id each time, a new serial each time."""

    def __init__(self, name: str = "acme.example") -> None:
        self.name = name
        self.key = Ed25519PrivateKey.generate()
        self.ca = profile.authority_certificate(self.key, name)

    def credentials(
        self,
        name: str = "Dana Fox",
        *,
        email: str | None = None,
        roles: Iterable[Role] = (Role.AGENT,),
        teams: Iterable[str] = (),
        grants: Iterable[Grant] | None = None,
        node: str | None = None,
        days: int = 30,
        now: datetime | None = None,
    ) -> Credentials:
        """An identity of this site; ``now`` is when it was issued. It is not checked: it may be expired."""
        roles = frozenset(roles)
        bearer = profile.Bearer(
            name=name,
            email=email or f"{name.split()[0].lower()}@{self.name}",
            roles=roles,
            teams=frozenset(teams),
            grants=profile.default_grants(roles) if grants is None else frozenset(grants),
        )
        key = Ed25519PrivateKey.generate()
        builder = profile.leaf_builder(
            self.ca, key.public_key(), node_id(node or name), bearer, days=days, now=now
        )
        return self.sign(builder, key)

    def agent(self, name: str = "Dana Fox") -> Credentials:
        """An agent's identity."""
        return self.credentials(name)

    def supervisor(self, name: str = "Sam Reed", grants: Iterable[Grant] | None = None) -> Credentials:
        """A supervisor's identity, with all grants unless some are named."""
        return self.credentials(name, roles=[Role.SUPERVISOR], grants=grants)

    def sign(self, builder: x509.CertificateBuilder, key: Ed25519PrivateKey) -> Credentials:
        """Whatever ``builder`` says, signed by this site; for a sound certificate only (see ``bare``)."""
        certificate = builder.sign(self.key, None)
        identity = identity_of(certificate, None)
        return Credentials(identity=identity, certificate=certificate, key=key, ca=self.ca)

    def bare(self, certificate: x509.Certificate, key: Ed25519PrivateKey, like: Identity) -> Credentials:
        """Credentials around any certificate, however wrong; ``like`` is the identity they pretend."""
        return Credentials(identity=like, certificate=certificate, key=key, ca=self.ca)

    def home(self, folder: Path, credentials: Credentials | None = None) -> Path:
        """A node's home at ``folder`` with these credentials (an agent's by default) installed."""
        credentials = credentials or self.agent()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        identity = folder / FOLDER
        identity.mkdir(mode=0o700)
        for name, content in (
            (KEY, key_pem(credentials.key)),
            (CERTIFICATE, certificate_pem(credentials.certificate)),
            (AUTHORITY, certificate_pem(credentials.ca)),
        ):
            path = identity / name
            path.touch(mode=0o600)
            path.write_bytes(content)
        return folder

    def bundle(self, credentials: Credentials, *, with_key: bool = True) -> bytes:
        """The same as the one file that an admin hands over."""
        key = credentials.key if with_key else None
        return Bundle(certificate=credentials.certificate, authority=credentials.ca, key=key).pem()

    def revocations(self, *revoked: Credentials, number: int = 1, now: datetime | None = None) -> str:
        """The signed list of these, as a document."""
        at = now or datetime.now(UTC)
        entries = tuple(
            Revoked(serial=each.identity.serial, node=each.identity.node, reason="test", at=at)
            for each in revoked
        )
        body = RevocationList(site=self.name, number=number, issued=at, revoked=entries)
        return sign_document(body, self.key)


def node_id(word: str) -> NodeId:
    """A node id that is the same for the same word."""
    return NodeId(hashlib.sha256(word.encode()).hexdigest()[:16])


def yesterday(days: int = 1) -> datetime:
    """Some days ago."""
    return datetime.now(UTC) - timedelta(days=days)
