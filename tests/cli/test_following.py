"""``chats watch`` and ``chats show --watch``: every line once and in order, and the draft."""

import json

import pytest

from lanassist.node.errors import MissingGrant
from lanassist.node.services.command import Done
from lanassist.node.services.conversations.commands import (
    ALL,
    DRAFTS,
    MIRROR,
    MIRRORED_ENTRIES,
    DraftRow,
    MirrorRow,
)
from tests.cli.agents import agents
from tests.cli.conversations import DANA, DESK, KIM, MIA, batch, entry, everything, log, told
from tests.cli.terminal import Terminal
from tests.support.local_api import FakeNode

KEY = f"{DANA.node}/aa11"
ROW = MirrorRow(
    agent=DANA.node,
    conversation="aa11",
    desk=DESK,
    client=MIA,
    category="orders",
    state="held",
    epoch=2,
    unsent=0,
    entries=2,
)
ONE, TWO = entry(1, "client", "Hi"), entry(2, "say", "Hello")


@pytest.fixture
def site(node: FakeNode) -> FakeNode:
    node.answer("conversations.list", everything(told("aa11", MIA)))
    node.answer("presence.agents", agents(DANA, KIM))
    node.answer("conversations.watch", Done())
    node.answer("conversations.read", log())
    return node


def mirrored(*entries: object) -> list[tuple[str, str, object]]:
    return [(MIRRORED_ENTRIES, f"{DANA.node}/{each.key}", each) for each in entries]  # type: ignore[attr-defined]


def test_each_line_is_written_once_with_its_client(terminal: Terminal, site: FakeNode) -> None:
    site.stream(
        "/api/events",
        batch(snapshot=True),
        batch((MIRROR, KEY, ROW), *mirrored(TWO, ONE)),
        batch(*mirrored(TWO)),
        batch((DRAFTS, KEY, DraftRow(text="Let me"))),
        batch((DRAFTS, KEY, DraftRow(text="Let me"))),
        batch((DRAFTS, KEY, None)),
    )
    first, *lines = terminal.run("chats", "watch", "dana").stdout.splitlines()
    assert first.startswith("Watching Dana Fox")
    assert [line.split("  ", 1)[1] for line in lines[:2]] == ["Mia Berg  Hi", "Mia Berg ‹ Dana Fox  Hello"]
    assert lines[2].split() == ["✎", "typing", "Mia", "Berg", "Let", "me"]
    assert len(lines) == 3
    begun, ended = [body for name, body in site.asked if name == "conversations.watch"]
    assert [(each["agent"], each["watching"]) for each in (begun, ended)] == [
        (DANA.node, True),
        (DANA.node, False),
    ]
    assert begun["viewer"] == ended["viewer"] != ""


def test_scripts_get_a_line_a_change(terminal: Terminal, site: FakeNode) -> None:
    site.stream(
        "/api/events",
        batch(snapshot=True),
        batch((MIRROR, KEY, ROW), *mirrored(ONE)),
        batch((DRAFTS, KEY, DraftRow(text="Let me"))),
    )
    said, typed = map(json.loads, terminal.run("chats", "watch", "dana", "--json").stdout.splitlines())
    assert (said["kind"], said["client"], said["entry"]["text"]) == ("entry", "Mia Berg", "Hi")
    assert typed == {"kind": "draft", "conversation": "aa11", "client": "Mia Berg", "text": "Let me"}


def test_other_agents_and_old_lines_are_not_shown(terminal: Terminal, site: FakeNode) -> None:
    old = entry(1, "client", "Ages ago", at=0.0)
    others = [(MIRRORED_ENTRIES, f"{KIM.node}/zz/1", entry(1, "client", "No", conversation="zz"))]
    site.stream("/api/events", batch((MIRROR, KEY, ROW), *mirrored(old, TWO), *others, snapshot=True))
    printed = terminal.run("chats", "watch", "dana").stdout
    assert "Ages ago" not in printed
    assert "No" not in printed.replace("Nobody", "")
    assert "Hello" in printed


def test_watching_needs_the_grant(terminal: Terminal, site: FakeNode) -> None:
    site.stream("/api/events", batch(snapshot=True))
    site.answer("conversations.watch", MissingGrant(who="Sam Lee", grant="observe"))
    assert terminal.run("chats", "watch", "dana").exit_code == 3


def test_one_conversation_is_followed_wherever_it_goes(terminal: Terminal, site: FakeNode) -> None:
    site.answer("conversations.read", log(ONE, TWO))
    moved = told("aa11", MIA, owner=KIM.node, owner_name=KIM.name, epoch=3)
    site.stream(
        "/api/events",
        batch((ALL, "aa11", told("aa11", MIA)), snapshot=True),
        batch((DRAFTS, KEY, DraftRow(text="Let me"))),
        batch((ALL, "aa11", moved)),
    )
    printed = terminal.run("chats", "show", "mia", "--watch").stdout
    assert "Dana Fox" in printed.splitlines()[0]
    assert "Let me" in printed
    assert "Kim Oduya" in printed
    watched = [
        (body["agent"], body["watching"]) for name, body in site.asked if name == "conversations.watch"
    ]
    assert watched[:2] == [(DANA.node, True), (KIM.node, True)]
    assert sorted(watched[2:]) == sorted([(DANA.node, False), (KIM.node, False)])


def test_the_log_comes_from_the_desk_in_order(terminal: Terminal, site: FakeNode) -> None:
    site.answer("conversations.list", everything(told("aa11", MIA, state="waiting", owner="desk")))
    site.answer("conversations.read", log(ONE, TWO))
    site.stream("/api/events", *[batch(snapshot=not number) for number in range(40)])
    lines = terminal.run("chats", "show", "mia", "--watch", "--json").stdout.splitlines()
    kinds = [json.loads(line) for line in lines]
    assert kinds[0]["conversation"]["state"] == "waiting"
    assert [each["entry"]["seq"] for each in kinds[1:]] in ([], [1, 2])  # the node may go before the reading
    assert "conversations.watch" not in [name for name, _ in site.asked]
