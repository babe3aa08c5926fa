"""``lanassist status``: an agent's own state and figures, and a supervisor's word on an agent's."""

import json

from lanassist.node.errors import MissingGrant
from lanassist.node.services.command import Done
from lanassist.node.services.presence.commands import DayFigures, DayList, OwnStatus, StatusReport
from tests.cli.agents import NOW
from tests.cli.terminal import Terminal
from tests.support.local_api import FakeNode

HOSTILE = "Sam\x1b]0;owned\x07\u202e"


def test_show_tells_capacity_figures_and_who_set_it(terminal: Terminal, node: FakeNode) -> None:
    own = OwnStatus(
        status="break",
        reason="lunch",
        since=NOW - 65,
        available=False,
        capacity=4,
        set_by="Sam Reed",
        completed=12,
        aht=312.4,
        break_reasons=("lunch", "training"),
    )
    node.answer("presence.status", StatusReport(now=NOW, status=own))
    shown = terminal.run("status", "show").stdout
    for wanted in ("on break: lunch", "Sam Reed", "1:05", "4", "12", "5:12", "lunch, training"):
        assert wanted in shown
    told = json.loads(terminal.run("status", "show", "--json").stdout)
    assert (told["capacity"], told["completed"], told["aht"], told["set_by"]) == (4, 12, 312.4, "Sam Reed")


def test_nothing_completed_has_no_handling_time(terminal: Terminal, node: FakeNode) -> None:
    node.answer("presence.status", StatusReport(now=NOW, status=OwnStatus(status="available", since=NOW)))
    shown = terminal.run("status", "show").stdout
    assert "AHT today        —" in shown
    assert "yourself" in shown


def test_who_set_it_is_only_text(terminal: Terminal, node: FakeNode) -> None:
    own = OwnStatus(status="break", reason=HOSTILE, since=NOW, set_by=HOSTILE, break_reasons=(HOSTILE,))
    node.answer("presence.status", StatusReport(now=NOW, status=own))
    assert terminal.run("status", "show").stdout.replace("\n", "").isprintable()


def test_a_supervisor_sets_an_agents_status(terminal: Terminal, node: FakeNode) -> None:
    node.answer("presence.set-status-of", Done())
    result = terminal.run("status", "set", "break", "--reason", "fire drill", "--agent", "dana")
    assert result.stdout == "dana is on break.\n"
    asked = {"agent": "dana", "status": "break", "reason": "fire drill"}
    assert node.asked == [("presence.set-status-of", asked)]


def test_a_supervisor_without_the_grant_is_told_so(terminal: Terminal, node: FakeNode) -> None:
    node.answer("presence.set-status-of", MissingGrant(who="Sam", grant="control"))
    result = terminal.run("status", "set", "available", "--agent", "dana")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "control" in result.stderr


def test_a_capacity_is_set_and_has_bounds(terminal: Terminal, node: FakeNode) -> None:
    node.answer("presence.set-capacity", Done())
    assert terminal.run("status", "capacity", "4").stdout == "You take 4 clients at once.\n"
    assert node.asked == [("presence.set-capacity", {"capacity": 4})]
    assert terminal.run("status", "capacity", "-1").exit_code == 2
    assert terminal.run("status", "capacity", "many").exit_code == 2


def test_days_are_a_table_and_plain_seconds_for_scripts(terminal: Terminal, node: FakeNode) -> None:
    today = DayFigures(day="2026-11-22", completed=3, chat=720, talk=60, hold=0, acw=30, aht=270)
    idle = DayFigures(day="2026-11-21", completed=0, chat=0, talk=0, hold=0, acw=0, aht=None)
    node.answer("presence.days", DayList(days=(today, idle)))
    header, first, second = terminal.run("status", "days").stdout.splitlines()
    assert header.split() == ["Day", "Completed", "Chat", "Talk", "Hold", "After", "call", "AHT"]
    assert first.split() == ["2026-11-22", "3", "12:00", "1:00", "0:00", "0:30", "4:30"]
    assert second.split()[-1] == "—"
    assert json.loads(terminal.run("status", "days", "--json").stdout)[0]["chat"] == 720
