"""Calls on the supervisor's pages, in a real browser with a microphone of its own, over an invented call with
real sound: what is heard, what is said and to whom, and who asks for help.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from lanassist.node.errors import BeingAssisted, ReasonRequired
from lanassist.node.services.assist.commands import (
    AcceptHelp,
    CloseAssist,
    DismissHelp,
    EndTakenCall,
    ReleaseAssist,
    StartAssist,
    TakeOver,
    TalkAssist,
)
from lanassist.node.services.command import Refusal
from lanassist.node.sound.samples import RATE
from tests.support.axe import violations
from tests.support.browser import ARGUMENTS, NARROW, PROGRAM, WIDE, launched, until, watched_page, window
from tests.support.invented_call import DANA, CallSite, invented_call
from tests.support.monitoring import afternoon
from tests.support.page_server import agent_row
from tests.support.played import heard_in, listen_to_page

pytestmark = pytest.mark.e2e

NOTIFICATIONS = """
globalThis.shown = [];
globalThis.Notification = class {
  static permission = "granted";
  constructor(title, { body }) { shown.push([title, body]); }
};
Object.defineProperty(document, "hidden", { get: () => true });
"""
"""A hidden window of a browser that may notify, and what it has shown."""
MICROPHONE = ("--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched(*MICROPHONE) as browser:
        yield browser


@pytest.fixture
def site() -> Iterator[CallSite]:
    with invented_call() as invented:
        yield invented


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with window(chromium, reduced_motion="reduce", permissions=["microphone"]) as context:
        listen_to_page(context)
        yield context


@pytest.fixture
def page(context: BrowserContext, site: CallSite) -> Iterator[Page]:
    with watched_page(context) as page:
        page.goto(site.address("/supervisor"))
        yield page


def bar(page: Page) -> Locator:
    return page.get_by_role("region", name="Call")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


def listening(page: Page) -> None:
    """Assist in Dana's call, from her row."""
    button(page, "Assist: call, Dana Ortiz").click()
    expect(bar(page)).to_contain_text("Listening")
    expect(button(page, "Hold to talk")).not_to_have_attribute("aria-disabled", "true")


# --- the call ----------------------------------------------------------------------------------------


def test_the_call_is_heard_as_it_is(page: Page, site: CallSite) -> None:
    listening(page)
    expect(bar(page)).to_contain_text("Nobody hears you")
    expect(bar(page)).to_contain_text("+49 30 1234")
    until(page, lambda: heard_in(page, site.tone))
    assert not heard_in(page, site.tone + 200)
    assert site.commands(StartAssist)[0].agent == DANA
    until(page, lambda: site.line.renewals >= 2)
    expect(page.get_by_role("meter", name="Customer")).to_have_attribute("aria-valuetext", "clear")
    expect(page.get_by_role("meter", name="Dana")).to_have_attribute("aria-valuetext", "quiet")


def test_an_address_asks_for_one_click_and_begins_nothing_by_itself(page: Page, site: CallSite) -> None:
    for path in ("/supervisor", "/supervisor/agents"):
        page.goto(site.address(f"{path}?agent={DANA}&listen=%3Cb%3Ecoaching"))
        invited = page.get_by_role("region", name="Listen to a call")
        expect(invited).to_contain_text("Listen to the call of Dana Ortiz? · “<b>coaching”")
        expect(invited).to_contain_text("The browser plays sound only after a click.")
        assert not site.commands(StartAssist)
        assert page.evaluate("location.search") == f"?agent={DANA}"
    button(page, "Not now").click()
    expect(invited).to_have_count(0)
    page.goto(site.address(f"/supervisor/agents?agent={DANA}&listen=%3Cb%3Ecoaching"))
    button(page, "Listen, Dana Ortiz").click()
    expect(bar(page)).to_contain_text("Nobody hears you")
    until(page, lambda: heard_in(page, site.tone))
    (asked,) = site.commands(StartAssist)
    assert (asked.agent, asked.reason) == (DANA, "<b>coaching")
    page.reload()
    expect(button(page, "Assist: call, Dana Ortiz")).to_be_visible()
    expect(invited).to_have_count(0)


def test_an_address_says_why_there_is_nothing_to_listen_to(page: Page, site: CallSite) -> None:
    site.offer(None)
    page.goto(site.address(f"/supervisor?agent={DANA}&listen="))
    expect(button(page, "Listen, Dana Ortiz")).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_role("region", name="Listen to a call")).to_contain_text("has no routed call")


