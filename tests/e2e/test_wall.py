"""/supervisor/wall in a real browser, over an invented team: who is watched, who is not, and what it says."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import zstandard
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from lanassist.node.errors import ScreenLocked
from lanassist.node.protocol.messages import NodeId
from lanassist.node.services.assist.commands.help import REQUESTS, HelpRow
from lanassist.node.services.command import Refusal
from lanassist.node.services.glance.commands import OFFERS, Offer, StartGlance, StopGlance, SwitchGlance
from lanassist.node.services.glance.picture import Codec, Patch, Update, build
from tests.support.axe import violations
from tests.support.browser import NARROW, WIDE, launched, until, watched_page, window
from tests.support.dashboard import lively_team
from tests.support.page_server import TWO_DISPLAYS, FakeSite, agent_row, invented_site

pytestmark = pytest.mark.e2e

MOST = 24
"""Streams at once (static/wall/turns.js)."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def site() -> Iterator[FakeSite]:
    with invented_site() as invented:
        invented.pictures = {number: [small_picture(number)] for number in (1, 2)}
        yield invented


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with window(chromium, reduced_motion="reduce") as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    with watched_page(context) as page:
        yield page


def small_picture(display: int) -> bytes:
    pixels = np.full((90, 160, 4), 60 * display, np.uint8)
    patch = Patch(0, 0, 160, 90, Codec.LOSSLESS, zstandard.compress(pixels.tobytes()))
    return build(
        Update(display=display, width=160, height=90, sequence=1, patches=(patch,), exact=True, reset=True)
    )


def team(site: FakeSite, count: int) -> None:
    for number in range(count):
        site.show(agent_row(site, f"Agent{number:02} Ortiz"))


def wall(page: Page, site: FakeSite) -> Locator:
    """The tiles."""
    page.goto(site.address("/supervisor/wall"))
    return page.locator(".tile-card")


def tile(page: Page, agent: str) -> Locator:
    return page.locator(f".tile-card[data-node=node-{agent}]")


def running(site: FakeSite) -> list[str]:
    """The agents who are watched, as the page asked for it."""
    ended = {each.session for each in site.commands(StopGlance)}
    begun = site.commands(StartGlance)
    return sorted(each.agent for number, each in enumerate(begun, 1) if f"session-{number}" not in ended)


# --- who is watched ----------------------------------------------------------------------------------


def test_only_what_is_in_sight_is_watched(page: Page, site: FakeSite) -> None:
    team(site, 30)
    tiles = wall(page, site)
    expect(tiles).to_have_count(30)
    in_sight = tiles.evaluate_all(
        """(all) => all.filter((each) => each.getBoundingClientRect().top < innerHeight)
            .map((each) => each.dataset.node)"""
    )
    assert 0 < len(in_sight) < 20
    until(page, lambda: running(site) == in_sight)
    expect(page.locator(".tile-card[data-state=live] canvas")).to_have_count(len(in_sight))
    tiles.last.scroll_into_view_if_needed()
    until(page, lambda: "node-agent29" in running(site) and "node-agent00" not in running(site))
    ends = {each.why for each in site.commands(StopGlance)}
    assert ends == {"out-of-sight"}


def test_a_tile_is_a_scaled_glance(page: Page, site: FakeSite) -> None:
    team(site, 1)
    wall(page, site)
    expect(tile(page, "agent00").locator("canvas")).to_have_count(1)
    (asked,) = site.commands(StartGlance)
    assert (asked.displays, asked.reason) == ((1,), "")
    assert 0.1 <= asked.scale <= 0.5


def test_more_than_the_bound_wait_for_a_place_and_say_so(page: Page, site: FakeSite) -> None:
    page.set_viewport_size({"width": 1900, "height": 1300})
    team(site, MOST + 6)
    wall(page, site)
    page.keyboard.press("-")
    page.keyboard.press("-")
    expect(page.get_by_text("24 watched")).to_be_visible()
    expect(page.locator("[data-state=queued]")).to_have_count(6)
    expect(tile(page, "agent29")).to_contain_text("Waits for a place: 24 are shown at once")
    assert len(site.commands(StartGlance)) == MOST
    page.get_by_role("searchbox").fill("agent2")
    until(page, lambda: running(site) == [f"node-agent{number}" for number in range(20, 30)])


def test_a_hidden_page_watches_nobody_and_a_shown_one_goes_on(page: Page, site: FakeSite) -> None:
    team(site, 3)
    wall(page, site)
    expect(page.locator("[data-state=live]")).to_have_count(3)
    show(page, hidden=True)
    until(page, lambda: running(site) == [])
    assert {each.why for each in site.commands(StopGlance)} == {"hidden"}
    expect(page.locator("canvas")).to_have_count(0)
    show(page, hidden=False)
    until(page, lambda: len(running(site)) == 3)


