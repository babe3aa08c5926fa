"""The pages in a real browser, over an invented site: what is drawn, what ends a glance, who can use them."""

import io
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import simplejpeg
import zstandard
from PIL import Image
from playwright.sync_api import Page, expect

from lanassist.node.errors import ScreenLocked
from lanassist.node.protocol.messages import NodeId
from lanassist.node.services.glance.commands import StartGlance, StopGlance, SwitchGlance
from lanassist.node.services.glance.picture import Codec, Patch, Update, build
from tests.support.axe import violations
from tests.support.browser import until
from tests.support.page_server import FakeSite, agent_row, invented_site
from tests.support.people import agent

pytestmark = pytest.mark.e2e

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
WIDTH, HEIGHT = 320, 200


# --- pictures ----------------------------------------------------------------------------------------


def noise(width: int, height: int, seed: int = 1) -> Pixels:
    """Random pixels, shape (height, width, 3), R G B: nothing can look right by accident."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def lossless(x: int, y: int, rgb: Pixels) -> Patch:
    height, width, _ = rgb.shape
    bgrx = np.zeros((height, width, 4), np.uint8)
    bgrx[..., :3] = rgb[..., ::-1]
    return Patch(x, y, width, height, Codec.LOSSLESS, zstandard.compress(bgrx.tobytes(), 1))


def update(*patches: Patch, sequence: int = 1, display: int = 1, reset: bool = False) -> bytes:
    return build(
        Update(
            display=display,
            width=WIDTH,
            height=HEIGHT,
            sequence=sequence,
            patches=patches,
            exact=True,
            reset=reset,
        )
    )


def screen(page: Page) -> Pixels:
    """The page's top left corner as it is on the screen, shape (HEIGHT, WIDTH, 3)."""
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT}
    shot = page.screenshot(clip=clip, type="png")  # type: ignore[arg-type]
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"))


# --- the browser -------------------------------------------------------------------------------------


@pytest.fixture
def site() -> Iterator[FakeSite]:
    with invented_site() as invented:
        invented.show(agent_row(invented, "Dana Ortiz"), agent_row(invented, "Priya Raman"))
        yield invented


def open_popout(page: Page, site: FakeSite, *updates: bytes) -> None:
    site.pictures[1] = list(updates)
    page.goto(site.address("/supervisor/glance?agent=node-dana&display=1"))


def open_agent(page: Page, site: FakeSite, glance: str = "1") -> None:
    site.pictures = {
        number: [update(lossless(0, 0, noise(WIDTH, HEIGHT, number)), display=number, reset=True)]
        for number in (1, 2)
    }
    page.goto(site.address(f"/supervisor/agents?agent=node-dana&glance={glance}"))
    expect(page.locator(".rate")).to_have_count(len(glance.split(",")))


def shows(page: Page, wanted: Pixels) -> None:
    until(page, lambda: np.array_equal(screen(page), wanted))


# --- what is drawn -----------------------------------------------------------------------------------


def test_pixels_on_the_screen_are_those_that_were_sent(page: Page, site: FakeSite) -> None:
    wanted = noise(WIDTH, HEIGHT)
    open_popout(page, site, update(lossless(0, 0, wanted), reset=True))
    shows(page, wanted)
    said = site.viewers["session-1"].said
    until(page, lambda: said == [struct.pack("<BBI", 2, 1, 1)])


def test_fills_copies_and_lossless_of_one_update_apply_in_order(page: Page, site: FakeSite) -> None:
    before = noise(WIDTH, HEIGHT)
    open_popout(page, site, update(lossless(0, 0, before), reset=True))
    shows(page, before)
    after = before.copy()
    after[10:60, 20:90] = (10, 200, 30)
    after[100:150, 100:170] = before[10:60, 20:90]
    after[100:104, 100:104] = noise(4, 4, 9)
    site.send(
        update(
            Patch(20, 10, 70, 50, Codec.FILL, bytes((10, 200, 30))),
            Patch(100, 100, 70, 50, Codec.COPY, struct.pack("<HH", 20, 10)),
            lossless(100, 100, noise(4, 4, 9)),
            sequence=2,
        )
    )
    shows(page, after)


