"""/supervisor in a real browser, over an invented team: what it shows, what moves and what does not, who can
use it, and how fast it stays.
"""

import random
import time
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from lanassist.node.errors import MissingGrant
from lanassist.node.protocol.messages import NodeId
from lanassist.node.services.command import Refusal
from lanassist.node.services.conversations.commands import ALL
from lanassist.node.services.presence.commands import AGENTS, AgentRow, SetStatusOf
from tests.support.axe import violations
from tests.support.browser import NARROW, WIDE, window
from tests.support.dashboard import conversation, lively_team
from tests.support.page_server import FakeSite, agent_row, invented_site
from tests.support.timeline import traced

pytestmark = pytest.mark.e2e


@pytest.fixture
def site() -> Iterator[FakeSite]:
    with invented_site() as invented:
        yield invented


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with window(chromium, reduced_motion="reduce") as context:
        yield context


def opened(page: Page, site: FakeSite) -> Locator:
    """The dashboard's rows."""
    page.goto(site.address("/supervisor"))
    return page.locator("tbody tr")


def cell(page: Page, agent: str, column: str) -> Locator:
    return page.locator(f"tr[data-node=node-{agent}] td[data-label='{column}']")


def names(page: Page) -> list[str]:
    return page.locator("tbody .name").all_text_contents()


# --- what it shows -----------------------------------------------------------------------------------


def test_a_row_has_every_figure(page: Page, site: FakeSite) -> None:
    now = site.now
    work: dict[str, Any] = {"active": 4, "total": 3, "ongoing": 4, "completed": 14, "waiting": 2}
    site.show(
        agent_row(
            site, "Dana Ortiz", status="connected", since=now - 95, waiting_since=now - 130, aht=312, **work
        )
    )
    opened(page, site)
    for column, wanted in {
        "Agent": "Dana Ortizdana@acme.example",
        "Status": "Connected · full 4/3",
        "Last activity": "3 min ago",
        "Capacity": "4/3",
        "Ongoing": "4",
        "Completed": "14",
        "AHT": "05:12",
    }.items():
        expect(cell(page, "dana", column)).to_have_text(wanted)
    expect(cell(page, "dana", "In state")).to_contain_text("01:")
    expect(cell(page, "dana", "Waiting")).to_contain_text("202:")
    expect(cell(page, "dana", "Presence")).to_contain_text("2 h 05 minsince ")
    expect(page.get_by_role("button", name="AHT")).to_have_accessible_description(
        "Average handling time: (chat handling + talk + hold + after call work) ÷ interventions completed"
        " today. — with none completed."
    )


def test_ages_go_on_by_themselves(page: Page, site: FakeSite) -> None:
    site.show(agent_row(site, "Yuki Tanaka", status="acw", since=site.now - 5))
    opened(page, site)
    for column in ("Status", "In state"):
        age = cell(page, "yuki", column)
        expect(age).to_contain_text("00:")
        expect(age).not_to_have_text(age.inner_text())


def test_absence_says_why(page: Page, site: FakeSite) -> None:
    lively_team(site)
    opened(page, site)
    expect(cell(page, "ama", "Status")).to_have_text("Absent · on break: lunch")
    expect(cell(page, "lena", "Status")).to_have_text("Absent · screen locked")
    expect(cell(page, "tomás", "Status")).to_have_text("Absent · idle")
    expect(cell(page, "sven", "Status")).to_contain_text("Absent · offline since ")


def test_who_fell_silent_is_hatched_and_stays_once_offline(page: Page, site: FakeSite) -> None:
    gone: dict[str, Any] = {"status": "absent", "why": "offline", "online": False}
    site.show(
        agent_row(site, "Noor Aziz", last_heard=site.now - 14, **gone),
        agent_row(site, "Sven Lindqvist", last_heard=site.now - 5400, **gone),
    )
    opened(page, site)
    expect(page.locator("tr[data-node=node-noor]")).to_have_class("silent")
    expect(cell(page, "noor", "Presence")).to_contain_text("Last heard1")
    expect(page.locator("tr[data-node=node-sven]")).to_have_class("offline")