def show(page: Page, *, hidden: bool) -> None:
    page.evaluate(
        """(hidden) => {
            Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def test_everything_can_be_paused_and_goes_on(page: Page, site: FakeSite) -> None:
    team(site, 3)
    wall(page, site)
    expect(page.locator("[data-state=live]")).to_have_count(3)
    page.keyboard.press("p")
    expect(page.locator("[data-state=paused]")).to_have_count(3)
    expect(page.locator("canvas")).to_have_count(0)
    until(page, lambda: [each.why for each in site.commands(StopGlance)] == ["paused"] * 3)
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("[data-state=live]")).to_have_count(3)


# --- who is not --------------------------------------------------------------------------------------


def test_who_cannot_be_watched_says_why_in_the_words_of_the_offer(page: Page, site: FakeSite) -> None:
    lively_team(site)
    wall(page, site)
    expect(tile(page, "lena").locator(".words")).to_have_text("The screen of Lena Fischer is locked.")
    expect(tile(page, "noor").locator(".words")).to_contain_text("Noor Aziz is offline since")
    expect(tile(page, "lena")).to_have_attribute("data-state", "refused")
    expect(tile(page, "dana").locator("canvas")).to_have_count(1)
    assert "node-lena" not in [each.agent for each in site.commands(StartGlance)]


def test_a_screen_that_is_locked_and_unlocked_comes_back_by_itself(page: Page, site: FakeSite) -> None:
    dana = agent_row(site, "Dana Ortiz")
    site.show(dana)
    wall(page, site)
    expect(tile(page, "dana").locator("canvas")).to_have_count(1)
    site.show(dana, refusal=ScreenLocked(agent="Dana"))
    site.end("locked", "the agent's screen was locked")
    expect(tile(page, "dana").locator(".words")).to_have_text("The screen of Dana is locked.")
    expect(page.locator("canvas")).to_have_count(0)
    site.show(dana)
    expect(tile(page, "dana").locator("canvas")).to_have_count(1)


def test_what_somebody_ended_is_not_begun_again_by_itself(page: Page, site: FakeSite) -> None:
    team(site, 2)
    wall(page, site)
    expect(page.locator("[data-state=live]")).to_have_count(2)
    number = [each.agent for each in site.commands(StartGlance)].index("node-agent00") + 1
    site.end("stopped", "stopped by the supervisor", session=f"session-{number}")
    again = page.get_by_role("button", name="Watch again: Agent00 Ortiz")
    expect(again).to_be_visible()
    assert len(site.commands(StartGlance)) == 2
    again.click()
    expect(page.locator("[data-state=live]")).to_have_count(2)


def test_a_stream_that_broke_is_tried_again(page: Page, site: FakeSite) -> None:
    team(site, 1)
    wall(page, site)
    expect(page.locator("[data-state=live]")).to_have_count(1)
    site.end("link-lost", "the link between the two nodes was lost")
    expect(tile(page, "agent00").locator(".words")).to_contain_text("the link between the two nodes was lost")
    expect(page.locator("[data-state=live]")).to_have_count(1)


def offer(site: FakeSite, node: str, **about: Any) -> None:
    site.put(OFFERS, node, Offer(node=node, refusal=None, displays=TWO_DISPLAYS, **about))  # type: ignore[arg-type]


def test_an_agent_who_is_asked_first_is_asked_only_when_the_supervisor_says_so(
    page: Page, site: FakeSite
) -> None:
    team(site, 2)
    offer(site, "node-agent01", asks=True)
    wall(page, site)
    expect(tile(page, "agent00")).to_have_attribute("data-state", "live")
    expect(tile(page, "agent01")).to_contain_text("The agent is asked first")
    assert running(site) == ["node-agent00"]
    page.get_by_role("button", name="Ask: Agent01 Ortiz").click()
    expect(tile(page, "agent01")).to_have_attribute("data-state", "live")
    page.keyboard.press("p")
    expect(page.locator("[data-state=paused]")).to_have_count(2)
    page.keyboard.press("p")
    expect(tile(page, "agent00")).to_have_attribute("data-state", "live")
    expect(page.get_by_role("button", name="Ask: Agent01 Ortiz")).to_be_visible()


def test_where_a_reason_is_wanted_it_is_asked_once_for_all(page: Page, site: FakeSite) -> None:
    team(site, 3)
    for number in range(3):
        offer(site, f"node-agent{number:02}", reason_required=True)
    wall(page, site)
    expect(page.get_by_text("Say above why you look")).to_have_count(3)
    assert site.commands(StartGlance) == []
    dialog = page.get_by_role("dialog", name="Why do you look at the wall?")
    expect(dialog.get_by_role("textbox", name="Reason")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert site.commands(StartGlance) == []
    page.get_by_role("button", name="Say why…").click()
    dialog.get_by_role("textbox", name="Reason").fill("coaching")
    page.keyboard.press("Enter")
    expect(page.locator("[data-state=live]")).to_have_count(3)
    assert {each.reason for each in site.commands(StartGlance)} == {"coaching"}


# --- how it is used ----------------------------------------------------------------------------------


def test_a_tile_opens_the_full_glance_and_ends_the_others(page: Page, site: FakeSite) -> None:
    team(site, 3)
    wall(page, site)
    expect(page.locator("[data-state=live]")).to_have_count(3)
    page.get_by_role("link", name="Agent01 Ortiz: live picture").click()
    page.wait_for_url("**/supervisor/agents?*")
    expect(page.get_by_role("heading", name="Agent01 Ortiz")).to_be_visible()
    expect(page.locator(".rate")).to_have_count(1)
    assert [each.why for each in site.commands(StopGlance)] == ["navigated"] * 3
    full = site.commands(StartGlance)[-1]
    assert (full.agent, full.scale) == ("node-agent01", 1.0)


def test_a_tile_goes_from_display_to_display(page: Page, site: FakeSite) -> None:
    team(site, 1)
    wall(page, site)
    page.get_by_role("button", name="Display 1 of 2: show display 2 of Agent00 Ortiz").click()
    expect(page.get_by_role("button", name="Display 2 of 2")).to_be_visible()
    until(page, lambda: [each.displays for each in site.commands(SwitchGlance)] == [(2,)])


def test_it_is_reached_and_used_by_keyboard_alone(page: Page, site: FakeSite) -> None:
    team(site, 8)
    page.goto(site.address("/supervisor"))
    page.get_by_role("link", name="Wall").press("Enter")
    page.wait_for_url("**/supervisor/wall")
    expect(page.locator(".tile-card")).to_have_count(8)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.locator(".shot").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".shot").nth(1)).to_be_focused()
    across = page.locator(".wall").evaluate(
        "(each) => getComputedStyle(each).gridTemplateColumns.split(' ').length"
    )
    page.keyboard.press("ArrowDown")
    expect(page.locator(".shot").nth(1 + across)).to_be_focused()
    page.keyboard.press("+")
    until(page, lambda: page.locator("input[type=range]").input_value() == "360")
    page.keyboard.press("Enter")
    page.wait_for_url("**/supervisor/agents?*")
    expect(page.get_by_role("heading", name=f"Agent{1 + across:02} Ortiz")).to_be_visible()


def test_who_asks_for_help_stands_out(page: Page, site: FakeSite) -> None:
    team(site, 2)
    wall(page, site)
    row = HelpRow(
        id="h1",
        agent=NodeId("node-agent01"),
        agent_name="Agent01 Ortiz",
        reason="refund > limit",
        since=site.now,
        state="asked",
        online=True,
    )
    site.put(REQUESTS, row.agent, row)
    expect(tile(page, "agent01")).to_contain_text("asks for help")
    expect(page.get_by_role("region", name="Requests for help")).to_contain_text("refund > limit")
    expect(tile(page, "agent00")).not_to_contain_text("asks for help")


def test_it_is_filtered_by_status_team_and_search(page: Page, site: FakeSite) -> None:
    lively_team(site)
    tiles = wall(page, site)
    expect(tiles).to_have_count(11)
    page.get_by_role("button", name="Connected 2").click()
    expect(tiles).to_have_count(2)
    page.get_by_role("button", name="Connected 2").click()
    page.get_by_role("combobox", name="Team").select_option("sales")
    expect(tiles).to_have_count(2)
    page.get_by_role("searchbox").fill("nobody")
    expect(page.get_by_text("No match.")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(tiles).to_have_count(11)


def test_a_node_that_is_lost_clears_every_tile(page: Page, site: FakeSite) -> None:
    team(site, 3)
    wall(page, site)
    expect(page.locator("[data-state=live]")).to_have_count(3)
    page.context.set_offline(True)
    site.hang_up()
    expect(page.locator("canvas")).to_have_count(0)


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_overflows(page: Page, site: FakeSite, width: int, scheme: Any) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    lively_team(site)
    wall(page, site)
    expect(page.locator("[data-state=live]").first).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_top_is_one_line_on_a_telephone_however_long_a_name_is(page: Page, site: FakeSite) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    wall(page, site)
    long = "Maximiliane von Hohenlohe-Schillingsfürst"
    page.locator(".me bdi").first.evaluate("(name, long) => { name.textContent = long; }", long)
    back = page.locator(".topbar .back").bounding_box()
    me = page.locator(".topbar .me").bounding_box()
    assert back is not None
    assert me is not None
    assert abs((back["y"] + back["height"] / 2) - (me["y"] + me["height"] / 2)) < 4
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_hostile_words_are_only_text(page: Page, site: FakeSite) -> None:
    row = agent_row(site, "Dana Ortiz")
    site.show(row)
    words = "<img src=x onerror=document.title='owned'>"
    refused = Refusal(code="refused-by-policy", text=words)
    site.put(OFFERS, row.node, Offer(node=row.node, refusal=refused, displays=()))
    wall(page, site)
    expect(tile(page, "dana").locator(".words")).to_have_text(words)
    assert page.locator("img").count() == 0
