"""Every end of a glance, with real nodes, and a browser whose windows and tabs are those that people have."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.support import scenes
from tests.support.browser import watched_page
from tests.support.glancing import (
    HEIGHT,
    LEFT,
    RIGHT,
    WIDTH,
    Saver,
    ended,
    let_go,
    node_id,
    screen_saver,
    shows,
)
from tests.support.nodes import LiveNode, LiveSite, eventually
from tests.support.paint import Painter
from tests.support.windows_of_chromium import Windows, chromium_on_a_desktop
from tests.support.xserver import XServer

pytestmark = pytest.mark.e2e

HIDDEN = "the page was hidden: another tab, minimised, or covered by another window"
AWAY = "the supervisor switched away from the page"
GONE = "the supervisor's page was closed"


class Team(NamedTuple):
    """Sam supervises Dana, who has two displays, and Priya, who has none."""

    site: LiveSite
    sam: LiveNode
    dana: LiveNode
    priya: LiveNode
    x: XServer
    saver: Saver

    def meet(self) -> None:
        self.sam.meet(self.dana, self.priya)
        self.sam.sees(self.dana, online=True, screen_error="")

    @property
    def unwatched(self) -> int:
        """How many connections the X server has while nobody watches."""
        eventually(self.dana.watchers, lambda watchers: watchers == [])
        return self.x.clients()


def started(folder: Path, x: XServer, saver: Saver, site: LiveSite) -> Team:
    desk = {"DISPLAY": x.display, "DBUS_SESSION_BUS_ADDRESS": saver.address}
    nodes = [
        site.node("Sam", "supervisor"),
        site.node("Dana", "agent", settings=desk),
        site.node("Priya", "agent"),
    ]
    for node in nodes:
        node.launch()
    sam, dana, priya = (node.ready() for node in nodes)
    team = Team(site, sam, dana, priya, x, saver)
    team.meet()
    return team


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """Every test that harms them heals them."""
    folder = tmp_path_factory.mktemp("team")
    with XServer(WIDTH, HEIGHT, (LEFT, RIGHT)) as x, screen_saver() as saver, LiveSite(folder) as site:
        yield started(folder, x, saver, site)


@pytest.fixture
def doomed(tmp_path: Path) -> Iterator[Team]:
    """Once revoked, always revoked."""
    with XServer(WIDTH, HEIGHT, (LEFT, RIGHT)) as x, screen_saver() as saver, LiveSite(tmp_path) as site:
        yield started(tmp_path, x, saver, site)


@pytest.fixture(scope="module")
def windows() -> Iterator[Windows]:
    with chromium_on_a_desktop() as windows:
        yield windows


@pytest.fixture
def page(windows: Windows) -> Iterator[Page]:
    with watched_page(windows.context) as page:
        yield page


def watch(page: Page, team: Team, displays: str = "1") -> None:
    """Sam signs in at Dana's page with a glance; its pictures are there."""
    path = f"/supervisor/agents?agent={node_id(team.dana)}&glance={displays}"
    page.goto(team.sam.api("node.launch", path=path)["url"])
    expect(page.locator(".rate")).to_have_count(len(displays.split(",")))


# --- the supervisor cannot see it any more -----------------------------------------------------------


def another_tab(page: Page, windows: Windows) -> Callable[[], None]:
    other = windows.context.new_page()
    other.bring_to_front()
    return other.close


def minimise(page: Page, windows: Windows) -> Callable[[], None]:
    windows.minimise(page)
    return lambda: windows.restore(page)


def cover(page: Page, windows: Windows) -> Callable[[], None]:
    covering = ExitStack()
    covering.enter_context(windows.covered())
    return covering.close


@pytest.mark.parametrize("hide", [another_tab, minimise, cover])
def test_a_page_that_cannot_be_seen_ends_it(
    page: Page, team: Team, windows: Windows, hide: Callable[[Page, Windows], Callable[[], None]]
) -> None:
    idle = team.unwatched
    watch(page, team)
    show_again = hide(page, windows)
    let_go(team.dana, team.x, idle, AWAY)
    show_again()
    page.bring_to_front()
    ended(page, HIDDEN)
    page.get_by_role("button", name="Start again").click()
    expect(page.locator(".rate")).to_have_count(1)


def test_a_window_that_covers_a_part_of_the_page_ends_nothing(
    page: Page, team: Team, windows: Windows
) -> None:
    watch(page, team)
    with windows.covered_in_part(), Painter(team.x.display) as painter:
        for seed in range(3):
            content = scenes.text(WIDTH, HEIGHT, seed=seed)
            painter.put(content)
            shows(page, 1, content)
    assert len(team.dana.watchers()) == 1


# --- the supervisor went away ------------------------------------------------------------------------


def reload(page: Page) -> None:
    page.reload()


def close(page: Page) -> None:
    page.close()


def go_elsewhere(page: Page) -> None:
    page.goto("about:blank")


def next_agent(page: Page) -> None:
    page.keyboard.press("j")


def dashboard(page: Page) -> None:
    page.get_by_role("link", name="Dashboard").click()


