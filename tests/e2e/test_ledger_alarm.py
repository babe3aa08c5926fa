"""A peer's ledger that contradicts what was signed: said on every page of the team until it is put away."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lanassist.node.services.audit.commands import ALARMS, Alarm
from tests.support.axe import violations
from tests.support.browser import NARROW, WIDE, watched_page, window
from tests.support.page_server import FakeSite, agent_row, invented_site
from tests.support.people import agent, supervisor

pytestmark = pytest.mark.e2e

CUT_SHORT = "it ends at record 5, and was signed up to record 7 before"
BEGUN_ANEW = "record 7 is not the one that was signed before"
PAGES = ("/supervisor", "/supervisor/agents?agent=node-dana", "/supervisor/wall")


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with window(chromium) as context, watched_page(context) as page:
        page.emulate_media(reduced_motion="reduce")
        yield page


@pytest.fixture
def site() -> Iterator[FakeSite]:
    with invented_site(supervisor("Sam")) as invented:
        invented.show(agent_row(invented, "Dana Fox"))
        yield invented


def contradict(site: FakeSite, text: str, name: str = "Dana Fox") -> None:
    owner = agent("Dana").node
    site.put(ALARMS, owner, Alarm(owner=owner, name=name, text=text, at=site.now))


def lines(page: Page) -> Locator:
    return page.locator(".ledger-alarm")


def can_be_used_by_all(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (WIDE, NARROW):
            page.set_viewport_size({"width": width, "height": 800})
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_page_of_a_supervisor_says_whose_ledger_contradicts_and_what_to_do(
    page: Page, site: FakeSite
) -> None:
    contradict(site, CUT_SHORT)
    for path in PAGES:
        page.goto(site.address(path))
        expect(page.get_by_role("alert").filter(has_text=CUT_SHORT)).to_have_text(
            re.compile(
                rf"The ledger that Dana Fox’s node keeps contradicts yours: {CUT_SHORT}\.\s+"
                r"Check it with lanassist audit verify"
            )
        )
    can_be_used_by_all(page)


def test_the_agents_page_says_it_too_and_text_from_a_certificate_stays_text(page: Page) -> None:
    with invented_site(agent("Dana")) as site:
        page.goto(site.address("/agent"))
        expect(page.locator(".me")).to_be_visible()
        expect(lines(page)).to_have_count(0)
        contradict(site, CUT_SHORT, name="<b>Sam</b>")
        expect(lines(page)).to_contain_text("<b>Sam</b>’s node")
        can_be_used_by_all(page)


def test_who_puts_it_away_does_not_see_it_again_in_this_window_unless_it_is_another(
    page: Page, site: FakeSite
) -> None:
    contradict(site, CUT_SHORT)
    page.goto(site.address("/supervisor"))
    lines(page).get_by_role("button", name="Dismiss: the ledger of Dana Fox").focus()
    page.keyboard.press("Enter")
    expect(lines(page)).to_have_count(0)
    page.reload()
    expect(page.get_by_text("1 agent", exact=True)).to_be_visible()
    contradict(site, CUT_SHORT)
    expect(lines(page)).to_have_count(0)
    contradict(site, BEGUN_ANEW)
    expect(lines(page)).to_contain_text(BEGUN_ANEW)


def test_another_window_is_told_on_its_own(page: Page, site: FakeSite, chromium: Browser) -> None:
    contradict(site, CUT_SHORT)
    page.goto(site.address("/supervisor"))
    lines(page).get_by_role("button").click()
    expect(lines(page)).to_have_count(0)
    with window(chromium) as other, watched_page(other) as second:
        second.goto(site.address("/supervisor"))
        expect(lines(second)).to_have_count(1)
