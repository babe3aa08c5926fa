"""What `lanassist doctor` finds on a machine, and what it says to do about it."""

import json
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec import structs
from typer.testing import CliRunner

from lanassist.cli.checkup import Finding, checkup
from lanassist.cli.doctor import fitted
from lanassist.cli.main import app
from lanassist.node.errors import MachineError
from tests.cli.agents import DISPLAYS
from tests.cli.test_commands import card
from tests.support.local_api import fake_node
from tests.support.site import Site

BARE = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}
ANY_PORT = {**BARE, "LANASSIST_LINK_PORT": "0", "LANASSIST_PAGE_PORT": "0"}


def found(home: Path, environ: dict[str, str], now: datetime | None = None) -> dict[str, Finding]:
    return {each.what: each for each in checkup(home, environ, now)}


def test_a_machine_without_anything_is_told_what_to_do_first(tmp_path: Path) -> None:
    findings = found(tmp_path, ANY_PORT)
    assert findings["certificate"].state == "trouble"
    assert "lanassist node install BUNDLE" in findings["certificate"].do
    assert findings["display"].state == "trouble"
    assert "DISPLAY is not set" in findings["display"].found
    assert findings["node"].do == "start it with `lanassist node run`"
    assert {findings[each].state for each in ("lock", "idle", "notices")} == {"warning"}
    assert all(each.do or each.state == "ok" for each in findings.values())


def test_a_supervisors_machine_needs_no_screen(tmp_path: Path) -> None:
    site = Site()
    findings = found(site.home(tmp_path / "home", site.supervisor()), ANY_PORT)
    assert "display" not in findings
    assert findings["certificate"].state == "ok"
    assert findings["certificate"].found.startswith("Sam Reed, supervisor of acme.example; ")


def test_a_certificate_that_ends_soon_is_to_be_renewed_and_one_that_ended_is_trouble(tmp_path: Path) -> None:
    site = Site()
    agent = site.agent()
    home, ends = site.home(tmp_path / "home", agent), agent.identity.expires
    soon = found(home, ANY_PORT, ends - timedelta(days=3, hours=1))["certificate"]
    assert (soon.state, soon.do) == ("warning", "ask your admin to renew it")
    assert "3 days left" in soon.found
    assert found(home, ANY_PORT, ends + timedelta(days=1))["certificate"].state == "trouble"
    clock_is_wrong = found(home, ANY_PORT, datetime(2020, 1, 1, tzinfo=UTC))["certificate"]
    assert clock_is_wrong.state == "trouble"
    assert "clock" in clock_is_wrong.do


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        environ = {**ANY_PORT, "LANASSIST_PAGE_PORT": port}
        finding = found(tmp_path, environ)["port of the page"]
    assert (finding.state, finding.found) == ("trouble", f"{port}: address already in use")


def test_of_a_node_that_runs_its_own_ports_and_screen_are_told(tmp_path: Path) -> None:
    site = Site()
    home = site.home(tmp_path / "home", site.agent())
    with fake_node(home) as node:
        shown = structs.replace(card("agent"), displays=DISPLAYS[:1], desktop_error="")
        node.answer("node.status", shown)
        findings = found(home, {**BARE, "LANASSIST_LINK_PORT": "1", "LANASSIST_PAGE_PORT": "2"})
    told = {what: findings[what].found for what in ("node", "port for other nodes", "port of the page")}
    assert told == {"node": "it runs", "port for other nodes": "47600", "port of the page": "47601"}
    assert (findings["display"].state, findings["display"].found) == ("ok", "1: 1920 × 1080")


def test_a_node_that_runs_and_does_not_answer_is_trouble(tmp_path: Path) -> None:
    with fake_node(tmp_path) as node:
        node.answer("node.status", MachineError(why="it hangs"))
        finding = found(tmp_path, ANY_PORT)["node"]
    assert (finding.state, finding.do) == ("trouble", "end it and start it again")


@pytest.mark.parametrize("setting", ["LANASSIST_GLANCE_MASKS", "LANASSIST_LINK_PORT"])
def test_a_setting_that_is_none_is_named_and_the_rest_is_looked_at(tmp_path: Path, setting: str) -> None:
    findings = found(tmp_path, {**ANY_PORT, setting: "nonsense"})
    assert findings["settings"].state == "trouble"
    assert "nonsense" in findings["settings"].found
    assert len(findings) > 5


def test_the_command_ends_with_10_if_something_is_in_the_way(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["--home", str(tmp_path), "doctor", "--json"], env=ANY_PORT)
    assert done.exit_code == 10
    states = {each["what"]: each["state"] for each in json.loads(done.stdout)["findings"]}
    assert states["certificate"] == "trouble"
    told = CliRunner().invoke(app, ["--home", str(tmp_path), "doctor"], env=ANY_PORT).stdout
    assert [line.split()[0] for line in told.splitlines()[:2]] == ["ok", "TROUBLE"]


def test_in_a_terminal_what_does_not_fit_goes_on_below_where_it_began(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = "ok       port  " + "it is taken by another program of yours"
    assert fitted(line, 15) == line, "a pipe has no width"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    assert fitted(line, 15).splitlines() == [
        "ok       port  it is taken by another",
        "               program of yours",
    ]
