"""``lanassist chats``, as a supervisor uses it."""

import json

import pytest

from lanassist.node.errors import (
    Absent,
    AtCapacity,
    LanassistError,
    MissingGrant,
    MissingRole,
    NoDesk,
    Offline,
    UnknownConversation,
)
from lanassist.node.protocol.messages import Client, SessionId
from lanassist.node.services.command import Done
from lanassist.node.services.conversations.commands import (
    CONTROL,
    DRAFTS,
    BlockedList,
    BlockedRow,
    ControlRow,
    ControlStarted,
    DraftRow,
    History,
    Log,
    PastConversation,
)
from tests.cli.agents import NOW, agents
from tests.cli.conversations import DANA, KIM, LEO, MIA, batch, entry, everything, log, told
from tests.cli.terminal import Terminal
from tests.support.local_api import FakeNode

HOSTILE = "Eve\x1b]0;owned\x07\r\x9b2J\u202e[bold]"
OPEN = told("aa11", MIA)
WAITING = told("bb22", LEO, state="waiting", owner="desk", owner_name="", since=NOW - 130)
ORPHANED = told(
    "cc33", Client(id="c3", name="Zoe"), orphaned=True, owner=KIM.node, owner_name=KIM.name, since=NOW - 5
)
DONE = told("dd44", Client(id="c4", name="Old"), state="done", owner="desk")


@pytest.fixture
def site(node: FakeNode) -> FakeNode:
    """Dana has Mia, Leo waits, Zoe's agent Kim is gone, and an old one is done."""
    node.answer("conversations.list", everything(DONE, OPEN, WAITING, ORPHANED))
    node.answer("presence.agents", agents(DANA, KIM))
    node.stream("/api/events", batch(snapshot=True))
    return node


def acts(node: FakeNode) -> list[tuple[str, dict[str, object]]]:
    """What was asked beyond looking."""
    return [each for each in node.asked if each[0] not in ("conversations.list", "presence.agents")]


# --- lists -------------------------------------------------------------------------------------------


def test_orphans_come_first_then_who_waits(terminal: Terminal, site: FakeNode) -> None:
    header, *rows = terminal.run("chats", "list").stdout.splitlines()
    assert header.split()[:2] == ["Conversation", "Client"]
    assert [row.split()[0] for row in rows] == ["cc33", "bb22", "aa11"]
    assert "! Orphaned" in rows[0]
    assert "◌ Waiting" in rows[1]
    assert "2:10" in rows[1]
    assert "● Open" in rows[2]
    assert "Dana Fox" in rows[2]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["--waiting"], ["bb22"]),
        (["--orphaned"], ["cc33"]),
        (["--waiting", "--orphaned"], ["cc33", "bb22"]),
        (["--agent", "dana"], ["aa11"]),
        (["--all"], ["cc33", "bb22", "aa11", "dd44"]),
    ],
)
def test_a_list_is_narrowed(terminal: Terminal, site: FakeNode, words: list[str], shown: list[str]) -> None:
    _, *rows = terminal.run("chats", "list", *words).stdout.splitlines()
    assert [row.split()[0] for row in rows] == shown


def test_the_list_for_scripts_has_ages(terminal: Terminal, site: FakeNode) -> None:
    (row,) = json.loads(terminal.run("chats", "list", "--waiting", "--json").stdout)
    assert (row["client"]["name"], row["since_seconds"]) == ("Leo Falk", 130)


def test_the_list_can_be_watched(terminal: Terminal, site: FakeNode) -> None:
    site.stream("/api/events", batch(("conversations.all", "bb22", WAITING), snapshot=True))
    printed = terminal.run("chats", "list", "--watch").stdout
    assert "Leo Falk" in printed


def test_what_clients_write_does_nothing_to_the_terminal(terminal: Terminal, site: FakeNode) -> None:
    eve = told("ee55", Client(id="c5", name=HOSTILE, contact=HOSTILE), category=HOSTILE, owner_name=HOSTILE)
    site.answer("conversations.list", everything(eve))
    site.answer("conversations.read", log(entry(1, "client", HOSTILE, name=HOSTILE)))
    for words in (["list"], ["list", "--json"], ["show", "ee55"], ["show", "ee55", "--json"]):
        printed = terminal.run("chats", *words).stdout
        assert printed.replace("\n", "").isprintable(), words
        assert "Eve" in printed
        assert "[bold]" in printed


