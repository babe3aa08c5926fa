"""What each command asks of the node, and what it says about the answer."""

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from lanassist.node.protocol.messages import NodeId, SessionId
from lanassist.node.services.audit.commands import Watched, WatchedList
from lanassist.node.services.command import Done, Refusal
from lanassist.node.services.consent.commands import OwnPause, Requests
from lanassist.node.services.facts import Wish
from lanassist.node.services.glance.commands import DisplayList
from lanassist.node.services.peers.commands import PeerList, PeerRow
from lanassist.node.services.presence.commands import OwnStatus, StatusReport
from lanassist.node.services.site.commands import Installed, LaidDown
from lanassist.node.trust.policy import Mask, Policy
from lanassist.web.commands import Discovery, LaunchAddress, NodeStatus, OwnIdentity
from tests.cli.agents import DISPLAYS, NOW, agent
from tests.cli.terminal import Terminal
from tests.support.local_api import FakeNode


def test_a_break_is_set_with_its_reason(terminal: Terminal, node: FakeNode) -> None:
    node.answer("presence.set-status", Done())
    assert terminal.run("status", "set", "break", "--reason", "lunch").stdout == "You are on break.\n"
    assert node.asked == [("presence.set-status", {"status": "break", "reason": "lunch"})]


def test_only_statuses_that_exist_can_be_set(terminal: Terminal, node: FakeNode) -> None:
    assert terminal.run("status", "set", "asleep").exit_code == 2
    assert node.asked == []


def test_the_own_status_has_its_age(terminal: Terminal, node: FakeNode) -> None:
    own = OwnStatus(status="break", reason="lunch", since=NOW - 65, displays=DISPLAYS)
    node.answer("presence.status", StatusReport(now=NOW, status=own))
    shown = terminal.run("status", "show").stdout
    assert "on break: lunch" in shown
    assert "1:05" in shown
    assert json.loads(terminal.run("status", "show", "--json").stdout)["since_seconds"] == 65


def test_an_agent_reads_who_watches_and_who_watched(terminal: Terminal, node: FakeNode) -> None:
    now = Watched(
        session="a",
        service="glance",
        what="glance",
        supervisor=NodeId("n"),
        name="Sam Reed",
        displays=(1, 2),
        since=NOW - 65,
        reason="coaching",
    )
    end = Refusal(code="hidden", text="the supervisor switched away from the page")
    past = msgspec.structs.replace(now, name="Eve\x1b[2J", end=end, ended=NOW - 30)
    node.answer("audit.watched", WatchedList(now=NOW, watched=()))
    assert "nobody has watched you" in terminal.run("glance", "watchers").stdout
    node.answer("audit.watched", WatchedList(now=NOW, watched=(now, past)))
    shown = terminal.run("glance", "watchers").stdout
    assert "goes on now" in shown
    assert "switched away" in shown
    assert "coaching" in shown
    assert "\x1b[2J" not in shown
    (_, told) = json.loads(terminal.run("glance", "watchers", "--json").stdout)
    assert (told["since_seconds"], told["ended_seconds"]) == (65, 30)


def test_peers_are_listed_with_the_state_of_their_link(terminal: Terminal, node: FakeNode) -> None:
    live = PeerRow(
        key="a", name="Dana Fox", email="dana@acme.example", source="mdns", state="live", since=NOW - 5
    )
    away = PeerRow(
        key="b", address="10.0.0.9:47600", source="static", state="unreachable", since=1.0, why="no route"
    )
    node.answer("peers.list", PeerList(now=NOW, peers=(live, away)))
    shown = terminal.run("peers", "list").stdout
    assert "● live" in shown
    assert "10.0.0.9:47600" in shown
    assert "no route" in shown
    assert json.loads(terminal.run("peers", "list", "--json").stdout)[0]["since_seconds"] == 5


def test_peers_are_added_and_removed(terminal: Terminal, node: FakeNode) -> None:
    node.answer("peers.add", Done())
    node.answer("peers.remove", Done())
    assert terminal.run("peers", "add", "10.0.0.9").exit_code == 0
    assert terminal.run("peers", "remove", "10.0.0.9", "--json").stdout == '{"done": true}\n'
    assert node.asked == [("peers.add", {"address": "10.0.0.9"}), ("peers.remove", {"address": "10.0.0.9"})]


