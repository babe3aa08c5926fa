"""An identity comes into a node's home: as a bundle with its key, or for a key that waits there."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key as generate_ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import CertificateSigningRequestBuilder, Name, load_der_x509_csr, load_pem_x509_csr

from lanassist.node.errors import BadCertificate, BadInput, FileExists, StorageFailed, UnsafeKeyFile
from lanassist.node.trust.authority import Authority
from lanassist.node.trust.credentials import Credentials
from lanassist.node.trust.grants import Role
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.installation import PENDING, install_bundle, make_request
from lanassist.node.trust.profile import Bearer
from lanassist.node.trust.request import read_request
from tests.support.faults import FailingDisk, contents
from tests.support.site import Site, yesterday

SITE = Site()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def hand_over(tmp_path: Path) -> Callable[..., Path]:
    """A bundle as a file, as an admin would send it."""

    def bundle(credentials: Credentials, *, with_key: bool = True) -> Path:
        path = tmp_path / f"{credentials.identity.serial}.pem"
        path.touch(mode=0o600)
        path.write_bytes(SITE.bundle(credentials, with_key=with_key))
        return path

    return bundle


def test_a_bundle_with_its_key(home: Path, hand_over: Callable[..., Path]) -> None:
    dana = SITE.agent()
    assert install_bundle(home, hand_over(dana)).identity == dana.identity
    assert Credentials.load(home).identity == dana.identity
    assert {mode for mode, _ in contents(home).values()} == {0o600, 0o700}
    assert home.stat().st_mode & 0o777 == 0o700


def test_a_bundle_that_others_can_read_is_refused(home: Path, hand_over: Callable[..., Path]) -> None:
    bundle = hand_over(SITE.agent())
    bundle.chmod(0o644)
    with pytest.raises(UnsafeKeyFile, match="chmod 600"):
        install_bundle(home, bundle)
    bundle = hand_over(SITE.agent(), with_key=False)
    bundle.chmod(0o644)
    with pytest.raises(BadCertificate, match="it holds no key, and none in"):
        install_bundle(home, bundle)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----"]
)
def test_what_is_no_bundle(home: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.pem").write_bytes(content)
    with pytest.raises(BadCertificate, match="not a bundle made by `lanassist-ca`"):
        install_bundle(home, tmp_path / "x.pem")


def test_an_expired_bundle_does_not_go_in(home: Path, hand_over: Callable[..., Path]) -> None:
    with pytest.raises(BadCertificate, match="it expired on"):
        install_bundle(home, hand_over(SITE.credentials(now=yesterday(40))))
    assert not (home / "identity").exists()


def test_another_identity_needs_force(home: Path, hand_over: Callable[..., Path]) -> None:
    dana, alex = SITE.agent("Dana Fox"), SITE.agent("Alex Cole")
    install_bundle(home, hand_over(dana))
    with pytest.raises(FileExists):
        install_bundle(home, hand_over(alex))
    assert Credentials.load(home).identity == dana.identity
    install_bundle(home, hand_over(alex), force=True)
    assert Credentials.load(home).identity == alex.identity


def test_a_renewal_takes_the_old_key_away(home: Path, hand_over: Callable[..., Path]) -> None:
    old, new = SITE.credentials(now=yesterday(2)), SITE.credentials()
    install_bundle(home, hand_over(old))
    assert install_bundle(home, hand_over(new)).identity == new.identity
    assert [path.name for path in home.iterdir()] == ["identity"]
    with pytest.raises(BadCertificate, match="older than the one installed"):
        install_bundle(home, hand_over(old))
    assert install_bundle(home, hand_over(old), force=True).identity == old.identity


def test_an_expired_identity_can_be_renewed(home: Path, hand_over: Callable[..., Path]) -> None:
    SITE.home(home, SITE.credentials(now=yesterday(40)))
    new = SITE.credentials()
    assert install_bundle(home, hand_over(new)).identity == new.identity


def test_a_key_that_never_travels(home: Path, tmp_path: Path) -> None:
    authority = Authority.init(tmp_path / "ca", "acme.example")
    key = authority.unlock(lambda: "")
    (tmp_path / "dana.csr").write_bytes(make_request(home, "Dana Fox", "dana@acme.example"))
    request = read_request(tmp_path / "dana.csr")
    assert (request.name, request.email) == ("Dana Fox", "dana@acme.example")
    bearer = Bearer(name=request.name, email=request.email, roles=frozenset({Role.AGENT}))
    authority.sign(key, request.public_key, bearer, tmp_path / "dana.pem")
    assert b"PRIVATE" not in (tmp_path / "dana.pem").read_bytes()

    with pytest.raises(BadCertificate, match="install it on the machine that made the request"):
        install_bundle(tmp_path / "elsewhere", tmp_path / "dana.pem")
    first = install_bundle(home, tmp_path / "dana.pem")
    assert not (home / PENDING).exists()

    def same(last: Identity) -> Bearer:
        return Bearer(name=last.name, email=last.email, roles=last.roles)

    authority.renew(key, "dana@acme.example", same, tmp_path / "dana-2.pem")
    second = install_bundle(home, tmp_path / "dana-2.pem")
    assert second.identity.node == first.identity.node
    assert second.identity.serial != first.identity.serial
    assert second.key.public_key() == first.key.public_key()


def test_asking_again_keeps_the_waiting_key(home: Path, tmp_path: Path) -> None:
    keys = []
    for name in ("Dana", "Dana Fox"):
        (tmp_path / "csr").write_bytes(make_request(home, name, "dana@acme.example"))
        keys.append(read_request(tmp_path / "csr").public_key)
    assert keys[0] == keys[1]
    assert (home / PENDING).stat().st_mode & 0o777 == 0o600


def test_a_request_with_bad_words_makes_no_key(home: Path) -> None:
    with pytest.raises(BadInput, match="The name"):
        make_request(home, "\x1b[2J", "dana@acme.example")
    assert not home.exists()


def test_a_waiting_key_that_others_can_read_is_refused(home: Path) -> None:
    make_request(home, "Dana", "dana@acme.example")
    (home / PENDING).chmod(0o640)
    with pytest.raises(UnsafeKeyFile, match="chmod 600"):
        make_request(home, "Dana", "dana@acme.example")


@pytest.mark.parametrize("renewal", [False, True])
def test_a_full_disk_leaves_the_identity_as_it_was(
    home: Path, hand_over: Callable[..., Path], renewal: bool
) -> None:
    home.mkdir(mode=0o700)
    if renewal:
        install_bundle(home, hand_over(SITE.credentials(now=yesterday(2))))
    bundle = hand_over(SITE.credentials())
    before = contents(home)
    for at in range(1, 30):
        with FailingDisk(at).working():
            try:
                install_bundle(home, bundle)
            except StorageFailed:
                assert contents(home) == before
            else:
                break
    else:
        pytest.fail("it never ended")
    assert at > (3 if renewal else 8)
    assert Credentials.load(home)


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"],
)
def test_what_is_no_request(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.csr").write_bytes(content)
    with pytest.raises(BadInput, match="it is not a certificate request"):
        read_request(tmp_path / "x.csr")


def test_a_request_that_somebody_has_changed(home: Path, tmp_path: Path) -> None:
    der = load_pem_x509_csr(make_request(home, "Dana Fox", "dana@acme.example")).public_bytes(Encoding.DER)
    changed = load_der_x509_csr(der.replace(b"Dana Fox", b"Dana Fix"))
    (tmp_path / "x.csr").write_bytes(changed.public_bytes(Encoding.PEM))
    with pytest.raises(BadInput, match="its signature does not fit its key"):
        read_request(tmp_path / "x.csr")


def test_a_request_for_a_key_of_another_kind(tmp_path: Path) -> None:
    request = (
        CertificateSigningRequestBuilder().subject_name(Name([])).sign(generate_ec(SECP256R1()), SHA256())
    )
    (tmp_path / "x.csr").write_bytes(request.public_bytes(Encoding.PEM))
    with pytest.raises(BadInput, match="not an Ed25519 key"):
        read_request(tmp_path / "x.csr")
