"""How a glance is looked at, in a real browser over an invented team: its size, its place, its displays, and
that it ends when nobody looks.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from lanassist.node.services.command import Refusal
from lanassist.node.services.glance.commands import (
    OFFERS,
    SESSIONS,
    GlanceSession,
    Offer,
    StopGlance,
    SwitchGlance,
)
from lanassist.node.services.glance.picture import Codec, Patch, Update, build
from tests.support.axe import violations
from tests.support.browser import NARROW, WIDE, until, window
from tests.support.page_server import TWO_DISPLAYS, FakeSite, agent_row, invented_site

pytestmark = pytest.mark.e2e

SIZES = {1: (1920, 1080), 2: (1280, 1024)}


@pytest.fixture
def site() -> Iterator[FakeSite]:
    with invented_site() as invented:
        invented.show(agent_row(invented, "Dana Ortiz"))
        invented.pictures = {number: [grey(number)] for number in SIZES}
        yield invented


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with window(chromium, reduced_motion="reduce") as context:
        yield context


def grey(display: int) -> bytes:
    width, height = SIZES[display]
    patch = Patch(0, 0, width, height, Codec.FILL, bytes((90, 95, 110)))
    return build(
        Update(
            display=display, width=width, height=height, sequence=1, patches=(patch,), exact=True, reset=True
        )
    )


def watch(page: Page, site: FakeSite, displays: str = "1") -> Locator:
    """The stage of the first display."""
    page.goto(site.address(f"/supervisor/agents?agent=node-dana&glance={displays}"))
    expect(page.locator(".rate")).to_have_count(len(displays.split(",")))
    return page.locator(".stage").first


def ended(page: Page, site: FakeSite, why: str, words: str) -> None:
    expect(page.locator(".ending")).to_have_text(f"Glance ended: {words}")
    expect(page.locator("canvas")).to_have_count(0)
    until(page, lambda: [each.why for each in site.commands(StopGlance)] == [why])


# --- size and place ----------------------------------------------------------------------------------


def test_one_to_one_is_scrolled_and_dragged_and_fitted_again(page: Page, site: FakeSite) -> None:
    stage = watch(page, site)
    canvas = stage.locator("canvas")
    page.keyboard.press("z")
    until(page, lambda: canvas.bounding_box()["width"] == 1920)  # type: ignore[index]
    box = stage.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 400, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 100, box["y"] + 50, steps=3)
    page.mouse.up()
    assert stage.evaluate("(each) => [each.scrollLeft, each.scrollTop]") == [300, 150]
    stage.focus()
    page.keyboard.press("ArrowRight")
    until(page, lambda: stage.evaluate("(each) => each.scrollLeft") > 300)
    page.get_by_role("button", name="Fit").click()
    until(page, lambda: canvas.bounding_box()["width"] < 1280)  # type: ignore[index]


def test_a_double_click_shows_that_point_one_to_one(page: Page, site: FakeSite) -> None:
    stage = watch(page, site)
    box = stage.bounding_box()
    assert box is not None
    stage.dblclick(position={"x": box["width"] * 0.75, "y": box["height"] * 0.75})
    until(page, lambda: stage.evaluate("(each) => each.scrollLeft") > 500)
    stage.dblclick()
    until(page, lambda: stage.evaluate("(each) => each.scrollWidth <= each.clientWidth"))


def test_it_takes_the_whole_page_and_gives_it_back(page: Page, site: FakeSite) -> None:
    stage = watch(page, site)
    pane = page.locator("section.glance")
    page.keyboard.press("f")
    until(page, lambda: pane.bounding_box() == {"x": 0, "y": 0, "width": 1280, "height": 800})
    assert stage.bounding_box()["height"] > 600  # type: ignore[index]
    page.get_by_role("button", name="Over the whole page").click()
    until(page, lambda: pane.bounding_box()["width"] < 1280)  # type: ignore[index]


def test_shift_and_a_number_add_a_display_and_take_it_away(page: Page, site: FakeSite) -> None:
    watch(page, site)
    page.keyboard.press("Shift+Digit2")
    expect(page.locator(".rate")).to_have_count(2)
    page.keyboard.press("Shift+Digit1")
    expect(page.locator("figcaption strong")).to_have_text("Display 2")
    assert [each.displays for each in site.commands(SwitchGlance)] == [(1, 2), (2,)]


# --- displays that come and go -----------------------------------------------------------------------


def plug(site: FakeSite, *numbers: int) -> None:
    there = tuple(each for each in TWO_DISPLAYS if each.number in numbers)
    site.put(OFFERS, "node-dana", Offer(node="node-dana", refusal=None, displays=there))  # type: ignore[arg-type]


def test_the_open_picker_follows_the_displays(page: Page, site: FakeSite) -> None:
    watch(page, site)
    page.keyboard.press("d")
    picker = page.get_by_role("dialog", name="Which displays of Dana Ortiz?")
    picker.get_by_text("1280 × 1024").click()
    expect(picker.get_by_role("button", name="Show 2 displays")).to_be_visible()
    plug(site, 1)
    expect(picker.get_by_role("checkbox")).to_have_count(1)
    expect(picker.get_by_role("button", name="Show display 1")).to_be_visible()
    plug(site, 1, 2)
    expect(picker.get_by_role("button", name="Show 2 displays")).to_be_visible()


def test_a_change_that_the_agents_node_declined_is_told_and_undone(page: Page, site: FakeSite) -> None:
    watch(page, site)
    page.keyboard.press("2")
    expect(page.locator("figcaption strong")).to_have_text("Display 2")
    kept = GlanceSession(
        session="session-1",  # type: ignore[arg-type]
        agent="node-dana",  # type: ignore[arg-type]
        agent_name="Dana Ortiz",
        displays=(1,),
        state="running",
        since=site.now,
        declined=Refusal(code="unknown-display", text="Dana has no display 2; there is display 1."),
    )
    site.put(SESSIONS, "session-1", kept)
    expect(page.locator("figcaption strong")).to_have_text("Display 1")
    expect(page.get_by_role("alert").filter(has_text="Dana has no display 2")).to_be_visible()
    assert site.commands(StopGlance) == []


# --- nobody looks ------------------------------------------------------------------------------------


def test_a_page_that_is_given_no_frames_is_covered(page: Page, site: FakeSite) -> None:
    page.add_init_script(
        "window.requestAnimationFrame = (tick) => (window.stalled ? 0 : setTimeout(tick, 16))"
    )
    watch(page, site)
    page.evaluate("() => void (window.stalled = true)")
    expect(page.locator(".ending")).to_be_visible(timeout=15_000)
    ended(page, site, "covered", "the page was covered by another window")


def test_a_page_that_nobody_is_at_ends_it_after_five_minutes(page: Page, site: FakeSite) -> None:
    page.add_init_script("document.hasFocus = () => !window.elsewhere")
    watch(page, site)
    page.evaluate(
        """() => {
            window.elsewhere = true;
            const now = performance.now.bind(performance);
            performance.now = () => now() + 299_000;
            setTimeout(() => (performance.now = () => now() + 302_000), 1500);
        }"""
    )
    ended(page, site, "unattended", "nobody has been at this page for 5 minutes")


# --- for everybody -----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_overflows(page: Page, site: FakeSite, width: int, scheme: Any) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    watch(page, site, "1,2")
    assert violations(page) == []
    page.keyboard.press("z")
    expect(page.get_by_role("region", name="Display 1, scrollable")).to_be_visible()
    plug(site, 1)
    expect(page.get_by_text("Display 2 was unplugged.")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("f")
    page.keyboard.press("d")
    plug(site, 1, 2)
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_its_own_window_is_for_everybody_too(page: Page, site: FakeSite) -> None:
    watch(page, site, "1,2")
    with page.context.expect_page() as opened:
        page.keyboard.press("o")
    expect(opened.value.locator("canvas")).to_have_count(2)
    assert violations(opened.value) == []
    assert violations(page) == []
    opened.value.keyboard.press("Escape")
    expect(opened.value.get_by_role("button", name="Close this window")).to_be_visible()
    assert violations(opened.value) == []
