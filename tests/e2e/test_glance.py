"""Glances with nothing invented: an X display, two nodes, and a browser at the supervisor's page."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import pytest
import trio
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from lanassist.cli.channels import Channel, media_of
from lanassist.cli.client import connect
from lanassist.node.desktop.base import Pixels
from lanassist.node.protocol import limits
from lanassist.node.services.glance.commands import StartGlance
from lanassist.node.services.glance.media import RENEW
from lanassist.node.services.glance.viewer import Viewer
from tests.support import scenes
from tests.support.browser import until, watched_page
from tests.support.glancing import (
    HEIGHT,
    LEFT,
    RIGHT,
    WIDTH,
    address,
    drawn,
    ended,
    node_id,
    rgb,
    shows,
    signed_in,
    watch,
)
from tests.support.nodes import LiveNode, LiveSite, eventually
from tests.support.paint import Painter
from tests.support.xserver import XServer

pytestmark = pytest.mark.e2e

HOSTILE = "<img src=x onerror=document.title='owned'>"


# --- the site, the desk, the browser ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def x() -> Iterator[XServer]:
    with XServer(WIDTH, HEIGHT, (LEFT, RIGHT)) as server:
        yield server


@pytest.fixture(scope="module")
def painter(x: XServer) -> Iterator[Painter]:
    with Painter(x.display) as painter:
        yield painter


class Team(NamedTuple):
    """Sam supervises Dana, who has two displays, and Priya, who has none and a hostile name for one."""

    site: LiveSite
    sam: LiveNode
    dana: LiveNode
    priya: LiveNode


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory, x: XServer) -> Iterator[Team]:
    with LiveSite(tmp_path_factory.mktemp("team")) as site:
        sam = site.node("Sam", "supervisor").launch()
        dana = site.node("Dana", "agent", settings={"DISPLAY": x.display}).launch()
        priya = site.node("Priya", "agent", called=HOSTILE).launch()
        sam.ready().meet(dana.ready(), priya.ready())
        sam.sees(dana, online=True)
        yield Team(site, sam, dana, priya)


@pytest.fixture(scope="module")
def context(chromium: Browser, team: Team) -> Iterator[BrowserContext]:
    """A browser that Sam has signed in, by the command that people use."""
    opened = team.sam.cli("open", "--print-url")
    assert opened.returncode == 0, opened.stderr
    with signed_in(chromium, opened.stdout.strip()) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext, team: Team) -> Iterator[Page]:
    with watched_page(context) as page:
        yield page
    eventually(team.dana.watchers, lambda watchers: watchers == [])  # every test leaves Dana unwatched


@pytest.fixture
def idle(team: Team, x: XServer) -> int:
    """How many connections the X server has while nobody watches."""
    eventually(team.dana.watchers, lambda watchers: watchers == [])
    seen: list[int] = []

    def at_rest(count: int) -> bool:
        """The captures of who has just stopped watching take a moment to close."""
        seen.append(count)
        return len(seen) > 10 and len(set(seen[-10:])) == 1

    return eventually(x.clients, at_rest)


# --- the table -----------------------------------------------------------------------------------------


def test_the_table_is_live(page: Page, team: Team) -> None:
    page.goto(address(team.sam, "/supervisor"))
    row = page.locator(f"tr[data-node='{node_id(team.dana)}']")
    expect(row).to_contain_text("Available")
    team.dana.api("presence.set-status", status="break", reason="lunch")
    expect(row).to_contain_text("Absent · on break: lunch")
    team.dana.api("presence.set-status", status="available")
    expect(row).to_contain_text("Available")


def test_a_hostile_name_is_only_text(page: Page, team: Team) -> None:
    page.goto(address(team.sam, "/supervisor"))
    row = page.locator(f"tr[data-node='{node_id(team.priya)}']")
    expect(row).to_contain_text(HOSTILE)
    row.get_by_role("link", name="Open").click()
    expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()
    assert page.locator("img").count() == 0
    assert page.title() != "owned"


# --- watching ------------------------------------------------------------------------------------------


def test_from_the_table_to_exact_pixels(page: Page, team: Team, painter: Painter) -> None:
    content = scenes.text(WIDTH, HEIGHT)
    painter.put(content)
    page.goto(address(team.sam, "/supervisor"))
    page.get_by_role("button", name="Assist: screen, Dana").click()
    dialog = page.get_by_role("dialog", name="Which displays of Dana?")
    dialog.get_by_text("640 × 480").click()
    dialog.get_by_text("800 × 600").click()
    page.get_by_role("button", name="Watch display 2").click()
    shows(page, 2, content)
    (watcher,) = team.dana.watchers()
    assert (watcher["name"], watcher["displays"]) == ("Sam", [2])


def test_a_photograph_sharpens_until_it_is_exact(page: Page, team: Team, painter: Painter) -> None:
    content = scenes.photo(WIDTH, HEIGHT)
    painter.put(content)
    watch(page, team.sam, team.dana)
    shows(page, 1, content)
    expect(page.locator(".exact")).to_have_text("pixel-exact")
    content = scenes.photo(WIDTH, HEIGHT, seed=2)
    painter.put(content)
    shows(page, 1, content)


def test_both_displays_and_every_change_of_them(page: Page, team: Team, painter: Painter) -> None:
    content = scenes.text(WIDTH, HEIGHT, seed=3)
    painter.put(content)
    watch(page, team.sam, team.dana, "1,2")
    shows(page, 1, content)
    shows(page, 2, content)
    content[100:300, 700:1000, :3] = (10, 20, 200)
    painter.fill((200, 20, 10), 700, 100, 300, 200)  # across the edge between the two
    shows(page, 1, content)
    shows(page, 2, content)


def test_the_display_is_switched_without_ending(page: Page, team: Team, painter: Painter) -> None:
    content = scenes.text(WIDTH, HEIGHT, seed=4)
    painter.put(content)
    watch(page, team.sam, team.dana)
    (before,) = team.dana.watchers()
    page.keyboard.press("2")
    shows(page, 2, content)
    expect(page.locator("canvas")).to_have_count(1)
    (after,) = team.dana.watchers()
    assert after == {**before, "displays": [2]}


def test_the_command_line_switches_and_stops_what_the_page_shows(
    page: Page, team: Team, painter: Painter
) -> None:
    content = scenes.text(WIDTH, HEIGHT, seed=5)
    painter.put(content)
    started = team.sam.cli("glance", "start", "dana", "--display", "1", "--print-url")
    assert started.returncode == 0, started.stderr
    page.goto(started.stdout.strip())
    shows(page, 1, content)
    switched = team.sam.cli("glance", "switch", "dana", "--display", "1", "--display", "2")
    assert switched.returncode == 0, switched.stderr
    shows(page, 2, content)
    shows(page, 1, content)
    team.sam.api("glance.switch", agent="dana", displays=[2])
    expect(page.locator("canvas")).to_have_count(1)
    shows(page, 2, content)
    stopped = team.sam.cli("glance", "stop", "dana")
    assert stopped.returncode == 0, stopped.stderr
    ended(page, "you stopped it")


def test_the_popout_is_the_display_from_the_corner_and_its_address_works_once(
    page: Page, context: BrowserContext, chromium: Browser, team: Team, painter: Painter
) -> None:
    content = scenes.photo(WIDTH, HEIGHT, seed=6)
    painter.put(content)
    told = team.sam.cli("glance", "url", "dana", "--display", "2")
    assert told.returncode == 0, told.stderr
    page.goto(told.stdout.strip())
    wanted = content[:480, 800:, 2::-1]
    clip: Any = {"x": 0, "y": 0, "width": 640, "height": 480}
    until(page, lambda: np.array_equal(rgb(page.screenshot(clip=clip)), wanted))
    with chromium.new_context() as stranger:
        second = stranger.new_page()
        second.goto(told.stdout.strip())
        expect(second.get_by_role("heading", name="Sign in again")).to_be_visible()
        assert second.locator("canvas").count() == 0


def chips(page: Page) -> Locator:
    return page.get_by_role("group", name="Displays shown").get_by_role("button")


def test_displays_come_and_go_during_a_glance(page: Page, team: Team, painter: Painter, x: XServer) -> None:
    x.remove_monitor("right")
    try:
        team.sam.sees(team.dana, displays=[left_of(team)])
        watch(page, team.sam, team.dana)
        expect(chips(page)).to_have_count(0)
    finally:
        x.set_monitor(RIGHT)
    expect(chips(page)).to_have_text(["1", "2"])
    page.keyboard.press("d")
    picker = page.get_by_role("dialog", name="Which displays of Dana?")
    expect(picker.get_by_role("checkbox")).to_have_count(2)
    picker.get_by_text("640 × 480").click()
    page.get_by_role("button", name="Show 2 displays").click()
    content = scenes.text(WIDTH, HEIGHT, seed=7)
    painter.put(content)
    shows(page, 1, content)
    shows(page, 2, content)
    assert len(team.dana.watchers()) == 1


def left_of(team: Team) -> Any:
    return team.sam.agents()[team.dana.email]["displays"][0]


def test_an_unplugged_display_leaves_the_session_running(
    page: Page, team: Team, painter: Painter, x: XServer
) -> None:
    watch(page, team.sam, team.dana, "1,2")
    (before,) = team.dana.watchers()
    x.remove_monitor("right")
    try:
        expect(
            page.get_by_text("Display 2 was unplugged. It is shown again when it returns.")
        ).to_be_visible()
        expect(chips(page).nth(1)).to_have_accessible_name("Display 2, unplugged")
        content = scenes.text(WIDTH, HEIGHT, seed=8)
        painter.put(content)
        shows(page, 1, content)
        page.keyboard.press("2")  # there is nothing to show of it: the glance goes on as it is
        team.sam.api("glance.switch", agent="dana", displays=[2])
        assert team.dana.watchers() == [before]
    finally:
        x.set_monitor(RIGHT)
    shows(page, 2, content)
    expect(page.get_by_text("was unplugged")).to_have_count(0)
    assert team.dana.watchers() == [before]


def test_a_display_that_changes_its_size_is_shown_at_its_new_size(
    page: Page, team: Team, painter: Painter, x: XServer
) -> None:
    watch(page, team.sam, team.dana, "2")
    x.set_monitor(RIGHT._replace(width=512, height=384))
    try:
        expect(page.locator("figcaption")).to_contain_text("512 × 384")
        content = scenes.text(WIDTH, HEIGHT, seed=10)
        painter.put(content)
        until(page, lambda: np.array_equal(drawn(page, 2), content[:384, 800:1312, 2::-1]))
    finally:
        x.set_monitor(RIGHT)
    expect(page.locator("figcaption")).to_contain_text("640 × 480")
    shows(page, 2, content)


# --- the wall ------------------------------------------------------------------------------------------


def test_the_wall_shows_a_small_picture_tells_the_agent_and_leads_to_the_full_glance(
    page: Page, team: Team, painter: Painter
) -> None:
    painter.put(scenes.flat(WIDTH, HEIGHT, (200, 60, 30)))
    page.goto(address(team.sam, "/supervisor/wall"))
    tile = page.locator(f".tile-card[data-node='{node_id(team.dana)}']")
    expect(tile).to_have_attribute("data-state", "live")
    small = drawn(page, 1)
    assert small.shape[1] <= LEFT.width / 2
    (watcher,) = team.dana.watchers()
    assert (watcher["name"], watcher["displays"], watcher["wall"]) == ("Sam", [1], True)
    unseen = page.locator(f".tile-card[data-node='{node_id(team.priya)}']")
    expect(unseen).to_have_attribute("data-state", "refused")
    expect(unseen.locator(".words")).to_contain_text("cannot be shown")
    page.keyboard.press("p")
    expect(page.locator("canvas")).to_have_count(0)
    assert eventually(team.dana.unwatched) == "the supervisor paused the wall"
    page.keyboard.press("p")
    expect(tile).to_have_attribute("data-state", "live")
    tile.get_by_role("link").click()
    expect(page.locator(".rate")).to_have_count(1)
    (watcher,) = eventually(team.dana.watchers, lambda all_: [each["wall"] for each in all_] == [False])
    assert watcher["displays"] == [1]


class Crowd:
    """Viewers of Dana's first display, each in a session of its own, until each has an exact picture."""

    def __init__(self, sam: LiveNode, x: XServer) -> None:
        self._node = connect(sam.home)
        self._x = x
        self.pictures: list[Pixels] = []
        self.connections = 0
        """Of the X server while they watch."""

    def look(self, count: int) -> None:
        with ThreadPoolExecutor(1) as thread:  # the browser's loop has the test's own thread
            thread.submit(trio.run, self._look, count).result()

    async def _look(self, count: int) -> None:
        self.pictures = []
        with trio.fail_after(30):
            async with trio.open_nursery() as nursery:
                for _ in range(count):
                    nursery.start_soon(self._one)
                while len(self.pictures) < count:  # noqa: ASYNC110
                    await trio.sleep(0.01)
                self.connections = self._x.clients()
                nursery.cancel_scope.cancel()

    async def _one(self) -> None:
        started = await trio.to_thread.run_sync(self._node.ask, StartGlance(agent="dana", displays=(1,)))
        viewer = Viewer(started.chosen)
        async with media_of(self._node, started.session) as channel, trio.open_nursery() as nursery:
            nursery.start_soon(_renew, channel)
            while not viewer.exact(1):
                if (reply := viewer.feed(await channel.receive())) is not None:
                    await channel.send(reply)
            frame = viewer.frame(1)
            assert frame is not None
            self.pictures.append(frame)
            await trio.sleep_forever()


async def _renew(channel: Channel) -> None:
    while True:
        await channel.send(bytes([RENEW]))
        await trio.sleep(limits.LEASE_EVERY)


def test_ten_viewers_cost_one_capture(team: Team, painter: Painter, x: XServer, idle: int) -> None:
    content = scenes.photo(WIDTH, HEIGHT, seed=9)
    painter.put(content)
    crowd = Crowd(team.sam, x)
    crowd.look(1)
    of_one = crowd.connections
    assert of_one > idle
    eventually(x.clients, lambda count: count == idle)
    crowd.look(10)
    assert all(np.array_equal(each[..., :3], content[:600, :800, :3]) for each in crowd.pictures)
    assert crowd.connections == of_one
    eventually(x.clients, lambda count: count == idle)
