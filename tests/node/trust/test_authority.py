"""The site's authority over its life: made, issuing, renewing, taking back."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey as Key

from lanassist.node.errors import (
    BadCertificate,
    BadInput,
    FileExists,
    FileUnreadable,
    StorageFailed,
    UnsafeKeyFile,
)
from lanassist.node.trust.authority import Authority
from lanassist.node.trust.bundle import certificate_pem, parse_bundle
from lanassist.node.trust.credentials import Credentials
from lanassist.node.trust.grants import ALL_GRANTS, Grant, Role
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.profile import Bearer, default_grants
from lanassist.node.trust.revocation import Revocations
from lanassist.node.trust.tls import client_context, peer_identity, server_context
from tests.node.trust.handshake import finished, handshake
from tests.support.faults import FailingDisk, contents
from tests.support.site import Site

AGENT = frozenset({Role.AGENT})
SUPERVISOR = frozenset({Role.SUPERVISOR})


def bearer(
    name: str = "Dana Fox", roles: frozenset[Role] = AGENT, grants: Iterable[Grant] | None = None
) -> Bearer:
    wanted = default_grants(roles) if grants is None else frozenset(grants)
    return Bearer(name=name, email=f"{name.split()[0].lower()}@acme.example", roles=roles, grants=wanted)


def keep(last: Identity) -> Bearer:
    return Bearer(name=last.name, email=last.email, roles=last.roles, teams=last.teams, grants=last.grants)


def with_grants(*grants: Grant) -> Callable[[Identity], Bearer]:
    return lambda last: Bearer(name=last.name, email=last.email, roles=last.roles, grants=frozenset(grants))


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.init(tmp_path / "ca", "acme.example")


@pytest.fixture
def key(authority: Authority) -> Key:
    return authority.unlock(lambda: pytest.fail("there is no passphrase to ask for"))


def opened(path: Path) -> Credentials:
    bundle = parse_bundle(path.read_bytes(), path)
    assert bundle.key is not None
    return Credentials.of(bundle.certificate, bundle.key, bundle.authority, path)


def revoked(authority: Authority, key: Key) -> Revocations:
    return Revocations.read(authority.revocations(key)[1], authority.certificate)


def test_two_bundles_are_enough_to_meet(authority: Authority, key: Key, tmp_path: Path) -> None:
    authority.issue(key, bearer(), tmp_path / "dana.pem")
    authority.issue(key, bearer("Sam Reed", SUPERVISOR), tmp_path / "sam.pem")
    dana, sam = opened(tmp_path / "dana.pem"), opened(tmp_path / "sam.pem")
    here, there = handshake(server_context(dana), client_context(sam))
    assert peer_identity(finished(here), "acme.example").grants == ALL_GRANTS
    assert peer_identity(finished(there), "acme.example").roles == AGENT


def test_everything_it_keeps_is_its_owners_only(authority: Authority, key: Key, tmp_path: Path) -> None:
    authority.issue(key, bearer(), tmp_path / "dana.pem")
    assert {mode for mode, _ in contents(tmp_path).values()} == {0o600, 0o700}


def test_a_site_is_not_made_over_another(authority: Authority, tmp_path: Path) -> None:
    before = contents(tmp_path)
    with pytest.raises(FileExists):
        Authority.init(authority.folder, "acme.example")
    assert contents(tmp_path) == before
    again = Authority.init(authority.folder, "acme.example", force=True)
    assert again.certificate != authority.certificate
    (aside,) = tmp_path.glob("ca.replaced-*")
    assert Authority.open(aside).certificate == authority.certificate


@pytest.mark.parametrize("site", ["", "Acme", "a b", "-a", "a..b", "a/b", "a" * 101, "ä.de"])
def test_a_site_with_an_impossible_name(tmp_path: Path, site: str) -> None:
    with pytest.raises(BadInput, match="The site"):
        Authority.init(tmp_path / "ca", site)
    assert contents(tmp_path) == {}


def test_a_passphrase_seals_the_key(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="fewer than 8"):
        Authority.init(tmp_path / "ca", "acme.example", "short")
    authority = Authority.init(tmp_path / "ca", "acme.example", "open sesame")
    assert b"ENCRYPTED" in (tmp_path / "ca" / "ca-key.pem").read_bytes()
    assert authority.unlock(lambda: "open sesame")
    with pytest.raises(BadInput, match="does not open"):
        authority.unlock(lambda: "open sesam")


def test_an_unsafe_or_damaged_authority_does_nothing(authority: Authority, tmp_path: Path) -> None:
    key = tmp_path / "ca" / "ca-key.pem"
    key.chmod(0o644)
    with pytest.raises(UnsafeKeyFile, match="chmod 600"):
        authority.unlock(lambda: "")
    key.chmod(0o600)
    key.write_bytes(b"nonsense")
    with pytest.raises(BadCertificate, match="restore it from a backup"):
        authority.unlock(lambda: "")
    (tmp_path / "ca" / "ca.pem").write_bytes(certificate_pem(Site().agent().certificate))
    with pytest.raises(BadCertificate, match="not the certificate of a site's authority"):
        Authority.open(tmp_path / "ca")
    with pytest.raises(FileUnreadable, match="lanassist-ca init"):
        Authority.open(tmp_path / "nowhere")


def test_the_key_of_another_authority(authority: Authority, tmp_path: Path) -> None:
    Authority.init(tmp_path / "other", "acme.example")
    (tmp_path / "ca" / "ca-key.pem").write_bytes((tmp_path / "other" / "ca-key.pem").read_bytes())
    with pytest.raises(BadCertificate, match="not that of the certificate beside it"):
        authority.unlock(lambda: "")


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_how_long_is_bounded(authority: Authority, key: Key, tmp_path: Path, days: int) -> None:
    with pytest.raises(BadInput, match="number of days"):
        authority.issue(key, bearer(), tmp_path / "x.pem", days=days)
    assert authority.register.issued() == []


def test_none_outlives_the_authority(authority: Authority, key: Key, tmp_path: Path) -> None:
    done = authority.issue(key, bearer(), tmp_path / "x.pem", days=3650)
    assert done.identity.expires <= authority.certificate.not_valid_after_utc


def test_a_bundle_is_not_overwritten(authority: Authority, key: Key, tmp_path: Path) -> None:
    authority.issue(key, bearer(), tmp_path / "x.pem")
    before = contents(tmp_path)
    with pytest.raises(FileExists):
        authority.issue(key, bearer("Alex Cole"), tmp_path / "x.pem")
    assert contents(tmp_path) == before
    authority.issue(key, bearer("Alex Cole"), tmp_path / "x.pem", force=True)
    assert opened(tmp_path / "x.pem").identity.name == "Alex Cole"


def test_a_renewal_is_the_same_node(authority: Authority, key: Key, tmp_path: Path) -> None:
    first = authority.issue(key, bearer(), tmp_path / "1.pem")
    second = authority.renew(key, "dana@acme.example", keep, tmp_path / "2.pem")
    third = authority.renew(key, first.identity.node, keep, tmp_path / "3.pem", new_key=True)
    assert first.identity.node == second.identity.node == third.identity.node
    assert (second.has_key, third.has_key) == (False, True)
    assert second.revoked == third.revoked == ()
    assert b"PRIVATE" not in (tmp_path / "2.pem").read_bytes()


def test_a_renewal_with_less_takes_the_earlier_ones_back(
    authority: Authority, key: Key, tmp_path: Path
) -> None:
    first = authority.issue(key, bearer("Sam Reed", SUPERVISOR), tmp_path / "1.pem")
    second = authority.renew(key, "sam reed", keep, tmp_path / "2.pem")
    third = authority.renew(key, "sam reed", with_grants(Grant.GLANCE), tmp_path / "3.pem")
    assert {each.serial for each in third.revoked} == {first.identity.serial, second.identity.serial}
    assert revoked(authority, key).covered([first.identity, second.identity, third.identity]) == [
        first.identity,
        second.identity,
    ]
    fourth = authority.renew(key, "sam reed", with_grants(*ALL_GRANTS), tmp_path / "4.pem")
    assert fourth.revoked == ()


def test_fewer_roles_are_less_too(authority: Authority, key: Key, tmp_path: Path) -> None:
    authority.issue(key, bearer("Sam Reed", SUPERVISOR | AGENT, []), tmp_path / "1.pem")
    done = authority.renew(key, "sam@acme.example", lambda _: bearer("Sam Reed", AGENT), tmp_path / "2.pem")
    assert len(done.revoked) == 1


def test_revoking_takes_back_all_of_a_node(authority: Authority, key: Key, tmp_path: Path) -> None:
    dana = authority.issue(key, bearer(), tmp_path / "1.pem")
    again = authority.renew(key, "dana fox", keep, tmp_path / "2.pem")
    alex = authority.issue(key, bearer("Alex Cole"), tmp_path / "3.pem")
    authority.revoke("dana@acme.example", "laptop lost")
    listed = revoked(authority, key)
    assert listed.covers(dana.identity)
    assert listed.covers(again.identity)
    assert not listed.covers(alex.identity)
    with pytest.raises(BadInput, match="nothing to revoke"):
        authority.revoke("dana@acme.example", "")
    with pytest.raises(BadInput, match="issue a new one instead"):
        authority.renew(key, "dana fox", keep, tmp_path / "4.pem")


def test_revoking_one_serial(authority: Authority, key: Key, tmp_path: Path) -> None:
    first = authority.issue(key, bearer(), tmp_path / "1.pem")
    second = authority.renew(key, "dana fox", keep, tmp_path / "2.pem")
    authority.revoke(first.identity.serial, "")
    assert revoked(authority, key).covered([first.identity, second.identity]) == [first.identity]


def test_a_name_must_mean_one_node(authority: Authority, key: Key, tmp_path: Path) -> None:
    for number in range(2):
        authority.issue(key, bearer(), tmp_path / f"{number}.pem")
    with pytest.raises(BadInput, match="fits more than one node"):
        authority.revoke("dana fox", "")
    with pytest.raises(BadInput, match="nothing was issued"):
        authority.revoke("nobody", "")


def test_the_number_of_the_list_only_rises(
    authority: Authority, key: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [revoked(authority, key).number]
    for number, clock in enumerate((1e9, 1e9, 5e8, 2e9)):
        monkeypatch.setattr("lanassist.node.trust.register.time.time", lambda clock=clock: clock)
        authority.issue(key, bearer(f"Agent {number}"), tmp_path / f"{number}.pem")
        authority.revoke(authority.register.issued()[-1].identity.node, "")
        numbers.append(revoked(authority, key).number)
    assert numbers == [0, 10**9, 10**9 + 1, 10**9 + 2, 2 * 10**9]


def test_what_has_long_expired_leaves_the_list(authority: Authority, key: Key, tmp_path: Path) -> None:
    authority.issue(key, bearer(), tmp_path / "1.pem", days=1)
    authority.issue(key, bearer("Alex Cole"), tmp_path / "2.pem")
    authority.revoke("dana fox", "")
    later = datetime.now(UTC) + timedelta(days=60)
    authority.register.revoke(authority.register.find("alex cole"), "left", now=later)
    assert [entry.reason for entry in authority.register.revoked().revoked] == ["left"]


def test_a_damaged_list_is_not_taken_for_an_empty_one(authority: Authority, key: Key) -> None:
    (authority.folder / "revoked.json").write_text("{")
    with pytest.raises(FileUnreadable, match="restore it from a backup"):
        authority.revocations(key)


def test_a_key_is_certified_for_one_node_only(authority: Authority, key: Key, tmp_path: Path) -> None:
    public = Key.generate().public_key()
    authority.sign(key, public, bearer(), tmp_path / "1.pem")
    with pytest.raises(BadInput, match="certified for Dana Fox already"):
        authority.sign(key, public, bearer("Alex Cole"), tmp_path / "2.pem")


def test_a_full_disk_changes_nothing(authority: Authority, key: Key, tmp_path: Path) -> None:
    """At whichever step the disk fails: no bundle without a record, no record without a bundle."""
    authority.issue(key, bearer("Sam Reed", SUPERVISOR), tmp_path / "1.pem")
    before = contents(tmp_path)
    for at in range(1, 40):
        with FailingDisk(at).working():
            try:
                authority.renew(key, "sam reed", with_grants(), tmp_path / "2.pem")
            except (StorageFailed, FileUnreadable):
                assert contents(tmp_path) == before
            else:
                break
    else:
        pytest.fail("it never ended")
    assert at > 9
    assert len(revoked(authority, key).serials) == 1


def test_a_record_that_does_not_read(authority: Authority, key: Key, tmp_path: Path) -> None:
    done = authority.issue(key, bearer(), tmp_path / "1.pem")
    record = authority.folder / "issued" / f"{done.identity.serial}.pem"
    record.rename(record.with_name("0.pem"))
    with pytest.raises(BadCertificate, match="named for another serial number"):
        authority.register.issued()
    record.with_name("0.pem").write_bytes(b"nonsense")
    with pytest.raises(BadCertificate, match="damaged"):
        authority.register.issued()


def test_the_list_has_an_end(authority: Authority, key: Key, tmp_path: Path) -> None:
    authority.issue(key, bearer(), tmp_path / "1.pem")
    entries = authority.register.find("dana fox") * 4000
    with pytest.raises(StorageFailed, match="the list of revoked certificates is full"):
        authority.register.revoke(entries, "")
    assert authority.register.revoked().revoked == ()
    with pytest.raises(BadInput, match="The reason"):
        authority.register.revoke(entries[:1], "x" * 301)
