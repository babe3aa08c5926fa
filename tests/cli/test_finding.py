"""Which conversation or client a user means."""

import pytest
from hypothesis import given, strategies as st

from lanassist.cli.finding import SHORT, shortened, the_client, the_conversation
from lanassist.cli.lengths import seconds_of
from lanassist.node.errors import AmbiguousName, BadInput, UnknownClient, UnknownConversation
from lanassist.node.protocol.messages import Client
from tests.cli.conversations import LEO, MIA, told

ROWS = [told("aa11", MIA), told("aa22", LEO), told("bb33", Client(id="c3", name="Leona Wild"))]


@pytest.mark.parametrize(
    ("text", "found"),
    [("aa11", "aa11"), ("AA2", "aa22"), ("b", "bb33"), ("mia berg", "aa11"), ("leo falk", "aa22")],
)
def test_an_id_its_beginning_or_a_name_finds_one(text: str, found: str) -> None:
    assert the_conversation(ROWS, text).conversation == found


@pytest.mark.parametrize("text", ["aa", "leo"])
def test_what_fits_two_is_told_with_both(text: str) -> None:
    with pytest.raises(AmbiguousName) as caught:
        the_conversation(ROWS, text)
    assert "aa22 Leo Falk, open" in caught.value.text


def test_of_a_clients_conversations_the_one_in_hand_is_meant() -> None:
    rows = [told("aa11", MIA, state="done"), told("aa12", MIA, state="done"), told("cc44", MIA)]
    assert the_conversation(rows, "mia").conversation == "cc44"
    with pytest.raises(AmbiguousName):
        the_conversation(rows[:2], "mia")


def test_what_fits_nothing_is_unknown_and_named() -> None:
    with pytest.raises(UnknownConversation, match="“zoe”"):
        the_conversation(ROWS, "zoe")
    with pytest.raises(UnknownClient, match="“zoe”"):
        the_client(ROWS, [], "zoe")


def test_many_candidates_are_not_all_listed() -> None:
    rows = [told(f"aa{number:02}", MIA) for number in range(30)]
    with pytest.raises(AmbiguousName) as caught:
        the_conversation(rows, "aa")
    assert "and 22 more" in caught.value.text


@pytest.mark.parametrize("text", ["c1-mia", "c1", "Mia Berg", "mia", "aa11", "aa1"])
def test_a_client_is_found_by_id_name_or_conversation(text: str) -> None:
    assert the_client(ROWS, [], text) == MIA


def test_two_clients_of_one_name_are_told_apart() -> None:
    rows = [told("aa11", MIA), told("bb22", Client(id="c9", name="Mia Berg"))]
    with pytest.raises(AmbiguousName, match="c1-mia Mia Berg; c9 Mia Berg"):
        the_client(rows, [], "mia berg")
    both = [told("aa11", MIA), told("bb22", MIA)]
    assert the_client(both, [], "mia") == MIA


@given(st.sets(st.text("abc", min_size=1, max_size=14), min_size=1, max_size=20))
def test_a_shortened_id_fits_no_other(ids: set[str]) -> None:
    for text, short in shortened(ids).items():
        assert text.startswith(short)
        assert len(short) >= min(SHORT, len(text))
        assert all(other == text or short == text or not other.startswith(short) for other in ids)


# --- lengths of time ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"), [("", None), ("30s", 30), ("2h", 7200), ("1h30m", 5400), ("30d", 2592000)]
)
def test_a_length_is_read(text: str, seconds: float | None) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["2", "h", "2 h", "-2h", "0m", "2y", "2h!", "1e3s"])
def test_anything_else_is_bad_input(text: str) -> None:
    with pytest.raises(BadInput):
        seconds_of(text)