def test_nothing_is_sent_before_the_key_is_held_nor_after(page: Page, site: CallSite) -> None:
    listening(page)
    until(page, lambda: site.line.renewals >= 2)
    assert site.spoken().size == 0
    page.mouse.move(10, 10)
    page.keyboard.down("Space")
    expect(bar(page)).to_contain_text("Only Dana Ortiz hears you")
    until(page, lambda: site.spoken().size > RATE)
    page.keyboard.up("Space")
    expect(bar(page)).to_contain_text("Nobody hears you")
    sent = site.spoken().size
    until(page, lambda: site.line.renewals >= 6)
    assert site.spoken().size - sent <= RATE // 10
    assert np.abs(site.spoken()).max() > 0.01
    asked = [type(each) for each in site.asked if isinstance(each, TalkAssist | ReleaseAssist)]
    assert asked == [TalkAssist, ReleaseAssist]


def test_the_button_is_held_with_the_pointer(page: Page, site: CallSite) -> None:
    listening(page)
    button(page, "Hold to talk").hover()
    page.mouse.down()
    expect(button(page, "Hold to talk")).to_have_attribute("aria-pressed", "true")
    page.mouse.move(5, 5)
    expect(button(page, "Hold to talk")).to_have_attribute("aria-pressed", "true")
    page.mouse.up()
    expect(button(page, "Hold to talk")).to_have_attribute("aria-pressed", "false")
    until(page, lambda: site.commands(ReleaseAssist))


def test_losing_the_window_lets_the_key_go(page: Page, site: CallSite) -> None:
    listening(page)
    page.keyboard.down("Space")
    expect(button(page, "Hold to talk")).to_have_attribute("aria-pressed", "true")
    page.evaluate("() => window.dispatchEvent(new Event('blur'))")
    expect(button(page, "Hold to talk")).to_have_attribute("aria-pressed", "false")
    until(page, lambda: site.commands(ReleaseAssist))


def test_a_voice_that_was_late_goes_on_while_the_key_is_down(page: Page, site: CallSite) -> None:
    listening(page)
    page.keyboard.down("Space")
    expect(bar(page)).to_contain_text("Talking")
    site.state("listening", fell_back=True)
    until(page, lambda: len(site.commands(TalkAssist)) == 2)
    expect(bar(page)).to_contain_text("Talking")
    page.keyboard.up("Space")
    expect(bar(page)).to_contain_text("Listening")
    site.state("listening", fell_back=True)
    expect(bar(page)).to_contain_text("Your voice did not reach the agent")
    assert len(site.commands(TalkAssist)) == 2


def test_space_types_where_one_types(page: Page, site: CallSite) -> None:
    listening(page)
    search = page.get_by_role("searchbox")
    search.click()
    page.keyboard.type("d o")
    expect(search).to_have_value("d o")
    assert site.commands(TalkAssist) == []


def test_taking_over_asks_once_and_keeps_the_microphone_open(page: Page, site: CallSite) -> None:
    listening(page)
    button(page, "Take over…").click()
    expect(page.get_by_role("dialog")).to_contain_text("After Call Work")
    page.get_by_role("dialog").get_by_role("button", name="Take over").click()
    expect(bar(page)).to_contain_text("You have the call")
    until(page, lambda: site.spoken().size > RATE)
    assert len(site.commands(TakeOver)) == 1
    button(page, "End the call").click()
    expect(bar(page)).to_contain_text("Assist ended")
    assert len(site.commands(EndTakenCall)) == 1


def test_closing_says_so_and_is_silent(page: Page, site: CallSite) -> None:
    listening(page)
    bar(page).get_by_role("button", name="Close").click()
    expect(bar(page)).to_contain_text("you closed it")
    until(page, lambda: site.commands(CloseAssist))
    button(page, "Dismiss").click()
    expect(bar(page)).to_have_count(0)


def test_the_end_of_the_call_is_told(page: Page, site: CallSite) -> None:
    listening(page)
    site.state("ended", end=Refusal(code="call-ended", text="the call is over"))
    expect(bar(page)).to_contain_text("Dana Ortiz: the call is over")


def test_why_a_call_cannot_be_assisted_stands_before_the_click(page: Page, site: CallSite) -> None:
    why = BeingAssisted(agent="Dana Ortiz", holder="Kim")
    refusal = Refusal(code=why.code, text=why.text)
    site.offer(None, listen=refusal)
    action = button(page, "Assist: call, Dana Ortiz")
    expect(action).to_have_attribute("aria-disabled", "true")
    expect(action).to_have_accessible_description(why.text)
    action.click(force=True)
    assert site.commands(StartAssist) == []


