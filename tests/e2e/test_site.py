"""A small site of real nodes: who sees whom, who may do what, and how each failure is told."""

import contextlib
import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.support import scenes
from tests.support.nodes import LiveNode, LiveSite, eventually
from tests.support.paint import Painter
from tests.support.xserver import SIDE_BY_SIDE, Monitor, XServer

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def x() -> Iterator[XServer]:
    with XServer(3840, 1080, SIDE_BY_SIDE) as server:
        yield server


@pytest.fixture
def site(tmp_path: Path) -> Iterator[LiveSite]:
    with LiveSite(tmp_path) as site:
        yield site


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory, x: XServer) -> Iterator[tuple[LiveNode, LiveNode]]:
    """Sam, who supervises Dana, who has two displays: for the tests that leave them as they are."""
    with LiveSite(tmp_path_factory.mktemp("team")) as site:
        sam = site.node("Sam", "supervisor").launch()
        dana = site.node("Dana", "agent", settings={"DISPLAY": x.display}).launch()
        sam.ready().meet(dana.ready())
        sam.sees(dana, online=True)
        yield sam, dana


def test_a_supervisor_sees_an_agent_come_go_on_break_and_come_back(site: LiveSite, x: XServer) -> None:
    dana = site.node("Dana", "agent", settings={"DISPLAY": x.display}).start()
    sam = site.node("Sam", "supervisor").start()
    sam.meet(dana)
    row = sam.sees(dana, name="Dana", status="available", online=True)
    assert [display["width"] for display in row["displays"]] == [1920, 1920]

    assert dana.cli("status", "set", "break", "--reason", "lunch").returncode == 0
    sam.sees(dana, status="absent", why="break", reason="lunch")
    dana.kill()
    sam.sees(dana, status="absent", why="offline", online=False)
    sam.stop()
    sam.start()
    sam.sees(dana, why="offline")  # an agent seen before keeps its row

    dana.start()
    sam.meet(dana)
    sam.sees(dana, status="absent", why="break", reason="lunch")  # a break survives a restart
    assert dana.cli("status", "set", "available").returncode == 0
    sam.sees(dana, status="available")


