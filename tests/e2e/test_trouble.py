"""Machines in trouble: a disk that is full, a store that is read-only, a clock that is set back a year."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.clocks import WallClock
from tests.support.customers import SETTINGS, ChatRefused, Customer
from tests.support.disks import SmallDisk, small_disk
from tests.support.nodes import LiveNode, LiveSite, eventually
from tests.support.xserver import Monitor, XServer

pytestmark = pytest.mark.e2e
LONG = "This is a long story. " * 170
NOTHING_CHANGED = "Nothing was changed."
HOUR = 3600


class Machines:
    """Nodes of one site, some of them with a small disk under their store."""

    def __init__(self, site: LiveSite, mounts: ExitStack) -> None:
        self.site = site
        self._mounts = mounts

    def disk_of(self, node: LiveNode) -> SmallDisk:
        """Its store is on a small disk from now on. Before it starts."""
        return self._mounts.enter_context(small_disk(node.home / "data"))


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    with ExitStack() as mounts, LiveSite(tmp_path) as site:
        yield Machines(site, mounts)


def mine(agent: LiveNode, conversation: str) -> Any:
    """The agent's own row of a conversation, or None."""
    rows = agent.api("conversations.mine")["conversations"]
    return next((row for row in rows if row["conversation"] == conversation), None)


def in_hand(agent: LiveNode, conversation: str) -> Any:
    """Wait until the agent has it."""
    return eventually(
        lambda: mine(agent, conversation), lambda row: row is not None and row["state"] == "held"
    )


def said_until_refused(desk: LiveNode, conversation: str) -> tuple[list[str], Any]:
    """A client goes on writing until the desk refuses: the ids of what it took, and the refusal."""
    taken: list[str] = []
    for number in range(400):
        line = f"line-{number}"
        answer = say(desk, conversation, line)
        if "code" in answer:
            return taken, answer
        taken.append(line)
    raise AssertionError("the disk is not full")


def say(desk: LiveNode, conversation: str, line: str) -> Any:
    return desk.api("desk.send", conversation=conversation, client="leo", id=line, text=LONG)


def read(desk: LiveNode, conversation: str, after: int) -> Any:
    """What the client may read after that entry; None just after a commit that failed: it begins again."""
    return desk.api("desk.read", conversation=conversation, client="leo", after=after).get("entries")


def lines(desk: LiveNode, conversation: str) -> list[str]:
    """The ids of everything that the client and the agent said, as the desk has it."""
    found: list[Any] = []
    after = 0
    while part := eventually(partial(read, desk, conversation, after), lambda part: part is not None):
        found += part
        after = found[-1]["seq"]
    assert [each["seq"] for each in found] == list(range(1, len(found) + 1))
    return [each["id"] for each in found if each["kind"] in ("client", "say")]


def test_a_desk_whose_disk_is_full_takes_nothing_more_and_says_so(machines: Machines) -> None:
    desk = machines.site.node("Desk", "desk", settings=SETTINGS)
    disk = machines.disk_of(desk)
    dana = machines.site.node("Dana", "agent").launch()
    desk.start().meet(dana.ready())
    leo = {"id": "leo", "name": "Leo"}
    conversation = desk.api("desk.start", id="first", client=leo, text="Hello")["conversation"]
    in_hand(dana, conversation)
    mia = Customer(desk, "Mia")
    mia.start("Are you there?")

    disk.fill()
    taken, refusal = said_until_refused(desk, conversation)
    assert refusal["code"] == "storage-failed"
    assert NOTHING_CHANGED in refusal["text"]
    with pytest.raises(ChatRefused) as caught:
        mia.say(LONG)
    assert str(desk.home) not in caught.value.text  # a customer reads no path
    other = desk.api("desk.start", id="second", client={"id": "zoe", "name": "Zoe"}, text=LONG)
    assert other["code"] == "storage-failed"
    assert lines(desk, conversation) == ["first", *taken]
    dana.api("conversations.act", conversation=conversation, kind="say", text=LONG, id="meanwhile")
    assert [each["id"] for each in mine(dana, conversation)["pending"]] == ["meanwhile"]
    assert desk.cli("node", "status").returncode == 0

    disk.free()
    again = f"line-{len(taken)}"
    assert "seq" in eventually(lambda: say(desk, conversation, again), lambda answer: "seq" in answer)
    eventually(lambda: mine(dana, conversation)["pending"], [].__eq__)
    whole = lines(desk, conversation)
    assert sorted(whole) == sorted(["first", *taken, again, "meanwhile"])
    assert [each for each in whole if each != "meanwhile"] == ["first", *taken, again]
    mia.say("Now?")

    desk.kill()
    desk.start().meet(dana)
    assert lines(desk, conversation) == whole
    in_hand(dana, conversation)
    assert "Traceback" not in desk.log


