"""The agent's page over real nodes: a desk, two agents and a supervisor, from the first word to the last."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import launched, watched_page, window
from tests.support.nodes import LiveNode, LiveSite, eventually

pytestmark = pytest.mark.e2e

LONG = 20_000
"""Milliseconds that nodes on a busy machine may take to find each other again."""


@contextmanager
def agent_page(node: LiveNode) -> Iterator[Page]:
    with launched() as chromium, window(chromium) as context, watched_page(context) as page:
        page.goto(node.api("node.launch", path="/agent")["url"])
        yield page


@contextmanager
def controlled(supervisor: LiveNode, agent: LiveNode) -> Iterator[str]:
    """The session under which a supervisor acts as an agent, for a lease at most."""
    answer = supervisor.api("control.take", agent=agent.email, reason="help")
    yield str(answer["session"])


def started(desk: LiveNode, name: str, text: str, category: str = "General") -> str:
    client = {"id": name.lower(), "name": name, "contact": f"{name.lower()}@example.org"}
    answer = desk.api("desk.start", id=f"start-{name}", client=client, category=category, text=text)
    return str(answer["conversation"])


def said(desk: LiveNode, conversation: str, client: str) -> list[str]:
    """What the client can read of both."""
    read = desk.api("desk.read", conversation=conversation, client=client)
    return [entry["text"] for entry in read["entries"] if entry["kind"] in ("client", "say")]


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Reply to").fill(text)
    page.keyboard.press("Enter")


def test_a_day_at_the_console(tmp_path: Path) -> None:
    with LiveSite(tmp_path) as site:
        desk = site.node("Desk", "desk").start()
        dana = site.node("Dana", "agent").start()
        lena = site.node("Lena", "agent").start()
        sam = site.node("Sam", "supervisor").start()
        lena.api("presence.set-status", status="break", reason="lunch")
        desk.meet(dana, lena, sam)
        sam.meet(dana, lena)
        with agent_page(dana) as page:
            first_words(page, desk)
            desk_away(page, desk, dana)
            under_control(page, sam, dana, desk)
            handed_over(page, desk, dana, lena)


def first_words(page: Page, desk: LiveNode) -> None:
    """A client comes by itself, is answered, and the mark of who waits follows."""
    expect(page.locator(".middle-column")).to_contain_text("No client yet.", timeout=LONG)
    carl = started(desk, "Carl", "my invoice is wrong")
    clients = page.get_by_role("navigation", name="Clients")
    log = page.get_by_role("log", name="Conversation with Carl")
    expect(clients.get_by_role("region", name="Waiting 1")).to_contain_text("Carl", timeout=LONG)
    desk.api("desk.type", conversation=carl, client="carl", typing=True)
    expect(log).to_contain_text("Carl is typing")
    write(page, "let me look")
    expect(log.locator(".own .figure")).to_have_count(1)
    expect(clients.get_by_role("region", name="Ongoing 1")).to_contain_text("Carl")
    eventually(lambda: said(desk, carl, "carl"), ["my invoice is wrong", "let me look"].__eq__)
    desk.api("desk.send", conversation=carl, client="carl", id="c2", text="thank you")
    expect(clients.get_by_role("region", name="Waiting 1")).to_contain_text("Carl")


def desk_away(page: Page, desk: LiveNode, dana: LiveNode) -> None:
    """What is written while the desk is dead waits, and says so."""
    carl = dana.api("conversations.mine")["conversations"][0]["conversation"]
    log = page.get_by_role("log", name="Conversation with Carl")
    desk.kill()
    expect(page.get_by_text("The desk of this conversation is offline.")).to_be_visible(timeout=LONG)
    write(page, "still here")
    expect(log).to_contain_text("Waiting for the desk: it is offline.")
    desk.start().meet(dana)
    expect(log).not_to_contain_text("Waiting for the desk", timeout=LONG)
    eventually(lambda: said(desk, carl, "carl")[-1], "still here".__eq__)


def under_control(page: Page, sam: LiveNode, dana: LiveNode, desk: LiveNode) -> None:
    """A supervisor whispers and acts; neither looks like the client's words, and control is taken back."""
    desk.meet(sam)
    carl = dana.api("conversations.mine")["conversations"][0]["conversation"]
    sam.api("conversations.whisper", agent=dana.email, conversation=carl, text="be generous")
    expect(page.get_by_role("log", name="Whispers")).to_contain_text("be generous")
    with controlled(sam, dana) as session:
        band = page.get_by_role("alert").filter(has_text="Sam acts as you")
        expect(band).to_be_visible()
        sam.api("control.act", session=session, conversation=carl, kind="say", text="it is free", id="s1")
        expect(page.get_by_text("Sam, as you")).to_be_visible()
        sam.api("control.renew", session=session)
        band.get_by_role("button", name="Take back").click()
        expect(band).to_have_count(0)
    eventually(lambda: said(desk, carl, "carl")[-1], "it is free".__eq__)
    assert "be generous" not in str(desk.api("desk.read", conversation=carl, client="carl"))


def can_take(dana: LiveNode, conversation: str, colleague: str) -> bool | None:
    """Whether the desk would give the conversation to a colleague; None while it does not know them."""
    found = dana.api("conversations.colleagues", conversation=conversation).get("colleagues", [])
    return next((each["refusal"] is None for each in found if each["name"] == colleague), None)


def handed_over(page: Page, desk: LiveNode, dana: LiveNode, lena: LiveNode) -> None:
    """Lena is on a break, and the dialog says so; then the client is hers. Another one is completed."""
    carl = dana.api("conversations.mine")["conversations"][0]["conversation"]
    desk.meet(lena)
    eventually(lambda: can_take(dana, carl, "Lena"), lambda can: can is False)
    page.get_by_role("button", name="Transfer…").click()
    dialog = page.get_by_role("dialog", name="Transfer Carl")
    expect(dialog.locator(".cannot")).to_contain_text("Lena is absent (on break: lunch).")
    page.keyboard.press("Escape")
    lena.api("presence.set-status", status="available")
    eventually(lambda: can_take(dana, carl, "Lena"))
    page.get_by_role("button", name="Transfer…").click()
    dialog.get_by_text("Lena", exact=True).click()
    dialog.get_by_role("button", name="Transfer").click()
    expect(page.locator(".ended")).to_contain_text("This client is with somebody else now.", timeout=LONG)
    lena.api("presence.set-status", status="break")
    eventually(lambda: lena.api("presence.status")["status"]["available"] is False)
    started(desk, "Rosa", "good morning")
    rosa = page.get_by_role("navigation", name="Clients").get_by_role("button", name="Rosa")
    rosa.click(timeout=LONG)
    page.get_by_role("button", name="Complete", exact=True).click()
    expect(page.get_by_role("region", name="Done today 2")).to_contain_text("Rosa")
    page.get_by_role("button", name="Reopen").click()
    expect(page.get_by_role("textbox", name="Reply to Rosa")).to_be_visible(timeout=LONG)
    page.locator(".status-picker .menu-button").click()
    page.get_by_role("button", name="lunch").click()
    expect(page.locator(".status-picker .menu-button")).to_contain_text("On break · lunch")
    assert dana.api("presence.status")["status"]["reason"] == "lunch"
