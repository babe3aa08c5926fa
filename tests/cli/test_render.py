"""Words, numbers and tables for people."""

import io
from collections.abc import Mapping

import pytest
from rich.console import Console
from rich.table import Table

from lanassist.cli.audit_view import sessions_table
from lanassist.cli.inert import inert
from lanassist.cli.render import brief_span, peers_table, span
from lanassist.node.ledger.sessions import ToldSession
from lanassist.node.services.peers.commands import PeerRow
from lanassist.node.trust.identity import Identity
from tests.node.ledger.pair import DANA, SAM

PEOPLE: Mapping[str, Identity] = {each.identity.node: each.identity for each in (DANA, SAM)}
LONG = "calm a client down who has written three times and is very angry by now"


def printed(table: Table, width: int) -> list[str]:
    """The lines of a table as a terminal so wide has them."""
    console = Console(width=width, file=io.StringIO(), highlight=False)
    console.print(table)
    lines: list[str] = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert max(map(len, lines)) <= width
    return lines


def session(**changes: object) -> ToldSession:
    """Sam's control of Dana, with a long reason."""
    fields: dict[str, object] = {
        "session": "6b034631",
        "service": "control",
        "asked": True,
        "supervisor": SAM.identity.node,
        "supervisor_serial": "1",
        "agent": DANA.identity.node,
        "agent_serial": "2",
        "what": {"type": "control"},
        "reason": LONG,
        "began": 1_700_000_000_000,
        "opened": True,
        "ended": 1_700_000_062_000,
        "text": "stopped by the supervisor",
    }
    return ToldSession(**(fields | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0:00"), (42.9, "0:42"), (725, "12:05"), (11229, "3:07:09"), (184200, "2 d 03:10")],
)
def test_a_length_of_time_is_short_and_exact(seconds: float, text: str) -> None:
    assert span(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1, "0:00"), (725, "12:05"), (3599, "59:59"), (11229, "3h07"), (184200, "2d03")]
)
def test_a_length_of_time_is_shorter_where_there_is_little_room(seconds: float, text: str) -> None:
    assert brief_span(seconds) == text


@pytest.mark.parametrize("text", ["Dana Fox", "Zoë Ångström", "李娜", "می‌خواهم", "👩‍💻"])
def test_names_of_people_stay_as_they_are(text: str) -> None:
    assert inert(text) == text


@pytest.mark.parametrize(
    "text", ["\x1b[2J", "a\rb", "a\nb", "\x9b31m", "\u202e", "\u2066", "\x7f", "\ud800", "\u2028"]
)
def test_what_acts_on_a_terminal_is_shown_not_obeyed(text: str) -> None:
    assert inert(text).isprintable()
    assert inert(text) != text


@pytest.mark.parametrize("width", [80, 100, 120, 160, 200])
def test_no_word_of_a_ledger_is_cut_in_a_terminal_of_any_width(width: int) -> None:
    lines = printed(sessions_table([session()], PEOPLE, width), width)
    words = " ".join(lines).split()
    told = {*LONG.split(), "control", "1:02", "stopped", "supervisor", "Dana", "Sam"}
    assert told <= set(words)
    assert len(lines) <= 6


def test_in_a_narrow_terminal_a_session_is_who_why_and_how_it_ended_below_each_other() -> None:
    _titles, *lines = printed(sessions_table([session(reason="coaching")], PEOPLE, 80), 80)
    assert [line.rstrip().split("  ")[-1] for line in lines] == [
        "control · Sam Reed → Dana Fox",
        "reason: coaching",
        "ended: stopped by the supervisor",
    ]


def test_in_a_narrow_terminal_a_peers_address_is_whole_and_the_reason_below_its_state() -> None:
    why = "The certificate of 192.168.100.100:47600 is not acceptable: another site's authority issued it."
    stranger = PeerRow(
        key="a", address="192.168.100.100:47600", source="mdns", state="refused", since=5.0, why=why
    )
    dana = PeerRow(
        key="b",
        name="Dana Fox",
        email="dana@acme.example",
        roles=("agent",),
        address="192.168.100.101:47600",
        source="mdns",
        state="live",
        since=1.0,
    )
    lines = printed(peers_table([stranger, dana], 12.0, 80), 80)
    assert "192.168.100.100:47600  ✗ refused · 0:07" in lines[1]
    assert "Dana Fox  agent  192.168.100.101:47600  ● live · 0:11" in lines[-1]
    assert len(lines) <= 6
