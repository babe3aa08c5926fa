"""What a chat page needs before it opens."""

import logging
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lanassist.node.config.sections import DeskSettings
from lanassist.node.errors import BadCertificate, BadSetting, NoPageCertificate, PortInUse, UnsafeKeyFile
from lanassist.node.trust.page_authority import PageAuthority
from lanassist.web.chat.listener import ChatListener
from lanassist.web.chat.opening import secured

SETTINGS = DeskSettings()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """With a certificate and its key."""
    pages = PageAuthority.of(tmp_path, "acme.example", Ed25519PrivateKey.generate())
    pages.issue(("desk.lan", "192.168.1.5"), tmp_path / "chat.pem", days=90)
    return tmp_path


def test_the_names_in_the_certificate_are_the_pages_names(home: Path) -> None:
    tls = secured(home, SETTINGS)
    assert tls.context is not None
    assert tls.hosts == ("desk.lan",)


@pytest.mark.parametrize("name", ["chat.pem", "chat.key"])
def test_what_is_missing_is_named(home: Path, name: str) -> None:
    (home / name).unlink()
    with pytest.raises(
        NoPageCertificate, match=f"{name} is not there. Make one with `lanassist-ca page-cert"
    ):
        secured(home, SETTINGS)


def test_a_key_that_others_can_reach_is_refused(home: Path) -> None:
    (home / "chat.key").chmod(0o644)
    with pytest.raises(UnsafeKeyFile, match="chmod 600"):
        secured(home, SETTINGS)
    (home / "chat.key").rename(home / "elsewhere")
    (home / "chat.key").symlink_to(home / "elsewhere")
    with pytest.raises(UnsafeKeyFile, match="symbolic link"):
        secured(home, SETTINGS)


def test_what_does_not_belong_together_is_refused(
    home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    pages = PageAuthority.of(other, "acme.example", Ed25519PrivateKey.generate())
    pages.issue(("desk.lan",), other / "chat.pem")
    (home / "chat.key").write_bytes((other / "chat.key").read_bytes())
    with pytest.raises(BadCertificate, match="does not belong to the key"):
        secured(home, SETTINGS)
    (home / "chat.pem").write_bytes(b"hello")
    with pytest.raises(BadCertificate, match="damaged"):
        secured(home, SETTINGS)


def test_without_tls_only_when_told_and_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert secured(tmp_path, DeskSettings(plain_http=True)).context is None
    assert "anybody on the LAN can read along" in caplog.text


def test_an_end_that_is_near_is_warned_of(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        secured(home, SETTINGS)
        assert caplog.text == ""
        (home / "page-ca.pem").unlink()
        pages = PageAuthority.of(home, "acme.example", Ed25519PrivateKey.generate())
        pages.issue(("desk.lan",), home / "chat.pem", days=5, force=True)
        secured(home, SETTINGS)
    assert "ends on" in caplog.text


async def test_a_port_that_is_taken_is_told_with_its_setting() -> None:
    (taken, *_) = await ChatListener.bind("127.0.0.1", 0)
    port = taken.socket.getsockname()[1]
    with pytest.raises(PortInUse, match="LANASSIST_DESK_PORT"):
        await ChatListener.bind("127.0.0.1", port)
    with pytest.raises(BadSetting, match=r"desk\.bind"):
        await ChatListener.bind("203.0.113.7", port)
    await taken.aclose()
