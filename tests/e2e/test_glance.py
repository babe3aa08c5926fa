"""Glances with nothing invented: an X display, two nodes, and a browser at the supervisor's page."""

import base64
import io
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import trio
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from lanassist.cli.channels import Channel, media_of
from lanassist.cli.client import connect
from lanassist.node.desktop.base import Pixels
from lanassist.node.protocol import limits
from lanassist.node.services.glance.commands import StartGlance
from lanassist.node.services.glance.media import RENEW
from lanassist.node.services.glance.viewer import Viewer
from tests.support import scenes
from tests.support.browser import launched, until, watched_page, window
from tests.support.dbus import Bus, ScreenSaver
from tests.support.nodes import LiveNode, LiveSite, eventually
from tests.support.paint import Painter
from tests.support.xserver import Monitor, XServer

pytestmark = pytest.mark.e2e

LEFT, RIGHT = Monitor("left", 0, 0, 800, 600), Monitor("right", 800, 0, 640, 480)
WIDTH, HEIGHT = 1440, 600
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


class Saver:
    """A screen saver on a message bus of its own; it runs in another thread than the test."""

    def __init__(self, bus: Bus, saver: ScreenSaver, token: trio.lowlevel.TrioToken) -> None:
        self.address = bus.address
        self._saver = saver
        self._token = token

    def turns(self, locked: bool) -> None:
        trio.from_thread.run(self._saver.turns, locked, trio_token=self._token)


@pytest.fixture(scope="module")
def saver() -> Iterator[Saver]:
    with Bus() as bus, trio_thread() as (token, start):
        service = ScreenSaver(bus)
        start(service.run)
        yield Saver(bus, service, token)


@contextmanager
def trio_thread() -> Iterator[tuple[trio.lowlevel.TrioToken, Callable[[Any], None]]]:
    """A trio loop in a thread, and what starts a task in it."""
    up: Future[tuple[trio.lowlevel.TrioToken, trio.Nursery]] = Future()

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            up.set_result((trio.lowlevel.current_trio_token(), nursery))
            await trio.sleep_forever()

    with ThreadPoolExecutor(1) as threads:
        threads.submit(trio.run, main)
        token, nursery = up.result()
        try:
            yield token, lambda task: trio.from_thread.run(nursery.start, task, trio_token=token)
        finally:
            token.run_sync_soon(nursery.cancel_scope.cancel)


class Team(NamedTuple):
    """Sam supervises Dana, who has two displays, and Priya, who has none and a hostile name for one."""

    site: LiveSite
    sam: LiveNode
    dana: LiveNode
    priya: LiveNode


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory, x: XServer, saver: Saver) -> Iterator[Team]:
    with LiveSite(tmp_path_factory.mktemp("team")) as site:
        desk = {"DISPLAY": x.display, "DBUS_SESSION_BUS_ADDRESS": saver.address}
        sam = site.node("Sam", "supervisor").launch()
        dana = site.node("Dana", "agent", settings=desk).launch()
        priya = site.node("Priya", "agent", called=HOSTILE).launch()
        sam.ready().meet(dana.ready(), priya.ready())
        sam.sees(dana, online=True)
        yield Team(site, sam, dana, priya)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def context(chromium: Browser, team: Team) -> Iterator[BrowserContext]:
    """A browser that Sam has signed in, by the command that people use."""
    opened = team.sam.cli("open", "--print-url")
    assert opened.returncode == 0, opened.stderr
    with signed_in(chromium, opened.stdout.strip()) as context:
        yield context


@contextmanager
def signed_in(chromium: Browser, one_time_address: str) -> Iterator[BrowserContext]:
    with window(chromium) as context:
        page = context.new_page()
        page.goto(one_time_address)
        expect(page.get_by_role("table", name="Agents")).to_be_visible()
        page.close()
        yield context


@pytest.fixture
def page(context: BrowserContext, team: Team) -> Iterator[Page]:
    with watched_page(context) as page:
        yield page
    eventually(team.dana.watchers, lambda watchers: watchers == [])  # every test leaves Dana unwatched


def address(node: LiveNode, path: str) -> str:
    """A page of a node, for a browser that is signed in."""
    return str(node.api("node.status")["page"]) + path


def node_id(node: LiveNode) -> str:
    return str(node.api("node.status")["identity"]["node"])


def watch(page: Page, sam: LiveNode, dana: LiveNode, displays: str = "1") -> None:
    """Open Dana's page with a glance, and wait for its pictures."""
    page.goto(address(sam, f"/supervisor/agents?agent={node_id(dana)}&glance={displays}"))
    expect(page.locator(".rate")).to_have_count(len(displays.split(",")))


# --- what is on the displays, and on the page ----------------------------------------------------------

CANVAS_PIXELS = """async (canvas) => {
    const copy = new OffscreenCanvas(canvas.width, canvas.height);
    copy.getContext("2d").drawImage(canvas, 0, 0);
    const reader = new FileReader();
    const read = new Promise((resolve) => reader.onload = () => resolve(reader.result));
    reader.readAsDataURL(await copy.convertToBlob({ type: "image/png" }));
    return (await read).split(",")[1];
}"""


