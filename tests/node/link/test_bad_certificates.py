"""Requirement 1: a bad certificate gives its dialler the specific cause, soon, and never a connection."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trio
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID

from lanassist.node.errors import CertificateRefused, LanassistError, PeerCertificateInvalid, WrongPeer
from lanassist.node.link.dial import dial
from lanassist.node.protocol.messages import NodeId
from lanassist.node.trust.bundle import certificate_pem, key_pem
from lanassist.node.trust.credentials import Credentials
from lanassist.node.trust.grants import Role
from lanassist.node.trust.revocation import Revocations
from tests.node.link.pair import Node, running
from tests.support.site import Site, yesterday

SOON = 3.0


async def why_not(dialler: Node, listener: Node, expected: NodeId | None = None) -> LanassistError:
    """What dialling told, within the time that it may take; a connection fails the test."""
    async with running(listener):
        with trio.fail_after(SOON):
            try:
                async with dial(
                    dialler.endpoint, [listener.address], expected or listener.node, dialler.endpoint.hello()
                ):
                    pytest.fail("it counted itself connected")
            except LanassistError as error:
                assert listener.told == []
                return error


def expired(site: Site) -> Credentials:
    return site.credentials("Sam Reed", roles=[Role.SUPERVISOR], now=yesterday(40), days=30)


def not_yet_valid(site: Site) -> Credentials:
    return site.credentials("Sam Reed", roles=[Role.SUPERVISOR], now=datetime.now(UTC) + timedelta(days=2))


def foreign(site: Site) -> Credentials:
    other = Site(site.name).supervisor()
    return site.bare(other.certificate, other.key, other.identity)


def server_only(site: Site) -> Credentials:
    return with_usages(site, ExtendedKeyUsageOID.SERVER_AUTH)


def no_usage(site: Site) -> Credentials:
    return with_usages(site)


def with_usages(site: Site, *usages: x509.ObjectIdentifier) -> Credentials:
    """A supervisor's certificate with other extended key usages than a node's; none at all if none given."""
    good = site.supervisor()
    builder = (
        x509.CertificateBuilder()
        .subject_name(good.certificate.subject)
        .issuer_name(good.certificate.issuer)
        .public_key(good.key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(good.certificate.not_valid_before_utc)
        .not_valid_after(good.certificate.not_valid_after_utc)
    )
    for extension in good.certificate.extensions:
        if not isinstance(extension.value, x509.ExtendedKeyUsage):
            builder = builder.add_extension(extension.value, extension.critical)
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    return site.bare(builder.sign(site.key, None), good.key, good.identity)


@pytest.mark.parametrize(
    ("bad", "cause"),
    [
        (expired, "it has expired"),
        (not_yet_valid, "it is not well-formed, or not valid yet by the other machine's clock"),
        (foreign, "it was issued by another site's authority"),
        (server_only, "it may not be used for this"),
        (no_usage, "it does not say what it may be used for"),
    ],
)
async def test_a_dialler_learns_what_is_wrong_with_its_certificate(
    site: Site, bad: Callable[[Site], Credentials], cause: str
) -> None:
    dana = Node(site.agent())
    error = await why_not(Node(bad(site)), dana)
    assert isinstance(error, CertificateRefused)
    assert error.details["why"] == cause
    assert error.details["who"] == f"127.0.0.1:{dana.endpoint.port}"


async def test_a_dialler_without_a_certificate_learns_that(site: Site) -> None:
    sam = Node(site.supervisor())
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    bare.check_hostname = False
    bare.load_verify_locations(cadata=certificate_pem(site.ca).decode())
    sam.endpoint.client = bare
    error = await why_not(sam, Node(site.agent()))
    assert isinstance(error, CertificateRefused)
    assert error.details["why"] == "no certificate was presented"


async def test_a_certificate_signed_by_a_node_is_not_one_of_the_site(site: Site, tmp_path: Path) -> None:
    forger, key = site.agent("Eve Black"), Ed25519PrivateKey.generate()
    forged = (
        x509.CertificateBuilder()
        .subject_name(forger.certificate.subject)
        .issuer_name(forger.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(forger.certificate.not_valid_before_utc)
        .not_valid_after(forger.certificate.not_valid_after_utc)
    )
    for extension in site.supervisor().certificate.extensions:
        if not isinstance(extension.value, x509.AuthorityKeyIdentifier):
            forged = forged.add_extension(extension.value, extension.critical)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(forger.key.public_key())
    certificate = forged.add_extension(identifier, critical=False).sign(forger.key, None)
    mallory = Node(site.supervisor("Mallory Grey"))
    chain = tmp_path / "chain.pem"
    chain.write_bytes(key_pem(key) + certificate_pem(certificate) + certificate_pem(forger.certificate))
    mallory.endpoint.client.load_cert_chain(chain)
    error = await why_not(mallory, Node(site.agent()))
    assert isinstance(error, CertificateRefused)
    assert error.details["why"] in {
        "it was not signed by the site's authority itself",
        "it was issued by another site's authority",
    }


async def test_a_revoked_dialler_learns_that(site: Site) -> None:
    sam, dana = Node(site.supervisor()), Node(site.agent())
    dana.endpoint.revocations = Revocations(number=1, serials=frozenset({sam.credentials.identity.serial}))
    error = await why_not(sam, dana)
    assert isinstance(error, CertificateRefused)
    assert error.details["why"] == "it has been revoked"


@pytest.mark.parametrize(
    ("bad", "cause"),
    [
        (expired, "it has expired"),
        (foreign, "it was issued by another site's authority"),
        (no_usage, "it does not say what it may be used for"),
    ],
)
async def test_a_listener_with_a_bad_certificate_is_not_talked_to(
    site: Site, bad: Callable[[Site], Credentials], cause: str
) -> None:
    error = await why_not(Node(site.agent()), Node(bad(site)))
    assert isinstance(error, PeerCertificateInvalid)
    assert error.details["why"] == cause


async def test_a_revoked_listener_is_not_talked_to(site: Site) -> None:
    sam, dana = Node(site.supervisor()), Node(site.agent())
    sam.endpoint.revocations = Revocations(number=1, serials=frozenset({dana.credentials.identity.serial}))
    error = await why_not(sam, dana)
    assert isinstance(error, PeerCertificateInvalid)
    assert error.text.endswith("it has been revoked.")


async def test_somebody_else_at_the_address_is_not_the_peer_that_was_meant(site: Site) -> None:
    error = await why_not(Node(site.supervisor()), Node(site.agent()), expected=NodeId("somebody-else"))
    assert isinstance(error, WrongPeer)
    assert error.details["found"] == "Dana Fox"


async def test_a_certificate_of_an_ordinary_web_authority_opens_nothing(site: Site) -> None:
    sam, dana = Node(site.supervisor()), Node(site.agent())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(cadata=certificate_pem(site.ca).decode())
    trustme.CA().issue_cert("sam@acme.example").configure_cert(context)
    sam.endpoint.client = context
    error = await why_not(sam, dana)
    assert isinstance(error, CertificateRefused)
    assert "another site's authority" in error.text
