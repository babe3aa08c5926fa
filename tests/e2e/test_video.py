"""A film on an agent's display, all the way to a real browser that decodes it."""

import base64
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Worker, expect

from lanassist.node.desktop.base import Pixels
from tests.support import scenes
from tests.support.browser import until, watched_page, window
from tests.support.film import Film, playing
from tests.support.nodes import LiveNode, LiveSite, eventually
from tests.support.paint import Painter
from tests.support.xserver import Monitor, XServer

pytestmark = pytest.mark.e2e

WIDTH, HEIGHT = 800, 600
X, Y = 130, 90
FILM = Film(480, 320)
NO_EXTRA = 'import sys\nsys.modules["av"] = None\n'
"""As a sitecustomize.py: the extra is not installed."""


@pytest.fixture(scope="module")
def x() -> Iterator[XServer]:
    with XServer(WIDTH, HEIGHT, (Monitor("only", 0, 0, WIDTH, HEIGHT),)) as server:
        yield server


class Team(NamedTuple):
    """Sam supervises Dana, who has the extra, and Priya, who has not. Both sit at the same display."""

    sam: LiveNode
    dana: LiveNode
    priya: LiveNode


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory, x: XServer) -> Iterator[Team]:
    folder = tmp_path_factory.mktemp("film")
    (folder / "sitecustomize.py").write_text(NO_EXTRA)
    with LiveSite(folder / "site") as site:
        desk = {"DISPLAY": x.display}
        sam = site.node("Sam", "supervisor").launch()
        dana = site.node("Dana", "agent", settings=desk).launch()
        path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
        priya = site.node("Priya", "agent", settings={**desk, "PYTHONPATH": path}).launch()
        sam.ready().meet(dana.ready(), priya.ready())
        sam.sees(dana, online=True)
        sam.sees(priya, online=True)
        yield Team(sam, dana, priya)


@pytest.fixture(scope="module")
def context(chromium: Browser, team: Team) -> Iterator[BrowserContext]:
    opened = team.sam.cli("open", "--print-url")
    assert opened.returncode == 0, opened.stderr
    with window(chromium) as context:
        page = context.new_page()
        page.goto(opened.stdout.strip())
        expect(page.get_by_role("table", name="Agents")).to_be_visible()
        page.close()
        yield context


@pytest.fixture
def text(x: XServer) -> Pixels:
    """What stands on the display before the film."""
    content = scenes.text(WIDTH, HEIGHT)
    with Painter(x.display) as painter:
        painter.put(content)
    return content


def watch(page: Page, sam: LiveNode, agent: LiveNode) -> Worker:
    """Look at an agent; the worker that draws, which counts from now on what it gives to a decoder."""
    status = sam.api("node.status")
    node = str(agent.api("node.status")["identity"]["node"])
    page.goto(f"{status['page']}/supervisor/agents?agent={node}&glance=1")
    expect(page.locator(".rate")).to_have_count(1)
    (worker,) = page.workers
    worker.evaluate(
        """() => {
            self.decoded = 0;
            const decode = VideoDecoder.prototype.decode;
            VideoDecoder.prototype.decode = function (chunk) {
                self.decoded++;
                return decode.call(this, chunk);
            };
        }"""
    )
    return worker


def decoded(worker: Worker) -> int:
    return int(worker.evaluate("() => self.decoded"))


def drawn(page: Page) -> Pixels:
    """What the page shows of the display: shape (height, width, 4), B G R X."""
    over = page.locator(".ending").all_text_contents()
    assert not over, over
    png = page.get_by_role("img", name="Live picture of display 1").evaluate(
        """async (canvas) => {
            const copy = new OffscreenCanvas(canvas.width, canvas.height);
            copy.getContext("2d").drawImage(canvas, 0, 0);
            const reader = new FileReader();
            const read = new Promise((resolve) => reader.onload = () => resolve(reader.result));
            reader.readAsDataURL(await copy.convertToBlob({ type: "image/png" }));
            return (await read).split(",")[1];
        }"""
    )
    rgb = np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"))
    return np.dstack([rgb[:, :, ::-1], np.zeros(rgb.shape[:2], np.uint8)])


def film_in(picture: Pixels) -> Pixels:
    return picture[Y : Y + FILM.height, X : X + FILM.width]


def test_the_browser_decodes_a_film_and_draws_each_frame_whole(
    page: Page, team: Team, x: XServer, text: Pixels
) -> None:
    worker = watch(page, team.sam, team.dana)
    with playing(FILM, x.display, X, Y):
        until(page, lambda: decoded(worker) > 10, 30)
        numbers = []
        for _ in range(10):
            picture = drawn(page)
            number = FILM.number(film_in(picture))
            assert number is not None
            numbers.append(number)
            # Top and bottom of one and the same frame, and all around it exact text.
            assert scenes.psnr(film_in(picture), FILM.frame(number)) >= 33
            around = picture.copy()
            film_in(around)[:] = film_in(text)
            assert np.array_equal(around[:, :, :3], text[:, :, :3])
        assert numbers == sorted(numbers)
        assert numbers[-1] > numbers[0]


def test_a_film_that_stops_becomes_exact(page: Page, team: Team, x: XServer, text: Pixels) -> None:
    worker = watch(page, team.sam, team.dana)
    with playing(FILM, x.display, X, Y):
        until(page, lambda: decoded(worker) > 10, 30)
    expect(page.locator(".exact")).to_have_text("pixel-exact")
    until(page, lambda: is_a_frame(drawn(page)))


def is_a_frame(picture: Pixels) -> bool:
    number = FILM.number(film_in(picture))
    return number is not None and np.array_equal(film_in(picture)[:, :, :3], FILM.frame(number)[:, :, :3])


def test_one_who_comes_later_sees_the_film_too(
    page: Page, context: BrowserContext, team: Team, x: XServer, text: Pixels
) -> None:
    worker = watch(page, team.sam, team.dana)
    with playing(FILM, x.display, X, Y):
        until(page, lambda: decoded(worker) > 10, 30)
        with watched_page(context) as second:
            other = watch(second, team.sam, team.dana)
            until(second, lambda: decoded(other) > 10, 30)
            picture = drawn(second)
            number = FILM.number(film_in(picture))
            assert number is not None
            assert scenes.psnr(film_in(picture), FILM.frame(number)) >= 33


def test_without_the_extra_a_film_is_shown_as_pictures(
    page: Page, team: Team, x: XServer, text: Pixels
) -> None:
    worker = watch(page, team.sam, team.priya)
    with playing(FILM, x.display, X, Y):
        seen: set[int] = set()
        until(page, lambda: len(seen | note(seen, drawn(page))) > 5, 30)
        assert decoded(worker) == 0


def note(seen: set[int], picture: Pixels) -> set[int]:
    """Add the frame that is shown, if any can be read."""
    number = FILM.number(film_in(picture))
    seen |= set() if number is None else {number}
    return seen


def test_a_browser_without_a_decoder_is_sent_pictures(
    page: Page, team: Team, x: XServer, text: Pixels
) -> None:
    page.add_init_script("delete globalThis.VideoDecoder")
    worker = watch(page, team.sam, team.dana)
    with playing(FILM, x.display, X, Y):
        seen: set[int] = set()
        until(page, lambda: len(seen | note(seen, drawn(page))) > 5, 30)
        assert decoded(worker) == 0
    eventually(team.dana.watchers)


def test_the_node_says_nothing_of_video_in_its_log(team: Team) -> None:
    assert "Traceback" not in team.dana.log
    assert "Traceback" not in team.priya.log
    assert not Path(team.dana.home / "core").exists()