def test_totals_tell_the_queue_and_where_it_is_handled(page: Page, site: FakeSite) -> None:
    lively_team(site)
    opened(page, site)
    waiting = page.get_by_role("link", name="Waiting 4, oldest 02:")
    expect(waiting).to_have_attribute("href", "/supervisor/agents?tray=waiting")
    orphans = page.get_by_role("link", name="Orphaned 2")
    expect(orphans).to_have_attribute("href", "/supervisor/agents?tray=orphans")
    for number in range(4):
        site.put(ALL, f"queued-{number}", None)
    expect(page.get_by_role("link", name="Waiting 0", exact=True)).to_be_visible()


def test_totals_filter_together_and_can_be_shown_again(page: Page, site: FakeSite) -> None:
    lively_team(site)
    rows = opened(page, site)
    page.get_by_role("button", name="Connected 2").click()
    page.get_by_role("button", name="After call work 1").click()
    expect(rows).to_have_count(3)
    expect(page.locator(".toolbar")).to_contain_text("3 of 11 agents")
    page.get_by_role("button", name="Show all").click()
    expect(rows).to_have_count(11)


# --- what moves, and what does not -------------------------------------------------------------------


def test_whoever_has_a_client_waiting_longest_is_first(page: Page, site: FakeSite) -> None:
    lively_team(site)
    opened(page, site)
    expect(page.locator("tbody .name").first).to_have_text("Dana Ortiz")
    assert names(page)[:4] == ["Dana Ortiz", "Mateo Silva", "Ama Owusu", "Chloé Martin"]


def test_a_column_sorts_one_way_the_other_way_and_back(page: Page, site: FakeSite) -> None:
    lively_team(site)
    opened(page, site)
    usual = names(page)
    header = page.get_by_role("columnheader", name="Completed")
    button = page.get_by_role("button", name="Completed")
    button.click()
    expect(header).to_have_attribute("aria-sort", "descending")
    assert names(page)[0] == "Yuki Tanaka"
    button.click()
    expect(header).to_have_attribute("aria-sort", "ascending")
    assert names(page)[0] == "Chloé Martin"
    button.click()
    expect(header).to_have_attribute("aria-sort", "none")
    assert names(page) == usual


def test_rows_are_held_under_the_pointer_even_when_they_no_longer_match(page: Page, site: FakeSite) -> None:
    site.show(agent_row(site, "Ama Owusu"), agent_row(site, "Dana Ortiz"), agent_row(site, "Omar Haddad"))
    rows = opened(page, site)
    page.get_by_role("button", name="Available 3").click()
    rows.nth(2).hover()
    site.show(agent_row(site, "Ama Owusu", status="absent", why="locked"))
    site.show(agent_row(site, "Omar Haddad", waiting=1, waiting_since=site.now - 60))
    expect(cell(page, "ama", "Status")).to_contain_text("screen locked")
    expect(page.get_by_text("Order held while you are in the table")).to_be_visible()
    assert names(page) == ["Ama Owusu", "Dana Ortiz", "Omar Haddad"]
    page.mouse.move(2, 2)
    expect(rows).to_have_count(2)
    assert names(page) == ["Omar Haddad", "Dana Ortiz"]