def test_an_agent_whose_disk_is_full_keeps_nothing_more_and_takes_nobody(machines: Machines) -> None:
    dana = machines.site.node("Dana", "agent")
    disk = machines.disk_of(dana)
    desk = machines.site.node("Desk", "desk").launch()
    dana.start()
    desk.ready().meet(dana)
    leo = {"id": "leo", "name": "Leo"}
    conversation = desk.api("desk.start", id="first", client=leo, text="Hello")["conversation"]
    in_hand(dana, conversation)

    disk.fill()
    taken: list[str] = []
    for number in range(400):
        line = f"act-{number}"
        fields = {"conversation": conversation, "kind": "say", "text": LONG, "id": line}
        if "code" in (answer := dana.api("conversations.act", **fields)):
            break
        taken.append(line)
    assert (answer["code"], NOTHING_CHANGED in answer["text"]) == ("storage-failed", True)
    done = dana.cli("chats", "say", "leo", LONG)
    assert (done.returncode, NOTHING_CHANGED in done.stderr) == (10, True)
    on_break = dana.cli("status", "set", "break", "--reason", "lunch")
    assert on_break.returncode in (0, 10)
    look = lambda: dana.cli("status", "show", "--json")  # noqa: E731
    shown = json.loads(eventually(look, lambda looked: looked.returncode == 0).stdout)  # it begins anew first
    assert (shown["status"] == "break") is (on_break.returncode == 0)  # done and told, or neither

    disk.free()
    eventually(lambda: dana.cli("status", "set", "available").returncode, (0).__eq__)
    zoe = desk.api("desk.start", id="second", client={"id": "zoe", "name": "Zoe"}, text="Me too")
    in_hand(dana, zoe["conversation"])
    assert dana.cli("chats", "say", "leo", "At last").returncode == 0
    eventually(lambda: mine(dana, conversation)["pending"], [].__eq__)
    said = lines(desk, conversation)
    assert said[: len(taken) + 1] == ["first", *taken]
    assert len(said) == len(taken) + 2
    assert "Traceback" not in dana.log


@pytest.mark.parametrize("full", ["sam", "dana"])
def test_without_room_for_the_ledger_at_either_end_there_is_no_session_and_both_read_why(
    machines: Machines, full: str
) -> None:
    with XServer(320, 240, (Monitor("ONE", 0, 0, 320, 240),)) as x:
        dana = machines.site.node("Dana", "agent", settings={"DISPLAY": x.display})
        sam = machines.site.node("Sam", "supervisor")
        disk = machines.disk_of(sam if full == "sam" else dana)
        dana.launch()
        sam.start().meet(dana.ready())
        sam.sees(dana, online=True)
        eventually(lambda: sam.api("glance.displays", agent="dana").get("displays"))

        disk.fill()
        refused = sam.api("glance.start", agent="dana")
        assert refused["code"] == "ledger-unwritable", refused
        assert f"{full.capitalize()}'s node cannot be written: the disk is full" in refused["text"]
        taken = sam.api("control.take", agent="dana")
        assert taken["code"] == "ledger-unwritable", taken
        saved = sam.cli("glance", "save", "dana", sam.home.parent / "none.png")
        assert (saved.returncode, "Without it no session runs" in saved.stderr) == (10, True)
        assert dana.watchers() == []
        assert dana.api("audit.watched")["watched"] == []
        writer = sam if full == "sam" else dana
        assert "the disk is full" in writer.log

        disk.free()
        picture = sam.home.parent / "one.png"
        saves = lambda: sam.cli("glance", "save", "dana", picture)  # noqa: E731
        assert eventually(saves, lambda done: done.returncode == 0)
        eventually(lambda: [each["end"] for each in dana.api("audit.watched")["watched"]], all)
        for node in (sam, dana):
            assert node.cli("audit", "verify").returncode == 0
            assert "Traceback" not in node.log


def test_a_store_that_is_read_only_is_told_at_the_start_and_is_left_as_it_is(machines: Machines) -> None:
    desk = machines.site.node("Desk", "desk")
    disk = machines.disk_of(desk)
    desk.start()
    leo = {"id": "leo", "name": "Leo"}
    conversation = desk.api("desk.start", id="first", client=leo, text="Hello")["conversation"]
    desk.stop()

    disk.read_only(True)
    done = desk.cli("node", "run")
    assert done.returncode == 10
    said = done.stderr.strip().splitlines()
    assert "cannot be written" in said[-1]
    assert "Traceback" not in done.stderr

    disk.read_only(False)
    desk.start()
    assert lines(desk, conversation) == ["first"]


