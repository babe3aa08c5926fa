"""Documents that travel from node to node and count only as the authority signed them."""

import base64
import json
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, strategies as st

from lanassist.node.errors import BadSignedDocument
from lanassist.node.protocol import limits
from lanassist.node.trust.revocation import RevocationList, Revocations, Revoked
from lanassist.node.trust.signed import PREFIX, SignedDocumentBody, open_document, sign_document
from tests.support.site import Site, yesterday

SITE = Site()
DANA = SITE.agent()
DOCUMENT = SITE.revocations(DANA, number=5)


def why_not(document: str | bytes, *, site: Site = SITE) -> str:
    with pytest.raises(BadSignedDocument) as caught:
        Revocations.read(document, site.ca, "list.json")
    assert "list.json is not a document signed by this site's authority" in caught.value.text
    return str(caught.value.details["why"])


def with_body(change: dict[str, object]) -> str:
    body = {"kind": "revocations", "site": SITE.name, "number": 1, "issued": "2026-01-01T00:00:00Z"}
    text = json.dumps({key: value for key, value in {**body, **change}.items() if value is not None})
    signature = base64.b64encode(SITE.key.sign(PREFIX + text.encode())).decode()
    return json.dumps({"body": text, "signature": signature})


def test_a_list_is_read() -> None:
    found = Revocations.read(DOCUMENT, SITE.ca)
    assert found.number == 5
    assert found.covers(DANA.identity)
    assert not found.covers(SITE.agent().identity)
    assert found.covered([DANA.identity, SITE.agent().identity]) == [DANA.identity]


def test_a_document_says_what_it_is() -> None:
    body = open_document(DOCUMENT.encode(), SITE.ca)
    assert (body.kind, body.site, body.number) == ("revocations", SITE.name, 5)
    assert body.issued.tzinfo is UTC
    assert json.loads(body.text)["revoked"][0]["serial"] == DANA.identity.serial


def test_only_a_higher_number_is_news() -> None:
    held = Revocations(number=5)
    assert Revocations(number=6).is_news_to(held)
    assert not Revocations(number=5, serials=frozenset({"1"})).is_news_to(held)
    assert not Revocations(number=4).is_news_to(held)
    assert not Revocations().is_news_to(Revocations())


@given(st.integers(0, len(DOCUMENT) - 1), st.characters(codec="ascii"))
def test_no_character_of_it_can_be_changed_unnoticed(where: int, character: str) -> None:
    changed = DOCUMENT[:where] + character + DOCUMENT[where + 1 :]
    try:
        found = open_document(changed, SITE.ca)
    except BadSignedDocument:
        return
    assert found == open_document(DOCUMENT, SITE.ca)


@given(st.binary() | st.text())
def test_garbage_is_refused_in_words(garbage: bytes | str) -> None:
    assert why_not(garbage)


def test_another_sites_list() -> None:
    assert why_not(Site("b.example").revocations(DANA)) == "its signature does not fit its text"
    body = RevocationList(site="b.example", number=9, issued=yesterday())
    assert why_not(sign_document(body, SITE.key)) == "it is for another site, b.example"


def test_a_nodes_key_signs_no_document() -> None:
    body = RevocationList(site=SITE.name, number=9, issued=yesterday())
    assert why_not(sign_document(body, DANA.key)) == "its signature does not fit its text"


def test_a_signature_over_the_bare_text_is_worth_nothing() -> None:
    envelope = json.loads(DOCUMENT)
    envelope["signature"] = base64.b64encode(SITE.key.sign(envelope["body"].encode())).decode()
    assert why_not(json.dumps(envelope)) == "its signature does not fit its text"


def test_another_kind_of_document() -> None:
    assert why_not(with_body({"kind": "policy"})) == "it is a document about policy, not about revocations"
    with pytest.raises(BadSignedDocument, match="about policy, not about revocations"):
        Revocations.of(open_document(with_body({"kind": "policy"}), SITE.ca))


@pytest.mark.parametrize(
    "change",
    [
        {"number": -1},
        {"number": 2**60},
        {"number": "1"},
        {"kind": ""},
        {"kind": "x" * 100},
        {"site": None},
        {"issued": "yesterday"},
        {"issued": "2026-01-01T00:00:00"},
        {"revoked": [{"serial": "XYZ", "node": "", "at": "2026-01-01T00:00:00Z"}]},
        {"revoked": {}},
    ],
)
def test_a_signed_body_that_is_not_well_formed(change: dict[str, object]) -> None:
    assert why_not(with_body(change))


def test_a_list_is_bounded() -> None:
    assert why_not("x" * (limits.SIGNED_DOCUMENT_BYTES + 1)) == "it is too large"
    entry = Revoked(serial="0", node="", at=datetime(2026, 1, 1, tzinfo=UTC))
    many = RevocationList(site=SITE.name, number=1, issued=yesterday(), revoked=(entry,) * 20_001)
    body = SignedDocumentBody(
        kind="revocations",
        site=SITE.name,
        number=1,
        issued=yesterday(),
        text=msgspec.json.encode(many).decode(),
    )
    with pytest.raises(BadSignedDocument, match="form of a revocation list"):
        Revocations.of(body)