def test_rows_are_held_while_the_keyboard_is_among_them(page: Page, site: FakeSite) -> None:
    site.show(agent_row(site, "Ama Owusu"), agent_row(site, "Dana Ortiz"), agent_row(site, "Omar Haddad"))
    rows = opened(page, site)
    expect(rows).to_have_count(3)
    page.get_by_role("button", name="AHT").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Open Ama Owusu")).to_be_focused()
    site.show(agent_row(site, "Omar Haddad", waiting=1, waiting_since=site.now - 60))
    expect(page.get_by_text("Order held while you are in the table")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Open Omar Haddad")).to_be_focused()
    assert names(page) == ["Ama Owusu", "Dana Ortiz", "Omar Haddad"]
    page.keyboard.press("/")
    expect(rows.first).to_contain_text("Omar Haddad")


WATCH_ROWS = """() => {
    window.touched = new Set();
    const ages = /^(In state|Presence|Last activity|Waiting)$/;
    const note = ({ target }) => {
        const cell = (target.nodeType === Node.TEXT_NODE ? target.parentElement : target).closest("td");
        if (cell && !ages.test(cell.dataset.label)) window.touched.add(cell.closest("tr").dataset.node);
    };
    const everything = { subtree: true, childList: true, characterData: true, attributes: true };
    new MutationObserver((all) => all.forEach(note)).observe(document.querySelector("tbody"), everything);
}"""
"""Notes the nodes in whose rows anything changed but an age."""


def test_a_row_changes_without_the_others(page: Page, site: FakeSite) -> None:
    lively_team(site)
    expect(opened(page, site)).to_have_count(11)
    page.evaluate(WATCH_ROWS)
    site.show(agent_row(site, "Omar Haddad", active=3, total=3, ongoing=3, status="connected"))
    expect(cell(page, "omar", "Status")).to_have_text("Connected · full 3/3")
    touched = page.evaluate("() => [...window.touched]")
    assert set(touched) <= {"node-omar", "node-yuki"}  # Yuki's time after the call goes on


# --- what can be done --------------------------------------------------------------------------------


def test_a_break_is_set_for_an_agent_and_an_error_keeps_what_was_entered(page: Page, site: FakeSite) -> None:
    site.show(agent_row(site, "Dana Ortiz"))
    opened(page, site)
    page.get_by_role("button", name="More about Dana Ortiz").click()
    page.get_by_role("button", name="Set status…").click()
    dialog = page.get_by_role("dialog", name="Status of Dana Ortiz")
    expect(dialog.get_by_role("radio", name="On break")).to_be_focused()
    dialog.get_by_label("Reason").fill("fire drill")
    site.refusals["presence.set-status-of"] = MissingGrant(who="Sam", grant="control")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("control")
    expect(dialog.get_by_label("Reason")).to_have_value("fire drill")
    site.refusals.clear()
    dialog.get_by_role("button", name="Set status").click()
    expect(dialog).to_have_count(0)
    assert site.commands(SetStatusOf)[-1] == SetStatusOf(
        agent="node-dana", status="break", reason="fire drill"
    )
    expect(page.locator(".told")).to_have_text("Dana Ortiz is on break")


def test_a_break_has_one_of_the_reasons_that_the_agent_accepts(page: Page, site: FakeSite) -> None:
    site.show(agent_row(site, "Dana Ortiz", break_reasons=("lunch", "training")))
    opened(page, site)
    page.get_by_role("button", name="More about Dana Ortiz").click()
    page.get_by_role("button", name="Set status…").click()
    page.get_by_role("combobox", name="Reason").select_option("training")
    page.get_by_role("button", name="Set status", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert site.commands(SetStatusOf)[-1].reason == "training"


def test_what_cannot_be_done_says_why(page: Page, site: FakeSite) -> None:
    refusal = Refusal.of(MissingGrant(who="Sam", grant="control"))
    assert refusal
    site.show(agent_row(site, "Dana Ortiz", set_status=refusal))
    opened(page, site)
    page.get_by_role("button", name="More about Dana Ortiz").click()
    deed = page.get_by_role("button", name="Set status…")
    expect(deed).to_have_accessible_description(refusal.text)
    expect(page.get_by_text(refusal.text)).to_be_visible()
    deed.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_an_email_address_is_copied(page: Page, site: FakeSite) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    site.show(agent_row(site, "Dana Ortiz"))
    opened(page, site)
    page.get_by_role("button", name="More about Dana Ortiz").click()
    page.get_by_role("button", name="Copy the e-mail address").click()
    expect(page.locator(".told")).to_have_text("Copied dana@acme.example")
    assert page.evaluate("() => navigator.clipboard.readText()") == "dana@acme.example"


def test_the_menu_is_used_by_keyboard_alone(page: Page, site: FakeSite) -> None:
    site.show(agent_row(site, "Dana Ortiz"))
    opened(page, site)
    more = page.get_by_role("button", name="More about Dana Ortiz")
    more.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Set status…")).to_be_focused()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    expect(page.get_by_role("button", name="Set status…")).to_have_count(0)


# --- everybody can use it ----------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW, 1000])
def test_axe_finds_nothing(page: Page, site: FakeSite, scheme: Any, width: int) -> None:
    lively_team(site)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    expect(opened(page, site)).to_have_count(11)
    assert violations(page) == []
    page.get_by_role("button", name="More about Noor Aziz").click()
    assert violations(page) == []
    page.get_by_role("button", name="More about Dana Ortiz").click()
    page.get_by_role("button", name="Set status…").click()
    assert violations(page) == []


BEYOND_THE_ROW = """() => {
    const edge = document.querySelector("tbody tr").getBoundingClientRect().right;
    const buttons = [...document.querySelectorAll("tbody td.actions button")];
    return buttons.filter((each) => each.getBoundingClientRect().right > edge).length;
}"""


def test_nothing_is_cut_off_at_any_width(page: Page, site: FakeSite) -> None:
    lively_team(site)
    rows = opened(page, site)
    for width in (1920, WIDE, 1000, 999, 768, NARROW, 320):
        page.set_viewport_size({"width": width, "height": 900})
        expect(rows).to_have_count(11)
        assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0, width
        beyond = page.evaluate(BEYOND_THE_ROW)
        assert beyond == 0, width


# --- how fast it stays -------------------------------------------------------------------------------


def test_three_hundred_agents_and_two_thousand_conversations_stay_fast(page: Page, site: FakeSite) -> None:
    """50 changes a second: no turn of the page's thread takes 100 ms of the processor's time."""
    chance = random.Random(7)
    rows = [_worker(site, number) for number in range(300)]
    site.show(*rows)
    for number in range(2000):
        state = "waiting" if number % 50 == 0 else "open"
        site.put(
            ALL, f"c{number}", conversation(f"c{number}", state, site.now - number, rows[number % 300].node)
        )
    page.goto("about:blank")
    with traced(page) as opening:
        expect(opened(page, site)).to_have_count(300)
    with traced(page) as work:
        begin = time.monotonic()
        for turn in range(200):
            number = chance.randrange(300)
            rows[number] = _changed(rows[number], chance, site.now)
            site.put(AGENTS, rows[number].node, rows[number])
            page.wait_for_timeout(max(0.0, 1000 * (begin + turn / 50 - time.monotonic())))
    last = rows[number]
    expect(cell(page, f"{number}", "Completed")).to_have_text(str(last.completed))
    assert opening.longest < 200
    assert work.longest < 100
    assert work.at_percent(95) < 50


def _worker(site: FakeSite, number: int) -> AgentRow:
    return agent_row(
        site,
        f"Agent {number:03}",
        node=NodeId(f"node-{number}"),
        active=number % 4,
        total=3,
        ongoing=number % 4,
        waiting=number % 3,
        waiting_since=site.now - number if number % 3 else None,
        aht=200 + number,
    )


def _changed(row: AgentRow, chance: random.Random, now: float) -> AgentRow:
    """One of the changes of a working day."""
    changes: list[dict[str, Any]] = [
        {"active": chance.randrange(5), "ongoing": chance.randrange(5), "last_activity": now},
        {"status": chance.choice(("available", "connected", "acw", "absent")), "since": now},
        {"waiting": 1, "waiting_since": now - 300 * chance.random()},
        {"completed": row.completed + 1, "aht": 500 * chance.random()},
    ]
    return msgspec.structs.replace(row, **chance.choice(changes))
