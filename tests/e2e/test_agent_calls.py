"""The agent's own calls on /agent, in a real browser over an invented node: the Help button's four colours,
who is in the call, the work after it, and Let Listen In.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lanassist.node.protocol.messages import NodeId, SessionId
from lanassist.node.services.assist.commands import (
    ASSISTANTS,
    LISTEN_IN,
    OWN_CALL,
    OWN_HELP,
    Assistant,
    BeginCall,
    CancelHelp,
    EndAcw,
    EndCall,
    HoldCall,
    ListenIn,
    OwnHelp,
    RequestHelp,
    ResumeCall,
    SetListenIn,
)
from lanassist.node.services.call import Call
from tests.support.axe import violations
from tests.support.browser import NARROW, WIDE, until, watched_page, window
from tests.support.page_server import FakeSite, invented_site
from tests.support.people import agent

pytestmark = pytest.mark.e2e


@pytest.fixture
def site() -> Iterator[FakeSite]:
    with invented_site(agent("Dana")) as invented:
        invented.put(OWN_HELP, "self", OwnHelp(supervisors=2))
        invented.put(LISTEN_IN, "self", ListenIn())
        yield invented


@pytest.fixture
def page(chromium: Browser, site: FakeSite) -> Iterator[Page]:
    with window(chromium, reduced_motion="reduce") as context, watched_page(context) as page:
        page.goto(site.address("/agent"))
        yield page


def on_a_call(site: FakeSite, state: Any = "talking", **about: Any) -> None:
    usual: dict[str, Any] = {"number": "+49 30 1234", "category": "billing", "routed": True}
    now = site.now
    call = Call(id="c1", state=state, began=now - 75, since=now - 75, **{**usual, **about})
    site.put(OWN_CALL, "self", call)


def assisted(site: FakeSite, state: Any, **about: Any) -> None:
    now = site.now
    session = SessionId("s1")
    row = Assistant(
        session=session, supervisor=NodeId("sam"), name="Sam", state=state, since=now, began=now, **about
    )
    site.put(ASSISTANTS, session, row)


def strip(page: Page) -> Locator:
    return page.get_by_role("region", name="Your call")


def help_button(page: Page) -> Locator:
    return page.locator(".help-button")


# --- help --------------------------------------------------------------------------------------------


def test_help_is_blue_then_red_then_green_then_blue(page: Page, site: FakeSite) -> None:
    expect(help_button(page)).to_have_text("?Help")
    help_button(page).click()
    until(page, lambda: site.commands(RequestHelp))
    site.put(OWN_HELP, "self", OwnHelp(state="asked", since=site.now - 20, supervisors=2))
    expect(help_button(page)).to_contain_text("Requested 00:2")
    expect(page.locator(".help-me")).to_have_attribute("data-state", "asked")
    expect(page.locator(".help-me [role=status]")).to_have_text("Every supervisor is asked for help")
    site.put(OWN_HELP, "self", OwnHelp(state="accepted", by=NodeId("sam"), by_name="Sam", supervisors=2))
    expect(help_button(page)).to_contain_text("Sam is helping")
    expect(page.locator(".help-me [role=status]")).to_have_text("Sam is helping you")
    site.put(OWN_HELP, "self", OwnHelp(supervisors=2))
    expect(help_button(page)).to_have_text("?Help")


def test_a_second_click_takes_it_back(page: Page, site: FakeSite) -> None:
    site.put(OWN_HELP, "self", OwnHelp(state="asked", since=site.now, supervisors=2))
    expect(help_button(page)).to_contain_text("Requested")
    help_button(page).click()
    until(page, lambda: site.commands(CancelHelp))


def test_a_reason_can_be_added_meanwhile(page: Page, site: FakeSite) -> None:
    site.put(OWN_HELP, "self", OwnHelp(state="asked", since=site.now, supervisors=2))
    page.get_by_role("textbox", name="Why you ask for help").fill("refund > limit")
    page.keyboard.press("Enter")
    until(page, lambda: site.commands(RequestHelp))
    assert site.commands(RequestHelp)[0].reason == "refund > limit"


def test_that_nobody_is_there_is_said_at_once(page: Page, site: FakeSite) -> None:
    site.put(OWN_HELP, "self", OwnHelp(state="asked", since=site.now, supervisors=0))
    expect(page.get_by_role("alert").filter(has_text="No supervisor is online")).to_be_visible()


# --- the call ----------------------------------------------------------------------------------------


def test_a_call_is_held_taken_up_and_ended(page: Page, site: FakeSite) -> None:
    on_a_call(site)
    expect(strip(page)).to_contain_text("Inbound call 01:1")
    expect(strip(page)).to_contain_text("+49 30 1234 · billing")
    strip(page).get_by_role("button", name="Hold").click()
    until(page, lambda: site.commands(HoldCall))
    on_a_call(site, "held")
    expect(strip(page)).to_contain_text("On hold")
    strip(page).get_by_role("button", name="Resume").click()
    until(page, lambda: site.commands(ResumeCall))
    strip(page).get_by_role("button", name="End call").click()
    until(page, lambda: site.commands(EndCall))


def test_after_call_work_counts_down(page: Page, site: FakeSite) -> None:
    on_a_call(site, "acw", until=site.now + 50)
    expect(strip(page)).to_contain_text("After call work")
    expect(strip(page)).to_contain_text("left")
    strip(page).get_by_role("button", name="Done").click()
    until(page, lambda: site.commands(EndAcw))


def test_who_is_in_the_call_is_said_and_who_hears_them(page: Page, site: FakeSite) -> None:
    on_a_call(site)
    helper = strip(page).get_by_role("status")
    assisted(site, "listening", reason="coaching")
    expect(helper).to_contain_text("Sam is listening · “coaching”")
    assisted(site, "talking")
    expect(helper).to_contain_text("Sam talks to you; the customer does not hear it")
    assisted(site, "ended")
    expect(helper).to_be_empty()
    on_a_call(site, "taken", taken_by="Sam")
    expect(strip(page)).to_contain_text("Sam has taken the call over")


def test_listen_in_for_this_call_and_for_all(page: Page, site: FakeSite) -> None:
    site.put(LISTEN_IN, "self", ListenIn(required=True))
    on_a_call(site)
    strip(page).get_by_role("checkbox", name="Let listen in").click()
    until(page, lambda: site.commands(SetListenIn))
    page.get_by_role("button", name="Calls").click()
    expect(page.locator(".call-menu .sheet")).to_contain_text("supervisors cannot listen")
    page.get_by_role("checkbox", name="In all my calls").click()
    until(page, lambda: len(site.commands(SetListenIn)) == 2)
    this, every = site.commands(SetListenIn)
    assert (this.on, this.this_call, every.on, every.this_call) == (True, True, True, False)


def test_a_call_that_no_softphone_told_of(page: Page, site: FakeSite) -> None:
    page.get_by_role("button", name="Calls").click()
    page.get_by_role("textbox", name="Number or name").fill("+49 40 77")
    page.get_by_role("button", name="Begin").click()
    until(page, lambda: site.commands(BeginCall))
    begun = site.commands(BeginCall)[0]
    assert (begun.number, begun.direction, begun.routed) == ("+49 40 77", "inbound", True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_axe_finds_nothing(chromium: Browser, site: FakeSite, scheme: Any, width: int) -> None:
    calm = {"color_scheme": scheme, "reduced_motion": "reduce"}
    with window(chromium, width, **calm) as context, watched_page(context) as page:
        page.goto(site.address("/agent"))
        on_a_call(site)
        assisted(site, "talking", reason="coaching")
        site.put(OWN_HELP, "self", OwnHelp(state="asked", since=site.now, supervisors=0))
        expect(strip(page)).to_contain_text("Sam")
        assert violations(page) == []
        on_a_call(site, "acw", until=site.now + 50)
        site.put(OWN_HELP, "self", OwnHelp(state="accepted", by_name="Sam", supervisors=1))
        page.get_by_role("button", name="Calls").click()
        expect(page.locator(".call-menu .sheet")).to_be_visible()
        assert violations(page) == []
