"""Ledgers that were tampered with: what is found, and at which record."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings, strategies as st

from lanassist.node.ledger.copies import Copy, read_copy, write_line
from tests.node.ledger.pair import DANA, SAM, SITE, Ledgers, changed, rechained
from tests.support.site import Site

AT_DANA = SAM.identity.node
AT_SAM = DANA.identity.node


def test_what_was_written_by_both_is_whole_each_by_itself_and_together() -> None:
    pair = Ledgers().live()
    pair.heads()
    for copies in ([pair.sam.copy()], [pair.dana.copy()], []):
        assert pair.verdict(*copies).wrong == ()
    assert pair.verdict().sessions == 6


def test_an_export_says_the_same_as_the_ledger() -> None:
    pair = Ledgers().live()
    pair.heads()
    copy = pair.dana.copy()
    again = read_copy(write_line(line) for line in copy.lines())
    assert (again.chains, again.heads, again.certificates) == (copy.chains, copy.heads, copy.certificates)
    assert pair.verdict(again).wrong == ()


# --- one side alone ----------------------------------------------------------------------------------


def edited(copy: Copy, at: int) -> None:
    chain = copy.chains[AT_DANA]
    body = chain[at].body.replace("coaching", "chatting").replace("stopped", "lounged")
    chain[at] = changed(chain[at], body=body)


def deleted(copy: Copy, at: int) -> None:
    del copy.chains[AT_DANA][at]


def swapped(copy: Copy, at: int) -> None:
    chain = copy.chains[AT_DANA]
    chain[at], chain[at + 1] = chain[at + 1], chain[at]


@pytest.mark.parametrize("tamper", [edited, deleted, swapped])
def test_the_first_wrong_record_is_named(tamper: Callable[[Copy, int], None]) -> None:
    pair = Ledgers()
    pair.end(pair.start())
    pair.live(2)
    for at in (0, 2):  # the start, and the end
        copy = pair.dana.copy()
        tamper(copy, at)
        (wrong,) = pair.verdict(copy).wrong
        assert (wrong.owner, wrong.peer, wrong.seq) == (DANA.identity.node, AT_DANA, at + 1)


def test_who_makes_the_hashes_anew_still_lacks_the_signatures() -> None:
    pair = Ledgers().live()
    copy = pair.dana.copy()
    edited(copy, 0)
    (wrong,) = pair.verdict(rechained(copy, AT_DANA)).wrong
    assert (wrong.seq, wrong.session) == (1, "s1")
    assert "signature" in wrong.what


def test_a_record_that_is_left_out_of_a_session_is_missed_although_every_hash_fits() -> None:
    pair = Ledgers().live()
    copy = pair.dana.copy()
    del copy.chains[AT_DANA][0]  # the start
    (wrong,) = pair.verdict(rechained(copy, AT_DANA)).wrong
    assert (wrong.seq, wrong.what) == (1, "the session has no start")


# --- what only heads or the other side can tell ------------------------------------------------------


def test_a_ledger_that_was_cut_short_is_found_by_the_head_that_both_have_signed() -> None:
    pair = Ledgers().live()
    pair.heads()
    copy = pair.dana.copy()
    whole = len(copy.chains[AT_DANA])
    del copy.chains[AT_DANA][-3:]
    (wrong,) = pair.verdict(copy).wrong
    assert (wrong.seq, wrong.what) == (
        whole - 2,
        f"it is missing: both ends have signed that there are {whole}",
    )


def test_a_whole_session_that_is_left_out_is_found_by_the_head() -> None:
    pair = Ledgers().live()
    pair.heads()
    copy = pair.dana.copy()
    chain = copy.chains[AT_DANA]
    copy.chains[AT_DANA] = [entry for entry in chain if '"session":"s2"' not in entry.body]
    (wrong,) = pair.verdict(rechained(copy, AT_DANA)).wrong
    assert "missing" in wrong.what or "in its place" in wrong.what


def test_a_ledger_that_was_rolled_back_heads_and_all_is_found_by_the_other_side() -> None:
    pair = Ledgers().live(1)
    pair.heads()
    old = pair.dana.copy()
    pair.live(1)
    pair.heads()
    assert pair.verdict(old).wrong == ()  # by itself nothing can be seen
    wrong = pair.verdict(old, pair.sam.copy()).wrong
    assert {(each.owner, each.seq) for each in wrong} == {(DANA.identity.node, len(old.chains[AT_DANA]) + 1)}


def test_without_any_head_the_other_side_alone_finds_a_session_that_was_left_out() -> None:
    pair = Ledgers().live(2)
    for side, peer, other in ((pair.dana, AT_DANA, pair.sam), (pair.sam, AT_SAM, pair.dana)):
        copy = side.copy()
        copy.chains[peer] = [entry for entry in copy.chains[peer] if '"session":"s2"' not in entry.body]
        assert pair.verdict(rechained(copy, peer)).wrong == ()
        (wrong,) = pair.verdict(copy, other.copy()).wrong
        assert (wrong.owner, wrong.session) == (side.me.identity.node, "s2")
        assert "missing" in wrong.what


def test_a_witness_alone_finds_it_too() -> None:
    pair = Ledgers().live(1)
    old = pair.dana.copy()
    pair.live(1)
    pair.heads()
    witness = Ledgers().sam.copy()  # knows of nobody's sessions
    witness.title = type(witness.title)(site="acme.example", owner="zoe", name="Zoe")
    witness.heads = pair.sam.copy().heads
    witness.certificates = pair.sam.copy().certificates
    assert [each.owner for each in pair.verdict(old, witness).wrong] == [DANA.identity.node]


def test_certificates_of_another_site_prove_nothing() -> None:
    pair = Ledgers().live(1)
    copy = pair.dana.copy()
    forger = Site("acme.example").supervisor()
    copy.certificates = dict.fromkeys(copy.certificates, forger.identity.certificate)
    (wrong,) = pair.verdict(copy).wrong
    assert (wrong.seq, "certificate" in wrong.what) == (1, True)


# --- crashes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("commits", range(4))
@pytest.mark.parametrize("who", ["sam", "dana", "both"])
def test_a_crash_between_any_two_commits_leaves_both_ledgers_whole_and_no_session_open(
    commits: int, who: str
) -> None:
    pair = Ledgers().live(1)
    pair.start(stop_after=commits)
    for side in (pair.sam, pair.dana):
        if who == "both" or side is getattr(pair, who):
            side.boot()
    for side in (pair.sam, pair.dana):  # the other end loses the link, and ends it too
        for place in list(side.book.running):
            side.commit(side.book.end(place, "link-lost", "the link was lost", lost=True)[1])
        assert side.book.running == {}
        assert not side.database.execute("SELECT * FROM ledger_running").fetchall()
    pair.live(1)
    assert pair.verdict().wrong == ()


def test_a_node_that_comes_back_with_a_renewed_certificate_closes_what_began_under_the_old_one() -> None:
    pair = Ledgers()
    pair.start()
    for side, renewed in ((pair.sam, SITE.supervisor()), (pair.dana, SITE.agent())):
        side.me = renewed
        side.boot()
    assert pair.verdict().wrong == ()
    pair.live(1)
    assert pair.verdict().wrong == ()


# --- whatever happens --------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_any_history_is_whole_and_any_change_of_it_is_found(seed: int) -> None:
    chance = random.Random(seed)
    pair = Ledgers(seed)
    for _ in range(chance.randrange(1, 4)):
        session = pair.start(stop_after=chance.choice([2, 3, 3, 3]))
        running = len(pair.dana.book.running) and any(
            place.session == session for place in pair.sam.book.running
        )
        if running and chance.random() < 0.5:
            pair.change(session, chance.randrange(1, 5))
        if chance.random() < 0.8:
            pair.end(session, settled=chance.random() < 0.8)
        elif chance.random() < 0.5:
            pair.dana.boot()
            pair.sam.boot()
    pair.heads()
    assert pair.verdict().wrong == ()
    side, peer = chance.choice([(pair.sam, AT_SAM), (pair.dana, AT_DANA)])
    copy = side.copy()
    chain = copy.chains[peer]
    at = chance.randrange(len(chain))
    match chance.choice(["edit", "delete", "swap", "truncate", "repeat"]):
        case "edit":
            body = bytearray(chain[at].body.encode())
            where = chance.randrange(len(body))
            body[where] = ord("x") if body[where] != ord("x") else ord("y")
            chain[at] = changed(chain[at], body=body.decode(errors="replace"))
        case "delete":
            del chain[at]
        case "swap" if len(chain) > 1:
            other = (at + 1) % len(chain)
            chain[at], chain[other] = chain[other], chain[at]
            at = min(at, other)
        case "truncate":
            del chain[at:]
        case _:
            chain.insert(at, chain[at])
    smart = chance.random() < 0.5
    found = pair.verdict(rechained(copy, peer) if smart else copy).wrong
    assert found
    if not smart:
        assert found[0].seq == at + 1
