"""Asked first, told, paused and stopped by policy: real nodes, both people's pages, the agent's desktop."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.browser import launched, watched_page, window
from tests.support.dbus import Bus
from tests.support.glancing import address, node_id, trio_thread
from tests.support.nodes import LiveNode, LiveSite, eventually
from tests.support.notices import NoticeServer
from tests.support.xserver import Monitor, XServer

pytestmark = pytest.mark.e2e

DESK = (Monitor("left", 0, 0, 640, 480),)
SLOW = 60_000
"""Milliseconds for what waits 30 s for an answer, on a busy machine."""
USUAL, PATIENT = 5_000, 30_000
"""Milliseconds that a page may take to show what two nodes have agreed upon."""


class Team(NamedTuple):
    """Sam supervises Dana, whose desktop shows notices."""

    site: LiveSite
    sam: LiveNode
    dana: LiveNode
    notices: NoticeServer

    def lay_down(self, policy: str) -> None:
        """Sign it and install it at Sam's node, from which it spreads."""
        edition = self.dana.api("site.policy")["edition"]
        done = self.sam.cli("policy", "install", self.site.policy(policy))
        assert done.returncode == 0, done.stderr
        eventually(lambda: self.dana.api("site.policy")["edition"], lambda now: now > edition)


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    folder = tmp_path_factory.mktemp("team")
    with (
        XServer(640, 480, DESK) as x,
        Bus() as bus,
        trio_thread() as (_, start),
        LiveSite(folder) as site,
    ):
        notices = NoticeServer(bus)
        start(notices.run)
        desktop = {"DISPLAY": x.display, "DBUS_SESSION_BUS_ADDRESS": bus.address}
        sam = site.node("Sam", "supervisor").launch()
        dana = site.node("Dana", "agent", settings=desktop).launch()
        sam.ready().meet(dana.ready())
        sam.sees(dana, online=True, screen_error="")
        yield Team(site, sam, dana, notices)


@pytest.fixture(scope="module", autouse=True)
def patience() -> Iterator[None]:
    expect.set_options(timeout=PATIENT)
    yield
    expect.set_options(timeout=USUAL)


class Pages(NamedTuple):
    """Both people's pages."""

    sam: Page
    dana: Page


@pytest.fixture(scope="module")
def contexts(team: Team) -> Iterator[tuple[BrowserContext, BrowserContext]]:
    """One browser; each of the two is signed in at their own node."""
    with launched() as chromium, window(chromium) as sams, window(chromium) as danas:
        for context, node, path in ((sams, team.sam, "/supervisor"), (danas, team.dana, "/agent")):
            page = context.new_page()
            page.goto(node.api("node.launch", path=path)["url"])
            expect(page.locator(".topbar")).to_be_visible()
            page.close()
        yield sams, danas


@pytest.fixture
def pages(team: Team, contexts: tuple[BrowserContext, BrowserContext]) -> Iterator[Pages]:
    with watched_page(contexts[0]) as sams, watched_page(contexts[1]) as danas:
        danas.goto(address(team.dana, "/agent"))
        expect(danas.locator(".topbar")).to_be_visible()
        yield Pages(sams, danas)


def monitoring(team: Team, page: Page, more: str = "") -> None:
    """Dana's page at Sam's node."""
    page.goto(address(team.sam, f"/supervisor/agents?agent={node_id(team.dana)}{more}"))
    expect(page.get_by_role("button", name="Assist: screen, Dana")).to_be_visible()


def looks(page: Page) -> None:
    page.get_by_role("button", name="Assist: screen, Dana").click()


def watched(page: Page) -> None:
    """The picture is there."""
    expect(page.locator(".rate")).to_have_count(1)


def stopped(team: Team, page: Page) -> None:
    page.get_by_role("button", name="Stop glance").click()
    eventually(team.dana.watchers, lambda watchers: watchers == [])


# --- asked first -------------------------------------------------------------------------------------


