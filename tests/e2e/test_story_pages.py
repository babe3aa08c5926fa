"""The supervisor guide as one story, on real pages of real nodes: customers, agents and a supervisor."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser import launched, watched_page, window
from tests.support.customers import SETTINGS
from tests.support.nodes import LiveNode, LiveSite, eventually

pytestmark = pytest.mark.e2e

LONG = 60_000
"""Milliseconds that nodes and pages on a busy machine may take to hear of each other."""


class Floor:
    """Everybody's page, each in a browser window of its own."""

    def __init__(self, site: LiveSite, chromium: Browser, stack: ExitStack) -> None:
        self._chromium = chromium
        self._stack = stack
        asked_for = {"LANASSIST_DESK_CATEGORIES": "General,Billing"}
        self.desk = site.node("Desk", "desk", settings={**SETTINGS, **asked_for})
        self.dana = site.node("Dana", "agent")
        self.kim = site.node("Kim", "agent", settings={"LANASSIST_PRESENCE_CAPACITY": "1"})
        self.sam = site.node("Sam", "supervisor")
        everybody = (self.desk, self.dana, self.kim, self.sam)
        for node in everybody:
            node.launch()
        for node in everybody:
            node.ready()
        self.desk.meet(self.dana)  # Kim comes later, so that both clients are Dana's at first
        self.sam.meet(self.dana, self.kim, self.desk)

    def _open(self, address: str) -> Page:
        context = self._stack.enter_context(window(self._chromium))
        page = self._stack.enter_context(watched_page(context))
        page.goto(address)
        return page

    def console(self, agent: LiveNode) -> Page:
        return self._open(agent.api("node.launch", path="/agent")["url"])

    def monitor(self, agent: LiveNode) -> Page:
        """Sam's page about an agent."""
        row = self.sam.sees(agent, online=True)
        return self._open(self.sam.api("node.launch", path=f"/supervisor/agents?agent={row['node']}")["url"])

    def customer(self, name: str, says: str) -> Page:
        page = self._open(str(self.desk.api("node.status")["chat"]))
        page.get_by_label("Your name").fill(name)
        page.get_by_label("General").check()
        page.get_by_label("How can we help?").fill(says)
        page.get_by_role("button", name="Start the chat").click()
        expect(words(page)).to_have_text([says], timeout=LONG)
        return page

    def node_of(self, agent: LiveNode) -> str:
        return str(self.sam.agents()[agent.email]["node"])


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    with LiveSite(tmp_path) as site, launched() as chromium, ExitStack() as stack:
        yield Floor(site, chromium, stack)


def words(customer: Page) -> Locator:
    """What the customer reads, theirs and the team's, in order."""
    return customer.get_by_role("log").locator("p.bubble")


def says(customer: Page, text: str) -> None:
    customer.get_by_role("textbox", name="Your message").fill(text)
    customer.keyboard.press("Enter")


def opens(page: Page, client: str) -> None:
    page.locator(".client-row").filter(has_text=client).first.click()
    expect(page.get_by_role("heading", name=client, level=2).first).to_be_visible()


def answers(agent: Page, client: str, text: str) -> None:
    opens(agent, client)
    agent.get_by_role("textbox", name=f"Reply to {client}").fill(text)
    agent.keyboard.press("Enter")


def menu(monitor: Page, client: str, item: str) -> None:
    opens(monitor, client)
    monitor.get_by_role("button", name=f"More for {client}").click()
    monitor.get_by_role("menuitem", name=item).click()


def test_the_whole_story(floor: Floor) -> None:
    monitor = floor.monitor(floor.dana)
    dana = floor.console(floor.dana)
    mia = floor.customer("Mia", "Where is my order?")
    leo = floor.customer("Leo", "My invoice is wrong")
    expect(dana.locator(".client-row .name")).to_have_text(["Mia", "Leo"], timeout=LONG)

    a_draft_is_seen(monitor, dana, mia)
    control_is_taken(monitor, dana, leo)
    floor.desk.meet(floor.kim)
    kim = floor.console(floor.kim)
    clients_are_assigned(floor, monitor, kim)
    a_client_is_blocked(monitor, kim, leo)
    an_orphan_is_given_away(floor, monitor, dana, leo)
    expect(words(mia)).to_have_text(["Where is my order?", "Let me look for it"])


def a_draft_is_seen(monitor: Page, dana: Page, mia: Page) -> None:
    """What Dana types shows at Sam's, and nowhere else; sent, it is Mia's."""
    opens(monitor, "Mia")
    opens(dana, "Mia")
    dana.get_by_role("textbox", name="Reply to Mia").fill("Let me look")
    expect(monitor.locator(".line.draft .said")).to_have_text("Let me look", timeout=LONG)
    expect(monitor.locator(".band")).to_contain_text(re.compile("read-only", re.I))
    expect(words(mia)).to_have_text(["Where is my order?"])
    answers(dana, "Mia", "Let me look for it")
    expect(words(mia)).to_have_text(["Where is my order?", "Let me look for it"], timeout=LONG)
    expect(monitor.locator(".line.draft")).to_have_count(0)