def test_where_policy_wants_a_reason_it_is_asked_first(page: Page, site: CallSite) -> None:
    site.refusals[StartAssist.name] = ReasonRequired(what="an assist")
    assist = button(page, "Assist: call, Dana Ortiz")
    assist.click()
    dialog = page.get_by_role("dialog", name="Why do you assist in the call of Dana Ortiz?")
    expect(dialog.get_by_role("textbox", name="Reason")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(assist).to_be_focused()
    assist.click()
    dialog.get_by_role("textbox", name="Reason").fill("coaching")
    del site.refusals[StartAssist.name]
    dialog.get_by_role("button", name="Assist").click()
    expect(bar(page)).to_contain_text("Listening")
    assert [each.reason for each in site.commands(StartAssist)] == ["", "", "coaching"]


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_bar_takes_its_own_room_and_covers_no_field(
    chromium: Browser, site: CallSite, width: int
) -> None:
    afternoon(site)
    site.begin()
    with window(chromium, width, permissions=["microphone"]) as context, watched_page(context) as page:
        page.goto(site.address(f"/supervisor/agents?agent={DANA}&conversation=c1"))
        whisper = page.get_by_role("textbox", name="Whisper to Dana Ortiz")
        expect(whisper).to_be_visible()
        page.keyboard.press("l")
        expect(bar(page)).to_contain_text("Listening")
        expect(bar(page)).to_be_in_viewport(ratio=1)
        whisper.click()
        lowest = page.locator(".whisper").bounding_box()
        docked = bar(page).bounding_box()
        assert lowest
        assert docked
        assert lowest["y"] + lowest["height"] <= docked["y"] + 1
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_alerts_open_below_the_bell_and_move_nothing(
    chromium: Browser, site: CallSite, width: int
) -> None:
    with window(chromium, width) as context, watched_page(context) as page:
        page.goto(site.address("/supervisor"))
        site.ask_for_help("Dana Ortiz", "refund > limit")
        bell = page.get_by_role("button", name="Alerts: 1 agent asks for help")
        before = bell.bounding_box()
        bell.click()
        sheet = page.locator(".bell .sheet")
        expect(sheet).to_be_in_viewport(ratio=1)
        assert bell.bounding_box() == before
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_a_microphone_one_can_still_listen(chromium: Browser, site: CallSite) -> None:
    with window(chromium, permissions=[]) as context, watched_page(context) as page:
        listen_to_page(context)
        page.add_init_script(
            "const no = () => Promise.reject(new DOMException('no', 'NotAllowedError'));"
            "navigator.mediaDevices.getUserMedia = no"
        )
        page.goto(site.address("/supervisor"))
        button(page, "Assist: call, Dana Ortiz").click()
        expect(bar(page)).to_contain_text("does not let the page use the microphone")
        until(page, lambda: heard_in(page, site.tone))
        expect(button(page, "Hold to talk")).to_have_attribute("aria-disabled", "true")


def without_codecs(route: Route) -> None:
    """The page's script, in a browser that has no WebCodecs."""
    absent = "delete globalThis.AudioDecoder; delete globalThis.AudioEncoder;"
    route.fulfill(content_type="text/javascript", body=absent + route.fetch().text())


def test_a_browser_without_codecs_hears_and_speaks_all_the_same(chromium: Browser, site: CallSite) -> None:
    # The worker below counts as coming from elsewhere, and might not speak to this machine.
    arguments = [*ARGUMENTS, *MICROPHONE, "--disable-features=LocalNetworkAccessChecks"]
    with (
        chromium.browser_type.launch(executable_path=PROGRAM, args=arguments) as another,
        window(another, permissions=["microphone"]) as context,
    ):
        listen_to_page(context)
        with watched_page(context) as page:
            page.route("**/sound-worker.js", without_codecs)
            page.goto(site.address("/supervisor"))
            listening(page)
            until(page, lambda: heard_in(page, site.tone))
            page.keyboard.down("Space")
            until(page, lambda: site.spoken().size > RATE)
            assert np.abs(site.spoken()).max() > 0.01


def test_the_sound_is_tested_before_it_is_needed(page: Page, site: CallSite) -> None:
    listening(page)
    button(page, "Headset and microphone").click()
    page.get_by_role("button", name="Test the sound").click()
    expect(page.get_by_role("dialog")).to_contain_text("The microphone works.", timeout=10_000)


# --- help --------------------------------------------------------------------------------------------


def test_a_request_pops_up_pins_the_row_and_rings_the_bell(page: Page, site: CallSite) -> None:
    site.show(agent_row(site, "Ada Bell"), agent_row(site, "Zoe Adler"))
    expect(page.locator("tbody tr")).to_have_count(3)
    site.ask_for_help("Zoe Adler", "refund > limit")
    popup = page.locator(".help-popup")
    expect(popup).to_contain_text("Zoe Adler asks for help")
    expect(popup).to_contain_text("refund > limit")
    expect(popup.locator(".figure")).to_have_attribute("aria-live", "off")  # else it is read out each second
    expect(page.locator("tbody .name").first).to_have_text("Zoe Adler")
    expect(page.locator("tr.asking")).to_contain_text("Asks for help")
    expect(page).to_have_title("(1) Zoe Adler asks for help")
    expect(page.get_by_role("button", name="Alerts: 1 agent asks for help")).to_be_visible()
    popup.get_by_role("button", name="Later").click()
    expect(popup).to_have_count(0)
    expect(page.get_by_role("region", name="Requests for help")).to_contain_text("Zoe Adler")


def test_the_browser_notifies_only_what_the_desktop_could_not_show(
    context: BrowserContext, site: CallSite
) -> None:
    context.add_init_script(NOTIFICATIONS)
    with watched_page(context) as page:
        page.goto(site.address("/supervisor"))
        site.ask_for_help("Zoe Adler", "refund")
        expect(page.locator(".help-popup")).to_contain_text("Zoe Adler asks for help")
        assert page.evaluate("shown") == []
        site.ask_for_help("Zoe Adler", "refund", untold=True)
        page.wait_for_function("shown.length > 0")
        site.ask_for_help("Zoe Adler", "refund over the limit", untold=True)
        expect(page.locator(".help-popup")).to_contain_text("refund over the limit")
        assert page.evaluate("shown") == [["Zoe Adler asks for help", "refund"]]


def test_it_closes_here_when_somebody_else_takes_it_up(page: Page, site: CallSite) -> None:
    site.ask_for_help("Dana Ortiz")
    expect(page.locator(".help-popup")).to_be_visible()
    site.ask_for_help("Dana Ortiz", state="accepted", by=DANA, by_name="Kim")
    expect(page.locator(".help-popup")).to_have_count(0)
    expect(page.get_by_role("region", name="Requests for help")).to_have_count(0)
    expect(page).to_have_title("Agents · lanassist")


def test_from_the_request_into_the_call(page: Page, site: CallSite) -> None:
    site.ask_for_help("Dana Ortiz", "angry customer")
    page.locator(".help-popup").get_by_role("button", name="Assist: call, Dana Ortiz").click()
    expect(bar(page)).to_contain_text("Listening")


def test_help_without_a_call_goes_to_the_conversations(page: Page, site: CallSite) -> None:
    site.offer(None)
    site.ask_for_help("Dana Ortiz")
    page.locator(".help-popup").get_by_role("button", name="Help in chat, Dana Ortiz").click()
    page.wait_for_url("**/supervisor/agents?agent=node-dana")
    assert site.commands(AcceptHelp)[0].agent == DANA


def test_a_request_can_be_dismissed_for_oneself(page: Page, site: CallSite) -> None:
    site.ask_for_help("Dana Ortiz")
    button(page, "Dismiss for me: Dana Ortiz's request").click()
    until(page, lambda: site.commands(DismissHelp))
    site.ask_for_help("Dana Ortiz", dismissed=True)
    expect(page.get_by_role("region", name="Requests for help")).to_have_count(0)
    expect(page.get_by_role("button", name="Alerts: 1 agent asks for help")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_axe_finds_nothing(chromium: Browser, site: CallSite, scheme: Any, width: int) -> None:
    calm = {"color_scheme": scheme, "reduced_motion": "reduce", "permissions": ["microphone"]}
    with window(chromium, width, **calm) as context, watched_page(context) as page:
        page.goto(site.address("/supervisor"))
        site.ask_for_help("Zoe Adler", "refund > limit")
        expect(page.locator(".help-popup")).to_be_visible()
        assert violations(page) == []
        page.locator(".help-popup").get_by_role("button", name="Later").click()
        listening(page)
        assert violations(page) == []
        page.get_by_role("button", name="Alerts: 1 agent asks for help").click()
        assert violations(page) == []
        page.keyboard.press("Escape")
        button(page, "Headset and microphone").click()
        assert violations(page) == []
