"""The IRC bridge of docs/examples between a real IRC server, a real desk and a real agent's node."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.support.bridge import CHANNEL, NICK, Bridge
from tests.support.irc import IrcPerson, IrcServer
from tests.support.nodes import LiveNode, LiveSite, eventually

pytestmark = pytest.mark.e2e


class Help:
    """A desk, Dana who works for it, an IRC server, and the bridge between."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        site = stack.enter_context(LiveSite(folder))
        self.desk: LiveNode = site.node("Desk", "desk").launch()
        room = {"LANASSIST_PRESENCE_CAPACITY": "20"}
        self.dana: LiveNode = site.node("Dana", "agent", settings=room).launch()
        self.sam: LiveNode = site.node("Sam", "supervisor").launch()
        self.irc = stack.enter_context(IrcServer(folder))
        self.desk.ready().meet(self.dana.ready())
        self.desk.meet(self.sam.ready())
        self.bridge = stack.enter_context(Bridge(self.desk, self.irc))
        eventually(lambda: "irc: connected" in self.bridge.log)
        self._stack = stack

    def person(self, nick: str, channel: str = "") -> IrcPerson:
        return self._stack.enter_context(IrcPerson(self.irc, nick, channel))

    def held(self, nick: str) -> Any:
        """The row of this client in Dana's hands; None while there is none."""
        rows = self.dana.api("conversations.mine")["conversations"]
        mine = [row for row in rows if row["client"]["id"] == f"irc:{nick}" and row["state"] == "held"]
        return mine[0] if mine else None

    def begin(self, person: IrcPerson, text: str = "hello") -> str:
        """The person writes, and Dana has it; the conversation."""
        person.says(NICK, text)
        eventually(lambda: person.said_to_me[-1:], lambda told: told == ["Dana is with you now."], seconds=40)
        return str(self.held(person.nick)["conversation"])

    def says(self, conversation: str, text: str) -> None:
        """Dana says."""
        answer = self.dana.api("conversations.act", conversation=conversation, kind="say", text=text)
        assert "code" not in answer, answer

    def read(self, conversation: str) -> list[str]:
        """What Dana reads of the client."""
        log = self.dana.api("conversations.show", conversation=conversation)["entries"]
        return [entry["text"] for entry in log if entry["kind"] == "client"]

    def nothing_is_left(self) -> bool:
        """Whether everything has been acknowledged."""
        return bool(self.desk.api("connector.take", connector="irc") == {"entries": []})


@pytest.fixture(scope="module")
def help_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Help]:
    """For people of other names in each test."""
    with ExitStack() as stack:
        yield Help(tmp_path_factory.mktemp("help"), stack)


def in_order(got: list[str], said: list[str]) -> list[str]:
    """What of it came twice; everything must have come, and for the first time in order."""
    first = list(dict.fromkeys(got))
    assert first == said
    return [each for at, each in enumerate(got) if each in got[:at]]


def test_people_on_irc_are_clients_like_any_other(help_desk: Help) -> None:
    eve, bob = help_desk.person("eve"), help_desk.person("bob", CHANNEL)
    conversation = help_desk.begin(eve, "my invoice is wrong")
    row = help_desk.held("eve")
    assert (row["client"]["name"], row["client"]["contact"]) == ("eve", "eve on IRC")
    help_desk.says(conversation, "let me look")
    eventually(lambda: eve.said_to_me, lambda told: told[-1] == "let me look")

    bob.says(CHANNEL, "not for the bot")
    bob.says(CHANNEL, f"{NICK}: and mine?")
    bobs = eventually(lambda: help_desk.held("bob"))["conversation"]
    assert help_desk.read(bobs) == ["and mine?"]

    help_desk.dana.api("conversations.act", conversation=conversation, kind="complete")
    eventually(lambda: eve.said_to_me, lambda told: "This is closed" in told[-1])
    eventually(help_desk.nothing_is_left)
    assert help_desk.begin(eve, "one more thing") != conversation
    assert all("let me look" not in told for told in bob.said_to_me)


def test_nothing_that_is_said_is_a_command_of_irc(help_desk: Help) -> None:
    eve = help_desk.person("mia")
    conversation = help_desk.begin(eve)
    eve.said_to_me.clear()
    long = "Grüße und Schönes " * 200
    help_desk.says(conversation, f"one\r\nQUIT :bye\n\x01VERSION\x01\n{long}")
    eventually(lambda: "".join(eve.said_to_me), lambda told: told.endswith(long.strip()))
    assert eve.said_to_me[:3] == ["one", "QUIT :bye", "VERSION"]
    assert all(len(line.encode()) <= 400 for line in eve.said_to_me)
    assert "".join(eve.said_to_me[3:]) == long.strip()
    eve.says(NICK, "\x01VERSION\x01")
    eve.says(NICK, "\x02bold\x0f \x0304,01red\x1f")
    eventually(lambda: help_desk.read(conversation)[-1], lambda text: text == "bold red")


def test_a_blocked_client_is_told_so(help_desk: Help) -> None:
    eve = help_desk.person("zoe")
    help_desk.begin(eve)
    done = help_desk.sam.api("conversations.block", client="irc:zoe", blocked=True, reason="spam")
    assert "code" not in done, done
    eve.says(NICK, "hello?")
    eventually(lambda: eve.noticed[-1:], lambda told: bool(told) and "blocked: spam" in told[0])


@pytest.mark.parametrize("dies", ["bridge", "desk", "irc"])
def test_whoever_dies_nothing_is_lost_and_nothing_acknowledged_is_doubled(help_desk: Help, dies: str) -> None:
    """What Dana says reaches Eve whole and in order. What was not acknowledged may come twice: at most the
    one that was on its way when the bridge or the server died."""
    eve = help_desk.person(f"eve-{dies}")
    conversation = help_desk.begin(eve)
    eventually(help_desk.nothing_is_left)
    eve.said_to_me.clear()
    die_and_return: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "bridge": (help_desk.bridge.kill, help_desk.bridge.start),
        "desk": (help_desk.desk.kill, help_desk.desk.start),
        "irc": (help_desk.irc.stop, help_desk.irc.start),
    }
    die, come_back = die_and_return[dies]
    said = [f"line {number}" for number in range(24)]
    for number, text in enumerate(said):
        help_desk.says(conversation, text)
        if number in (7, 15):
            eventually(lambda: eve.said_to_me)
            die()
        if number in (9, 18):
            come_back()
    eventually(lambda: eve.said_to_me[-1:], lambda told: told == said[-1:], seconds=40)
    eventually(help_desk.nothing_is_left, seconds=40)
    doubled = in_order(eve.said_to_me, said)
    assert len(doubled) <= (0 if dies == "desk" else 2)
    assert help_desk.bridge.running, help_desk.bridge.log


def test_what_people_write_while_the_desk_is_away_is_there_once_when_it_is_back(help_desk: Help) -> None:
    eve = help_desk.person("ann")
    conversation = help_desk.begin(eve)
    before = len(help_desk.read(conversation))
    help_desk.desk.kill()
    said = [f"question {number}" for number in range(5)]
    for text in said:
        eve.says(NICK, text)
    help_desk.desk.start()
    eventually(lambda: help_desk.read(conversation)[before:], lambda read: len(read) >= 5, seconds=40)
    assert help_desk.read(conversation)[before:] == said


def test_a_bridge_that_is_not_beside_a_desk_says_so(help_desk: Help) -> None:
    with Bridge(help_desk.dana, help_desk.irc) as bridge:
        eventually(lambda: not bridge.running)
        assert "role “desk”" in bridge.log
        assert "Traceback" not in bridge.log
