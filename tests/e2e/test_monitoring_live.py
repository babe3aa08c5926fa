"""The monitoring page over real nodes: a desk, two agents, a supervisor, and the agent's own page."""

import statistics
import time
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.support.browser import watched_page, window
from tests.support.nodes import LiveNode, LiveSite, eventually

pytestmark = pytest.mark.e2e

LONG = 20_000
"""Milliseconds that nodes on a busy machine may take to find each other."""
DRAFTS = 40


def started(desk: LiveNode, name: str, text: str) -> str:
    client = {"id": name.lower(), "name": name, "contact": f"{name.lower()}@example.org"}
    answer = desk.api("desk.start", id=f"start-{name}", client=client, category="General", text=text)
    return str(answer["conversation"])


def said(desk: LiveNode, conversation: str, client: str) -> list[str]:
    """What the client can read of both."""
    read = desk.api("desk.read", conversation=conversation, client=client)
    return [entry["text"] for entry in read["entries"] if entry["kind"] in ("client", "say")]


def monitoring(page: Page, sam: LiveNode, agent: LiveNode) -> None:
    node = sam.agents()[agent.email]["node"]
    page.goto(sam.api("node.launch", path=f"/supervisor/agents?agent={node}")["url"])


def test_a_supervisors_hour(tmp_path: Path, chromium: Browser) -> None:
    with (
        LiveSite(tmp_path) as site,
        window(chromium) as hers,
        window(chromium) as his,
        watched_page(hers) as console,
    ):
        desk = site.node("Desk", "desk").launch()
        dana = site.node("Dana", "agent").launch()
        lena = site.node("Lena", "agent").launch()
        sam = site.node("Sam", "supervisor").launch()
        lena.ready().api("presence.set-status", status="break", reason="lunch")
        desk.ready().meet(dana.ready(), lena, sam.ready())
        sam.meet(dana, lena)
        sam.sees(dana, online=True)
        conversation = started(desk, "Carl", "my invoice is wrong")
        console.goto(dana.api("node.launch", path="/agent")["url"])
        expect(console.get_by_role("log", name="Conversation with Carl")).to_be_visible(timeout=LONG)
        page = his.new_page()
        monitoring(page, sam, dana)
        looks_on(page, dana, desk, conversation)
        acts(page, console, desk, conversation)
        assigns(page, sam, lena)
        dies(page, console)
        page = his.new_page()
        page.goto(sam.api("node.launch", path="/supervisor/agents?tray=orphans")["url"])
        orphaned(page, console, lena)


def looks_on(page: Page, dana: LiveNode, desk: LiveNode, conversation: str) -> None:
    """The log, the client's typing, and each draft (how soon, benchmarks/fleet says); nobody notices."""
    log = page.get_by_role("log", name="Conversation with Carl")
    expect(log).to_contain_text("my invoice is wrong", timeout=LONG)
    before = desk.api("desk.read", conversation=conversation, client="carl")["entries"]
    page.evaluate(
        """() => {
            window.seen = {};
            const look = () => {
                const text = document.querySelector(".line.draft .said")?.textContent;
                if (text && !(text in window.seen)) window.seen[text] = Date.now();
            };
            const all = { subtree: true, childList: true, characterData: true };
            new MutationObserver(look).observe(document.body, all);
        }"""
    )
    typed: dict[str, float] = {}
    for number in range(DRAFTS):
        text = f"I am sorry, draft {number}"
        typed[text] = time.time() * 1000
        dana.api("conversations.draft", conversation=conversation, text=text)
        expect(log.locator(".draft .said")).to_have_text(text)
    seen = page.evaluate("() => window.seen")
    waits = sorted(seen[text] - at for text, at in typed.items())
    print(f"draft to page: median {statistics.median(waits):.0f} ms, p95 {waits[int(DRAFTS * 0.95)]:.0f} ms")
    assert desk.api("desk.read", conversation=conversation, client="carl")["entries"] == before


def acts(page: Page, console: Page, desk: LiveNode, conversation: str) -> None:
    """Control shows at the agent with its reason; the client reads the agent's name; the record has both."""
    page.get_by_label("Whisper to Dana").fill("be generous")
    page.keyboard.press("Enter")
    expect(console.get_by_role("log", name="Whispers")).to_contain_text("be generous")
    take_control(page)
    band = console.get_by_role("alert").filter(has_text="Sam acts as you")
    expect(band).to_contain_text("training")
    page.get_by_label("Reply to Carl as Dana").fill("it is free")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You, as Dana")).to_be_visible()
    expect(console.get_by_text("Sam, as you")).to_be_visible()
    eventually(lambda: said(desk, conversation, "carl"), ["my invoice is wrong", "it is free"].__eq__)
    page.get_by_role("button", name="More for Carl").click()
    expect(page.get_by_role("menuitem", name="Recategorize")).not_to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Escape")
    band.get_by_role("button", name="Take back").click()
    expect(page.locator(".control-ended")).to_have_text("Control ended: Dana took it back.")
    assert "be generous" not in str(desk.api("desk.read", conversation=conversation, client="carl"))


def assigns(page: Page, sam: LiveNode, lena: LiveNode) -> None:
    """Who cannot take the client is greyed with the reason, and given it once she can."""
    sam.sees(lena, why="break")
    page.get_by_role("button", name="More for Carl").click()
    page.get_by_role("menuitem", name="Assign to").click()
    dialog = page.get_by_role("dialog", name="Assign Carl to…")
    expect(dialog.locator(".cannot").filter(has_text="Lena")).to_contain_text("on break: lunch")
    lena.api("presence.set-status", status="available")
    expect(dialog.locator(".cannot").filter(has_text="Lena")).to_have_count(0, timeout=LONG)
    dialog.get_by_text("Lena", exact=True).click()
    dialog.get_by_role("button", name="Assign").click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".column-clients")).to_contain_text("No client at the moment.")
    page.keyboard.press("j")
    expect(page.get_by_role("log", name="Conversation with Carl")).to_contain_text("it is free")


def dies(page: Page, console: Page) -> None:
    """A page that is killed says nothing any more, and control ends by itself."""
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name="Dana")).to_be_visible()
    page.get_by_role("switch", name="Take control").click()
    page.get_by_role("dialog").get_by_role("button", name="Take control").click()
    band = console.get_by_role("alert").filter(has_text="Sam acts as you")
    expect(band).to_be_visible()
    page.wait_for_timeout(4000)
    expect(band).to_be_visible()
    began = time.monotonic()
    with suppress(Error):
        page.goto("chrome://crash")
    expect(band).to_have_count(0, timeout=LONG)
    print(f"control over {time.monotonic() - began:.1f} s after the page was killed")


def orphaned(page: Page, console: Page, lena: LiveNode) -> None:
    """An agent's machine dies: one click, and the client is somebody else's, with every word."""
    expect(page.get_by_text("No orphans")).to_be_visible(timeout=LONG)
    lena.kill()
    card = page.get_by_role("list", name="Orphans").locator(".card")
    expect(card).to_contain_text("was with Lena", timeout=LONG)
    page.get_by_role("button", name="Back to the queue, Carl").click()
    expect(card).to_have_count(0, timeout=LONG)
    expect(console.get_by_role("log", name="Conversation with Carl")).to_contain_text(
        "it is free", timeout=LONG
    )


def take_control(page: Page) -> None:
    page.get_by_role("switch", name="Take control").click()
    dialog = page.get_by_role("dialog", name="Act as Dana?")
    dialog.get_by_label("Reason").fill("training")
    dialog.get_by_role("button", name="Take control").click()
    expect(page.get_by_label("Reply to Carl as Dana")).to_be_visible()
