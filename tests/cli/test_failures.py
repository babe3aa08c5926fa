"""Every refusal of the node is one sentence on stderr and the exit code of its kind."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from lanassist.cli.failures import UNREAD, Commands
from lanassist.node.errors import (
    Absent,
    AtCapacity,
    LanassistError,
    MissingRole,
    NoRoutedCall,
    Offline,
    RefusedByPolicy,
    ScreenUnavailable,
    UnknownAgent,
)
from tests.cli.terminal import Terminal
from tests.support.local_api import FakeNode

REFUSALS = [
    (UnknownAgent(agent="dana"), 2),
    (MissingRole(role="supervisor", who="Dana Fox"), 3),
    (Offline(agent="Dana Fox", since=" since 10:42"), 4),
    (Absent(agent="Dana Fox", why="on break: lunch"), 5),
    (AtCapacity(agent="Dana Fox", active=3, total=3), 6),
    (NoRoutedCall(agent="Dana Fox"), 7),
    (RefusedByPolicy(agent="Dana Fox", why="glance is off"), 8),
    (ScreenUnavailable(why="the desktop refused"), 9),
]


@pytest.mark.parametrize(("refusal", "exit_code"), REFUSALS)
def test_a_refusal_keeps_its_words_and_its_exit_code(
    terminal: Terminal, node: FakeNode, refusal: LanassistError, exit_code: int
) -> None:
    node.answer("glance.stop", refusal)
    result = terminal.run("glance", "stop", "dana")
    assert (result.exit_code, result.stdout, result.stderr) == (exit_code, "", f"{refusal.text}\n")


def test_words_from_the_wire_are_inert_on_stderr(terminal: Terminal, node: FakeNode) -> None:
    node.answer("glance.stop", Offline.worded("\x1b]52;c;ZXZpbA==\x07 is offline"))
    assert terminal.run("glance", "stop", "dana").stderr == "\\x1b]52;c;ZXZpbA==\\x07 is offline\n"


def test_without_a_node_the_sentence_says_how_to_start_one(terminal: Terminal) -> None:
    result = terminal.run("agents", "list")
    assert result.exit_code == 10
    assert result.stderr == f"No node is running for {terminal.home}. Start one with `lanassist node run`.\n"


def test_home_may_stand_after_the_command(terminal: Terminal, tmp_path: Path) -> None:
    result = terminal.run("agents", "list", "--home", str(tmp_path / "other"))
    assert f"No node is running for {tmp_path / 'other'}." in result.stderr


def test_an_answer_that_makes_no_sense_is_told_without_a_traceback(
    terminal: Terminal, node: FakeNode
) -> None:
    node.answer("presence.agents", (200, b"<html>"))
    result = terminal.run("agents", "list")
    assert result.exit_code == 10
    assert "differ in version" in result.stderr


def test_an_unknown_command_is_bad_input(terminal: Terminal) -> None:
    assert terminal.run("agents", "lits").exit_code == 2


def test_ctrl_c_ends_quietly(terminal: Terminal, node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lanassist.cli.client.NodeClient.ask", interrupted)
    result = terminal.run("agents", "list")
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "")


@pytest.mark.parametrize("gone", [BrokenPipeError(), SystemExit(1)])
def test_a_reader_who_goes_ends_what_watches_without_a_word(gone: BaseException) -> None:
    app = typer.Typer(cls=Commands)

    @app.command()
    def watch() -> None:
        raise BaseExceptionGroup("of a nursery", [BaseExceptionGroup("of another", [gone])])

    @app.command()
    def other() -> None: ...

    result = CliRunner().invoke(app, ["watch"])
    assert (result.exit_code, result.output) == (UNREAD, "")


def test_a_bug_beside_it_is_not_hidden() -> None:
    app = typer.Typer(cls=Commands)

    @app.command()
    def watch() -> None:
        raise BaseExceptionGroup("of a nursery", [BrokenPipeError(), ValueError("a bug")])

    @app.command()
    def other() -> None: ...

    assert isinstance(CliRunner().invoke(app, ["watch"]).exception, BaseExceptionGroup)
