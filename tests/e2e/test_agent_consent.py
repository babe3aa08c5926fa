"""The agent's own say on the agent's page of an invented site: asked first, told, the privacy pause."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from lanassist.node.errors import NobodyAsks
from lanassist.node.protocol.messages import NodeId, SessionId
from lanassist.node.services.consent.commands import (
    PAUSE,
    REQUESTS,
    Allow,
    Deny,
    OwnPause,
    PauseWatching,
    ResumeWatching,
)
from lanassist.node.services.facts import SupervisionKind, Wish
from lanassist.node.services.glance.commands import WATCHERS, Watcher
from lanassist.node.services.site.commands import POLICY, LaidDown
from lanassist.node.trust.policy import Policy
from tests.support.axe import violations
from tests.support.browser import NARROW, until, watched_page, window
from tests.support.console import Console
from tests.support.page_server import FakeSite, invented_site
from tests.support.people import agent

pytestmark = pytest.mark.e2e

SAM = NodeId("node-sam")


@pytest.fixture
def site() -> Iterator[FakeSite]:
    with invented_site(agent("Dana")) as invented:
        Console(invented).at_work()
        yield invented


def show(page: Page, site: FakeSite) -> None:
    page.goto(site.address("/agent"))
    expect(page.locator(".topbar")).to_be_visible()


def wish(site: FakeSite, session: str = "s1", kind: SupervisionKind = "glance", reason: str = "") -> None:
    displays = (2,) if kind == "glance" else ()
    wanted = Wish(
        session=SessionId(session),
        supervisor=SAM,
        name="Sam Reed",
        kind=kind,
        displays=displays,
        reason=reason,
        since=site.now,
        until=site.now + 30,
    )
    site.put(REQUESTS, f"{wanted.kind}/{SAM}/{session}", wanted)


# --- asked first -------------------------------------------------------------------------------------


def test_the_agent_is_asked_with_name_display_reason_and_time(page: Page, site: FakeSite) -> None:
    show(page, site)
    wish(site, reason="refund <b>")
    asked = page.get_by_role("alert").filter(has_text="Sam Reed")
    expect(asked).to_contain_text("asks to view display 2")
    expect(asked).to_contain_text("“refund <b>”")
    expect(asked).to_contain_text(re.compile("00:(30|2.) to answer"))
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    asked.get_by_role("button", name="Allow Sam Reed").click()
    until(page, lambda: site.commands(Allow) == [Allow(session="s1")])
    expect(page.locator(".consent")).to_have_count(0)


def test_the_agent_says_no(page: Page, site: FakeSite) -> None:
    show(page, site)
    wish(site)
    wish(site, "s2", "control")
    expect(page.locator(".consent")).to_have_count(2)
    expect(page.locator(".consent").nth(1)).to_contain_text("asks to take control of your conversations")
    page.locator(".consent").nth(1).get_by_role("button", name="Deny").click()
    until(page, lambda: site.commands(Deny) == [Deny(session="s2")])
    expect(page.locator(".consent")).to_have_count(1)
    expect(page.locator(".consent")).to_contain_text("view display 2")


def test_a_request_that_is_withdrawn_or_too_old_goes_away(page: Page, site: FakeSite) -> None:
    show(page, site)
    wish(site, kind="assist")
    expect(page.locator(".consent")).to_contain_text("asks to assist your call")
    site.put(REQUESTS, f"assist/{SAM}/s1", None)
    expect(page.locator(".consent")).to_have_count(0)


def test_an_answer_that_comes_too_late_is_told(page: Page, site: FakeSite) -> None:
    show(page, site)
    site.refusals[Allow.name] = NobodyAsks()
    wish(site)
    page.get_by_role("button", name="Allow").click()
    expect(page.locator(".top-trouble")).to_contain_text("Nobody waits for your answer")


# --- told --------------------------------------------------------------------------------------------


def test_before_the_first_picture_left_somebody_is_only_about_to_look(page: Page, site: FakeSite) -> None:
    show(page, site)
    about_to = Watcher(
        session=SessionId("w"), supervisor=SAM, name="Sam Reed", displays=(1, 2), since=site.now - 5
    )
    site.put(WATCHERS, "w", about_to)
    badge = page.locator(".watching .menu-button")
    expect(badge).to_contain_text("Sam Reed is about to view displays 1 and 2")
    expect(badge.locator(".wait")).to_have_count(0)
    badge.click()
    expect(page.locator(".watchers li")).to_contain_text("about to begin")
    page.keyboard.press("Escape")
    site.put(
        WATCHERS,
        "w",
        Watcher(
            session=about_to.session,
            supervisor=SAM,
            name="Sam Reed",
            displays=(2,),
            since=site.now - 190,
            shown_since=site.now - 130,
            reason="coaching",
        ),
    )
    expect(badge).to_contain_text("Sam Reed is viewing display 2")
    expect(badge).to_contain_text("02:1")
    expect(badge).to_contain_text("coaching")


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (Policy(), "You are told when a supervisor views your screen."),
        (
            Policy(glance="ask", reason_required=True),
            "You are asked before a supervisor views your screen. They must say why.",
        ),
        (Policy(glance="off"), "Supervisors may not view your screen."),
    ],
)
def test_what_policy_means_stands_where_the_watching_is_told(
    page: Page, site: FakeSite, policy: Policy, words: str
) -> None:
    site.put(POLICY, "self", LaidDown(edition=1, policy=policy))
    show(page, site)
    page.locator(".watching .menu-button").click()
    expect(page.locator(".watching .policy")).to_have_text(words)


# --- the pause ---------------------------------------------------------------------------------------


def test_watching_is_paused_and_resumed(page: Page, site: FakeSite) -> None:
    site.put(PAUSE, "self", OwnPause(allowed=5))
    show(page, site)
    badge = page.locator(".watching .menu-button")
    badge.click()
    page.get_by_role("button", name="Pause watching for 5 minutes").click()
    until(page, lambda: site.commands(PauseWatching) == [PauseWatching()])
    site.put(PAUSE, "self", OwnPause(allowed=5, until=site.now + 300, minutes=5))
    expect(badge).to_contain_text("Watching paused")
    expect(badge).to_contain_text(re.compile("0(5:00|4:5)"))
    expect(page.locator(".watching .pause")).to_contain_text("Nobody can view your screen for another")
    page.get_by_role("button", name="End the pause").click()
    until(page, lambda: site.commands(ResumeWatching) == [ResumeWatching()])
    site.put(PAUSE, "self", OwnPause(allowed=5))
    expect(badge).not_to_contain_text("paused")


def test_no_pause_is_offered_where_policy_has_none(page: Page, site: FakeSite) -> None:
    site.put(PAUSE, "self", OwnPause())
    show(page, site)
    page.locator(".watching .menu-button").click()
    expect(page.locator(".watching .sheet")).to_contain_text("Who watched me")
    expect(page.locator(".watching .pause")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, NARROW])
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing(chromium: Browser, site: FakeSite, width: int, dark: bool) -> None:
    with (
        window(chromium, width=width, color_scheme="dark" if dark else "light") as context,
        watched_page(context) as page,
    ):
        site.put(POLICY, "self", LaidDown(edition=1, policy=Policy(glance="ask")))
        site.put(PAUSE, "self", OwnPause(allowed=5, until=site.now + 300, minutes=5))
        show(page, site)
        wish(site, reason="coaching")
        expect(page.locator(".consent")).to_be_visible()
        page.locator(".watching .menu-button").click()
        expect(page.locator(".watching .pause")).to_be_visible()
        assert violations(page) == []
