"""What a node concludes from a certificate, and what it refuses though OpenSSL let it pass."""

from contextlib import suppress
from typing import Literal

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key as generate_ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given, strategies as st

from lanassist.node.errors import BadInput, PeerCertificateInvalid
from lanassist.node.trust.certificate import CLAIMS_OID, Claims, identity_of, site_of
from lanassist.node.trust.grants import ALL_GRANTS, Grant, Role
from lanassist.node.trust.names import read_uri
from lanassist.node.trust.profile import Bearer, leaf_builder
from lanassist.node.trust.tls import peer_identity
from tests.node.trust.forgery import BOTH, NODE, URI, forged, raw_claims
from tests.support.site import Site, node_id

SITE = Site()
KEY = Ed25519PrivateKey.generate()
SOUND = forged(SITE, key=KEY).public_bytes(Encoding.DER)


def why_not(certificate: x509.Certificate) -> str:
    with pytest.raises(PeerCertificateInvalid) as caught:
        identity_of(certificate, "acme.example", "10.0.0.7")
    assert caught.value.text.startswith("The certificate of 10.0.0.7 is not acceptable: ")
    return str(caught.value.details["why"])


def test_a_sound_certificate_is_read() -> None:
    found = identity_of(forged(SITE, key=KEY), "acme.example")
    assert (found.site, found.node, found.name, found.email) == (
        "acme.example",
        NODE,
        "Mallory",
        "m@acme.example",
    )
    assert found.roles == {Role.AGENT}
    assert found.grants == frozenset()


def test_a_supervisors_authority_is_read() -> None:
    sam = SITE.credentials("Sam", roles=[Role.SUPERVISOR, Role.DESK], teams=["Sales", "Süd"])
    assert sam.identity.grants == ALL_GRANTS
    assert sam.identity.teams == {"Sales", "Süd"}
    assert sam.identity.roles == {Role.SUPERVISOR, Role.DESK}
    assert SITE.supervisor(grants=[Grant.GLANCE]).identity.grants == {Grant.GLANCE}


@pytest.mark.parametrize(
    "uri",
    [
        "spiffe://acme.example/node/00112233445566AA",
        "spiffe://acme.example/node/00112233445566a",
        "spiffe://acme.example/node/00112233445566aa/",
        "spiffe://acme.example/node/00112233445566aa?x",
        "spiffe://acme.example/nodes/00112233445566aa",
        "spiffe://acme.example:47600/node/00112233445566aa",
        "spiffe://u@acme.example/node/00112233445566aa",
        "SPIFFE://acme.example/node/00112233445566aa",
        "https://acme.example/node/00112233445566aa",
        "spiffe://ACME.example/node/00112233445566aa",
        "spiffe://acme..example/node/00112233445566aa",
        "spiffe:///node/00112233445566aa",
        "spiffe://acme.example",
        "spiffe://acme.example/node/../node/00112233445566aa",
        "spiffe://" + "a" * 200 + "/node/00112233445566aa",
        "",
    ],
)
def test_any_other_form_of_uri_is_refused(uri: str) -> None:
    assert "form that lanassist does not use" in why_not(forged(SITE, key=KEY, uris=[uri]))


@given(st.text())
def test_only_the_exact_form_is_a_uri_of_a_node(text: str) -> None:
    for uri in (text, f"spiffe://{text}/node/{NODE}", f"spiffe://acme.example/node/{text}"):
        try:
            site, node = read_uri(uri)
        except ValueError:
            continue
        assert uri == f"spiffe://{site}/node/{node}"


def test_the_site_must_be_ours_unless_any_will_do() -> None:
    other = forged(SITE, key=KEY, uris=[f"spiffe://b.example/node/{NODE}"])
    assert why_not(other) == "it belongs to another site, b.example"
    assert identity_of(other, None).site == "b.example"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"uris": None}, "it names no node"),
        ({"uris": []}, "it names no node"),
        ({"uris": [URI, URI]}, "it names more than one node"),
        ({"usages": None}, "it does not say what it may be used for"),
        ({"usages": BOTH[:1]}, "it may not be used for this"),
        ({"usages": BOTH[1:]}, "it may not be used for this"),
        ({"signs": False}, "it may not be used for this"),
        ({"ca": True}, "it is an authority's certificate, not a node's"),
        ({"claims": None}, "it carries no roles"),
        ({"names": []}, "it carries no single name"),
        ({"names": [(NameOID.COMMON_NAME, "A")]}, "it carries no single e-mail address"),
        ({"names": [(NameOID.COMMON_NAME, "A"), (NameOID.COMMON_NAME, "B")]}, "it carries no single name"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_openssl_lets_pass(change: dict[str, object], why: str) -> None:
    assert why_not(forged(SITE, key=KEY, **change)) == why  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", ["\x1b]0;root\x07", "Dana\rroot", "a\u202eb", " Dana", "a\u2028b", "a\u200fb", "\x9b2J"]
)
def test_a_name_that_would_act_on_whoever_shows_it(name: str) -> None:
    names = [(NameOID.COMMON_NAME, name), (NameOID.EMAIL_ADDRESS, "m@acme.example")]
    assert why_not(forged(SITE, key=KEY, names=names)).startswith("its name is not acceptable")


@pytest.mark.parametrize("email", ["m", "m@", "@x", "m@a b", "=cmd()@", "<m@a>", "m@a\n", "m@" + "a" * 300])
def test_an_address_that_is_none(email: str) -> None:
    names = [(NameOID.COMMON_NAME, "Mallory"), (NameOID.EMAIL_ADDRESS, email)]
    assert why_not(forged(SITE, key=KEY, names=names)).startswith("its e-mail address is not acceptable")


