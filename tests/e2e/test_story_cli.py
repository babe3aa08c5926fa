"""A day at the desk, told through the command line alone: real nodes, real customers on the chat page."""

import json
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.customers import SETTINGS, ChatRefused, Customer
from tests.support.nodes import ANSWER_DEADLINE, LiveNode, LiveSite, eventually

pytestmark = pytest.mark.e2e

ASKED_FOR = {"LANASSIST_DESK_CATEGORIES": "General,Billing,Orders"}


class Team:
    """One desk, two agents of whom Kim takes one client at a time, and Sam, who supervises them."""

    def __init__(self, site: LiveSite) -> None:
        self.desk = site.node("Desk", "desk", settings={**SETTINGS, **ASKED_FOR})
        self.dana = site.node("Dana", "agent")
        self.kim = site.node("Kim", "agent", settings={"LANASSIST_PRESENCE_CAPACITY": "1"})
        self.sam = site.node("Sam", "supervisor")
        everybody = (self.desk, self.dana, self.kim, self.sam)
        for node in everybody:
            node.launch()
        for node in everybody:
            node.ready()
        self.desk.meet(self.dana)  # first, so that both clients are Dana's
        self.sam.meet(self.dana, self.kim, self.desk)
        self.mia, self.leo = Customer(self.desk, "Mia"), Customer(self.desk, "Leo")


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    with LiveSite(tmp_path) as site:
        yield Team(site)


def done(node: LiveNode, *words: str) -> str:
    """Run a command that must succeed; what it printed."""
    result = node.cli(*words)
    assert result.returncode == 0, (words, result.stderr)
    return result.stdout


def told(node: LiveNode, *words: str) -> Any:
    """The same with ``--json``."""
    return json.loads(done(node, *words, "--json"))


def refused(node: LiveNode, *words: str) -> tuple[int, str]:
    """Run a command that must not; its exit code and its one sentence."""
    result = node.cli(*words)
    assert (result.stdout, "Traceback" in result.stderr) == ("", False)
    return result.returncode, result.stderr.strip()


class Screen:
    """What a command that stays has printed so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(line for line in iter(self.process.stdout.readline, ""))

    def shows(self, text: str) -> str:
        """Wait for a line with this in it."""
        look = lambda: next((line for line in self.lines if text in line), "")  # noqa: E731
        return eventually(look)

    def ended(self) -> tuple[int, str]:
        """Wait for its end; its exit code and what it said on stderr."""
        assert self.process.stderr is not None
        try:
            code = self.process.wait(ANSWER_DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        said = self.process.stderr.read()
        self._reader.join()
        return code, said.strip()


@contextmanager
def staying(node: LiveNode, *words: str) -> Iterator[Screen]:
    """A command that stays, until the ``with`` ends it as Ctrl+C does."""
    with node.terminal(*words) as process:
        screen = Screen(process)
        try:
            yield screen
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                screen.ended()


def conversations(node: LiveNode) -> dict[str, Any]:
    """A supervisor's list, by client."""
    return {row["client"]["name"]: row for row in told(node, "chats", "list", "--all")}


def conversations_of(node: LiveNode, client: str) -> list[Any]:
    """All of one client."""
    return [row for row in told(node, "chats", "list", "--all") if row["client"]["name"] == client]


def in_hand(node: LiveNode) -> set[str]:
    """An agent's clients."""
    return {row["client"]["name"] for row in told(node, "chats", "mine") if row["state"] == "held"}


def texts(node: LiveNode, client: str) -> list[tuple[str, str]]:
    """Who said what, as the node's user reads it."""
    entries = told(node, "chats", "show", client)["entries"]
    return [(each["name"], each["text"]) for each in entries if each["kind"] in ("client", "say")]


