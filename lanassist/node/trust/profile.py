"""Making certificates: exactly what the authority's, a node's and a node's request look like."""

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lanassist.node.errors import BadInput
from lanassist.node.protocol.messages import NodeId
from lanassist.node.trust import names
from lanassist.node.trust.certificate import WORDS, Claims, site_of
from lanassist.node.trust.grants import ALL_GRANTS, Grant, Role

AUTHORITY_DAYS: Final = 3652
LEAF_DAYS: Final = 365
BACKDATED: Final = timedelta(hours=1)
"""Certificates begin this much before they are made: the clocks of a LAN differ."""


class Bearer(msgspec.Struct, frozen=True, kw_only=True):
    """What the admin certifies about one node. Raises BadInput naming the field that cannot be."""

    name: str
    email: str
    roles: frozenset[Role]
    teams: frozenset[str] = frozenset()
    grants: frozenset[Grant] = frozenset()

    def __post_init__(self) -> None:
        checks = [
            ("The name", names.why_not_name(self.name)),
            ("The e-mail address", names.why_not_email(self.email)),
        ]
        checks += [(f"The team “{team}”", names.why_not_team(team)) for team in sorted(self.teams)]
        if not self.roles:
            checks.append(("The list of roles", "give at least one with --role"))
        if self.grants and Role.SUPERVISOR not in self.roles:
            checks.append(("A grant", "grants go with the role supervisor"))
        if len(self.teams) > WORDS:
            checks.append(("The list of teams", f"it has more than {WORDS}"))
        for what, why in checks:
            if why:
                raise BadInput(what=what, why=why)

    def claims(self) -> Claims:
        """The same as it stands in the certificate."""
        return Claims(
            roles=tuple(sorted(self.roles)),
            teams=tuple(sorted(self.teams)),
            grants=tuple(sorted(self.grants)),
        )


def default_grants(roles: frozenset[Role]) -> frozenset[Grant]:
    """The grants of a certificate for which the admin named none: all for a supervisor, none for others."""
    return ALL_GRANTS if Role.SUPERVISOR in roles else frozenset()


def authority_certificate(key: Ed25519PrivateKey, site: str, now: datetime | None = None) -> x509.Certificate:
    """The self-signed certificate of a site's authority; it may sign nodes, never another authority."""
    if why := names.why_not_site(site):
        raise BadInput(what="The site", why=why)
    now = now or datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"lanassist {site}"[:64])])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(authority=True), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.UniformResourceIdentifier(f"spiffe://{site}")]), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, None)
    )


def leaf_builder(
    authority: x509.Certificate,
    public_key: Ed25519PublicKey,
    node: NodeId,
    bearer: Bearer,
    *,
    days: int = LEAF_DAYS,
    now: datetime | None = None,
) -> x509.CertificateBuilder:
    """A node's certificate, ready to be signed; it never outlives the authority's own."""
    now = now or datetime.now(UTC)
    until = min(now + timedelta(days=days), authority.not_valid_after_utc)
    usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    uri = x509.UniformResourceIdentifier(names.uri_of(site_of(authority), node))
    issuer = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        x509.CertificateBuilder()
        .subject_name(_subject(bearer.name, bearer.email))
        .issuer_name(authority.subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .add_extension(x509.SubjectAlternativeName([uri]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False)
        .add_extension(bearer.claims().pack(), critical=False)
    )


def request(key: Ed25519PrivateKey, name: str, email: str) -> x509.CertificateSigningRequest:
    """A request for a certificate, made where the key was made. Raises BadInput."""
    for what, why in (
        ("The name", names.why_not_name(name)),
        ("The e-mail address", names.why_not_email(email)),
    ):
        if why:
            raise BadInput(what=what, why=why)
    return x509.CertificateSigningRequestBuilder().subject_name(_subject(name, email)).sign(key, None)


def _subject(name: str, email: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.EMAIL_ADDRESS, email)]
    )


def _key_usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,  # the authority signs documents too
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
