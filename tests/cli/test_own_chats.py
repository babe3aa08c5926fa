"""``lanassist chats``, as an agent uses it."""

import json

import pytest

from lanassist.node.errors import AtCapacity, MissingRole
from lanassist.node.protocol.messages import Act, NodeId
from lanassist.node.services.command import Done, Refusal
from lanassist.node.services.conversations.commands import (
    ENTRIES,
    MINE,
    WHISPERS,
    Colleague,
    Colleagues,
    FullConversation,
    Queued,
    WhisperRow,
)
from tests.cli.agents import NOW
from tests.cli.conversations import LEO, MIA, batch, entry, log, mine, own
from tests.cli.terminal import Terminal
from tests.support.local_api import FakeNode

LATE = Act(id="a9", kind="say", text="Too late")


@pytest.fixture
def dana(node: FakeNode) -> FakeNode:
    """An agent's node, with Mia in hand, waiting, and Leo gone."""
    node.answer("conversations.list", MissingRole(role="supervisor", who="Dana Fox"))
    gone = own("bb22", LEO, state="moved", waiting_since=None, refused=(LATE,))
    node.answer("conversations.mine", mine(gone, own("aa11", MIA, typing=True)))
    for name in ("act", "transfer", "reopen", "dismiss"):
        node.answer(f"conversations.{name}", Queued(id="a1") if name == "act" else Done())
    return node


def test_who_waits_longest_is_on_top(terminal: Terminal, dana: FakeNode) -> None:
    _, first, second = terminal.run("chats", "mine").stdout.splitlines()
    assert "aa11" in first
    assert "0:10" in first
    assert "the client is typing" in first
    assert "1 not sent" in second
    rows = json.loads(terminal.run("chats", "mine", "--json").stdout)
    assert rows[1]["waiting_since_seconds"] == 10


def test_own_conversations_can_be_watched(terminal: Terminal, dana: FakeNode) -> None:
    dana.stream("/api/events", batch((MINE, "aa11", own("aa11", MIA)), snapshot=True))
    (line,) = terminal.run("chats", "mine", "--watch", "--json").stdout.splitlines()
    assert json.loads(line)["key"] == "aa11"


@pytest.mark.parametrize(
    ("words", "kind", "text"),
    [
        (["say", "mia", "Hello"], "say", "Hello"),
        (["note", "mia", "VIP"], "note", "VIP"),
        (["complete", "mia"], "complete", ""),
        (["recategorize", "mia", "billing"], "categorise", "billing"),
    ],
)
def test_an_agent_acts(terminal: Terminal, dana: FakeNode, words: list[str], kind: str, text: str) -> None:
    result = terminal.run("chats", *words)
    assert "Mia Berg" in result.stdout
    assert dana.asked[-1] == (
        "conversations.act",
        {"conversation": "aa11", "kind": kind, "text": text, "id": ""},
    )


def test_what_waits_for_the_desk_is_said(terminal: Terminal, dana: FakeNode) -> None:
    dana.answer("conversations.mine", mine(own("aa11", MIA, desk_online=False)))
    assert "kept here" in terminal.run("chats", "say", "mia", "Hello").stdout


def test_a_conversation_is_given_away_and_taken_again(terminal: Terminal, dana: FakeNode) -> None:
    assert terminal.run("chats", "transfer", "mia", "kim").exit_code == 0
    assert dana.asked[-1][1] == {"conversation": "aa11", "to": "kim", "id": ""}
    assert "queue" in terminal.run("chats", "transfer", "mia", "--queue").stdout
    assert terminal.run("chats", "reopen", "leo").exit_code == 0
    assert dana.asked[-1] == ("conversations.reopen", {"conversation": "bb22", "id": ""})


def test_what_was_not_sent_is_told_and_put_away(terminal: Terminal, dana: FakeNode) -> None:
    assert terminal.run("chats", "dismiss", "leo").stdout == "Put away: Too late\n"
    assert dana.asked[-1] == ("conversations.dismiss", {"conversation": "bb22", "id": "a9"})
    assert terminal.run("chats", "dismiss", "mia").stdout == "Everything was sent.\n"


def test_colleagues_are_listed_with_why_not(terminal: Terminal, dana: FakeNode) -> None:
    full = AtCapacity(agent="Kim Oduya", active=3, total=3)
    kim = Colleague(
        node=NodeId("kim"),
        name="Kim Oduya",
        email="kim@acme.example",
        teams=("sales",),
        active=3,
        total=3,
        refusal=Refusal.of(full),
    )
    dana.answer("conversations.colleagues", Colleagues(colleagues=(kim,)))
    assert "no: Kim Oduya is at maximum capacity (3/3)." in terminal.run("chats", "colleagues", "mia").stdout
    (row,) = json.loads(terminal.run("chats", "colleagues", "mia", "--json").stdout)
    assert row["refusal"]["code"] == "agent-at-capacity"


def test_an_agent_reads_the_own_replica(terminal: Terminal, dana: FakeNode) -> None:
    pending = own("aa11", MIA, pending=(Act(id="a2", kind="say", text="Almost"),))
    full = FullConversation(conversation=pending, entries=(entry(1, "client", "Hi"),))
    dana.answer("conversations.show", full)
    shown = terminal.run("chats", "show", "mia").stdout
    assert "Hi" in shown
    assert "not confirmed yet" in shown
    assert json.loads(terminal.run("chats", "show", "mia", "--json").stdout)["entries"][0]["text"] == "Hi"


def test_an_agent_reads_what_was_before(terminal: Terminal, dana: FakeNode) -> None:
    dana.answer("conversations.read", log(entry(1, "client", "Last year")))
    assert "Last year" in terminal.run("chats", "show", "9999", "--of", "mia").stdout
    assert dana.asked[-1][1] == {"conversation": "9999", "of": "aa11", "after": 0}


def test_an_agent_follows_the_own_replica(terminal: Terminal, dana: FakeNode) -> None:
    one, two, other = entry(1, "client", "Hi"), entry(2, "say", "Hello"), entry(1, "client", "No")
    elsewhere = (ENTRIES, "zz/1", entry(1, "client", "No", conversation="zz"))
    dana.stream(
        "/api/events",
        batch((ENTRIES, one.key, one), elsewhere, snapshot=True),
        batch((ENTRIES, two.key, two), (ENTRIES, one.key, other)),
    )
    lines = terminal.run("chats", "show", "mia", "--watch").stdout.splitlines()
    assert [line.rsplit("  ", 1)[1] for line in lines] == ["Hi", "Hello"]


def test_whispers_are_read(terminal: Terminal, dana: FakeNode) -> None:
    row = WhisperRow(conversation="aa11", supervisor=NodeId("s"), name="Sam Lee", text="Refund", at=NOW - 5)
    dana.stream("/api/events", batch((WHISPERS, "w1", row), snapshot=True))
    assert "Refund" in terminal.run("chats", "whispers").stdout
    assert json.loads(terminal.run("chats", "whispers", "--json").stdout)[0]["at_seconds"] == 5
    assert "Refund" in terminal.run("chats", "whispers", "--watch").stdout
