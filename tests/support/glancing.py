"""Glances with nothing invented: a desk, two nodes, a browser, and what each of them shows and says."""

import base64
import io
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import trio
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from lanassist.node.desktop.base import Pixels
from tests.support.browser import until, watched_page, window
from tests.support.dbus import Bus, ScreenSaver
from tests.support.nodes import LiveNode, LiveSite, eventually
from tests.support.xserver import Monitor, XServer

LEFT, RIGHT = Monitor("left", 0, 0, 800, 600), Monitor("right", 800, 0, 640, 480)
WIDTH, HEIGHT = 1440, 600


# --- the desk -------------------------------------------------------------------------------------------


class Saver:
    """A screen saver on a message bus of its own; it runs in another thread than the test."""

    def __init__(self, bus: Bus, saver: ScreenSaver, token: trio.lowlevel.TrioToken) -> None:
        self.address = bus.address
        self._saver = saver
        self._token = token

    def turns(self, locked: bool) -> None:
        trio.from_thread.run(self._saver.turns, locked, trio_token=self._token)


@contextmanager
def screen_saver() -> Iterator[Saver]:
    """A message bus with a screen saver on it."""
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


# --- the browser ----------------------------------------------------------------------------------------


@contextmanager
def signed_in(chromium: Browser, one_time_address: str) -> Iterator[BrowserContext]:
    with window(chromium) as context:
        page = context.new_page()
        page.goto(one_time_address)
        expect(page.get_by_role("table", name="Agents")).to_be_visible()
        page.close()
        yield context


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


# --- a supervisor's and an agent's node, to be harmed ----------------------------------------------------


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