def test_words_of_a_newer_version_give_nothing() -> None:
    claims = raw_claims(b'{"roles":["agent","oracle"],"grants":["foresee","glance"],"new":1}')
    found = identity_of(forged(SITE, key=KEY, claims=claims), "acme.example")
    assert found.roles == {Role.AGENT}
    assert found.grants == {Grant.GLANCE}
    only_new = raw_claims(b'{"roles":["oracle"]}')
    assert why_not(forged(SITE, key=KEY, claims=only_new)) == "it carries no role that this version knows"


@pytest.mark.parametrize(
    "claims",
    [
        raw_claims(b""),
        raw_claims(b"{"),
        raw_claims(b"[]"),
        raw_claims(b'{"roles":"agent"}'),
        raw_claims(b'{"roles":[1]}'),
        raw_claims(b'{"roles":["agent"],"teams":["\\u001b"]}'),
        raw_claims(b"\xff"),
        raw_claims(b"[" * 120),
        Claims(roles=("agent",), teams=tuple(f"team {n}" for n in range(65))).pack(),
        x509.UnrecognizedExtension(CLAIMS_OID, b""),
        x509.UnrecognizedExtension(CLAIMS_OID, b"\x0c"),
        x509.UnrecognizedExtension(CLAIMS_OID, b"\x0c\x12" + b'{"roles":["agent"]}'),
        x509.UnrecognizedExtension(CLAIMS_OID, b"\x0c\x14" + b'{"roles":["agent"]}'),
        x509.UnrecognizedExtension(CLAIMS_OID, b"\x0c\x81\x13" + b'{"roles":["agent"]}'),
        x509.UnrecognizedExtension(CLAIMS_OID, b"\x0c\x82\x00\x13" + b'{"roles":["agent"]}'),
        x509.UnrecognizedExtension(CLAIMS_OID, b"\x13\x13" + b'{"roles":["agent"]}'),
        x509.UnrecognizedExtension(CLAIMS_OID, b"\x0c\x80" + b'{"roles":["agent"]}\0\0'),
        x509.UnrecognizedExtension(CLAIMS_OID, b"\x0c\x83\x01\x00\x00" + b" " * 65536),
    ],
)
def test_damaged_claims_are_refused_in_words(claims: x509.UnrecognizedExtension) -> None:
    assert why_not(forged(SITE, key=KEY, claims=claims)) in (
        "it is not well-formed",
        "its roles and grants are not readable",
        "its roles, teams or grants are not well-formed",
    )


@given(st.sets(st.text("abcdefgh ", min_size=1, max_size=60).map(str.strip).filter(bool), max_size=40))
def test_claims_of_any_length_come_back(teams: set[str]) -> None:
    bearer = Bearer(name="Al", email="a@b", roles=frozenset({Role.AGENT}), teams=frozenset(teams))
    certificate = leaf_builder(SITE.ca, KEY.public_key(), node_id("al"), bearer).sign(SITE.key, None)
    assert identity_of(certificate, SITE.name).teams == teams


class Presented:
    """A handshake that somebody finished with these bytes as the certificate."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def getpeercert(self, binary_form: Literal[True]) -> bytes:
        assert binary_form
        return self.data


@pytest.mark.filterwarnings("ignore")  # odd serials and lengths are warned of, and refused by OpenSSL
@given(st.binary(max_size=200), st.integers(0, 2000), st.booleans())
def test_damaged_bytes_never_raise_anything_else(noise: bytes, where: int, insert: bool) -> None:
    cut = where % len(SOUND)
    data = SOUND[:cut] + noise + SOUND[cut + (0 if insert else len(noise)) :]
    with suppress(PeerCertificateInvalid):
        assert peer_identity(Presented(data), "acme.example").site == "acme.example"


def test_an_oversized_or_missing_certificate() -> None:
    for data in (b"", b"\x30" * 20_000):
        with pytest.raises(PeerCertificateInvalid):
            peer_identity(Presented(data), "acme.example")


def test_a_key_of_another_kind_is_refused() -> None:
    key = generate_ec(SECP256R1())
    assert why_not(forged(SITE, key=key)) == "its key is not an Ed25519 key"  # type: ignore[arg-type]


def test_the_authority_is_known_by_its_certificate() -> None:
    assert site_of(SITE.ca) == "acme.example"
    for other in (SITE.agent().certificate, forged(SITE, key=KEY, ca=True, uris=None)):
        with pytest.raises(ValueError, match="not the certificate of a site's authority"):
            site_of(other)
    assert why_not(SITE.ca) == "it is an authority's certificate, not a node's"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "a\nb"},
        {"name": "x" * 65},
        {"name": "雪" * 22},
        {"name": "\udcff"},
        {"email": "nobody"},
        {"roles": frozenset()},
        {"teams": frozenset({"\x1b[0m"})},
        {"teams": frozenset(f"team {n}" for n in range(65))},
        {"grants": frozenset({Grant.GLANCE})},
    ],
)
def test_what_cannot_be_certified_is_refused_by_the_field(wrong: dict[str, object]) -> None:
    sound = {"name": "Al", "email": "al@acme.example", "roles": frozenset({Role.AGENT})}
    with pytest.raises(BadInput):
        Bearer(**{**sound, **wrong})  # type: ignore[arg-type]
