"""What comes over the node's WebSockets: events, and the pictures that ``glance save`` keeps."""

import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import zstandard
from PIL import Image

from lanassist.node.errors import LanassistError, MissingGrant
from lanassist.node.protocol.messages import SessionId
from lanassist.node.services.command import Done, Refusal
from lanassist.node.services.glance.commands import (
    OFFERS,
    SESSIONS,
    DisplayList,
    GlanceSession,
    Offer,
    StartedGlance,
)
from lanassist.node.services.glance.media import pieces
from lanassist.node.services.glance.picture import Codec, Patch, Update, build
from lanassist.node.services.presence.commands import AGENTS
from lanassist.web.commands import LaunchAddress
from tests.cli.agents import DISPLAYS, NOW, agent
from tests.cli.terminal import Terminal
from tests.support.local_api import FakeNode

DANA = agent("Dana Fox")
SESSION = SessionId("a-session")
PIXELS = np.random.default_rng(3).integers(0, 256, (20, 30, 4), np.uint8)


def batch(*changes: tuple[str, str, Any], snapshot: bool = False) -> str:
    """An event message as the node sends it."""
    told = [{"topic": topic, "key": key, "value": value} for topic, key, value in changes]
    return msgspec.json.encode({"now": NOW, "snapshot": snapshot, "changes": told}).decode()


# --- watching ----------------------------------------------------------------------------------------


def test_watching_as_json_is_a_line_a_change_until_the_node_goes(terminal: Terminal, node: FakeNode) -> None:
    node.stream("/api/events", batch((AGENTS, "d", DANA), snapshot=True), batch((AGENTS, "d", None)))
    result = terminal.run("agents", "list", "--watch", "--json")
    first, second = map(json.loads, result.stdout.splitlines())
    assert (first["key"], first["value"]["name"]) == ("d", "Dana Fox")
    assert first["value"]["since_seconds"] == pytest.approx(42, abs=5)
    assert second == {"key": "d", "value": None}
    assert result.exit_code == 10
    assert "No node is running" in result.stderr


def test_watching_into_a_file_is_a_table_a_change(terminal: Terminal, node: FakeNode) -> None:
    away = agent("Dana Fox", status="absent", why="break", reason="lunch")
    node.stream("/api/events", batch((AGENTS, "d", DANA), snapshot=True), batch((AGENTS, "d", away)))
    printed = terminal.run("agents", "list", "--watch").stdout
    assert printed.count("dana@acme.example") == 2
    assert "on break: lunch" in printed


@pytest.mark.parametrize("words", [["status", "show"], ["peers", "list"]])
def test_other_lists_can_be_watched_too(terminal: Terminal, node: FakeNode, words: list[str]) -> None:
    node.stream("/api/events", batch(snapshot=True))
    assert terminal.run(*words, "--watch").exit_code == 10


def test_a_socket_that_is_refused_is_told(terminal: Terminal, node: FakeNode) -> None:
    assert terminal.run("agents", "list", "--watch").exit_code == 3


# --- pages of a glance -------------------------------------------------------------------------------


def offered(node: FakeNode, refusal: LanassistError | None = None) -> None:
    """Dana's screen is offered, or refused."""
    said = None if refusal is None else Refusal(code=refusal.code, text=refusal.text)
    offer = Offer(node=DANA.node, refusal=said, displays=DISPLAYS)
    node.answer("glance.displays", DisplayList(agent=DANA.node, agent_name="Dana Fox", displays=DISPLAYS))
    node.answer("node.launch", LaunchAddress(url="http://127.0.0.1:1/launch?code=x"))
    node.stream("/api/events", batch((OFFERS, DANA.node, offer), snapshot=True))


def test_a_glance_opens_the_page_at_the_primary_display(terminal: Terminal, node: FakeNode) -> None:
    offered(node)
    assert (
        terminal.run("glance", "start", "dana", "--print-url").stdout == "http://127.0.0.1:1/launch?code=x\n"
    )
    assert node.asked[-1] == ("node.launch", {"path": f"/supervisor/agents?agent={DANA.node}&glance=1"})


def test_a_glance_opens_the_displays_that_were_named(terminal: Terminal, node: FakeNode) -> None:
    offered(node)
    terminal.run("glance", "start", "dana", "--display", "2", "--display", "1", "--print-url")
    assert node.asked[-1][1]["path"].endswith("&glance=2,1")


def test_the_view_of_one_display_has_an_address_of_its_own(terminal: Terminal, node: FakeNode) -> None:
    offered(node)
    assert terminal.run("glance", "url", "dana", "--display", "2").exit_code == 0
    assert node.asked[-1] == ("node.launch", {"path": f"/supervisor/glance?agent={DANA.node}&display=2"})


def test_the_page_at_an_agent_has_an_address_too(terminal: Terminal, node: FakeNode) -> None:
    offered(node)
    told = terminal.run("glance", "url", "dana", "--reason", "coaching")
    assert told.stdout == "http://127.0.0.1:1/launch?code=x\n"
    path = f"/supervisor/agents?agent={DANA.node}&glance=1&reason=coaching"
    assert node.asked[-1] == ("node.launch", {"path": path})