@pytest.mark.parametrize(
    ("leave", "words"),
    [
        (reload, GONE),
        (close, GONE),
        (go_elsewhere, GONE),
        (next_agent, "the supervisor switched to another agent"),
        (dashboard, "the supervisor went to another view"),
    ],
)
def test_leaving_the_page_ends_it(page: Page, team: Team, leave: Callable[[Page], None], words: str) -> None:
    idle = team.unwatched
    watch(page, team)
    leave(page)
    let_go(team.dana, team.x, idle, words)
    if not page.is_closed():
        expect(page.locator("canvas")).to_have_count(0)


def press_stop(page: Page) -> None:
    page.get_by_role("button", name="Stop glance").click()


def press_escape(page: Page) -> None:
    page.keyboard.press("Escape")


@pytest.mark.parametrize("stop", [press_stop, press_escape])
def test_stop_clears_the_page_and_stops_the_capture(
    page: Page, team: Team, stop: Callable[[Page], None]
) -> None:
    idle = team.unwatched
    watch(page, team)
    assert team.x.clients() > idle
    stop(page)
    ended(page, "you stopped it")
    let_go(team.dana, team.x, idle, "stopped by the supervisor")
    before = cpu_seconds(team.dana)
    with Painter(team.x.display) as painter:
        for seed in range(40):
            painter.put(scenes.flat(WIDTH, HEIGHT, (seed, seed, seed)))
    assert cpu_seconds(team.dana) - before < 0.1


def cpu_seconds(node: LiveNode) -> float:
    """Processor time that a node's process has used."""
    fields = Path(f"/proc/{node.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# --- ends that come from the agent -------------------------------------------------------------------


def test_locking_the_screen_ends_it(page: Page, team: Team) -> None:
    idle = team.unwatched
    watch(page, team)
    team.saver.turns(True)
    try:
        ended(page, "the agent's screen was locked")
        expect(page.get_by_role("button", name="Assist: screen, Dana")).to_have_accessible_description(
            "The screen of Dana is locked."
        )
        let_go(team.dana, team.x, idle, "the agent's screen was locked")
    finally:
        team.saver.turns(False)
    page.get_by_role("button", name="Start again").click()
    expect(page.locator(".rate")).to_have_count(1)


def test_a_killed_x_server_ends_it_with_a_sentence(page: Page, team: Team) -> None:
    watch(page, team)
    team.x.stop()
    try:
        expect(page.locator(".ending")).to_contain_text(f"{team.x.display}")
        expect(page.locator("canvas")).to_have_count(0)
        assert team.x.display in eventually(team.dana.unwatched)
    finally:
        team.x.start()
    page.get_by_role("button", name="Start again").click()
    expect(page.locator(".rate")).to_have_count(1)


# --- ends that nobody wished -------------------------------------------------------------------------


def test_a_killed_supervisors_node_ends_it_on_both_sides(page: Page, team: Team) -> None:
    watch(page, team)
    team.sam.kill()
    try:
        ended(page, "the page lost touch with your node")
        assert eventually(team.dana.unwatched) == "the link between the two nodes was lost"
    finally:
        team.sam.start()
        team.meet()


def test_a_supervisors_node_that_hangs_ends_it_on_both_sides(page: Page, team: Team) -> None:
    watch(page, team)
    os.kill(team.sam.pid, signal.SIGSTOP)
    try:
        ended(page, "your own node did not answer for 3 seconds")
        assert eventually(team.dana.unwatched) == "the viewer did not answer for 3 seconds"
    finally:
        os.kill(team.sam.pid, signal.SIGCONT)
    page.get_by_role("button", name="Start again").click()
    expect(page.locator(".rate")).to_have_count(1)


def test_a_killed_agents_node_ends_it(page: Page, team: Team) -> None:
    watch(page, team)
    team.dana.kill()
    try:
        ended(page, "the link between the two nodes was lost")
    finally:
        team.dana.start()
        team.meet()


def test_the_agents_certificate_is_revoked(page: Page, doomed: Team) -> None:
    watch(page, doomed)
    doomed.site.ca("revoke", doomed.site.authority, doomed.dana.email)
    assert doomed.sam.cli("node", "revocations", doomed.site.revocations()).returncode == 0
    ended(page, "the certificate was revoked")
    assert eventually(doomed.dana.unwatched)


def test_the_supervisors_certificate_is_revoked_at_the_agents(page: Page, doomed: Team) -> None:
    watch(page, doomed)
    doomed.site.ca("revoke", doomed.site.authority, doomed.sam.email)
    assert doomed.dana.cli("node", "revocations", doomed.site.revocations()).returncode == 0
    assert eventually(doomed.dana.unwatched) == "the certificate was revoked"
    expect(page.locator(".ending")).to_be_visible()
    expect(page.locator("canvas")).to_have_count(0)


def test_the_supervisors_certificate_is_revoked_at_their_own_node(page: Page, doomed: Team) -> None:
    watch(page, doomed)
    doomed.site.ca("revoke", doomed.site.authority, doomed.sam.email)
    assert doomed.sam.cli("node", "revocations", doomed.site.revocations()).returncode == 0
    expect(page.get_by_role("heading", name="Not signed in")).to_be_visible()
    expect(page.locator("canvas")).to_have_count(0)
    assert eventually(doomed.dana.unwatched)


def test_a_browser_that_crashes_ends_it_at_the_agents(team: Team, windows: Windows) -> None:
    """The last test: there is no browser any more."""
    idle = team.unwatched
    watch(windows.context.new_page(), team)
    windows.kill()
    let_go(team.dana, team.x, idle, GONE)