# --- one conversation --------------------------------------------------------------------------------


def test_a_conversation_is_shown_with_its_log_and_draft(terminal: Terminal, site: FakeNode) -> None:
    said = entry(3, "say", "On its way", actor="node-sam", actor_name="Sam Lee")
    site.answer("conversations.read", log(entry(1, "client", "Where is it?"), entry(2, "joined"), said))
    draft = (DRAFTS, f"{DANA.node}/aa11", DraftRow(text="Let me lo"))
    site.stream("/api/events", batch(draft, snapshot=True))
    shown = terminal.run("chats", "show", "mia").stdout.splitlines()
    assert "Mia Berg" in shown[0]
    assert "Where is it?" in shown[1]
    assert "[has the conversation]" in shown[2]
    assert "Dana Fox (by Sam Lee)" in shown[3]
    assert "Let me lo" in shown[4]
    told = json.loads(terminal.run("chats", "show", "mia", "--json").stdout)
    assert (told["draft"], told["conversation"]["epoch"]) == ("Let me lo", 2)
    assert [each["seq"] for each in told["entries"]] == [1, 2, 3]
    assert told["entries"][0]["at_seconds"] == 99


def test_a_long_log_is_read_to_its_end(terminal: Terminal, site: FakeNode) -> None:
    def part(body: dict[str, int]) -> Log:
        after = body["after"]
        return log(entry(after + 1, "client", f"line {after + 1}"), more=after < 2)

    site.answer("conversations.read", part)
    shown = terminal.run("chats", "show", "mia").stdout
    assert [f"line {number}" in shown for number in (1, 2, 3)] == [True] * 3


def test_an_earlier_conversation_is_shown_by_its_whole_id(terminal: Terminal, site: FakeNode) -> None:
    site.answer("conversations.read", log(entry(1, "client", "Long ago")))
    assert "Long ago" in terminal.run("chats", "show", "0123456789abcdef").stdout
    assert site.asked[-1] == (
        "conversations.read",
        {"conversation": "0123456789abcdef", "of": "", "after": 0},
    )


def test_a_history_is_listed(terminal: Terminal, site: FakeNode) -> None:
    past = PastConversation(
        conversation="9999", category="returns", state="done", agent="Kim", began=NOW - 3600, entries=12
    )
    site.answer("conversations.history", History(now=NOW, client=MIA, past=(past,)))
    assert "returns" in terminal.run("chats", "history", "mia").stdout
    found = json.loads(terminal.run("chats", "history", "mia", "--json").stdout)
    assert (found["client"]["id"], found["past"][0]["began_seconds"]) == ("c1-mia", 3600)


# --- a hand in them ----------------------------------------------------------------------------------


def test_a_client_is_assigned_to_an_agent_or_the_queue(terminal: Terminal, site: FakeNode) -> None:
    site.answer("conversations.assign", Done())
    assert terminal.run("chats", "assign", "zoe", "dana").stdout == (
        "The conversation with Zoe is with dana now.\n"
    )
    assert terminal.run("chats", "assign", "zoe", "--queue").exit_code == 0
    assert [body["to"] for _, body in acts(site)] == ["dana", ""]


@pytest.mark.parametrize("words", [[], ["dana", "--queue"]])
def test_an_assignment_names_one_place(terminal: Terminal, site: FakeNode, words: list[str]) -> None:
    assert terminal.run("chats", "assign", "zoe", *words).exit_code == 2
    assert site.asked == []


def test_a_conversation_that_nobody_knows_is_named(terminal: Terminal, site: FakeNode) -> None:
    site.answer("conversations.read", UnknownConversation())
    result = terminal.run("chats", "show", "xyz")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "“xyz”" in result.stderr


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (Offline(agent="Dana Fox", since=""), 4),
        (Absent(agent="Dana Fox", why="on break: lunch"), 5),
        (AtCapacity(agent="Dana Fox", active=3, total=3), 6),
        (MissingGrant(who="Sam Lee", grant="assign"), 3),
    ],
)
def test_a_refused_assignment_says_why(
    terminal: Terminal, site: FakeNode, refusal: LanassistError, code: int
) -> None:
    site.answer("conversations.assign", refusal)
    result = terminal.run("chats", "assign", "zoe", "dana")
    assert (result.exit_code, result.stdout, result.stderr) == (code, "", f"{refusal.text}\n")