class OldSite(LiveSite):
    """A site whose machines go by a clock of the test's, and whose certificates were good a year ago too."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.clock = WallClock(folder / "clock")
        self.clock.days_off(-400)

    def ca(self, *words: str | Path) -> str:
        return super().ca(*words, *(["--days", "800"] if words[0] == "issue" else []))

    def _environ(self, settings: dict[str, str]) -> dict[str, str]:  # type: ignore[override]
        return {**super()._environ(settings), **self.clock.environ()}


def test_a_clock_that_is_set_back_a_year_confuses_nobody(tmp_path: Path) -> None:
    with OldSite(tmp_path) as site:
        desk, dana, sam = (
            site.node("Desk", "desk"),
            site.node("Dana", "agent"),
            site.node("Sam", "supervisor"),
        )
        site.clock.days_off(0)
        started(desk, dana, sam)
        spam = {"id": "spam", "name": "Spam"}
        desk.api("desk.start", id="spam", client=spam, text="Buy this")
        leo = {"id": "leo", "name": "Leo"}
        conversation = desk.api("desk.start", id="first", client=leo, text="Hello")["conversation"]
        in_hand(dana, conversation)
        assert sam.cli("chats", "block", "Spam", "--for", "2h").returncode == 0

        site.clock.days_off(-365)  # while everybody works
        talk(desk, dana, conversation, "back")
        plausible(desk, dana, sam, conversation)
        for node in (desk, dana, sam):
            node.kill()
        started(desk, dana, sam)  # and again, from what is stored under a time that is still to come
        times = [json.loads(line)["time"] for line in desk.log.splitlines()]
        assert times != sorted(times)  # it did go back
        in_hand(dana, conversation)
        talk(desk, dana, conversation, "restarted")
        plausible(desk, dana, sam, conversation)

        site.clock.days_off(0)  # somebody sets it right
        talk(desk, dana, conversation, "right")
        plausible(desk, dana, sam, conversation)
        dana.kill()
        dana.start()
        desk.meet(dana)
        in_hand(dana, conversation)
        talk(desk, dana, conversation, "end")
        assert lines(desk, conversation) == [
            "first",
            *(
                f"{moment}-{who}"
                for moment in ("back", "restarted", "right", "end")
                for who in ("leo", "dana")
            ),
        ]
        assert all("Traceback" not in node.log for node in (desk, dana, sam))


def started(desk: LiveNode, dana: LiveNode, sam: LiveNode) -> None:
    """All up, and linked."""
    for node in (desk, dana, sam):
        node.launch()
    for node in (desk, dana, sam):
        node.ready()
    desk.meet(dana)
    sam.meet(desk, dana)


def talk(desk: LiveNode, dana: LiveNode, conversation: str, moment: str) -> None:
    """The client writes, and the agent answers."""
    assert "seq" in desk.api(
        "desk.send", conversation=conversation, client="leo", id=f"{moment}-leo", text=moment
    )
    fields = {"conversation": conversation, "kind": "say", "text": moment, "id": f"{moment}-dana"}
    assert "code" not in dana.api("conversations.act", **fields)
    eventually(lambda: lines(desk, conversation)[-1], f"{moment}-dana".__eq__)


def plausible(desk: LiveNode, dana: LiveNode, sam: LiveNode, conversation: str) -> None:
    """No age is below zero or longer than this test; the block still holds, and ends when it was to end."""
    (row,) = [row for row in json.loads(sam.cli("chats", "list", "--json").stdout) if row["state"] == "open"]
    assert row["conversation"] == conversation
    assert 0 <= row["since_seconds"] < HOUR
    agent = json.loads(sam.cli("agents", "show", "dana", "--json").stdout)
    assert 0 <= agent["since_seconds"] < HOUR
    assert 0 <= agent["online_since_seconds"] < HOUR
    (blocked,) = json.loads(sam.cli("chats", "blocked", "--json").stdout)
    assert 0 < blocked["until_seconds"] <= 2 * HOUR
    refused = desk.api("desk.start", id="again", client={"id": "spam", "name": "Spam"}, text="Buy that")
    assert refused["code"] == "client-blocked"
    own = json.loads(dana.cli("chats", "show", conversation, "--json").stdout)
    assert [entry["seq"] for entry in own["entries"]] == list(range(1, len(own["entries"]) + 1))