def test_a_copy_onto_itself_scrolls(page: Page, site: FakeSite) -> None:
    before = noise(WIDTH, HEIGHT)
    open_popout(page, site, update(lossless(0, 0, before), reset=True))
    shows(page, before)
    after = before.copy()
    after[: HEIGHT - 16] = before[16:]
    site.send(update(Patch(0, 0, WIDTH, HEIGHT - 16, Codec.COPY, struct.pack("<HH", 0, 16)), sequence=2))
    shows(page, after)


def test_a_jpeg_is_drawn_before_what_was_sent_after_it(page: Page, site: FakeSite) -> None:
    flat = np.full((HEIGHT, WIDTH, 3), (40, 90, 160), np.uint8)
    jpeg = simplejpeg.encode_jpeg(flat, quality=95, colorsubsampling="444")
    corner = noise(16, 16)
    open_popout(
        page,
        site,
        update(Patch(0, 0, WIDTH, HEIGHT, Codec.JPEG, jpeg), reset=True),
        update(lossless(0, 0, corner), sequence=2),
    )
    until(page, lambda: np.array_equal(screen(page)[:16, :16], corner))
    assert np.abs(screen(page)[16:].astype(int) - flat[16:]).max() <= 3


def test_a_viewer_renews_its_lease_each_second(page: Page, site: FakeSite) -> None:
    open_popout(page, site, update(lossless(0, 0, noise(WIDTH, HEIGHT)), reset=True))
    until(page, lambda: bool(site.viewers) and site.viewers["session-1"].renewals >= 3, seconds=6)


# --- what ends a glance ------------------------------------------------------------------------------


def ended(page: Page, words: str) -> None:
    """The page says so, and no picture is left on it."""
    expect(page.locator(".ending, .over p")).to_have_text(f"Glance ended: {words}")
    expect(page.locator("canvas")).to_have_count(0)


def test_stop_ends_it_and_start_again_starts_it(page: Page, site: FakeSite) -> None:
    open_agent(page, site)
    page.get_by_role("button", name="Stop glance").click()
    ended(page, "you stopped it")
    assert site.commands(StopGlance) == [StopGlance(session="session-1", why="stopped")]
    page.get_by_role("button", name="Start again").click()
    expect(page.locator(".rate")).to_have_count(1)
    assert [each.displays for each in site.commands(StartGlance)] == [(1,), (1,)]


def test_escape_stops_the_popout_and_clears_the_screen(page: Page, site: FakeSite) -> None:
    wanted = noise(WIDTH, HEIGHT)
    open_popout(page, site, update(lossless(0, 0, wanted), reset=True))
    shows(page, wanted)
    page.keyboard.press("Escape")
    ended(page, "you stopped it")
    assert len(np.unique(screen(page).reshape(-1, 3), axis=0)) == 1