def test_displays_have_the_numbers_that_other_commands_take(terminal: Terminal, node: FakeNode) -> None:
    dana = agent("Dana Fox")
    node.answer("glance.displays", DisplayList(agent=dana.node, agent_name=dana.name, displays=DISPLAYS))
    assert "1        1920×1080   0,0       primary  DP-1" in terminal.run("glance", "displays", "dana").stdout


def test_switching_names_the_agent_and_the_displays(terminal: Terminal, node: FakeNode) -> None:
    node.answer("glance.switch", Done())
    assert terminal.run("glance", "switch", "dana", "--display", "2", "--display", "1").exit_code == 0
    assert node.asked == [("glance.switch", {"session": "", "agent": "dana", "displays": [2, 1]})]


def test_switching_needs_a_display(terminal: Terminal, node: FakeNode) -> None:
    assert terminal.run("glance", "switch", "dana").exit_code == 2


def test_a_picture_is_never_overwritten_by_accident(
    terminal: Terminal, node: FakeNode, tmp_path: Path
) -> None:
    out = tmp_path / "screen.png"
    out.write_bytes(b"mine")
    result = terminal.run("glance", "save", "dana", str(out))
    assert result.exit_code == 10
    assert "--force" in result.stderr
    assert (out.read_bytes(), node.asked) == (b"mine", [])


def card(*roles: str) -> NodeStatus:
    """The node of somebody with these roles."""
    me = OwnIdentity(
        site="acme.example",
        node=agent("Sam Lee").node,
        name="Sam Lee",
        email="sam@acme.example",
        roles=roles,
        teams=(),
        grants=("glance",),
        expires="2027-01-01T00:00:00+00:00",
    )
    return NodeStatus(
        identity=me,
        version="0.1.0",
        pid=4711,
        home="/home/sam",
        link_port=47600,
        page="http://127.0.0.1:47601",
        uptime=61.0,
        discovery=Discovery(state="unavailable", text="no interface does multicast"),
        peers_live=2,
        locked=None,
        displays=(),
        desktop_error="there is no display",
    )


ADDRESS = "http://127.0.0.1:1/launch?code=x"


def test_open_prints_the_one_time_address_where_no_browser_is(terminal: Terminal, node: FakeNode) -> None:
    node.answer("node.status", card("supervisor"))
    node.answer("node.launch", LaunchAddress(url=ADDRESS))
    assert terminal.run("open", "--print-url").stdout == f"{ADDRESS}\n"
    assert terminal.run("open").stdout.endswith(f"{ADDRESS}\n")


@pytest.mark.parametrize(
    ("roles", "words", "path"),
    [
        (("supervisor",), (), "/supervisor"),
        (("agent",), (), "/agent"),
        (("agent", "supervisor"), (), "/supervisor"),
        (("agent", "supervisor"), ("agent",), "/agent"),
    ],
)
def test_open_shows_the_page_that_the_certificate_is_for(
    terminal: Terminal, node: FakeNode, roles: tuple[str, ...], words: tuple[str, ...], path: str
) -> None:
    node.answer("node.status", card(*roles))
    node.answer("node.launch", LaunchAddress(url=ADDRESS))
    assert terminal.run("open", *words, "--print-url").exit_code == 0
    assert node.asked[-1] == ("node.launch", {"path": path})


def test_node_status_is_a_card(terminal: Terminal, node: FakeNode) -> None:
    status = card("supervisor")
    node.answer("node.status", status)
    shown = terminal.run("node", "status").stdout
    assert "Sam Lee <sam@acme.example>" in shown
    assert "unavailable: no interface does multicast" in shown
    assert json.loads(terminal.run("node", "status", "--json").stdout)["identity"]["roles"] == ["supervisor"]


def test_a_revocation_list_goes_into_the_running_node(
    terminal: Terminal, node: FakeNode, tmp_path: Path
) -> None:
    signed = tmp_path / "revocations.json"
    signed.write_text("{signed}")
    node.answer("site.install", Installed(kind="revocations", number=3, news=True))
    assert "Edition 3 is in force" in terminal.run("node", "revocations", str(signed)).stdout
    assert node.asked == [("site.install", {"document": "{signed}"})]