def test_the_whole_story(team: Team) -> None:
    desk, dana, kim, sam, mia, leo = team.desk, team.dana, team.kim, team.sam, team.mia, team.leo

    # Two clients write. Both come to Dana, who answers; Sam looks on, and nobody can tell.
    mia.start("Where is my order?")
    leo.start("My invoice is wrong")
    eventually(lambda: in_hand(dana), {"Mia", "Leo"}.__eq__)
    desk.meet(kim)
    with staying(sam, "chats", "watch", "dana", "--json") as screen:
        screen.shows("Where is my order?")
        dana.api("conversations.draft", conversation=mia.conversation, text="Let me lo")
        assert json.loads(screen.shows("Let me lo")) == {
            "kind": "draft",
            "conversation": mia.conversation,
            "client": "Mia",
            "text": "Let me lo",
        }
        done(dana, "chats", "say", "mia", "Let me look")
        screen.shows("Let me look")
    eventually(mia.words, [("Mia", "Where is my order?"), ("Dana", "Let me look")].__eq__)

    # Sam takes control and answers as Dana. The client reads Dana's name, the team reads both.
    assert refused(sam, "control", "say", "leo", "Hello")[0] == 8
    with staying(sam, "control", "take", "dana", "--reason", "a difficult one") as control:
        control.shows("You act as dana now")
        assert [row["name"] for row in told(dana, "control", "who")] == ["Sam"]
        done(sam, "control", "say", "leo", "I will correct it at once")
        eventually(leo.words, lambda words: words[1:] == [("Dana", "I will correct it at once")])
        entries = told(dana, "chats", "show", "leo")["entries"]
        assert [each["actor_name"] for each in entries if each["kind"] == "say"] == ["Sam"]
        assert "under the control that you hold" in done(sam, "chats", "recategorize", "leo", "Billing")
        eventually(lambda: conversations(sam)["Leo"]["category"], "Billing".__eq__)
        done(dana, "control", "reclaim")
        code, said = control.ended()
    assert (code, said) == (8, "Control of Dana ended: the agent took control back.")
    assert told(dana, "control", "who") == []
    assert refused(sam, "control", "say", "leo", "Hello")[0] == 8

    # Without holding it: taken for that moment, and handed back.
    assert "handed back" in done(sam, "chats", "recategorize", "mia", "Orders")
    eventually(lambda: conversations(sam)["Mia"]["category"], "Orders".__eq__)
    assert told(dana, "control", "who") == []

    # Kim cannot be given Leo during a break; then can; then is full.
    done(kim, "status", "set", "break", "--reason", "lunch")
    sam.sees(kim, status="absent", why="break")
    assert refused(sam, "chats", "assign", "leo", "kim") == (5, "Kim is absent (on break: lunch).")
    done(kim, "status", "set", "available")
    eventually(lambda: sam.cli("chats", "assign", "leo", "kim").returncode, (0).__eq__)
    eventually(lambda: in_hand(kim), {"Leo"}.__eq__)
    assert in_hand(dana) == {"Mia"}
    assert refused(sam, "chats", "assign", "mia", "kim") == (6, "Kim is at maximum capacity (1/1).")
    assert in_hand(dana) == {"Mia"}

    # Leo is blocked, cannot write, is unblocked, and writes again.
    done(sam, "chats", "block", "leo", "--reason", "insults", "--for", "2h")
    (row,) = eventually(lambda: told(sam, "chats", "blocked"), bool)
    assert (row["name"], row["reason"], row["by"]) == ("Leo", "insults", "Sam")
    assert 7000 < row["until_seconds"] <= 7200
    eventually(lambda: in_hand(kim), set().__eq__)
    with pytest.raises(ChatRefused):
        leo.say("Let me in!")
    done(sam, "chats", "unblock", "leo")
    eventually(lambda: told(sam, "chats", "blocked"), [].__eq__)
    leo.say("I am sorry")
    eventually(lambda: conversations(sam)["Leo"]["state"], "open".__eq__)
    if conversations(sam)["Leo"]["owner_name"] != "Kim":
        done(sam, "chats", "assign", "leo", "kim")
    eventually(lambda: in_hand(kim), {"Leo"}.__eq__)
    done(kim, "chats", "say", "leo", "Never mind")
    eventually(leo.words, lambda words: words[-1] == ("Kim", "Never mind"))

    # Kim's machine loses its power. Leo goes on writing; the orphan is given to Dana, whole.
    kim.kill()
    (orphan,) = eventually(lambda: told(sam, "chats", "list", "--orphaned"), bool)
    assert (orphan["client"]["name"], orphan["owner_name"]) == ("Leo", "Kim")
    leo.say("Are you still there?")
    assert refused(sam, "chats", "assign", "mia", "kim")[0] == 4
    done(sam, "chats", "assign", "leo", "dana")
    eventually(lambda: in_hand(dana), {"Mia", "Leo"}.__eq__)
    done(dana, "chats", "say", "leo", "I am here now")
    whole = [
        ("Leo", "My invoice is wrong"),
        ("Dana", "I will correct it at once"),
        ("Leo", "I am sorry"),
        ("Kim", "Never mind"),
        ("Leo", "Are you still there?"),
        ("Dana", "I am here now"),
    ]
    eventually(leo.words, whole.__eq__)
    assert texts(dana, "leo") == whole
    assert texts(sam, "leo") == whole

    # Kim's node comes back, and knows that it is not Leo's agent any more.
    kim.start()
    desk.meet(kim)
    eventually(lambda: in_hand(kim), set().__eq__)
    assert refused(kim, "chats", "say", "leo", "I am back")[0] == 1
    done(dana, "chats", "complete", "leo")
    eventually(lambda: conversations(sam)["Leo"]["state"], "done".__eq__)
    assert leo.words() == whole


