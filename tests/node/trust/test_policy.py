"""The site's policy: what the admin writes, what is signed, what a node reads."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, strategies as st

from lanassist.node.errors import BadPolicy, BadSignedDocument, FileUnreadable
from lanassist.node.trust.authority import Authority
from lanassist.node.trust.policy import MASKS, Mask, Policy
from lanassist.node.trust.policy_document import PolicyDocument, policy_of, read_policy_document
from lanassist.node.trust.policy_file import ALLOWED, EXAMPLE, read_policy, written_policy
from lanassist.node.trust.signed import open_document, sign_document
from tests.support.site import Site, yesterday

SITE = Site()


def signed(number: int = 1, site: Site = SITE, **fields: object) -> str:
    body = PolicyDocument(
        site=site.name, number=number, issued=yesterday(), policy=msgspec.convert(fields, Policy)
    )
    return sign_document(body, site.key)


def why_not(text: str) -> str:
    with pytest.raises(BadPolicy) as caught:
        read_policy(text, "policy.toml")
    assert caught.value.text.startswith("policy.toml: ")
    return str(caught.value.details["why"])


# --- the file ----------------------------------------------------------------------------------------


def test_an_empty_file_lays_down_what_holds_anyway() -> None:
    assert read_policy("", "policy.toml") == Policy()
    assert (Policy().glance, Policy().reason_required, Policy().privacy_pause) == ("notify", False, 0)


def test_the_example_is_a_policy() -> None:
    policy = read_policy(EXAMPLE, "policy.toml")
    assert policy.privacy_pause == 5
    assert [mask.title or mask.window_class for mask in policy.masks] == ["*password*", "keepassxc"]


def test_the_example_names_every_key() -> None:
    assert [key for key in ALLOWED if key not in EXAMPLE] == []
    assert list(ALLOWED) == list(Policy.__struct_fields__)


def test_every_key_is_read() -> None:
    policy = read_policy(
        'glance = "ask"\ncontrol = "off"\nassist = "notify"\nreason_required = true\n'
        "listen_in_required = true\nprivacy_pause = 2.5\nidle_limit = 60\n"
        "[[masks]]\ndisplay = 2\nwidth = 30\nheight = 40\n",
        "policy.toml",
    )
    assert policy == Policy(
        glance="ask",
        control="off",
        reason_required=True,
        listen_in_required=True,
        privacy_pause=2.5,
        idle_limit=60,
        masks=(Mask(display=2, width=30, height=40),),
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("glanc = 'ask'", "no key “glanc”; the keys are glance, control"),
        ("glance = 'always'", '“glance” is \'always\', not "notify", "ask" or "off"'),
        ("reason_required = 1", "“reason_required” is 1, not true or false"),
        ("reason_required = 'yes'", "“reason_required” is 'yes', not true or false"),
        ("privacy_pause = -1", "“privacy_pause” is -1, not a number of minutes"),
        ("privacy_pause = 1000", "“privacy_pause” is 1000"),
        ("privacy_pause = nan", "“privacy_pause” is nan"),
        ("idle_limit = '5'", "“idle_limit” is '5', not a number of seconds"),
        ("masks = 3", "“masks” is 3, not at most 64 tables"),
        ("masks = [3]", "not at most 64 tables"),
        ("[[masks]]\nname = 'x'", "mask 1 has no key “name”; its keys are title, window_class, display"),
        ("[[masks]]\ntitle = 3", "mask 1: “title”: expected `str`, got `int`"),
        ("[[masks]]\ntitle = 'a'\n[[masks]]\nx = 3", "mask 2: a mask needs title or window_class, or else"),
        ("[[masks]]\ntitle = 'a'\nwidth = 3", "mask 1: a mask is of windows"),
        ("[[masks]]\ntitle = ''", "mask 1: a mask needs"),
        ("[[masks]]\ndisplay = 99\nwidth = 3\nheight = 3", "mask 1: “display”: expected `int` <= 16"),
        ("masks = [" + "{title = 'x'}," * (MASKS + 1) + "]", "not at most 64 tables"),
        ("glance = ", "this is not TOML"),
        ("glance = 'ask'\nglance = 'off'", "this is not TOML"),
    ],
)
def test_a_mistake_is_told_with_its_key(text: str, names: str) -> None:
    assert names in why_not(text)


policies = st.builds(
    Policy,
    glance=st.sampled_from(["notify", "ask", "off"]),
    reason_required=st.booleans(),
    privacy_pause=st.floats(0, 480) | st.integers(0, 480),
    idle_limit=st.none() | st.floats(0, 86400),
    masks=st.lists(
        st.builds(Mask, title=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
        | st.builds(
            Mask,
            display=st.integers(1, 16),
            x=st.integers(0, 100),
            width=st.integers(1, 16384),
            height=st.integers(1, 16384),
        ),
        max_size=5,
    ).map(tuple),
)


@given(policies)
def test_what_is_written_out_reads_as_the_same_policy(policy: Policy) -> None:
    assert read_policy(written_policy(policy), "policy.toml") == policy


def test_a_number_of_a_written_policy_says_what_it_counts() -> None:
    written = written_policy(Policy(privacy_pause=5, idle_limit=900)).splitlines()
    assert any(line.startswith("privacy_pause = 5") and line.endswith("  # minutes") for line in written)
    assert any(line.startswith("idle_limit = 900") and line.endswith("  # seconds") for line in written)


# --- the document ------------------------------------------------------------------------------------


def test_a_signed_policy_is_read() -> None:
    found = read_policy_document(signed(3, glance="off", masks=[{"title": "*bank*"}]), SITE.ca)
    assert (found.number, found.policy.glance) == (3, "off")
    assert found.policy.masks == (Mask(title="*bank*"),)


def test_forged_foreign_and_other_documents_are_refused() -> None:
    for document in (
        signed(site=Site("b.example")),
        signed().replace("notify", "offset"),
        SITE.revocations(SITE.agent()),
        sign_document(
            PolicyDocument(site=SITE.name, number=1, issued=yesterday(), policy=Policy()), SITE.agent().key
        ),
    ):
        with pytest.raises(BadSignedDocument):
            read_policy_document(document, SITE.ca)


def test_a_signed_body_that_is_no_policy() -> None:
    for body in (SITE.revocations(SITE.agent()), signed(1)):
        opened = open_document(body, SITE.ca)
        changed = msgspec.structs.replace(opened, text=opened.text.replace('"notify"', '"sometimes"'))
        with pytest.raises(BadSignedDocument, match="form of a policy"):
            policy_of(changed)
    other = open_document(signed(1), SITE.ca)
    with pytest.raises(BadSignedDocument, match="about weather, not about policy"):
        policy_of(
            msgspec.structs.replace(other, text=other.text.replace('"kind":"policy"', '"kind":"weather"'))
        )


# --- the authority -----------------------------------------------------------------------------------


def test_each_signing_is_the_next_edition(tmp_path: Path) -> None:
    authority = Authority.init(tmp_path / "ca", "acme.example")
    key = authority.unlock(str)
    assert authority.policy() is None
    first, _ = authority.lay_down(key, Policy(glance="ask"))
    content, path = authority.lay_down(key, Policy(glance="off"))
    assert content.number > first.number >= first.issued.timestamp()
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_policy_document(path.read_bytes(), authority.certificate) == content
    assert Authority.open(tmp_path / "ca").policy() == content


def test_an_authority_restored_from_an_old_backup_still_makes_news(tmp_path: Path) -> None:
    authority = Authority.init(tmp_path / "ca", "acme.example")
    key = authority.unlock(str)
    before, path = authority.lay_down(key, Policy())
    path.unlink()
    after, _ = authority.lay_down(key, Policy())
    assert after.number >= before.number


def test_a_policy_that_was_tampered_with_is_not_built_upon(tmp_path: Path) -> None:
    authority = Authority.init(tmp_path / "ca", "acme.example")
    key = authority.unlock(str)
    _, path = authority.lay_down(key, Policy())
    path.write_text(path.read_text().replace("notify", "offset", 1))
    with pytest.raises(BadSignedDocument, match=r"policy\.json"):
        authority.lay_down(key, Policy())
    path.unlink()
    path.mkdir()
    with pytest.raises(FileUnreadable):
        authority.policy()
