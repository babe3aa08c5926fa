"""A node's own identity: loaded whole and sound, or refused in one sentence."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key as generate_ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from lanassist.node.errors import BadCertificate, FileUnreadable, LanassistError, NoIdentity, UnsafeKeyFile
from lanassist.node.trust.bundle import certificate_pem, key_pem
from lanassist.node.trust.credentials import Credentials
from tests.support.site import Site, yesterday

SITE = Site()
DANA = SITE.agent()
EC_KEY = generate_ec(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return SITE.home(tmp_path / "home", DANA)


def why_not(home: Path, kind: type[LanassistError] = BadCertificate) -> str:
    with pytest.raises(kind) as caught:
        Credentials.load(home)
    return caught.value.text


def test_what_was_installed_is_loaded(home: Path) -> None:
    assert Credentials.load(home).identity == DANA.identity


def test_a_home_without_an_identity(tmp_path: Path) -> None:
    assert "lanassist node install BUNDLE" in why_not(tmp_path, NoIdentity)


def test_a_home_behind_a_link(home: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(home)
    assert Credentials.load(tmp_path / "link").identity == DANA.identity


def test_the_key_is_never_shown(home: Path) -> None:
    shown = repr(Credentials.load(home))
    assert "PRIVATE" not in shown
    assert key_pem(DANA.key).decode().splitlines()[1] not in shown


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("key.pem", key_pem(SITE.agent().key), "it does not belong to the key beside it"),
        ("key.pem", b"nonsense", "its key is damaged, or under a passphrase"),
        ("key.pem", EC_KEY, "its key is not an Ed25519 key"),
        ("cert.pem", b"nonsense", "it is damaged, or not a certificate"),
        ("cert.pem", b"x" * 20_000, "it is far too large"),
        ("ca.pem", certificate_pem(Site("b.example").ca), "not issued by the authority beside it"),
        ("ca.pem", certificate_pem(Site("acme.example").ca), "not issued by the authority beside it"),
        ("ca.pem", certificate_pem(DANA.certificate), "not issued by the authority beside it"),
    ],
)
def test_parts_that_do_not_fit_together(home: Path, name: str, content: bytes, why: str) -> None:
    (home / "identity" / name).write_bytes(content)
    assert why in why_not(home)


@pytest.mark.parametrize("name", ["cert.pem", "ca.pem", "key.pem"])
def test_a_part_that_is_missing(home: Path, name: str) -> None:
    (home / "identity" / name).unlink()
    assert f"{name} cannot be read: no such file" in why_not(home, FileUnreadable)


def test_an_expired_certificate_names_its_day(tmp_path: Path) -> None:
    home = SITE.home(tmp_path / "home", SITE.credentials(now=datetime(2026, 1, 1, tzinfo=UTC)))
    assert "it expired on 2026-01-31 00:00 UTC; ask your admin to renew it" in why_not(home)


def test_a_certificate_that_has_not_begun(tmp_path: Path) -> None:
    home = SITE.home(tmp_path / "home", SITE.credentials(now=yesterday(-3)))
    assert "check this machine's clock" in why_not(home)


@pytest.mark.parametrize("off", [timedelta(days=1), timedelta(days=-1)])
def test_a_clock_a_day_off_is_told_apart(home: Path, off: timedelta) -> None:
    """A day ahead is no matter for a month's certificate; a day behind it has not begun."""
    now = datetime.now(UTC) + off
    if off > timedelta(0):
        assert Credentials.load(home, now).identity == DANA.identity
    else:
        with pytest.raises(BadCertificate, match="valid only from"):
            Credentials.load(home, now)


def test_an_authoritys_own_certificate_is_no_identity(home: Path) -> None:
    (home / "identity" / "cert.pem").write_bytes(certificate_pem(SITE.ca))
    (home / "identity" / "key.pem").write_bytes(key_pem(SITE.key))
    assert "it is an authority's certificate, not a node's" in why_not(home)


def behind_a_link(path: Path) -> None:
    real = path.with_name(f"real-{path.name}")
    path.rename(real)
    path.symlink_to(real)


UNSAFE: list[Callable[[Path], object]] = [
    lambda key: key.chmod(0o640),
    lambda key: key.chmod(0o604),
    behind_a_link,
    lambda key: key.with_name("again.pem").hardlink_to(key),
    lambda key: key.parent.chmod(0o777),
    lambda key: key.parent.parent.chmod(0o770),
    lambda key: behind_a_link(key.parent),
]


@pytest.mark.parametrize("spoil", UNSAFE)
def test_an_unsafe_key_stops_the_start(home: Path, spoil: Callable[[Path], object]) -> None:
    spoil(home / "identity" / "key.pem")
    assert "not safe to use as a key" in why_not(home, UnsafeKeyFile)