def test_a_conversation_is_followed_from_agent_to_agent(team: Team) -> None:
    desk, dana, kim, sam, mia = team.desk, team.dana, team.kim, team.sam, team.mia
    mia.start("Where is my order?")
    eventually(lambda: in_hand(dana), {"Mia"}.__eq__)
    desk.meet(kim)
    with staying(sam, "chats", "show", "mia", "--watch", "--json") as screen:
        screen.shows("Where is my order?")
        done(dana, "chats", "say", "mia", "One moment")
        screen.shows("One moment")
        done(dana, "chats", "transfer", "mia", "kim")
        screen.shows('"joined", "text": "", "node": "' + kim.api("node.status")["identity"]["node"])
        kim.api("conversations.draft", conversation=mia.conversation, text="It left on")
        screen.shows("It left on")
        done(kim, "chats", "say", "mia", "It left on Monday")
        screen.shows("It left on Monday")
        entries = [json.loads(line)["entry"] for line in screen.lines if '"kind": "entry"' in line]
    assert [each["seq"] for each in entries] == list(range(1, len(entries) + 1))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_terminal_that_is_left_hands_back_at_once(team: Team, number: signal.Signals) -> None:
    with staying(team.sam, "control", "take", "dana") as control:
        control.shows("You act as dana now")
        control.process.send_signal(number)
        assert control.ended() == (130, "")
    (row,) = told(team.sam, "control", "list")
    assert (row["state"], row["end"]["code"]) == ("ended", "stopped")  # and not by its lease
    assert told(team.dana, "control", "who") == []


def test_what_an_agent_needs_is_there(team: Team) -> None:
    desk, dana, kim, sam, mia = team.desk, team.dana, team.kim, team.sam, team.mia
    mia.start("Where is my order?")
    eventually(lambda: in_hand(dana), {"Mia"}.__eq__)
    desk.meet(kim)
    done(sam, "chats", "whisper", "dana", "Offer the refund", "--about", "mia")
    assert [row["text"] for row in eventually(lambda: told(dana, "chats", "whispers"), bool)] == [
        "Offer the refund"
    ]
    done(dana, "chats", "note", "mia", "wants a refund")
    eventually(lambda: told(sam, "chats", "show", "mia")["entries"][-1]["text"], "wants a refund".__eq__)
    assert all(text != "wants a refund" for _, text in mia.words())
    colleagues = told(dana, "chats", "colleagues", "mia")
    assert {row["name"]: row["refusal"] for row in colleagues}["Kim"] is None
    done(dana, "chats", "complete", "mia")
    eventually(lambda: in_hand(dana), set().__eq__)
    done(dana, "chats", "reopen", "mia")
    eventually(lambda: in_hand(dana), {"Mia"}.__eq__)
    done(dana, "chats", "complete", "mia")
    eventually(lambda: conversations(sam)["Mia"]["state"], "done".__eq__)
    first = mia.conversation
    mia.start("One more thing")
    eventually(lambda: len(conversations_of(sam, "Mia")), (2).__eq__)
    (past,) = told(sam, "chats", "history", mia.conversation)["past"]
    assert (past["conversation"], past["agent"], past["state"]) == (first, "Dana", "done")
    eventually(lambda: in_hand(dana) | in_hand(kim), {"Mia"}.__eq__)
    holder = dana if in_hand(dana) else kim
    entries = told(holder, "chats", "show", first, "--of", mia.conversation)["entries"]
    assert entries[0]["text"] == "Where is my order?"
