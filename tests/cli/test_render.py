"""Words and numbers for people."""

import pytest

from lanassist.cli.inert import inert
from lanassist.cli.render import span


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0:00"), (42.9, "0:42"), (725, "12:05"), (11229, "3:07:09"), (184200, "2 d 03:10")],
)
def test_a_length_of_time_is_short_and_exact(seconds: float, text: str) -> None:
    assert span(seconds) == text


@pytest.mark.parametrize("text", ["Dana Fox", "Zoë Ångström", "李娜", "می‌خواهم", "👩‍💻"])
def test_names_of_people_stay_as_they_are(text: str) -> None:
    assert inert(text) == text


@pytest.mark.parametrize(
    "text", ["\x1b[2J", "a\rb", "a\nb", "\x9b31m", "\u202e", "\u2066", "\x7f", "\ud800", "\u2028"]
)
def test_what_acts_on_a_terminal_is_shown_not_obeyed(text: str) -> None:
    assert inert(text).isprintable()
    assert inert(text) != text