def test_recategorizing_takes_control_for_that_moment(terminal: Terminal, site: FakeNode) -> None:
    site.answer("control.take", ControlStarted(session=SessionId("s1"), agent=DANA.node))
    site.answer("control.act", Done())
    site.answer("control.release", Done())
    result = terminal.run("chats", "recategorize", "mia", "billing")
    assert result.stdout == "Mia Berg is in billing now: done as Dana Fox, and handed back.\n"
    assert [name for name, _ in acts(site)] == ["control.take", "control.act", "control.release"]
    assert acts(site)[1][1]["kind"] == "categorise"


def test_control_is_handed_back_if_the_act_is_refused(terminal: Terminal, site: FakeNode) -> None:
    site.answer("control.take", ControlStarted(session=SessionId("s1"), agent=DANA.node))
    site.answer("control.act", NoDesk())
    site.answer("control.release", Done())
    assert terminal.run("chats", "recategorize", "mia", "billing").exit_code == 4
    assert acts(site)[-1] == ("control.release", {"session": "s1"})


def test_recategorizing_uses_control_that_is_held(terminal: Terminal, site: FakeNode) -> None:
    held = ControlRow(
        session=SessionId("s7"), agent=DANA.node, agent_name=DANA.name, state="running", since=NOW
    )
    site.stream("/api/events", batch((CONTROL, "s7", held), snapshot=True))
    site.answer("control.act", Done())
    assert "under the control that you hold" in terminal.run("chats", "recategorize", "mia", "billing").stdout
    assert [name for name, _ in acts(site)] == ["control.act"]


def test_nobody_acts_in_what_no_agent_has(terminal: Terminal, site: FakeNode) -> None:
    result = terminal.run("chats", "recategorize", "leo", "billing")
    assert (result.exit_code, acts(site)) == (1, [])
    assert "Assign it first" in result.stderr


def test_a_whisper_may_name_the_conversation(terminal: Terminal, site: FakeNode) -> None:
    site.answer("conversations.whisper", Done())
    assert terminal.run("chats", "whisper", "dana", "Offer a refund", "--about", "mia").exit_code == 0
    assert acts(site) == [
        ("conversations.whisper", {"agent": "dana", "conversation": "aa11", "text": "Offer a refund"})
    ]


def test_only_supervisors_have_these(terminal: Terminal, node: FakeNode) -> None:
    node.answer("conversations.list", MissingRole(role="supervisor", who="Dana Fox"))
    assert terminal.run("chats", "list").exit_code == 3


# --- blocking ----------------------------------------------------------------------------------------


def test_a_client_is_blocked_for_a_while_with_a_reason(terminal: Terminal, site: FakeNode) -> None:
    site.answer("conversations.block", Done())
    result = terminal.run("chats", "block", "mia", "--reason", "insults", "--for", "30d")
    assert result.stdout == "Mia Berg is blocked for 30d.\n"
    ((_, body),) = acts(site)
    assert (body["client"], body["reason"], body["seconds"]) == ("c1-mia", "insults", 2592000)
    assert terminal.run("chats", "block", "mia", "--for", "soon").exit_code == 2


def test_a_client_is_unblocked_by_name(terminal: Terminal, site: FakeNode) -> None:
    row = BlockedRow(client="c1-mia", name="Mia Berg", reason="insults", by="Sam", until=NOW + 60)
    forever = BlockedRow(client="c9", name="", reason="", by="Sam", until=None)
    site.answer("conversations.blocked", BlockedList(now=NOW, blocked=(row, forever)))
    site.answer("conversations.block", Done())
    assert terminal.run("chats", "unblock", "mia").stdout == "Mia Berg may write again.\n"
    assert (site.asked[-1][1]["client"], site.asked[-1][1]["blocked"]) == ("c1-mia", False)
    shown = terminal.run("chats", "blocked").stdout
    assert "1:00" in shown
    assert "when unblocked" in shown
    told = json.loads(terminal.run("chats", "blocked", "--json").stdout)
    assert [each["until_seconds"] for each in told] == [60, None]
    assert terminal.run("chats", "unblock", "nobody").exit_code == 2