def rgb(png: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def drawn(page: Page, display: int) -> Pixels:
    """The pixels of a display's canvas, shape (height, width, 3), R G B."""
    over = page.locator(".ending").all_text_contents()
    assert not over, over
    canvas = page.get_by_role("img", name=f"Live picture of display {display}")
    return rgb(base64.b64decode(canvas.evaluate(CANVAS_PIXELS)))


def shows(page: Page, display: int, content: Pixels) -> None:
    """Wait until the page shows just this of a display; ``content`` is what is on the whole screen."""
    monitor = (LEFT, RIGHT)[display - 1]
    part = content[monitor.y : monitor.y + monitor.height, monitor.x : monitor.x + monitor.width, 2::-1]
    until(page, lambda: np.array_equal(drawn(page, display), part))


def ended(page: Page, words: str) -> None:
    """The page says so, and no picture is left on it."""
    expect(page.locator(".ending, .over p")).to_have_text(f"Glance ended: {words}")
    expect(page.locator("canvas")).to_have_count(0)


def let_go(dana: LiveNode, x: XServer, idle: int, why: str) -> None:
    """Dana's node says why nobody watches any more, and has closed its connection for capturing."""
    eventually(dana.unwatched, lambda text: text == why)
    assert dana.watchers() == []
    eventually(x.clients, lambda clients: clients == idle)


@pytest.fixture
def idle(team: Team, x: XServer) -> int:
    """How many connections the X server has while nobody watches."""
    eventually(team.dana.watchers, lambda watchers: watchers == [])
    return x.clients()


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


def test_an_unplugged_display_leaves_the_session_running(
    page: Page, team: Team, painter: Painter, x: XServer
) -> None:
    watch(page, team.sam, team.dana, "1,2")
    x.remove_monitor("right")
    try:
        eventually(lambda: len(team.sam.agents()[team.dana.email]["displays"]), lambda count: count == 1)
        content = scenes.text(WIDTH, HEIGHT, seed=8)
        painter.put(content)
        shows(page, 1, content)
    finally:
        x.set_monitor(RIGHT)
    eventually(lambda: len(team.sam.agents()[team.dana.email]["displays"]), lambda count: count == 2)
    shows(page, 2, content)
    assert len(team.dana.watchers()) == 1


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


# --- ends that the supervisor makes --------------------------------------------------------------------


def press_stop(page: Page) -> None:
    page.get_by_role("button", name="Stop glance").click()


def press_escape(page: Page) -> None:
    page.keyboard.press("Escape")


@pytest.mark.parametrize("stop", [press_stop, press_escape])
def test_stop_clears_the_page_and_stops_the_capture(
    page: Page, team: Team, x: XServer, painter: Painter, idle: int, stop: Callable[[Page], None]
) -> None:
    watch(page, team.sam, team.dana)
    assert x.clients() > idle
    stop(page)
    ended(page, "you stopped it")
    let_go(team.dana, x, idle, "stopped by the supervisor")
    before = cpu_seconds(team.dana)
    for seed in range(40):
        painter.put(scenes.flat(WIDTH, HEIGHT, (seed, seed, seed)))
    assert cpu_seconds(team.dana) - before < 0.1


def cpu_seconds(node: LiveNode) -> float:
    """Processor time that a node's process has used."""
    fields = Path(f"/proc/{node.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def hide(page: Page) -> None:
    page.evaluate(
        """() => {
            Object.defineProperty(document, "hidden", { get: () => true });
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )


def reload(page: Page) -> None:
    page.reload()


def close(page: Page) -> None:
    page.close()


def go_away(page: Page) -> None:
    page.goto("about:blank")


def next_agent(page: Page) -> None:
    page.keyboard.press("j")


def dashboard(page: Page) -> None:
    page.get_by_role("link", name="Dashboard").click()


@pytest.mark.parametrize(
    ("leave", "words"),
    [
        (hide, "the supervisor switched away from the page"),
        (reload, "the supervisor's page was closed"),
        (close, "the supervisor's page was closed"),
        (go_away, "the supervisor's page was closed"),
        (next_agent, "the supervisor switched to another agent"),
        (dashboard, "the supervisor went to another view"),
    ],
)
def test_leaving_ends_it(
    page: Page, team: Team, x: XServer, idle: int, leave: Callable[[Page], None], words: str
) -> None:
    watch(page, team.sam, team.dana)
    leave(page)
    let_go(team.dana, x, idle, words)


# --- ends that come from the agent ---------------------------------------------------------------------


def test_locking_the_screen_ends_it(page: Page, team: Team, x: XServer, saver: Saver, idle: int) -> None:
    watch(page, team.sam, team.dana)
    saver.turns(True)
    ended(page, "the agent's screen was locked")
    expect(page.get_by_role("button", name="Assist: screen, Dana")).to_have_accessible_description(
        "The screen of Dana is locked."
    )
    let_go(team.dana, x, idle, "the agent's screen was locked")
    saver.turns(False)
    page.get_by_role("button", name="Start again").click()
    expect(page.locator(".rate")).to_have_count(1)


# --- ends that nobody wished ---------------------------------------------------------------------------


class Pair(NamedTuple):
    """A supervisor's and an agent's node, with a desk of their own: to be harmed."""

    site: LiveSite
    sam: LiveNode
    dana: LiveNode
    x: XServer


@contextmanager
def running_pair(folder: Path) -> Iterator[Pair]:
    with XServer(WIDTH, HEIGHT, (LEFT, RIGHT)) as x, LiveSite(folder) as site:
        sam = site.node("Sam", "supervisor").launch()
        dana = site.node("Dana", "agent", settings={"DISPLAY": x.display}).launch()
        sam.ready().meet(dana.ready())
        yield Pair(site, sam, dana, x)


@contextmanager
def watching(pair: Pair, chromium: Browser) -> Iterator[Page]:
    """Sam's page with a glance at Dana."""
    pair.sam.sees(pair.dana, online=True, screen_error="")
    address = pair.sam.api("node.launch", path="/supervisor")["url"]
    with signed_in(chromium, address) as context, watched_page(context) as page:
        watch(page, pair.sam, pair.dana)
        yield page


@pytest.fixture(scope="module")
def hardy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Every test that harms them heals them."""
    with running_pair(tmp_path_factory.mktemp("hardy")) as pair:
        yield pair


@pytest.fixture
def their_page(hardy: Pair, chromium: Browser) -> Iterator[Page]:
    with watching(hardy, chromium) as page:
        yield page


@pytest.fixture
def doomed(tmp_path: Path) -> Iterator[Pair]:
    """Once revoked, always revoked."""
    with running_pair(tmp_path) as pair:
        yield pair


def test_a_killed_supervisors_node_ends_it_at_the_agents(hardy: Pair, their_page: Page) -> None:
    hardy.sam.kill()
    assert eventually(hardy.dana.unwatched) == "the link between the two nodes was lost"
    ended(their_page, "the page lost touch with your node")
    hardy.sam.start()


def test_a_supervisors_node_that_hangs_ends_it_by_the_lease(hardy: Pair, their_page: Page) -> None:
    os.kill(hardy.sam.pid, signal.SIGSTOP)
    try:
        why = eventually(hardy.dana.unwatched)
    finally:
        os.kill(hardy.sam.pid, signal.SIGCONT)
    assert why == "the viewer did not answer for 3 seconds"
    expect(their_page.locator(".ending")).to_be_visible()
    expect(their_page.locator("canvas")).to_have_count(0)


def test_a_killed_agents_node_ends_it(hardy: Pair, their_page: Page) -> None:
    hardy.dana.kill()
    ended(their_page, "the link between the two nodes was lost")
    hardy.dana.start()
    hardy.sam.meet(hardy.dana)


def test_a_killed_x_server_ends_it_with_a_sentence(hardy: Pair, their_page: Page) -> None:
    hardy.x.stop()
    expect(their_page.locator(".ending")).to_contain_text(f"{hardy.x.display}")
    expect(their_page.locator("canvas")).to_have_count(0)
    assert hardy.x.display in eventually(hardy.dana.unwatched)
    hardy.x.start()
    their_page.get_by_role("button", name="Start again").click()
    expect(their_page.locator(".rate")).to_have_count(1)


def test_the_agents_certificate_is_revoked(doomed: Pair, chromium: Browser) -> None:
    with watching(doomed, chromium) as page:
        doomed.site.ca("revoke", doomed.site.authority, doomed.dana.email)
        assert doomed.sam.cli("node", "revocations", doomed.site.revocations()).returncode == 0
        ended(page, "the certificate was revoked")
        assert eventually(doomed.dana.unwatched)


def test_the_supervisors_certificate_is_revoked_at_the_agents(doomed: Pair, chromium: Browser) -> None:
    with watching(doomed, chromium) as page:
        doomed.site.ca("revoke", doomed.site.authority, doomed.sam.email)
        assert doomed.dana.cli("node", "revocations", doomed.site.revocations()).returncode == 0
        assert eventually(doomed.dana.unwatched) == "the certificate was revoked"
        expect(page.locator(".ending")).to_be_visible()
        expect(page.locator("canvas")).to_have_count(0)


def test_the_supervisors_certificate_is_revoked_at_their_own_node(doomed: Pair, chromium: Browser) -> None:
    with watching(doomed, chromium) as page:
        doomed.site.ca("revoke", doomed.site.authority, doomed.sam.email)
        assert doomed.sam.cli("node", "revocations", doomed.site.revocations()).returncode == 0
        expect(page.get_by_role("heading", name="Not signed in")).to_be_visible()
        expect(page.locator("canvas")).to_have_count(0)
        assert eventually(doomed.dana.unwatched)