def test_a_recording_is_not_begun_over_a_file_or_under_another_name(
    terminal: Terminal, node: FakeNode, tmp_path: Path
) -> None:
    offered(node)
    there = tmp_path / "there.mp4"
    there.write_text("mine")
    over = terminal.run("glance", "record", "dana", str(there))
    other = terminal.run("glance", "record", "dana", str(tmp_path / "film.avi"))
    assert (over.exit_code, other.exit_code) == (10, 2)
    assert there.read_text() == "mine"
    assert "glance.start" not in dict(node.asked)


def test_no_page_is_opened_for_what_is_refused(terminal: Terminal, node: FakeNode) -> None:
    refusal = MissingGrant(who="Sam Lee", grant="glance")
    offered(node, refusal)
    result = terminal.run("glance", "start", "dana")
    assert (result.exit_code, result.stderr) == (3, f"{refusal.text}\n")
    assert "node.launch" not in dict(node.asked)


def test_a_display_that_does_not_exist_is_bad_input(terminal: Terminal, node: FakeNode) -> None:
    offered(node)
    result = terminal.run("glance", "url", "dana", "--display", "7")
    assert result.exit_code == 2
    assert result.stderr == "Dana Fox has no display 7; there is display 1 and display 2.\n"


# --- saved pictures ----------------------------------------------------------------------------------


def update() -> bytes:
    """The whole display, lossless."""
    height, width, _ = PIXELS.shape
    payload = zstandard.compress(PIXELS.tobytes())
    patch = Patch(0, 0, width, height, Codec.LOSSLESS, payload)
    shown = Update(
        display=2, width=width, height=height, sequence=5, patches=(patch,), exact=True, reset=True
    )
    return build(shown)


def glancing(node: FakeNode, *messages: bytes) -> None:
    """A glance that starts, and whose channel says these."""
    started = StartedGlance(
        session=SESSION, agent=DANA.node, agent_name="Dana Fox", displays=DISPLAYS, chosen=(2,)
    )
    node.answer("glance.start", started)
    node.answer("glance.stop", Done())
    node.stream(f"/api/media/{SESSION}", *messages)


def test_a_saved_picture_has_every_pixel(terminal: Terminal, node: FakeNode, tmp_path: Path) -> None:
    glancing(node, *pieces(update()))
    out = tmp_path / "out.png"
    result = terminal.run("glance", "save", "dana", str(out), "--display", "2", "--reason", "why")
    assert result.stdout == f"{out}: display 2 of Dana Fox, 30×20\n"
    assert np.array_equal(np.asarray(Image.open(out)), PIXELS[:, :, 2::-1])
    asked = node.asked[0][1]
    assert (asked["agent"], asked["displays"], asked["reason"], asked["lossless"]) == (
        "dana",
        [2],
        "why",
        True,
    )
    assert node.asked[-1] == ("glance.stop", {"session": SESSION, "agent": "", "why": "stopped"})
    assert list(tmp_path.glob(".out*")) == []


def test_force_replaces_a_picture(terminal: Terminal, node: FakeNode, tmp_path: Path) -> None:
    glancing(node, *pieces(update()))
    out = tmp_path / "out.png"
    out.write_bytes(b"old")
    assert (
        json.loads(terminal.run("glance", "save", "dana", str(out), "--force", "--json").stdout)["width"]
        == 30
    )
    assert out.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("code", "exit_code"), [("locked", 8), ("link-lost", 4), ("revoked", 3), ("screen", 9)]
)
def test_a_glance_that_ends_early_saves_nothing_and_says_why(
    terminal: Terminal, node: FakeNode, tmp_path: Path, code: str, exit_code: int
) -> None:
    glancing(node)
    ended = GlanceSession(
        session=SESSION,
        agent=DANA.node,
        agent_name="Dana Fox",
        displays=(2,),
        state="ended",
        since=NOW,
        end=Refusal(code=code, text="for a reason"),
    )
    node.stream("/api/events", batch((SESSIONS, SESSION, ended), snapshot=True))
    result = terminal.run("glance", "save", "dana", str(tmp_path / "out.png"))
    assert result.exit_code == exit_code
    assert result.stderr == "The glance at Dana Fox ended: for a reason.\n"
    assert list(tmp_path.glob("*.png")) == []


def test_what_is_no_picture_is_told(terminal: Terminal, node: FakeNode, tmp_path: Path) -> None:
    glancing(node, b"\x01\x01garbage")
    node.stream("/api/events", batch(snapshot=True))
    result = terminal.run("glance", "save", "dana", str(tmp_path / "out.png"))
    assert result.exit_code == 9
    assert "what came is not a picture" in result.stderr


def test_a_folder_that_is_not_there_is_told_before_anyone_is_watched(
    terminal: Terminal, node: FakeNode, tmp_path: Path
) -> None:
    assert terminal.run("glance", "save", "dana", str(tmp_path / "no" / "out.png")).exit_code == 10
    misnamed = terminal.run("glance", "save", "dana", str(tmp_path / "out.gif"))
    assert (misnamed.exit_code, misnamed.stderr) == (
        2,
        "“out.gif” is not usable: a picture's name ends in .png.\n",
    )
    assert node.asked == []