def test_a_hidden_tab_ends_it(page: Page, site: FakeSite) -> None:
    open_agent(page, site)
    page.evaluate(
        """() => {
            Object.defineProperty(document, "hidden", { get: () => true });
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    ended(page, "the page was hidden: another tab, minimised, or covered by another window")
    until(page, lambda: site.commands(StopGlance) == [StopGlance(session="session-1", why="hidden")])


def test_leaving_the_page_ends_it(page: Page, site: FakeSite) -> None:
    open_agent(page, site)
    page.goto("about:blank")
    until(page, lambda: site.commands(StopGlance) == [StopGlance(session="session-1", why="closed")])


def test_a_reload_ends_it_and_does_not_start_it_again(page: Page, site: FakeSite) -> None:
    open_agent(page, site)
    page.reload()
    expect(page.locator(".still")).to_contain_text("You are not watching Dana Ortiz")
    until(page, lambda: len(site.commands(StopGlance)) == 1)
    assert len(site.commands(StartGlance)) == 1


def test_going_back_to_the_dashboard_ends_it(page: Page, site: FakeSite) -> None:
    open_agent(page, site)
    page.get_by_role("link", name="Dashboard").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    until(page, lambda: site.commands(StopGlance) == [StopGlance(session="session-1", why="navigated")])


def test_another_agent_ends_it(page: Page, site: FakeSite) -> None:
    open_agent(page, site)
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="Priya Raman")).to_be_visible()
    expect(page.locator("canvas")).to_have_count(0)
    until(page, lambda: site.commands(StopGlance) == [StopGlance(session="session-1", why="other-agent")])


def test_the_agents_side_ends_it_in_its_own_words(page: Page, site: FakeSite) -> None:
    open_agent(page, site)
    site.end("locked", "the agent's screen was locked")
    ended(page, "the agent's screen was locked")


def test_a_lost_node_clears_the_picture_and_the_page_comes_back(page: Page, site: FakeSite) -> None:
    open_agent(page, site)
    page.context.set_offline(True)
    site.hang_up()
    expect(page.locator(".banner")).to_contain_text("Lost touch with your node")
    expect(page.locator("canvas")).to_have_count(0)


@pytest.mark.parametrize(
    "broken",
    [
        b"\x01\x00",
        update()[:-1] + b"\x01",
        build(Update(display=3, width=8, height=8, sequence=1, patches=())),
        update(Patch(0, 0, 8, 8, Codec.LOSSLESS, b"not zstd")),
        update(Patch(0, 0, 8, 8, Codec.LOSSLESS, zstandard.compress(bytes(8 * 8 * 4 + 4)))),
        update(Patch(0, 0, 9, 8, Codec.JPEG, simplejpeg.encode_jpeg(np.zeros((8, 8, 3), np.uint8)))),
        update(Patch(0, 0, 8, 8, Codec.JPEG, simplejpeg.encode_jpeg(np.zeros((8, 8, 3), np.uint8))[:200])),
    ],
    ids=["short", "count", "display", "zstd", "bomb", "jpeg-size", "jpeg-cut"],
)
def test_a_malformed_update_ends_it(page: Page, site: FakeSite, broken: bytes) -> None:
    open_popout(page, site, update(lossless(0, 0, noise(WIDTH, HEIGHT)), reset=True), broken)
    ended(page, "this page could not draw the picture")
    until(page, lambda: StopGlance(session="session-1", why="viewer-failed") in site.asked)


# --- choosing displays -------------------------------------------------------------------------------


def test_displays_are_picked_by_keyboard_alone(page: Page, site: FakeSite) -> None:
    open_agent(page, site)
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    dialog = page.get_by_role("dialog", name="Which displays of Dana Ortiz?")
    expect(dialog.get_by_role("checkbox", name="Display 1, DP-1, 1920 by 1080, primary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("canvas")).to_have_count(2)
    until(page, lambda: site.commands(StartGlance)[-1].displays == (1, 2))


def test_the_choice_changes_without_ending(page: Page, site: FakeSite) -> None:
    open_agent(page, site)
    page.keyboard.press("2")
    expect(page.locator("figcaption strong")).to_have_text("Display 2")
    expect(page.locator(".rate")).to_have_count(1)
    page.get_by_role("button", name="Display 1", exact=True).click(modifiers=["Shift"])
    expect(page.locator(".rate")).to_have_count(2)
    assert [each.displays for each in site.commands(SwitchGlance)] == [(2,), (1, 2)]
    assert len(site.commands(StartGlance)) == 1


def test_displays_chosen_elsewhere_are_shown(page: Page, site: FakeSite) -> None:
    open_agent(page, site)
    for chosen in ((1, 2), (2,), (1,), (1, 2)):
        site.switch_elsewhere("session-1", chosen)
        expect(page.locator("figcaption strong")).to_have_text([f"Display {number}" for number in chosen])
        expect(page.locator(".rate")).to_have_count(len(chosen))
    assert site.commands(SwitchGlance) == []
    assert site.commands(StopGlance) == []


def test_the_dashboard_asks_which_display_and_opens_the_glance(page: Page, site: FakeSite) -> None:
    site.pictures[2] = [update(lossless(0, 0, noise(WIDTH, HEIGHT)), display=2, reset=True)]
    page.goto(site.address("/supervisor"))
    page.get_by_role("button", name="Assist: screen, Dana Ortiz").click()
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.get_by_role("button", name="Watch display 2").click()
    expect(page.locator(".rate")).to_have_count(1)
    assert site.commands(StartGlance)[0].displays == (2,)


# --- the dashboard -----------------------------------------------------------------------------------


def test_a_change_shows_at_once_and_rows_stay_under_the_pointer(page: Page, site: FakeSite) -> None:
    page.goto(site.address("/supervisor"))
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    rows.nth(0).hover()
    site.show(agent_row(site, "Ama Owusu", status="absent", why="break", reason="lunch"))
    expect(rows).to_have_count(3)
    expect(rows.nth(2)).to_contain_text("Absent · on break: lunch")
    page.mouse.move(2, 2)
    expect(rows.nth(0)).to_contain_text("Ama Owusu")


def test_totals_filter_and_slash_searches(page: Page, site: FakeSite) -> None:
    site.show(agent_row(site, "Ama Owusu", status="absent", why="break", reason="lunch"))
    page.goto(site.address("/supervisor"))
    rows = page.locator("tbody tr")
    page.get_by_role("button", name="Absent 1").click()
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Absent 1").click()
    page.keyboard.press("/")
    page.keyboard.type("priya?")
    expect(page.get_by_text("No match.")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Clear filters").click()
    expect(rows).to_have_count(3)


def test_a_disabled_action_is_in_reach_and_says_why(page: Page, site: FakeSite) -> None:
    site.show(agent_row(site, "Lena Fischer", locked=True), refusal=ScreenLocked(agent="Lena Fischer"))
    page.goto(site.address("/supervisor"))
    button = page.get_by_role("button", name="Assist: screen, Lena Fischer")
    button.focus()
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_have_accessible_description("The screen of Lena Fischer is locked.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Assist: call, Lena Fischer")).to_have_accessible_description(
        "No routed call"
    )


def test_nobody_there_says_what_to_do(page: Page) -> None:
    with invented_site() as empty:
        page.goto(empty.address("/supervisor"))
        expect(page.locator(".empty")).to_contain_text("lanassist node run")


def test_an_agents_certificate_opens_no_supervisors_page(page: Page) -> None:
    with invented_site(agent("Dana")) as theirs:
        page.goto(theirs.address("/supervisor"))
        expect(page.locator("main")).to_contain_text("supervisor")
        expect(page.locator("table")).to_have_count(0)


def test_hostile_names_are_only_text(page: Page, site: FakeSite) -> None:
    evil = "<img src=x onerror=\"document.title='owned'\">"
    row = agent_row(
        site,
        evil,
        node=NodeId("node-evil"),
        email=evil,
        status="absent",
        why="break",
        reason=evil,
        teams=(evil,),
    )
    site.show(row)
    page.goto(site.address("/supervisor"))
    expect(page.locator("tr[data-node=node-evil]")).to_contain_text(evil)
    page.get_by_role("button", name="Assist: screen").first.click()
    page.goto(site.address("/supervisor/agents?agent=node-evil"))
    expect(page.get_by_role("heading", name=evil)).to_be_visible()
    assert page.locator("img").count() == 0
    assert page.title() != "owned"


# --- everybody can use it ----------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 420])
def test_axe_finds_nothing(page: Page, site: FakeSite, scheme: Any, width: int) -> None:
    now = site.now
    gone = {"status": "absent", "why": "offline", "online": False, "last_heard": now - 14}
    site.show(
        agent_row(site, "Omar Haddad", **gone),
        agent_row(site, "Mateo Silva", status="absent", why="break", reason="lunch"),
        agent_row(site, "Yuki Tanaka", status="connected"),
        agent_row(site, "Ama Owusu", status="acw"),
        refusal=ScreenLocked(agent="Omar Haddad"),
    )
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(site.address("/supervisor"))
    expect(page.locator("tbody tr")).to_have_count(6)
    assert violations(page) == []
    page.get_by_role("button", name="Assist: screen, Dana Ortiz").click()
    assert violations(page) == []
    open_agent(page, site, "1,2")
    assert violations(page) == []
    page.keyboard.press("?")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".ending")).to_be_visible()
    assert violations(page) == []
    open_popout(page, site, update(lossless(0, 0, noise(WIDTH, HEIGHT)), reset=True))
    page.keyboard.press("Escape")
    expect(page.locator(".over")).to_be_visible()
    assert violations(page) == []
    page.goto(site.address("/supervisor").replace("code=", "code=used"))
    expect(page.get_by_role("heading", name="Sign in again")).to_be_visible()
    assert violations(page) == []
