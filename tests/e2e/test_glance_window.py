"""A glance in a window of its own: the same session elsewhere, in a browser with real windows."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lanassist.node.desktop.base import Pixels
from tests.support import scenes
from tests.support.browser import until, watched_page
from tests.support.glancing import HEIGHT, WIDTH, Pair, ended, node_id, running_pair, shows
from tests.support.nodes import eventually
from tests.support.paint import Painter
from tests.support.windows_of_chromium import Windows, chromium_on_a_desktop

pytestmark = pytest.mark.e2e

GONE = "the supervisor's page was closed"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with running_pair(tmp_path_factory.mktemp("pair")) as pair:
        yield pair


@pytest.fixture(scope="module")
def painter(pair: Pair) -> Iterator[Painter]:
    with Painter(pair.x.display) as painter:
        yield painter


@pytest.fixture(scope="module")
def windows() -> Iterator[Windows]:
    with chromium_on_a_desktop() as windows:
        yield windows


@pytest.fixture
def page(windows: Windows, pair: Pair) -> Iterator[Page]:
    """Sam's page with a glance at both of Dana's displays."""
    with watched_page(windows.context) as page:
        path = f"/supervisor/agents?agent={node_id(pair.dana)}&glance=1,2"
        page.goto(pair.sam.api("node.launch", path=path)["url"])
        expect(page.locator(".rate")).to_have_count(2)
        yield page
    eventually(pair.dana.watchers, lambda watchers: watchers == [])


def scene(painter: Painter, seed: int) -> Pixels:
    content = scenes.text(WIDTH, HEIGHT, seed=seed)
    painter.put(content)
    return content


def taken_out(page: Page, windows: Windows) -> Page:
    """The glance is in a window of its own now."""
    with windows.context.expect_page() as opened:
        page.keyboard.press("o")
    expect(page.get_by_text("You are watching Dana in a window of its own.")).to_be_visible()
    expect(page.locator("canvas")).to_have_count(0)
    expect(opened.value.locator("canvas")).to_have_count(2)
    return opened.value


def only_watcher(pair: Pair) -> Any:
    (watcher,) = pair.dana.watchers()
    return watcher


def test_the_same_session_goes_on_in_a_window_of_its_own_and_comes_back(
    page: Page, pair: Pair, windows: Windows, painter: Painter
) -> None:
    before = only_watcher(pair)
    own = taken_out(page, windows)
    content = scene(painter, 1)
    shows(own, 1, content)
    shows(own, 2, content)
    with windows.context.expect_page():  # the page that it came from is behind another tab now
        page.evaluate("() => void window.open('about:blank', '_blank', 'noopener')")
    content = scene(painter, 2)
    shows(own, 2, content)
    assert only_watcher(pair) == before
    windows.context.pages[-1].close()
    own.get_by_role("button", name="Back to the page").click()
    expect(page.locator(".ending")).to_have_count(0)
    expect(page.locator("canvas")).to_have_count(2)
    content = scene(painter, 3)
    shows(page, 1, content)
    shows(page, 2, content)
    assert own.is_closed()
    assert only_watcher(pair) == before


def test_displays_are_chosen_by_key_in_its_window_too(
    page: Page, pair: Pair, windows: Windows, painter: Painter
) -> None:
    own = taken_out(page, windows)
    own.keyboard.press("2")
    expect(own.locator("canvas")).to_have_count(1)
    content = scene(painter, 4)
    shows(own, 2, content)
    own.keyboard.press("d")
    own.get_by_role("dialog").get_by_text("800 × 600").click()
    own.keyboard.press("Enter")
    shows(own, 1, content)
    assert only_watcher(pair)["displays"] == [1, 2]


def test_escape_in_its_window_stops_it_and_both_windows_say_so(
    page: Page, pair: Pair, windows: Windows
) -> None:
    own = taken_out(page, windows)
    own.keyboard.press("Escape")
    ended(own, "you stopped it")
    ended(page, "you stopped it")
    page.bring_to_front()
    page.get_by_role("button", name="Start again").click()
    expect(page.locator("canvas")).to_have_count(2)
    ended(own, "you stopped it")  # the window stays what it was
    own.get_by_role("button", name="Close this window").click()
    assert len(pair.dana.watchers()) == 1


def test_minimising_its_window_ends_it(page: Page, pair: Pair, windows: Windows) -> None:
    own = taken_out(page, windows)
    windows.minimise(own)
    assert eventually(pair.dana.unwatched) == "the supervisor switched away from the page"
    ended(page, "the page was hidden: another tab, minimised, or covered by another window")
    expect(own.locator("canvas")).to_have_count(0)
    own.close()


def test_closing_its_window_ends_it(page: Page, pair: Pair, windows: Windows) -> None:
    own = taken_out(page, windows)
    own.close()
    assert eventually(pair.dana.unwatched) == GONE
    ended(page, "its window was closed or reloaded")


def test_closing_the_page_that_it_came_from_ends_it_and_closes_its_window(
    page: Page, pair: Pair, windows: Windows
) -> None:
    own = taken_out(page, windows)
    page.close()
    assert eventually(pair.dana.unwatched) == GONE
    until(windows.context.pages[0], own.is_closed)


def test_the_address_of_that_window_alone_shows_nothing(page: Page, windows: Windows) -> None:
    with watched_page(windows.context) as alone:
        alone.goto(page.url.partition("/supervisor")[0] + "/supervisor/popout")
        expect(alone.get_by_text("Close this window, and start it there.")).to_be_visible()
