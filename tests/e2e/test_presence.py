"""Presence of real nodes: idle by a real X server, set by a supervisor, kept over a death, seen in time."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.nodes import LiveNode, LiveSite
from tests.support.xserver import XServer

pytestmark = pytest.mark.e2e

AT_ONCE = 1.0
"""Seconds within which a change of status is on every dashboard."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[LiveSite]:
    with LiveSite(tmp_path) as site:
        yield site


@pytest.fixture
def x() -> Iterator[XServer]:
    with XServer(640, 480) as server:
        yield server


def pair(site: LiveSite, **settings: str) -> tuple[LiveNode, LiveNode]:
    """Sam, who supervises Dana; linked."""
    dana = site.node("Dana", "agent", settings=settings).launch()
    sam = site.node("Sam", "supervisor").launch()
    sam.ready().meet(dana.ready())
    return sam, dana


def test_nobody_at_the_desktop_is_idle_until_the_mouse_moves(site: LiveSite, x: XServer) -> None:
    sam, dana = pair(site, DISPLAY=x.display, LANASSIST_PRESENCE_IDLE_LIMIT="2")
    row = sam.sees(dana, status="absent", why="idle")
    assert row["assign"]["text"] == "Dana is absent (idle)."
    assert dana.api("presence.status")["status"]["available"] is False
    subprocess.run(["xdotool", "mousemove", "33", "33"], env=x.environ, check=True)
    row = sam.sees(dana, status="available", assign=None)
    assert (row["active"], row["total"], row["completed"], row["aht"]) == (0, 3, 0, None)


def test_a_supervisor_sets_the_status_and_it_outlives_the_node(site: LiveSite) -> None:
    sam, dana = pair(site)
    assert sam.api("presence.set-status-of", agent="Dana", status="break", reason="lunch") == {"done": True}
    sam.sees(dana, why="break", reason="lunch")
    assert dana.api("presence.set-capacity", capacity=5) == {"done": True}
    sam.sees(dana, total=5)
    dana.kill()
    sam.sees(dana, why="offline", set_status={"code": "agent-offline", "text": "Dana is offline."})
    refused = sam.api("presence.set-status-of", agent="Dana", status="available")
    assert refused["code"] == "agent-offline"
    dana.start()
    sam.meet(dana)
    sam.sees(dana, why="break", reason="lunch", total=5)
    status = dana.api("presence.status")["status"]
    assert (status["set_by"], status["capacity"]) == ("Sam", 5)
    (today,) = dana.api("presence.days")["days"]
    assert (today["completed"], today["aht"]) == (0, None)


def test_the_agents_node_refuses_who_lacks_control(site: LiveSite) -> None:
    dana = site.node("Dana", "agent").launch()
    wil = site.node("Wil", "supervisor", grants=["observe"]).launch()
    wil.ready().meet(dana.ready())
    row = wil.sees(dana, online=True)
    assert row["set_status"]["code"] == row["assign"]["code"] == "missing-grant"
    assert wil.api("presence.set-status-of", agent="Dana", status="break")["code"] == "missing-grant"
    assert dana.api("presence.status")["status"]["status"] == "available"


def test_a_change_of_status_is_on_every_dashboard_within_a_second(site: LiveSite) -> None:
    dana = site.node("Dana", "agent").launch()
    supervisors = [site.node(name, "supervisor").launch() for name in ("Sam", "Sue")]
    dana.ready()
    for each in supervisors:
        each.ready().meet(dana)
        each.sees(dana, status="available")
    slowest = 0.0
    for status, shown in (("break", "absent"), ("available", "available")) * 3:
        started = time.monotonic()
        dana.api("presence.set-status", status=status)
        for each in supervisors:
            each.sees(dana, status=shown)
        slowest = max(slowest, time.monotonic() - started)
    assert slowest < AT_ONCE


def test_an_agent_who_supervises_too_has_a_row_and_may_set_it(site: LiveSite) -> None:
    bo = site.node("Bo", "agent", "supervisor").start()
    bo.sees(bo, status="available", online=True)
    assert bo.api("presence.set-status-of", agent="Bo", status="break") == {"done": True}
    bo.sees(bo, why="break", reason="break")
