"""``lanassist control``: a lease that one terminal holds and others act under."""

import json

import pytest

from lanassist.node.errors import ControlTaken, NotInControl
from lanassist.node.protocol.messages import NodeId, SessionId
from lanassist.node.services.command import Done, Refusal
from lanassist.node.services.conversations.commands import (
    CONTROL,
    CONTROLLER,
    Controller,
    ControlRow,
    ControlStarted,
)
from lanassist.node.services.session import ENDINGS
from tests.cli.agents import NOW, agents
from tests.cli.conversations import DANA, KIM, MIA, batch, everything, told
from tests.cli.terminal import Terminal
from tests.support.local_api import FakeNode

SESSION = SessionId("5e55ion")


def row(code: str = "", /) -> ControlRow:
    """Running, or ended for a reason."""
    end = Refusal(code=code, text=ENDINGS[code]) if code else None
    return ControlRow(
        session=SESSION,
        agent=DANA.node,
        agent_name=DANA.name,
        state="ended" if code else "running",
        since=NOW - 5,
        end=end,
    )


@pytest.fixture
def site(node: FakeNode) -> FakeNode:
    """Dana has Mia, and is under control."""
    node.answer("conversations.list", everything(told("aa11", MIA)))
    node.answer("presence.agents", agents(DANA, KIM))
    node.answer("control.take", ControlStarted(session=SESSION, agent=DANA.node))
    for name in ("renew", "act", "release"):
        node.answer(f"control.{name}", Done())
    node.stream("/api/events", batch((CONTROL, SESSION, row()), snapshot=True))
    return node


def names(node: FakeNode) -> list[str]:
    return [name for name, _ in node.asked]


def test_control_that_is_released_elsewhere_ends_well(terminal: Terminal, site: FakeNode) -> None:
    site.stream("/api/events", batch(snapshot=True), batch((CONTROL, SESSION, row("stopped"))))
    result = terminal.run("control", "take", "dana", "--reason", "help")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("You act as dana now")
    assert result.stdout.endswith("Handed back.\n")
    assert site.asked[0] == ("control.take", {"agent": "dana", "reason": "help"})
    assert site.asked[-1] == ("control.release", {"session": SESSION})


def test_ctrl_c_hands_back_and_says_so(
    terminal: Terminal, site: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_main: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lanassist.cli.channels.run_live", interrupted)
    result = terminal.run("control", "take", "dana")
    assert (result.exit_code, result.stdout) == (130, "Handed back.\n")
    assert site.asked[-1] == ("control.release", {"session": SESSION})
    assert terminal.run("control", "take", "dana", "--json").stdout == ""


@pytest.mark.parametrize(("code", "exit_code"), [("reclaimed", 8), ("link-lost", 4), ("revoked", 3)])
def test_control_that_is_lost_says_why(terminal: Terminal, site: FakeNode, code: str, exit_code: int) -> None:
    site.stream("/api/events", batch((CONTROL, SESSION, row(code)), snapshot=True))
    result = terminal.run("control", "take", "dana")
    assert result.exit_code == exit_code
    assert result.stderr == f"Control of Dana Fox ended: {ENDINGS[code]}.\n"


def test_control_that_another_holds_is_refused(terminal: Terminal, site: FakeNode) -> None:
    refusal = ControlTaken(agent="Dana Fox", holder="Kim Oduya")
    site.answer("control.take", refusal)
    result = terminal.run("control", "take", "dana")
    assert (result.exit_code, result.stderr) == (8, f"{refusal.text}\n")
    assert names(site) == ["control.take"]


def test_a_node_that_goes_ends_it_with_a_sentence(terminal: Terminal, site: FakeNode) -> None:
    assert terminal.run("control", "take", "dana", "--json").exit_code == 10


def test_a_length_that_is_none_takes_nothing(terminal: Terminal, site: FakeNode) -> None:
    assert terminal.run("control", "take", "dana", "--for", "soon").exit_code == 2
    assert site.asked == []


@pytest.mark.parametrize(
    ("words", "kind", "text", "to"),
    [
        (["say", "mia", "Hello"], "say", "Hello", ""),
        (["note", "mia", "VIP"], "note", "VIP", ""),
        (["recategorize", "mia", "billing"], "categorise", "billing", ""),
        (["complete", "mia"], "complete", "", ""),
        (["move", "mia", "kim"], "move", "", "kim"),
        (["move", "mia", "--queue"], "move", "", ""),
    ],
)
def test_another_terminal_acts_under_it(
    terminal: Terminal, site: FakeNode, words: list[str], kind: str, text: str, to: str
) -> None:
    result = terminal.run("control", *words)
    assert "Mia Berg" in result.stdout
    _, body = site.asked[-1]
    assert (body["session"], body["kind"], body["text"], body["to"]) == (SESSION, kind, text, to)


def test_nobody_acts_without_control(terminal: Terminal, site: FakeNode) -> None:
    site.stream("/api/events", batch((CONTROL, SESSION, row("stopped")), snapshot=True))
    result = terminal.run("control", "say", "mia", "Hello")
    assert (result.exit_code, result.stderr) == (8, f"{NotInControl(agent='Dana Fox').text}\n")
    assert "control.act" not in names(site)
    assert terminal.run("control", "release", "dana").exit_code == 8


def test_what_no_agent_has_cannot_be_acted_in(terminal: Terminal, site: FakeNode) -> None:
    site.answer("conversations.list", everything(told("aa11", MIA, state="waiting", owner="desk")))
    assert terminal.run("control", "complete", "mia").exit_code == 1


def test_control_is_released_from_another_terminal(terminal: Terminal, site: FakeNode) -> None:
    assert terminal.run("control", "release", "dana").stdout == "Dana Fox's conversations are handed back.\n"
    assert site.asked[-1] == ("control.release", {"session": SESSION})


def test_control_is_listed_with_its_end(terminal: Terminal, site: FakeNode) -> None:
    site.stream("/api/events", batch((CONTROL, SESSION, row("reclaimed")), snapshot=True))
    assert ENDINGS["reclaimed"] in terminal.run("control", "list").stdout
    (told,) = json.loads(terminal.run("control", "list", "--json").stdout)
    assert (told["end"]["code"], told["since_seconds"]) == ("reclaimed", 5)
    assert "Dana Fox" in terminal.run("control", "list", "--watch").stdout


def test_an_agent_sees_who_and_takes_it_back(terminal: Terminal, node: FakeNode) -> None:
    holder = Controller(
        session=SESSION, supervisor=NodeId("s"), name="Sam Lee", reason="calm down", since=NOW - 65
    )
    node.stream("/api/events", batch((CONTROLLER, "self", holder), snapshot=True))
    node.answer("conversations.reclaim", Done())
    assert "calm down" in terminal.run("control", "who").stdout
    assert json.loads(terminal.run("control", "who", "--json").stdout)[0]["name"] == "Sam Lee"
    assert "Sam Lee" in terminal.run("control", "who", "--watch").stdout
    assert terminal.run("control", "reclaim").exit_code == 0
    assert names(node) == ["conversations.reclaim"]
    node.stream("/api/events", batch(snapshot=True))
    assert terminal.run("control", "who").stdout == "Nobody but you.\n"


def test_a_page_that_is_not_signed_in_has_no_board(terminal: Terminal, node: FakeNode) -> None:
    assert terminal.run("control", "list").exit_code == 3