def control_is_taken(monitor: Page, dana: Page, leo: Page) -> None:
    """Sam replies and recategorizes as Dana, who sees it; Leo reads Dana's name. Then Sam hands back."""
    opens(monitor, "Leo")
    monitor.get_by_role("switch", name="Take control").click()
    dialog = monitor.get_by_role("dialog", name="Act as Dana?")
    dialog.get_by_role("button", name="Take control").click()
    expect(monitor.locator(".band")).to_contain_text(re.compile("acting as dana", re.I))
    expect(dana.get_by_role("alert").filter(has_text="Sam acts as you")).to_be_visible()
    monitor.get_by_label("Reply to Leo as Dana").fill("I correct it at once")
    monitor.get_by_role("button", name="Send as Dana").click()
    expect(words(leo)).to_have_text(["My invoice is wrong", "I correct it at once"], timeout=LONG)
    expect(leo.locator("body")).not_to_contain_text("Sam")
    menu(monitor, "Leo", "Recategorize")
    dialog = monitor.get_by_role("dialog", name="Category of Leo")
    dialog.get_by_label("Billing").check()
    dialog.get_by_role("button", name="Recategorize").click()
    opens(dana, "Leo")
    expect(dana.get_by_role("combobox", name="Category")).to_have_value("Billing", timeout=LONG)
    monitor.get_by_role("button", name="Hand back").click()
    expect(monitor.locator(".band")).to_contain_text(re.compile("read-only", re.I))
    expect(dana.get_by_role("alert").filter(has_text="Sam acts as you")).to_have_count(0)


def refused_choice(monitor: Page, text: str | re.Pattern[str]) -> None:
    """The dialog greys a colleague with the reason, before any click."""
    dialog = monitor.get_by_role("dialog", name="Assign")
    choice = dialog.locator(".choice").filter(has_text="Kim")
    expect(choice.locator(".reason")).to_have_text(text, timeout=LONG)
    expect(choice.get_by_role("radio")).to_be_disabled()


def clients_are_assigned(floor: Floor, monitor: Page, kim: Page) -> None:
    """Absent, then free, then full: the dialog says so each time, and moves Leo when it can."""
    floor.kim.api("presence.set-status", status="break", reason="lunch")
    menu(monitor, "Leo", "Assign to")
    refused_choice(monitor, "Kim is absent (on break: lunch).")
    floor.kim.api("presence.set-status", status="available")
    dialog = monitor.get_by_role("dialog", name="Assign")
    choice = dialog.locator(".choice").filter(has_text="Kim")
    expect(choice.get_by_role("radio")).to_be_enabled(timeout=LONG)
    choice.get_by_text("Kim", exact=True).click()
    dialog.get_by_role("button", name="Assign", exact=True).click()
    expect(monitor.get_by_role("dialog")).to_have_count(0, timeout=LONG)
    expect(kim.locator(".client-row .name").first).to_have_text("Leo", timeout=LONG)
    menu(monitor, "Mia", "Assign to")
    refused_choice(monitor, "Kim is at maximum capacity (1/1).")
    monitor.keyboard.press("Escape")


def a_client_is_blocked(monitor: Page, kim: Page, leo: Page) -> None:
    """Sam blocks Leo, whose words then reach nobody; and lets Leo in again."""
    monitor.keyboard.press("j")
    expect(monitor.get_by_role("heading", name="Kim").first).to_be_visible()
    menu(monitor, "Leo", "Block")
    dialog = monitor.get_by_role("dialog", name="Block Leo?")
    dialog.get_by_label("Reason").fill("insults")
    dialog.get_by_role("button", name="Block", exact=True).click()
    expect(kim.get_by_role("region", name="Done today 1")).to_contain_text("Leo", timeout=LONG)
    says(leo, "Let me in!")
    expect(leo.get_by_role("alert")).to_be_visible(timeout=LONG)
    trays = monitor.get_by_role("group", name="Trays")
    trays.get_by_role("button", name="Blocked 1").click()
    monitor.get_by_role("button", name="Unblock, Leo").click()
    expect(trays.get_by_role("button", name="Blocked 0")).to_be_visible(timeout=LONG)
    monitor.keyboard.press("Escape")


def an_orphan_is_given_away(floor: Floor, monitor: Page, dana: Page, leo: Page) -> None:
    """Leo writes again and is Kim's; Kim's machine dies; Sam gives Leo to Dana, and nothing is lost."""
    floor.dana.api("presence.set-capacity", capacity=1)  # Mia's alone, so that the desk chooses Kim
    leo.reload()
    says(leo, "I am sorry")
    said = ["My invoice is wrong", "I correct it at once", "I am sorry"]
    expect(words(leo)).to_have_text(said, timeout=LONG)
    eventually(
        lambda: [row["state"] for row in floor.kim.api("conversations.mine")["conversations"]],
        ["held"].__eq__,
    )
    floor.kim.kill()
    orphans = monitor.get_by_role("group", name="Trays").get_by_role("button", name="Orphans 1")
    expect(orphans).to_be_visible(timeout=LONG)
    says(leo, "Hello?")
    floor.dana.api("presence.set-capacity", capacity=3)
    orphans.click()
    monitor.get_by_role("button", name="Read Leo").click()
    expect(monitor.locator(".tray-reading")).to_contain_text("Hello?", timeout=LONG)
    monitor.get_by_role("button", name="Give to…, Leo").click()
    refused_choice(monitor, re.compile("Kim is offline"))
    monitor.keyboard.press("Escape")
    monitor.get_by_role("button", name="Back to the queue, Leo").click()
    expect(dana.locator(".client-row .name").filter(has_text="Leo").first).to_be_visible(timeout=LONG)
    answers(dana, "Leo", "Dana here again")
    expect(words(leo)).to_have_text([*said, "Hello?", "Dana here again"], timeout=LONG)