def test_the_agent_is_asked_says_yes_and_reads_who_looks(team: Team, pages: Pages) -> None:
    team.lay_down('glance = "ask"\nreason_required = true')
    monitoring(team, pages.sam)
    looks(pages.sam)
    dialog = pages.sam.get_by_role("dialog", name="Why do you view the screen of Dana?")
    dialog.get_by_role("textbox", name="Reason").fill("coaching")
    pages.sam.keyboard.press("Enter")
    expect(pages.sam.locator(".agent-asked")).to_contain_text("Asking Dana…")
    assert team.dana.watchers() == []
    asked = pages.dana.locator(".consent")
    expect(asked).to_contain_text("Sam asks to view display 1")
    expect(asked).to_contain_text("“coaching”")
    asked.get_by_role("button", name="Allow").click()
    watched(pages.sam)
    badge = pages.dana.locator(".watching .menu-button")
    expect(badge).to_contain_text("Sam is viewing display 1")
    expect(badge).to_contain_text("coaching")
    stopped(team, pages.sam)
    expect(badge).not_to_contain_text("viewing")
    eventually(lambda: len(team.notices.shown), lambda count: count >= 3)
    said = [(summary, body) for summary, body, _ in team.notices.shown[-3:]]
    assert said == [
        ("Sam asks to view display 1", "Reason: coaching"),
        ("Sam is viewing display 1", "Reason: coaching"),
        ("Sam no longer sees your screen", "Stopped by the supervisor"),
    ]


def test_the_agent_says_no(team: Team, pages: Pages) -> None:
    team.lay_down('glance = "ask"')
    monitoring(team, pages.sam)
    looks(pages.sam)
    pages.dana.locator(".consent").get_by_role("button", name="Deny").click()
    expect(pages.sam.locator(".ending")).to_have_text("Dana was asked and said no.")
    assert team.dana.watchers() == []
    saved = team.sam.terminal("glance", "save", "dana", "/nowhere.png")
    eventually(lambda: team.dana.cli("consent", "deny").returncode, lambda code: code == 0)
    _, complaint = saved.communicate(timeout=30)
    assert saved.returncode == 8
    assert "Dana was asked and said no." in complaint


def test_no_answer_is_a_no_and_the_supervisor_may_cancel(team: Team, pages: Pages) -> None:
    team.lay_down('glance = "ask"')
    monitoring(team, pages.sam)
    looks(pages.sam)
    expect(pages.dana.locator(".consent")).to_be_visible()
    pages.sam.locator(".agent-asked").get_by_role("button", name="Cancel").click()
    expect(pages.dana.locator(".consent")).to_have_count(0)
    expect(pages.sam.locator(".agent-asked")).to_have_count(0)
    looks(pages.sam)
    expect(pages.dana.locator(".consent")).to_be_visible()
    expect(pages.sam.locator(".ending")).to_have_text(
        "Dana was asked and did not answer within 30 seconds.", timeout=SLOW
    )
    expect(pages.dana.locator(".consent")).to_have_count(0)


@pytest.mark.parametrize("words", [("glance", "save", "dana", "/nowhere.png"), ("control", "take", "dana")])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_command_line_that_goes_while_it_waits_withdraws_the_question(
    team: Team, words: tuple[str, ...], number: signal.Signals
) -> None:
    team.lay_down('glance = "ask"\ncontrol = "ask"')

    def asked() -> int:
        return len(team.dana.api("consent.requests")["requests"])

    waiting = team.sam.terminal(*words)
    eventually(asked, lambda count: count == 1)
    waiting.send_signal(number)
    eventually(asked, lambda count: count == 0, seconds=SLOW / 1000 / 6)
    waiting.communicate(timeout=SLOW / 1000)
    assert waiting.returncode == (130 if number == signal.SIGINT else -number)


