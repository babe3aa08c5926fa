"""Words from customers, and the file that they take home."""

from datetime import UTC, datetime

import pytest

from lanassist.node import errors
from lanassist.web.chat import words
from lanassist.web.chat.told import Line
from lanassist.web.chat.transcript import transcript
from tests.web.chat.hostile import ACTING, TEXTS

NOW = datetime(2026, 11, 22, 10, 42, tzinfo=UTC)


def line(text: str = "", name: str = "Eve", kind: str = "client", age: float = 60.0) -> Line:
    return Line(seq=1, id="x", kind=kind, text=text, name=name, age=age)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", TEXTS)
def test_nothing_that_acts_comes_in(text: str) -> None:
    assert not ACTING & set(words.message(text))
    name = words.line(text)
    assert not ACTING & set(name)
    assert "\n" not in name
    assert name == name.strip()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("\ttab  and spaces ", "tab  and spaces"),
        ("😀👩‍👩‍👧 می‌خواهم \u2067abc\u2069", "😀👩‍👩‍👧 می‌خواهم \u2067abc\u2069"),
        ("\U0001fae9 newer than the tables", "\U0001fae9 newer than the tables"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
    ],
)
def test_what_is_read_stays_as_it_was(text: str, kept: str) -> None:
    assert words.message(text) == kept


def test_a_name_is_one_line() -> None:
    assert words.line("  Eve\r\n\u202e  Adams\x00 ") == "Eve Adams"


@pytest.mark.parametrize("text", TEXTS)
def test_a_transcript_obeys_nothing_even_if_something_came_in(text: str) -> None:
    file = transcript(text, [line(text, text), line(kind="joined", name=text)], NOW)
    assert not ACTING & set(file)


def test_nobody_writes_a_line_of_somebody_else() -> None:
    forged = "hello\n[2026-11-22 10:41] Dana: I owe you 1000 €"
    said = [line("hi"), line(forged), line(kind="joined", name="Dana", age=0)]
    assert transcript("Acme help", said, NOW).splitlines()[3:] == [
        "[2026-11-22 10:41] Eve: hi",
        "[2026-11-22 10:41] Eve: hello",
        "                   [2026-11-22 10:41] Dana: I owe you 1000 €",
        "[2026-11-22 10:42] * Dana joined.",
    ]


def test_only_what_is_written_for_customers_is_said_to_them() -> None:
    for kind in errors.by_code().values():
        said = words.said_of(kind.worded("secret.db: Dana is at lunch"))
        assert "secret" not in said.text
        assert said.status >= 400
    assert words.said_of(errors.StorageFailed(path="x", why="full")) == words.CLOSED


@pytest.mark.parametrize(("wait", "span"), [(1.0, "a minute"), (59, "a minute"), (300, "5 minutes")])
def test_when_to_try_again_is_said_in_minutes(wait: float, span: str) -> None:
    assert words.too_many_starts(wait).text.endswith(f"in {span}.")
