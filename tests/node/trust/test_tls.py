"""Who gets through a TLS handshake, and what both ends are told when somebody does not."""

import ssl
import tempfile

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID

from lanassist.node.errors import PeerCertificateInvalid
from lanassist.node.trust import tls_failures
from lanassist.node.trust.bundle import certificate_pem, key_pem
from lanassist.node.trust.credentials import Credentials
from lanassist.node.trust.revocation import Revocations
from lanassist.node.trust.tls import client_context, peer_identity, server_context, tls_error_in, why_refused
from tests.node.trust.forgery import forged, pretending
from tests.node.trust.handshake import Side, finished, handshake
from tests.support.site import Site, yesterday


@pytest.fixture(scope="module")
def site() -> Site:
    return Site()


def meet(listener: Credentials, dialler: Credentials) -> tuple[Side, Side]:
    return handshake(server_context(listener), client_context(dialler))


def refused(end: Side) -> str:
    assert end.error is not None
    return why_refused(end.error)


def test_two_nodes_of_a_site_know_each_other(site: Site) -> None:
    dana, sam = site.agent("Dana Fox"), site.supervisor("Sam Reed")
    here, there = meet(dana, sam)
    assert peer_identity(finished(here), site.name) == sam.identity
    assert peer_identity(finished(there), site.name) == dana.identity
    assert here.tls.version() == "TLSv1.3"


def test_the_listener_hands_out_no_session_tickets(site: Site) -> None:
    here, there = meet(site.agent(), site.supervisor())
    finished(here)
    assert there.tls.session is None or not there.tls.session.has_ticket


def test_a_dialler_without_a_certificate(site: Site) -> None:
    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    nobody.check_hostname = False
    nobody.load_verify_locations(cadata=certificate_pem(site.ca).decode())
    here, there = handshake(server_context(site.agent()), nobody)
    assert refused(here) == refused(there) == tls_failures.NONE


def test_an_expired_dialler(site: Site) -> None:
    here, there = meet(site.agent(), site.credentials(now=yesterday(40)))
    assert refused(here) == refused(there) == "it has expired"


def test_an_expired_listener(site: Site) -> None:
    here, there = meet(site.credentials(now=yesterday(40)), site.agent())
    assert refused(here) == refused(there) == "it has expired"


def test_a_dialler_from_the_future(site: Site) -> None:
    here, there = meet(site.agent(), site.credentials(now=yesterday(-2)))
    assert refused(here) == tls_failures.TOO_EARLY
    assert "not valid yet" in refused(there)


def test_a_dialler_of_another_site(site: Site) -> None:
    stranger = msgspec.structs.replace(Site("other.example").agent(), ca=site.ca)
    here, there = meet(site.agent(), stranger)
    assert refused(here) == refused(there) == tls_failures.FOREIGN


def test_a_dialler_of_another_site_with_the_same_name(site: Site) -> None:
    twin = Site(site.name)
    here, _ = meet(site.agent(), msgspec.structs.replace(twin.agent(), ca=site.ca))
    assert not here.done
    assert refused(here) in (tls_failures.FOREIGN, "its signature is wrong")


def test_a_listener_of_another_site(site: Site) -> None:
    stranger = msgspec.structs.replace(Site("other.example").agent(), ca=site.ca)
    here, there = meet(stranger, site.agent())
    assert refused(here) == refused(there) == tls_failures.FOREIGN


@pytest.mark.parametrize(
    "usage", [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CODE_SIGNING], ids=["server", "code"]
)
def test_a_dialler_whose_certificate_is_for_something_else(site: Site, usage: object) -> None:
    key = Ed25519PrivateKey.generate()
    other = forged(site, key=key, usages=[usage])  # type: ignore[list-item]
    here, there = meet(site.agent(), pretending(site, other, key))
    assert refused(here) == refused(there) == "it may not be used for this"


def test_a_certificate_without_a_stated_use_passes_openssl_but_not_us(site: Site) -> None:
    key = Ed25519PrivateKey.generate()
    here, _ = meet(site.agent(), pretending(site, forged(site, key=key, usages=None), key))
    with pytest.raises(PeerCertificateInvalid, match="does not say what it may be used for"):
        peer_identity(finished(here), site.name)


def test_a_certificate_signed_by_a_nodes_key(site: Site) -> None:
    sam = site.supervisor()
    key = Ed25519PrivateKey.generate()
    chain = forged(site, key=key, signer=sam.key, issuer=sam.certificate.subject)
    here, there = meet(site.agent(), pretending(site, chain, key))
    assert refused(here) == refused(there) == tls_failures.FOREIGN


def test_a_chain_through_a_nodes_certificate(site: Site) -> None:
    """The same with the certificate of the node that signed it sent along."""
    sam = site.supervisor()
    key = Ed25519PrivateKey.generate()
    leaf = forged(site, key=key, signer=sam.key, issuer=sam.certificate.subject)
    here, there = handshake(server_context(site.agent()), chained(pretending(site, leaf, key), sam))
    assert refused(here) == tls_failures.NOT_BY_AUTHORITY
    assert refused(there) == tls_failures.FOREIGN  # TLS has one alert for both


def chained(leaf: Credentials, above: Credentials) -> ssl.SSLContext:
    """A dialler's context that sends a second certificate after its own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(cadata=certificate_pem(leaf.ca).decode())
    with tempfile.NamedTemporaryFile() as file:
        file.write(key_pem(leaf.key) + certificate_pem(leaf.certificate) + certificate_pem(above.certificate))
        file.flush()
        context.load_cert_chain(file.name)
    return context


def test_older_tls_is_not_spoken(site: Site) -> None:
    old = client_context(site.supervisor())
    old.minimum_version = ssl.TLSVersion.TLSv1_2
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    here, there = handshake(server_context(site.agent()), old)
    assert refused(here) == refused(there) == "the other side does not speak TLS 1.3"


def test_a_revoked_certificate_is_covered_by_the_list(site: Site) -> None:
    dana, sam = site.agent(), site.supervisor()
    held = Revocations.read(site.revocations(sam, number=7), site.ca)
    here, there = meet(dana, sam)
    assert held.covers(peer_identity(finished(here), site.name))
    assert not held.covers(peer_identity(finished(there), site.name))


def test_an_error_is_found_behind_others() -> None:
    cause, broken = ssl.SSLError(1, "x"), RuntimeError("broken")
    broken.__cause__ = cause
    assert tls_error_in(broken) is tls_error_in(cause) is cause
    assert tls_error_in(RuntimeError()) is None


def test_unknown_errors_still_have_words() -> None:
    assert why_refused(ssl.SSLEOFError()) == "the connection ended during the handshake"
    assert why_refused(ssl.SSLError(1, "?")) == "the handshake failed (no reason given)"


def test_where_memory_has_no_path_a_file_does(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.memfd_create", raising=False)
    here, there = meet(site.agent(), site.supervisor())
    assert finished(here)
    assert finished(there)