def test_a_revocation_list_that_is_not_there_is_told(
    terminal: Terminal, node: FakeNode, tmp_path: Path
) -> None:
    result = terminal.run("node", "revocations", str(tmp_path / "no"))
    assert result.exit_code == 10
    assert "cannot be read" in result.stderr


def test_the_policy_in_force_is_shown_in_the_words_of_its_file(terminal: Terminal, node: FakeNode) -> None:
    signed = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    policy = Policy(glance="ask", masks=(Mask(title="bank\x1b[2J"),))
    node.answer("site.policy", LaidDown(edition=4, signed=signed, policy=policy))
    shown = terminal.run("policy", "show").stdout
    assert shown.splitlines()[:2] == ["# Edition 4, signed 2026-11-22 09:30 UTC", 'glance = "ask"']
    assert "\x1b[2J" not in shown
    told = json.loads(terminal.run("policy", "show", "--json").stdout)
    assert (told["edition"], told["signed"], told["policy"]["glance"]) == (4, "2026-11-22T09:30:00Z", "ask")
    node.answer("site.policy", LaidDown())
    assert "laid down nothing" in terminal.run("policy", "show").stdout


def test_a_signed_policy_goes_into_the_running_node(
    terminal: Terminal, node: FakeNode, tmp_path: Path
) -> None:
    signed = tmp_path / "policy.json"
    signed.write_text("the document")
    node.answer("site.install", Installed(kind="policy", number=3, news=False))
    assert "Nothing new: edition 3" in terminal.run("policy", "install", str(signed)).stdout
    assert node.asked == [("site.install", {"document": "the document"})]


# --- consent -----------------------------------------------------------------------------------------


def wish(name: str = "Sam Reed") -> Wish:
    return Wish(
        session=SessionId("5e55107e-rest"),
        supervisor=NodeId("n"),
        name=name,
        kind="glance",
        displays=(1, 2),
        reason="coaching\x1b[2J",
        since=NOW - 6,
        until=NOW + 24,
    )


def test_an_agent_reads_who_waits_and_what_is_left(terminal: Terminal, node: FakeNode) -> None:
    paused = OwnPause(allowed=5, until=NOW + 65, minutes=5)
    node.answer("consent.requests", Requests(now=NOW, requests=(wish(),), pause=paused))
    shown = terminal.run("consent", "requests").stdout
    for words in ("Sam Reed", "view display 1 and 2", "coaching", "0:24", "5e55107e", "paused: 1:05 left"):
        assert words in shown
    assert "\x1b[2J" not in shown
    told = json.loads(terminal.run("consent", "requests", "--json").stdout)
    assert told["requests"][0]["until_seconds"] == 24
    assert told["pause"]["until_seconds"] == 65
    node.answer("consent.requests", Requests(now=NOW, requests=(), pause=OwnPause(allowed=1)))
    shown = terminal.run("consent", "requests").stdout
    assert "Nobody waits for your yes." in shown
    assert "You may pause being watched for 1 minute." in shown
    node.answer("consent.requests", Requests(now=NOW, requests=(), pause=OwnPause()))
    assert "has no privacy pause" in terminal.run("consent", "requests").stdout


def test_an_agent_says_yes_and_no(terminal: Terminal, node: FakeNode) -> None:
    node.answer("consent.allow", Done())
    node.answer("consent.deny", Done())
    assert terminal.run("consent", "allow").stdout == "Allowed.\n"
    assert terminal.run("consent", "deny", "sam").stdout == "Denied.\n"
    assert node.asked == [("consent.allow", {"session": ""}), ("consent.deny", {"session": "sam"})]


def test_an_agent_pauses_being_watched(terminal: Terminal, node: FakeNode) -> None:
    node.answer("consent.pause", OwnPause(allowed=5, until=NOW + 90, minutes=1.5))
    node.answer("consent.resume", OwnPause(allowed=5))
    shown = terminal.run("consent", "pause", "--minutes", "1.5").stdout
    assert shown == "Watching is paused for 90 seconds.\n"
    assert terminal.run("consent", "resume").stdout == "Watching is not paused.\n"
    told = json.loads(terminal.run("consent", "resume", "--json").stdout)
    assert told == {"paused": False, "minutes": 0.0, "allowed": 5}
    assert node.asked[0] == ("consent.pause", {"minutes": 1.5})