def test_a_saved_picture_is_the_display_pixel_for_pixel(
    team: tuple[LiveNode, LiveNode], x: XServer, tmp_path: Path
) -> None:
    sam, _ = team
    content = scenes.text(3840, 1080)
    content[300:700, 2200:3000, :3] = np.random.default_rng(7).integers(0, 256, (400, 800, 3))
    out = tmp_path / "out.png"
    with Painter(x.display) as painter:
        painter.put(content)
        saved = sam.cli("glance", "save", "dana", out, "--display", "2")
    assert saved.returncode == 0, saved.stderr
    assert np.array_equal(np.asarray(Image.open(out).convert("RGB")), content[:, 1920:, 2::-1])

    again = sam.cli("glance", "save", "dana", out, "--display", "2")
    assert again.returncode == 10
    assert "is not overwritten" in again.stderr


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("glance", "displays", "zoe"), 2, "No agent called “zoe”"),
        (("glance", "save", "dana", "x.png", "--display", "3"), 2, "Dana has no display 3"),
        (("glance", "stop", "dana"), 2, "No such glance is running"),
        (("peers", "add", "not an address"), 2, "not an address"),
        (("status", "set", "break"), 3, "role “agent”"),
    ],
)
def test_what_a_supervisor_cannot_have_is_said_in_one_sentence(
    team: tuple[LiveNode, LiveNode], words: tuple[str, ...], code: int, says: str
) -> None:
    sam, _ = team
    done = sam.cli(*words)
    assert (done.returncode, done.stdout) == (code, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2


def test_a_supervisors_commands_need_a_supervisors_certificate(team: tuple[LiveNode, LiveNode]) -> None:
    _, dana = team
    done = dana.cli("agents", "list")
    assert done.returncode == 3
    assert "role “supervisor”" in done.stderr


def test_garbage_on_the_port_changes_nothing(team: tuple[LiveNode, LiveNode]) -> None:
    sam, dana = team
    for garbage in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01" + bytes(500), os.urandom(40_000)):
        with socket.create_connection(("127.0.0.1", dana.port)) as stranger:
            stranger.settimeout(10)
            with contextlib.suppress(ConnectionError):
                stranger.sendall(garbage)
                while stranger.recv(4096):
                    pass
    assert sam.email in dana.live_peers()
    assert "Traceback" not in dana.log


def test_a_display_that_is_unplugged_changes_the_list_and_nothing_else(
    team: tuple[LiveNode, LiveNode], x: XServer
) -> None:
    sam, _ = team
    x.remove_monitor("right")
    eventually(lambda: sam.api("glance.displays", agent="dana")["displays"], lambda shown: len(shown) == 1)
    x.set_monitor(Monitor("right", 1920, 0, 1920, 1080))
    eventually(lambda: sam.api("glance.displays", agent="dana")["displays"], lambda shown: len(shown) == 2)


def test_an_offline_agent_cannot_be_glanced_at(site: LiveSite) -> None:
    dana = site.node("Dana", "agent").start()
    sam = site.node("Sam", "supervisor").start()
    sam.meet(dana)
    sam.sees(dana, online=True)
    dana.stop()
    sam.sees(dana, online=False)
    done = sam.cli("glance", "displays", "dana")
    assert (done.returncode, done.stderr.strip()) == (4, "Dana is offline.")


def test_a_screen_that_cannot_be_shown_says_why(site: LiveSite) -> None:
    wayland = {"WAYLAND_DISPLAY": "wayland-0", "XDG_SESSION_TYPE": "wayland"}
    screens = {
        "Ann": ({}, "DISPLAY is not set"),
        "Bob": (wayland, "Wayland"),
        "Cid": ({"DISPLAY": ":987"}, ":987"),
    }
    sam = site.node("Sam", "supervisor").launch()
    agents = {name: site.node(name, "agent", settings=each[0]).launch() for name, each in screens.items()}
    sam.ready().meet(*(agent.ready() for agent in agents.values()))
    for name, (_, says) in screens.items():
        row = sam.sees(agents[name], online=True)
        assert says in row["screen_error"]
        done = sam.cli("glance", "save", name, "x.png")
        assert done.returncode == 9
        assert says in done.stderr


def test_the_grant_is_checked_whatever_the_supervisor_may_see(site: LiveSite, x: XServer) -> None:
    dana = site.node("Dana", "agent", settings={"DISPLAY": x.display}).start()
    eve = site.node("Eve", "supervisor", grants=["observe", "listen"]).start()
    eve.meet(dana)
    eve.sees(dana, online=True)
    refused = eve.cli("glance", "save", "dana", "x.png")
    assert refused.returncode == 3
    assert "lacks the grant “glance”" in refused.stderr


def test_a_revocation_cuts_live_channels_spreads_and_lasts(site: LiveSite) -> None:
    dana, sam, mia = (
        site.node("Dana", "agent"),
        site.node("Sam", "supervisor"),
        site.node("Mia", "supervisor"),
    )
    for node in (dana, sam, mia):
        node.launch()
    dana.ready()
    sam.ready().meet(dana)
    mia.ready().meet(dana)
    site.ca("revoke", site.authority, "mia@acme.example", "--reason", "left the company")
    installed = sam.cli("node", "revocations", site.revocations())
    assert installed.returncode == 0, installed.stderr
    eventually(dana.live_peers, lambda live: live == [sam.email])
    rows = eventually(mia.peers, lambda rows: any("revoked" in row["why"] for row in rows))
    assert all(row["state"] != "live" for row in rows)
    dana.stop()
    dana.start()
    assert mia.email not in dana.live_peers()
    sam.meet(dana)


def test_a_revoked_node_lets_nobody_work_through_it(site: LiveSite) -> None:
    sam = site.node("Sam", "supervisor").start()
    site.ca("revoke", site.authority, "sam@acme.example")
    assert sam.cli("node", "revocations", site.revocations()).returncode == 0
    done = sam.cli("agents", "list")
    assert done.returncode == 3
    assert "revoked" in done.stderr


# --- starting and stopping ---------------------------------------------------------------------------


def test_a_second_node_on_the_same_home_is_refused(team: tuple[LiveNode, LiveNode]) -> None:
    sam, _ = team
    second = sam.cli("node", "run")
    assert second.returncode == 10
    assert str(sam.pid) in second.stderr
    assert sam.api("node.status")["pid"] == sam.pid


@pytest.mark.parametrize("setting", ["LANASSIST_LINK_PORT", "LANASSIST_PAGE_PORT"])
def test_a_port_in_use_is_named_with_its_setting(site: LiveSite, setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        sam = site.node("Sam", "supervisor", settings={setting: port})
        done = sam.cli("node", "run")
    assert done.returncode == 10
    assert port in done.stderr
    assert setting in done.stderr
    assert "Traceback" not in done.stderr


def test_a_key_that_others_can_read_is_refused_with_the_repair(site: LiveSite) -> None:
    sam = site.node("Sam", "supervisor")
    key = sam.home / "identity" / "key.pem"
    key.chmod(0o644)
    done = sam.cli("node", "run")
    assert done.returncode == 3
    assert f"chmod 600 {key}" in done.stderr


def test_a_home_without_an_identity_says_what_to_do(tmp_path: Path) -> None:
    nobody = LiveNode(tmp_path / "empty", "nobody", dict(os.environ))
    done = nobody.cli("node", "run")
    assert done.returncode == 3
    assert "lanassist node install" in done.stderr
    assert nobody.cli("agents", "list").returncode == 10


def test_what_answers_on_a_static_address_but_is_no_node_is_said(site: LiveSite) -> None:
    sam = site.node("Sam", "supervisor").start()
    sam.api("peers.add", address=sam.api("node.status")["page"].removeprefix("http://"))
    (row,) = eventually(lambda: [row for row in sam.peers() if row["why"]])
    assert "does not answer like a lanassist node" in row["why"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_node_stops_cleanly_and_leaves_nothing_behind(site: LiveSite, number: signal.Signals) -> None:
    sam = site.node("Sam", "supervisor").start()
    whereabouts = sam.home / "run" / "node.json"
    assert whereabouts.stat().st_mode & 0o777 == 0o600
    assert sam.stop(number) == 0
    assert not whereabouts.exists()
    assert "Traceback" not in sam.log
    assert all(json.loads(line) for line in sam.log.splitlines())
