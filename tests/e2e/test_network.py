"""A small network of real machines: nodes find each other, lose each other, and find each other again."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from PIL import Image

from tests.support import scenes
from tests.support.avahi import avahi_browse
from tests.support.namespaces import Namespace, network
from tests.support.nodes import LiveNode, LiveSite, eventually
from tests.support.paint import Painter
from tests.support.xserver import Monitor, XServer

pytestmark = pytest.mark.e2e

WIDTH, HEIGHT = 800, 600


class Lan(NamedTuple):
    """Sam and Dana on a machine each, and a third machine."""

    sam: LiveNode
    dana: LiveNode
    machines: list[Namespace]
    x: XServer

    @property
    def danas(self) -> Namespace:
        return self.machines[1]


@pytest.fixture(scope="module")
def lan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lan]:
    """The nodes are told of nobody: whom they know they have found."""
    found = {"LANASSIST_DISCOVERY": "on", "LANASSIST_LINK_BIND": ""}
    with (
        network(3) as machines,
        XServer(WIDTH, HEIGHT, (Monitor("only", 0, 0, WIDTH, HEIGHT),)) as x,
        LiveSite(tmp_path_factory.mktemp("lan")) as site,
    ):
        desk = {**found, "DISPLAY": x.display}
        sam = site.node("Sam", "supervisor", settings=found, within=machines[0]).launch()
        dana = site.node("Dana", "agent", settings=desk, within=machines[1]).launch()
        sam.ready()
        dana.ready()
        yield Lan(sam, dana, machines, x)


def test_nodes_find_each_other_with_no_route_off_the_lan(lan: Lan, tmp_path: Path) -> None:
    for machine in lan.machines:
        assert "default" not in machine.run("ip", "route").stdout
    lan.sam.sees(lan.dana, online=True, status="available")
    (peer,) = lan.sam.peers()
    assert peer["address"].startswith(f"{lan.danas.address}:")
    lan.dana.api("presence.set-status", status="break", reason="lunch")
    lan.sam.sees(lan.dana, status="absent", why="break", reason="lunch")
    lan.dana.api("presence.set-status", status="available")

    content = scenes.text(WIDTH, HEIGHT)
    with Painter(lan.x.display) as painter:
        painter.put(content)
        saved = lan.sam.cli("glance", "save", "dana", tmp_path / "out.png")
    assert saved.returncode == 0, saved.stderr
    assert np.array_equal(np.asarray(Image.open(tmp_path / "out.png").convert("RGB")), content[:, :, 2::-1])


def test_an_agent_that_restarts_on_another_port_is_found_again(lan: Lan) -> None:
    lan.sam.sees(lan.dana, online=True)
    before = lan.dana.port
    lan.dana.kill()
    lan.sam.sees(lan.dana, online=False)
    lan.dana.start()
    assert lan.dana.port != before
    lan.sam.sees(lan.dana, online=True)


def test_a_cable_that_is_pulled_out_and_put_back_needs_nobodys_help(lan: Lan) -> None:
    lan.sam.sees(lan.dana, online=True)
    lan.danas.up(False)
    try:
        lan.sam.sees(lan.dana, online=False, why="offline")
        eventually(lan.dana.live_peers, lambda live: live == [])
    finally:
        lan.danas.up(True)
    lan.sam.sees(lan.dana, online=True, status="available")


def test_a_foreign_browser_resolves_a_node_and_learns_nobodys_name(lan: Lan, tmp_path: Path) -> None:
    with avahi_browse(lan.machines[2], tmp_path) as browse:

        def resolved() -> dict[str, list[str]]:
            done = subprocess.run([*browse, "_lanassist._tcp"], capture_output=True, text=True, timeout=30)
            lines = [line.split(";") for line in done.stdout.splitlines() if line.startswith("=")]
            return {f"{line[7]}:{line[8]}": line for line in lines}

        wanted = f"{lan.danas.address}:{lan.dana.port}"
        line = eventually(resolved, lambda lines: wanted in lines)[wanted]
    told = ";".join(line).casefold()
    for secret in ("dana", "sam", "agent", "supervisor", "acme", os.uname().nodename.casefold()):
        assert secret not in told