def test_control_is_asked_for_too(team: Team, pages: Pages) -> None:
    team.lay_down('control = "ask"')
    monitoring(team, pages.sam)
    pages.sam.get_by_role("switch", name="Take control").click()
    pages.sam.get_by_role("textbox", name="Reason").fill("calm a client down")
    pages.sam.get_by_role("button", name="Take control").last.click()
    expect(pages.sam.get_by_role("dialog")).to_contain_text("Asking Dana…")
    asked = pages.dana.locator(".consent")
    expect(asked).to_contain_text("asks to take control of your conversations")
    asked.get_by_role("button", name="Allow").click()
    expect(pages.sam.locator(".band")).to_contain_text("Acting as Dana")
    expect(pages.dana.locator(".control-band")).to_contain_text("Sam acts as you")
    team.lay_down('control = "off"')
    expect(pages.sam.locator(".band")).to_contain_text("Stopped by the site's policy")
    expect(pages.dana.locator(".control-band")).not_to_contain_text("acts as you")
    switch = pages.sam.get_by_role("switch", name="Take control")
    expect(switch).to_have_attribute("aria-disabled", "true")
    expect(pages.sam.locator(".agent-bar")).to_contain_text("does not allow taking control")


# --- off, and the pause ------------------------------------------------------------------------------


def test_a_policy_that_turns_it_off_ends_what_runs_and_is_told_before_the_click(
    team: Team, pages: Pages
) -> None:
    team.lay_down("")
    monitoring(team, pages.sam)
    looks(pages.sam)
    watched(pages.sam)
    team.lay_down('glance = "off"')
    expect(pages.sam.locator(".ending")).to_have_text("Glance ended: stopped by the site's policy")
    eventually(team.dana.unwatched, lambda why: why == "stopped by the site's policy")
    button = pages.sam.get_by_role("button", name="Assist: screen, Dana")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(pages.sam.locator(".agent-bar")).to_contain_text("does not allow viewing agents' screens")
    refused = team.sam.cli("glance", "save", "dana", "/nowhere.png")
    assert (refused.returncode, "does not allow viewing" in refused.stderr) == (8, True)


def test_watching_is_paused_over_a_restart(team: Team, pages: Pages) -> None:
    team.lay_down("privacy_pause = 5")
    monitoring(team, pages.sam)
    looks(pages.sam)
    watched(pages.sam)
    pages.dana.locator(".watching .menu-button").click()
    pages.dana.get_by_role("button", name="Pause watching for 5 minutes").click()
    expect(pages.dana.locator(".watching .menu-button")).to_contain_text("Watching paused")
    expect(pages.sam.locator(".ending")).to_have_text("Glance ended: Dana paused watching for 5 minutes")
    expect(pages.sam.locator(".agent-bar")).to_contain_text("Dana has paused watching: 5 minutes left.")
    team.dana.stop()
    team.dana.start()
    team.sam.meet(team.dana)
    team.sam.sees(team.dana, online=True, screen_error="")
    refused = team.sam.cli("glance", "save", "dana", "/nowhere.png")
    assert (refused.returncode, "Dana has paused watching:" in refused.stderr) == (8, True)
    assert "Watching is not paused." in team.dana.cli("consent", "resume").stdout
    button = pages.sam.get_by_role("button", name="Assist: screen, Dana")
    expect(button).not_to_have_attribute("aria-disabled", "true")
    too_long = team.dana.cli("consent", "pause", "--minutes", "6")
    assert (too_long.returncode, "for 5 minutes at most" in too_long.stderr) == (8, True)


def test_a_reason_that_policy_wants_is_wanted_on_the_command_line_too(team: Team, tmp_path: Path) -> None:
    team.lay_down("reason_required = true")
    refused = team.sam.cli("glance", "save", "dana", str(tmp_path / "a.png"))
    assert refused.returncode == 8
    assert "wants a reason for viewing agents' screens" in refused.stderr
    saved = team.sam.cli("glance", "save", "dana", str(tmp_path / "a.png"), "--reason", "coaching")
    assert saved.returncode == 0, saved.stderr
    assert team.dana.api("glance.watchers")["watchers"][0]["reason"] == "coaching"
