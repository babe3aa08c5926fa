"""Certificates as they should not be: a sound one with exactly one thing changed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lanassist.node.trust.certificate import CLAIMS_OID, Claims
from lanassist.node.trust.credentials import Credentials
from tests.support.site import Site

NODE = "00112233445566aa"
URI = f"spiffe://acme.example/node/{NODE}"
BOTH = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
AGENT = Claims(roles=("agent",)).pack()


def forged(
    site: Site,
    *,
    key: Ed25519PrivateKey,
    signer: Ed25519PrivateKey | None = None,
    issuer: x509.Name | None = None,
    uris: Sequence[str] | None = (URI,),
    usages: Sequence[x509.ObjectIdentifier] | None = BOTH,
    signs: bool = True,
    ca: bool = False,
    claims: x509.UnrecognizedExtension | None = AGENT,
    names: Sequence[tuple[x509.ObjectIdentifier, str]] = (
        (NameOID.COMMON_NAME, "Mallory"),
        (NameOID.EMAIL_ADDRESS, "m@acme.example"),
    ),
) -> x509.Certificate:
    """A certificate of ``site`` for ``key``, sound but for what is named."""
    now = datetime.now(UTC)
    signer = signer or site.key
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(oid, text, _validate=False) for oid, text in names]))
        .issuer_name(issuer or site.ca.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(_key_usage(signs), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    if uris is not None:
        alternative = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(uri) for uri in uris])
        builder = builder.add_extension(alternative, critical=False)
    if usages is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(usages)), critical=False)
    if claims is not None:
        builder = builder.add_extension(claims, critical=False)
    return builder.sign(signer, None)


def raw_claims(text: bytes) -> x509.UnrecognizedExtension:
    """Any text (under 128 bytes) in the place of the claims."""
    return x509.UnrecognizedExtension(CLAIMS_OID, bytes([0x0C, len(text)]) + text)


def pretending(site: Site, certificate: x509.Certificate, key: Ed25519PrivateKey) -> Credentials:
    """Credentials with which somebody would dial who does not check their own."""
    return site.bare(certificate, key, like=site.agent().identity)


def der(certificate: x509.Certificate) -> bytes:
    """The certificate as it travels."""
    return certificate.public_bytes(Encoding.DER)


def _key_usage(signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=not signs,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
