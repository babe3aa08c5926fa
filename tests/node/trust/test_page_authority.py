"""Certificates for the chat page: what browsers ask of them, and how their authority is kept."""

import ipaddress
import ssl
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.verification import PolicyBuilder, Store

from lanassist.node.errors import BadCertificate, BadInput, FileExists
from lanassist.node.trust.page_authority import CERTIFICATE, PageAuthority, hosts_of
from lanassist.node.trust.secret_files import read_secret
from lanassist.node.trust.tls import page_context

SITE_KEY = Ed25519PrivateKey.generate()
HOSTS = ("Desk.lan", "192.168.1.5", "fd00::5", "*.desk.lan")


def authority(folder: Path, key: Ed25519PrivateKey = SITE_KEY) -> PageAuthority:
    return PageAuthority.of(folder, "acme.example", key)


def test_a_certificate_is_what_browsers_accept(tmp_path: Path) -> None:
    pages = authority(tmp_path)
    leaf = pages.issue(HOSTS, tmp_path / "chat.pem").certificate
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc < timedelta(days=398)
    store = Store([pages.certificate])
    for name in (
        x509.DNSName("desk.lan"),
        x509.IPAddress(ipaddress.ip_address("192.168.1.5")),
        x509.IPAddress(ipaddress.ip_address("fd00::5")),
    ):
        PolicyBuilder().store(store).build_server_verifier(name).verify(leaf, [])
    assert hosts_of(leaf) == ("desk.lan", "*.desk.lan")


def test_what_it_writes_is_for_its_owner_alone_and_serves_a_page(tmp_path: Path) -> None:
    issued = authority(tmp_path).issue(HOSTS, tmp_path / "chat.pem")
    assert issued.key == tmp_path / "chat.key"
    assert {stat.S_IMODE(path.stat().st_mode) for path in (issued.path, issued.key)} == {0o600}
    context = page_context(issued.path.read_bytes(), read_secret(issued.key))
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_the_authority_of_the_pages_stays_the_same(tmp_path: Path) -> None:
    first = authority(tmp_path)
    again = authority(tmp_path)
    assert again.certificate == first.certificate
    (tmp_path / CERTIFICATE).unlink()
    issued = authority(tmp_path).issue(HOSTS, tmp_path / "chat.pem").certificate
    issued.verify_directly_issued_by(first.certificate)  # its key comes from the site's


def test_another_sites_authority_is_not_used(tmp_path: Path) -> None:
    authority(tmp_path)
    with pytest.raises(BadCertificate, match="not of this site"):
        authority(tmp_path, Ed25519PrivateKey.generate())


def test_nothing_is_replaced_unless_told(tmp_path: Path) -> None:
    (tmp_path / "chat.key").write_bytes(b"precious")
    with pytest.raises(FileExists):
        authority(tmp_path).issue(HOSTS, tmp_path / "chat.pem")
    assert not (tmp_path / "chat.pem").exists()
    assert (tmp_path / "chat.key").read_bytes() == b"precious"
    authority(tmp_path).issue(HOSTS, tmp_path / "chat.pem", force=True)


@pytest.mark.parametrize(
    "hosts", [(), ("",), ("desk lan",), ("https://desk.lan",), ("desk.lan:443",), ("-a",), ("a",) * 33]
)
def test_hosts_are_names_or_addresses(tmp_path: Path, hosts: tuple[str, ...]) -> None:
    with pytest.raises(BadInput):
        authority(tmp_path).issue(hosts, tmp_path / "chat.pem")
    assert not (tmp_path / "chat.key").exists()


@pytest.mark.parametrize("days", [0, 398])
def test_days_are_those_that_browsers_take(tmp_path: Path, days: int) -> None:
    with pytest.raises(BadInput):
        authority(tmp_path).issue(HOSTS, tmp_path / "chat.pem", days=days)


def test_a_key_under_a_passphrase_does_not_ask_on_the_terminal(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization as form

    issued = authority(tmp_path).issue(HOSTS, tmp_path / "chat.pem")
    key = form.load_pem_private_key(issued.key.read_bytes(), None)
    sealed = key.private_bytes(
        form.Encoding.PEM, form.PrivateFormat.PKCS8, form.BestAvailableEncryption(b"secret")
    )
    with pytest.raises(ValueError, match="passphrase"):
        page_context(issued.path.read_bytes(), sealed)
