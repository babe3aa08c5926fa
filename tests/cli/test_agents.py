"""``lanassist agents``: the dashboard's rows in a terminal."""

import io
import json

import pytest
from rich.console import Console

from lanassist.cli.agents_view import agents_table
from lanassist.cli.render import ROOMY
from lanassist.node.errors import MissingGrant
from lanassist.node.services.command import Refusal
from tests.cli.agents import NOW, agent, agents
from tests.cli.terminal import Terminal
from tests.support.local_api import FakeNode

HOSTILE = "Eve\x1b]0;owned\x07\r\x9b2J\u202eevE"


def test_each_agent_is_a_row_with_state_reason_and_ages(terminal: Terminal, node: FakeNode) -> None:
    gone = agent("Kim Oduya", status="absent", why="break", reason="lunch", since=1.0)
    node.answer("presence.agents", agents(agent("Dana Fox"), gone))
    result = terminal.run("agents", "list")
    assert result.exit_code == 0
    header, dana, kim = result.stdout.splitlines()
    assert header.split()[:2] == ["Agent", "Status"]
    assert "Dana Fox <dana@acme.example>" in dana
    assert "● Available" in dana
    assert "0:42" in dana
    assert "1:00:00 since" in dana
    assert "○ Absent · on break: lunch" in kim
    assert "13:53:19" in kim


def test_an_agent_who_is_gone_says_since_when(terminal: Terminal, node: FakeNode) -> None:
    gone = agent("Kim", status="absent", why="offline", online=False, online_since=None, displays=())
    node.answer("presence.agents", agents(gone))
    assert "○ Absent · offline since " in terminal.run("agents", "list").stdout


def test_a_search_keeps_names_mails_and_teams_that_fit(terminal: Terminal, node: FakeNode) -> None:
    node.answer("presence.agents", agents(agent("Dana Fox"), agent("Kim Oduya", teams=("billing",))))
    assert "Dana" not in terminal.run("agents", "list", "--search", "BILL").stdout


def test_json_has_ages_instead_of_the_nodes_clock(terminal: Terminal, node: FakeNode) -> None:
    node.answer("presence.agents", agents(agent("Dana Fox")))
    (row,) = json.loads(terminal.run("agents", "list", "--json").stdout)
    assert (row["email"], row["since_seconds"], row["online_since_seconds"]) == (
        "dana@acme.example",
        42,
        3600,
    )
    assert "since" not in row
    assert row["displays"][1]["width"] == 1280


def test_a_hostile_name_does_nothing_to_the_terminal(terminal: Terminal, node: FakeNode) -> None:
    node.answer(
        "presence.agents", agents(agent("Eve", name=HOSTILE, status="absent", why="break", reason=HOSTILE))
    )
    for words in (["list"], ["list", "--json"], ["show", "eve@acme.example"]):
        printed = terminal.run("agents", *words).stdout
        assert printed.replace("\n", "").isprintable(), words
        assert "Eve" in printed
    assert r"Eve\x1b]0;owned\x07\r\x9b2J\u202eevE" in terminal.run("agents", "list").stdout


def test_markup_in_a_name_is_text(terminal: Terminal, node: FakeNode) -> None:
    node.answer("presence.agents", agents(agent("Eve", name="[bold]Eve[/] [link=x]y")))
    assert "[bold]Eve[/] [link=x]y" in terminal.run("agents", "list").stdout


def test_show_tells_one_agent_with_displays(terminal: Terminal, node: FakeNode) -> None:
    node.answer("presence.agents", agents(agent("Dana Fox"), agent("Kim Oduya")))
    shown = terminal.run("agents", "show", "dana").stdout
    assert "dana@acme.example" in shown
    assert "1280×1024" in shown
    assert "Kim" not in shown


def test_an_unknown_agent_is_bad_input(terminal: Terminal, node: FakeNode) -> None:
    node.answer("presence.agents", agents(agent("Dana Fox")))
    result = terminal.run("agents", "show", "nobody")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "No agent called “nobody” is known here. `lanassist agents list` shows those that are.\n"
    )


def test_a_name_that_fits_two_agents_is_not_guessed(terminal: Terminal, node: FakeNode) -> None:
    node.answer("presence.agents", agents(agent("Dana Fox"), agent("Daniel Reed")))
    result = terminal.run("agents", "show", "dan")
    assert result.exit_code == 2
    assert "dana@acme.example, daniel@acme.example" in result.stderr


def test_the_figures_of_the_dashboard_are_columns(terminal: Terminal, node: FakeNode) -> None:
    busy = agent(
        "Dana Fox",
        status="connected",
        active=4,
        total=3,
        ongoing=4,
        completed=14,
        waiting=2,
        waiting_since=NOW - 130,
        aht=312.0,
    )
    node.answer("presence.agents", agents(busy))
    header, row = terminal.run("agents", "list").stdout.splitlines()
    for title in ("Capacity", "Ongoing", "Completed", "Waiting", "AHT"):
        assert title in header
    assert "◐ Connected · full 4/3" in row
    assert "■■■ 4/3" in row
    assert row.split()[-6:] == ["4", "14", "2", "·", "2:10", "5:12"]


def test_whoever_has_a_client_waiting_longest_is_first(terminal: Terminal, node: FakeNode) -> None:
    waits = agent("Zoe Adams", waiting=1, waiting_since=NOW - 10)
    node.answer("presence.agents", agents(agent("Dana Fox"), agent("Kim Oduya"), waits))
    rows = terminal.run("agents", "list").stdout.splitlines()[1:]
    assert [row.split()[0] for row in rows] == ["Zoe", "Dana", "Kim"]


def test_show_tells_the_figures_and_why_not(terminal: Terminal, node: FakeNode) -> None:
    error = MissingGrant(who="Sam", grant="control")
    idle = agent("Dana Fox", status="absent", why="idle", completed=7, aht=61.0, set_status=Refusal.of(error))
    node.answer("presence.agents", agents(idle))
    shown = terminal.run("agents", "show", "dana").stdout
    assert "○ Absent · idle" in shown
    assert "1:01" in shown
    assert error.text in shown


@pytest.mark.parametrize("width", [80, 100, 200])
def test_every_figure_is_there_in_a_terminal_of_any_width(width: int) -> None:
    full = agent("Dana Fox", status="connected", active=4, total=3, completed=14, aht=312.0)
    console = Console(width=width, file=io.StringIO(), highlight=False)
    console.print(agents_table([full], NOW, width))
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    online = "1:00:00" if width >= ROOMY else "1h00"
    for figure in ("Dana", "◐ Connected", "0:42", online, "■■■ 4/3", "14", "5:12"):
        assert figure in printed
    assert max(map(len, printed.splitlines())) <= width


@pytest.mark.parametrize("width", [80, 100])
def test_in_a_narrow_terminal_no_word_is_cut_however_many_places_there_are(width: int) -> None:
    rows = [
        agent(
            "Dana Fox", status="connected", active=8, total=8, waiting=3, waiting_since=NOW - 700, aht=3700.0
        ),
        agent("Maximiliana Berg", active=99, total=100, online_since=NOW - 40_000, completed=120),
        agent("Leo Falk", active=4, total=10, status="absent", why="break", reason="lunch", since=NOW - 4000),
    ]
    console = Console(width=width, file=io.StringIO(), highlight=False)
    console.print(agents_table(rows, NOW, width))
    words = console.file.getvalue().split()  # type: ignore[attr-defined]
    assert {"Maximiliana", "Connected", "Available", "lunch", "8/8", "99/100", "4/10", "11h06"} <= set(words)
    assert not any("■" in word for word in words)
