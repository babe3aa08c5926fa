"""The agent's page in a browser, over an invented site: what the agent sees, and what leaves the page."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from lanassist.node.errors import AtCapacity, ConversationMoved
from lanassist.node.protocol.messages import Act, NodeId, SessionId
from lanassist.node.services.audit.commands import WATCHED, Watched
from lanassist.node.services.command import Refusal
from lanassist.node.services.conversations import commands as chats
from lanassist.node.services.glance.commands import WATCHERS, Watcher
from lanassist.node.services.presence import commands as presence
from tests.support.axe import violations
from tests.support.browser import NARROW, until
from tests.support.console import Console, entry
from tests.support.page_server import FakeSite, invented_site
from tests.support.people import agent, supervisor

pytestmark = pytest.mark.e2e

SAM = NodeId("node-sam")
HELLO = ("client", "I was charged twice")


@pytest.fixture
def site() -> Iterator[FakeSite]:
    with invented_site(agent("Dana")) as invented:
        yield invented


@pytest.fixture
def console(site: FakeSite) -> Console:
    return Console(site).at_work()


def show(page: Page, site: FakeSite, conversation: str = "") -> None:
    page.goto(site.address(f"/agent?conversation={conversation}" if conversation else "/agent"))
    expect(page.locator(".topbar")).to_be_visible()


def clients(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Clients")


def log(page: Page) -> Locator:
    return page.get_by_role("log", name="Conversation with")


def info(page: Page) -> Locator:
    return page.get_by_role("region", name="About the client")


def acts(site: FakeSite) -> list[tuple[str, str, str]]:
    """What the page did: conversation, kind, text."""
    return [(each.conversation, each.kind, each.text) for each in site.commands(chats.DoAct)]


def last_draft(site: FakeSite) -> str | None:
    drafts = site.commands(chats.SetDraft)
    return drafts[-1].text if drafts else None


# --- who may -----------------------------------------------------------------------------------------


def test_only_an_agents_certificate_opens_it(page: Page) -> None:
    with invented_site(supervisor("Sam")) as theirs:
        answer = page.goto(theirs.address("/agent"))
        assert answer is not None
        assert answer.status == 403
        expect(page.locator("main")).to_contain_text("agent")
        expect(page.locator("textarea")).to_have_count(0)


# --- the clients -------------------------------------------------------------------------------------


def test_clients_stand_in_three_parts_the_longest_waiting_first(
    page: Page, site: FakeSite, console: Console
) -> None:
    now = site.now
    console.client("Ahmed Khan", HELLO, waiting_since=now - 50)
    console.client("Maria Lopez", HELLO, waiting_since=now - 130, typing=True)
    console.client("Chen Li", HELLO, ("say", "gladly"))
    console.client("Olga Petrova", HELLO, state="done")
    show(page, site)
    sections = clients(page).get_by_role("region")
    expect(sections.get_by_role("heading")).to_have_text(["Waiting 2", "Ongoing 1", "Done today 1"])
    expect(sections.nth(0).locator(".name")).to_have_text(["Maria Lopez", "Ahmed Khan"])
    expect(sections.nth(0).get_by_role("button").first).to_contain_text("typing…")
    expect(sections.nth(0).get_by_role("button").first).to_contain_text("02:1")
    expect(page.get_by_role("heading", name="Maria Lopez", level=2).first).to_be_visible()


def test_keys_go_through_the_clients(page: Page, site: FakeSite, console: Console) -> None:
    for number, name in enumerate(("Ada", "Bob", "Cleo")):
        console.client(name, HELLO, waiting_since=site.now - 100 + number)
    show(page, site)
    chosen = clients(page).locator("[aria-current=true] .name")
    expect(chosen).to_have_text("Ada")
    page.keyboard.press("j")
    expect(chosen).to_have_text("Bob")
    clients(page).locator("[aria-current=true]").focus()
    page.keyboard.press("ArrowDown")
    expect(chosen).to_have_text("Cleo")
    expect(clients(page).locator("[aria-current=true]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(chosen).to_have_text("Cleo")
    page.keyboard.press("k")
    page.keyboard.press("r")
    reply = page.get_by_role("textbox", name="Reply to Bob")
    expect(reply).to_be_focused()
    page.keyboard.type("jk")
    expect(chosen).to_have_text("Bob")
    expect(reply).to_have_value("jk")


def test_a_click_on_a_client_is_ready_to_write(page: Page, site: FakeSite, console: Console) -> None:
    console.client("Ada", HELLO, waiting_since=site.now - 100)
    console.client("Bob", HELLO, waiting_since=site.now - 50)
    show(page, site)
    for name in ("Bob", "Bob", "Ada"):
        clients(page).get_by_role("button", name=name).click()
        expect(page.get_by_role("textbox", name=f"Reply to {name}")).to_be_focused()
    page.get_by_role("button", name="Note").click()
    page.keyboard.type("VIP")
    clients(page).get_by_role("button", name="Bob").click()
    expect(page.get_by_role("textbox", name="Reply to Bob")).to_have_value("")
    clients(page).get_by_role("button", name="Ada").click()
    expect(page.get_by_role("textbox", name="Note about Ada")).to_have_value("VIP")


def test_what_was_not_read_is_counted(page: Page, site: FakeSite, console: Console) -> None:
    console.client("Ada", HELLO, waiting_since=site.now - 100)
    console.client("Bob", HELLO, ("client", "hello?"), waiting_since=site.now - 50)
    show(page, site)
    badges = clients(page).locator(".unread")
    expect(badges).to_have_text(["2 unread"])
    expect(page).to_have_title("(2) Clients · lanassist")
    console.says("bob", ("client", "anybody?"))
    expect(badges).to_have_text(["3 unread"])
    console.says("ada", ("client", "and?"))
    expect(log(page)).to_contain_text("and?")
    page.keyboard.press("j")
    expect(badges).to_have_count(0)
    page.reload()
    expect(clients(page).locator(".client-row")).to_have_count(2)
    expect(badges).to_have_count(0)


def test_a_new_client_is_said_aloud(page: Page, site: FakeSite, console: Console) -> None:
    show(page, site)
    expect(page.locator(".middle-column")).to_contain_text("No client yet.")
    console.client("Maria Lopez", HELLO, waiting_since=site.now)
    expect(page.get_by_role("status").filter(has_text="New client: Maria Lopez, billing")).to_have_count(1)
    expect(log(page)).to_contain_text("I was charged twice")


# --- writing -----------------------------------------------------------------------------------------


def test_enter_sends_and_the_line_stands_at_once(page: Page, site: FakeSite, console: Console) -> None:
    console.client("Maria Lopez", HELLO)
    show(page, site)
    reply = page.get_by_role("textbox", name="Reply to Maria Lopez")
    page.keyboard.press("r")
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(reply).to_have_value("")
    expect(reply).to_be_focused()
    line = log(page).locator(".line.own")
    expect(line.locator(".said")).to_have_text("one\ntwo")
    expect(line).to_contain_text("sending…")
    until(page, lambda: acts(site) == [("maria", "say", "one\ntwo")])
    ours = site.commands(chats.DoAct)[0].id
    console.change("maria", pending=(Act(id=ours, kind="say", text="one\ntwo"),))
    console.says("maria", ("say", "one\ntwo", {"id": ours}), pending=())
    expect(line.locator(".figure")).to_have_count(1)
    expect(line).to_have_count(1)
    expect(line).not_to_contain_text("sending…")


def test_a_draft_is_told_as_it_is_typed_and_kept_with_its_conversation(
    page: Page, site: FakeSite, console: Console
) -> None:
    console.client("Ada", HELLO, waiting_since=site.now - 100)
    console.client("Bob", HELLO, waiting_since=site.now - 50)
    show(page, site)
    page.keyboard.press("r")
    page.keyboard.type("half a sen")
    until(page, lambda: last_draft(site) == "half a sen")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.get_by_role("textbox", name="Reply to Bob")).to_have_value("")
    page.keyboard.press("k")
    expect(page.get_by_role("textbox", name="Reply to Ada")).to_have_value("half a sen")
    site.put(chats.DRAFTS, "ada", chats.DraftRow(text="half a sen"))
    page.reload()
    expect(page.get_by_role("textbox", name="Reply to Ada")).to_have_value("half a sen")


def test_typing_draws_nothing_but_the_text_field(page: Page, site: FakeSite, console: Console) -> None:
    for number in range(50):
        said = [HELLO, ("say", "hello")] * 10
        console.client(f"Client{number} X", *said, waiting_since=None)
    show(page, site)
    expect(clients(page).locator(".client-row")).to_have_count(50)
    page.keyboard.press("r")
    page.evaluate(
        """() => {
          globalThis.drawn = [];
          const watching = new MutationObserver((all) => {
            const seen = all.filter((each) => !each.target.parentElement?.closest(".topbar, .composer"));
            drawn.push(...seen.map((each) => `${each.type} ${each.target.outerHTML ?? each.target.data}`));
          });
          const everything = {subtree: true, childList: true, characterData: true, attributes: true};
          watching.observe(document.body, everything);
        }"""
    )
    page.keyboard.type("a long answer to the first of fifty clients")
    until(page, lambda: last_draft(site) == "a long answer to the first of fifty clients")
    assert page.evaluate("drawn") == []


def test_a_note_is_the_teams_and_is_told_to_nobody_while_it_is_typed(
    page: Page, site: FakeSite, console: Console
) -> None:
    console.client("Maria Lopez", HELLO)
    show(page, site)
    page.keyboard.press("r")
    page.keyboard.type("reply")
    until(page, lambda: last_draft(site) == "reply")
    page.get_by_role("button", name="Note").click()
    expect(page.get_by_role("textbox", name="Note about Maria Lopez")).to_be_focused()
    page.keyboard.type("VIP")
    page.get_by_role("button", name="Add note").click()
    until(page, lambda: acts(site) == [("maria", "note", "VIP")])
    assert last_draft(site) == "reply"
    console.says("maria", ("note", "VIP", {"id": site.commands(chats.DoAct)[0].id}))
    expect(log(page).locator(".line.note")).to_contain_text("Note")
    expect(info(page)).to_contain_text("VIP")
    page.get_by_role("button", name="Reply").click()
    expect(page.get_by_role("textbox", name="Reply to Maria Lopez")).to_have_value("reply")


def test_the_log_says_who_said_what_and_what_happened(page: Page, site: FakeSite, console: Console) -> None:
    by_sam = {"actor": SAM, "actor_name": "Sam"}
    lena = {"node": "node-lena", "name": "Lena"}
    console.client(
        "Maria",
        HELLO,
        ("joined", "", lena),
        ("say", "one moment", lena),
        ("queued", ""),
        ("joined", "", by_sam),
        ("say", "hello", by_sam),
        ("categorise", "returns", by_sam),
    )
    show(page, site)
    expect(log(page).locator(".event bdi")).to_have_text(
        ["Lena joined", "Back in the queue", "You joined · by Sam", "Category: returns · Sam, as you"]
    )
    expect(log(page).locator(".who bdi")).to_have_text(["Maria", "Lena", "Sam, as you"])


# --- the desk is away, the conversation gone ---------------------------------------------------------


def test_what_waits_for_the_desk_says_so_and_what_came_too_late_can_be_put_away(
    page: Page, site: FakeSite, console: Console
) -> None:
    late = Act(id="late", kind="say", text="too late")
    waits = Act(id="waits", kind="say", text="kept")
    console.client("Maria", HELLO, desk_online=False, pending=(waits,), refused=(late,))
    show(page, site)
    expect(log(page)).to_contain_text("Waiting for the desk: it is offline.")
    expect(clients(page)).to_contain_text("1 message not sent")
    refused = log(page).locator(".refused")
    expect(refused).to_contain_text("Not sent: the conversation had moved")
    expect(refused.get_by_role("button")).to_have_text(["Copy", "Dismiss"])
    refused.get_by_role("button", name="Dismiss").click()
    until(page, lambda: site.commands(chats.Dismiss) == [chats.Dismiss(conversation="maria", id="late")])
    console.change("maria", refused=())
    expect(refused).to_have_count(0)


def test_what_the_node_did_not_take_can_be_sent_again(page: Page, site: FakeSite, console: Console) -> None:
    console.client("Maria", HELLO)
    show(page, site)
    site.refusals[chats.DoAct.name] = AtCapacity(agent="Dana", active=3, total=3)
    page.keyboard.press("r")
    page.keyboard.type("hello")
    page.keyboard.press("Enter")
    failed = log(page).locator(".failed")
    expect(failed).to_contain_text("Not sent: Dana is at maximum capacity (3/3).")
    site.refusals.clear()
    failed.get_by_role("button", name="Try again").click()
    until(page, lambda: len(site.commands(chats.DoAct)) == 2)
    assert len({each.id for each in site.commands(chats.DoAct)}) == 1


def test_a_draft_outlives_the_conversation_that_moved_away(
    page: Page, site: FakeSite, console: Console
) -> None:
    console.client("Maria", HELLO)
    show(page, site)
    page.keyboard.press("r")
    page.keyboard.type("almost done")
    console.ends("maria", "moved")
    expect(page.locator(".ended")).to_contain_text("This client is with somebody else now.")
    expect(page.locator(".ended")).to_contain_text("Not sent: almost done")
    expect(log(page)).to_contain_text("I was charged twice")
    expect(page.locator("textarea")).to_have_count(0)
    page.get_by_role("button", name="Discard").click()
    expect(page.locator(".ended")).not_to_contain_text("almost done")


# --- categorise, complete, transfer, reopen ----------------------------------------------------------


def test_a_category_of_the_desk_is_chosen(page: Page, site: FakeSite, console: Console) -> None:
    console.client("Maria", HELLO)
    show(page, site)
    page.get_by_role("combobox", name="Category").select_option("returns")
    until(page, lambda: acts(site) == [("maria", "categorise", "returns")])
    expect(clients(page)).to_contain_text("billing")
    expect(page.get_by_role("combobox", name="Category")).to_have_value("returns")


def test_complete_counts_once_and_asks_only_for_what_was_not_sent(
    page: Page, site: FakeSite, console: Console
) -> None:
    console.client("Maria", HELLO)
    show(page, site)
    page.keyboard.press("r")
    page.keyboard.type("wait")
    page.get_by_role("button", name="Complete", exact=True).click()
    dialog = page.get_by_role("dialog", name="Complete without sending?")
    dialog.get_by_role("button", name="Keep writing").click()
    assert acts(site) == []
    page.get_by_role("textbox", name="Reply").fill("")
    page.get_by_role("button", name="Complete", exact=True).dblclick()
    until(page, lambda: acts(site) == [("maria", "complete", "")])
    console.change("maria", state="completing")
    expect(page.locator(".ended")).to_contain_text("Completing…")
    expect(log(page)).to_contain_text("I was charged twice")


def test_who_waits_longest_is_the_next(page: Page, site: FakeSite, console: Console) -> None:
    console.client("Ada", HELLO, waiting_since=site.now - 100)
    console.client("Bob", HELLO, waiting_since=site.now - 40)
    console.client("Cleo", HELLO, waiting_since=site.now - 50)
    show(page, site)
    console.ends("ada", "done")
    expect(log(page)).to_contain_text("I was charged twice")
    page.get_by_role("button", name="Next: Cleo").click()
    expect(page.get_by_role("textbox", name="Reply to Cleo")).to_be_focused()


COLLEAGUES = chats.Colleagues(
    colleagues=tuple(
        chats.Colleague(
            node=NodeId(f"node-{name.lower()}"),
            name=name,
            email=f"{name.lower()}@acme.example",
            teams=("billing",),
            active=active,
            total=3,
            refusal=refusal,
        )
        for name, active, refusal in (
            ("Lena", 1, None),
            ("Omar", 0, Refusal(code="agent-absent", text="Omar is absent (on break: lunch).")),
            ("Yuki", 3, Refusal(code="agent-at-capacity", text="Yuki is at maximum capacity (3/3).")),
        )
    )
)


def test_a_transfer_says_who_cannot_and_stays_when_it_is_declined(
    page: Page, site: FakeSite, console: Console
) -> None:
    console.client("Maria", HELLO)
    site.answers[chats.ListColleagues] = COLLEAGUES
    show(page, site)
    page.keyboard.press("t")
    dialog = page.get_by_role("dialog", name="Transfer Maria")
    expect(dialog.get_by_role("radio")).to_have_count(4)
    expect(dialog.locator(".cannot")).to_have_count(2)
    expect(dialog.locator(".cannot").first).to_contain_text("Omar is absent (on break: lunch).")
    dialog.get_by_text("Omar", exact=True).click(force=True)
    expect(dialog.locator("input:checked")).to_have_count(0)
    dialog.get_by_text("Lena", exact=True).click()
    site.refusals[chats.Transfer.name] = AtCapacity(agent="Lena", active=3, total=3)
    dialog.get_by_role("button", name="Transfer").click()
    expect(dialog.get_by_role("alert")).to_have_text("Lena is at maximum capacity (3/3).")
    expect(dialog.get_by_role("radio", name="Lena")).to_be_checked()
    site.refusals.clear()
    dialog.get_by_text("Back to the queue").click()
    dialog.get_by_role("button", name="Transfer").click()
    expect(dialog).to_have_count(0)
    asked = site.commands(chats.Transfer)
    assert [each.to for each in asked] == ["node-lena", ""]
    assert all(each.id for each in asked)


def test_a_completed_conversation_is_read_and_opened_again(
    page: Page, site: FakeSite, console: Console
) -> None:
    console.client("Maria", state="done", entries=1)
    lines = (entry(site, "maria", 1, "client", "thank you"),)
    site.answers[chats.ShowOwn] = chats.FullConversation(conversation=console.rows["maria"], entries=lines)
    site.refusals[chats.Reopen.name] = ConversationMoved(agent="Dana")
    show(page, site)
    clients(page).get_by_role("button", name="Maria").click()
    expect(log(page)).to_contain_text("thank you")
    page.get_by_role("button", name="Reopen").click()
    expect(page.locator(".ended .refusal")).to_contain_text("not in Dana's hands any more")
    site.refusals.clear()
    page.get_by_role("button", name="Reopen").click()
    until(page, lambda: len(site.commands(chats.Reopen)) == 2)
    console.change("maria", state="held")
    expect(page.get_by_role("textbox", name="Reply to Maria")).to_be_visible()


# --- the agent's own status --------------------------------------------------------------------------


def test_status_is_picked_with_the_reason_of_a_break(page: Page, site: FakeSite, console: Console) -> None:
    show(page, site)
    picker = page.locator(".status-picker .menu-button")
    expect(picker).to_contain_text("Available")
    expect(picker).to_contain_text("12:0")
    picker.click()
    page.get_by_role("button", name="lunch").click()
    until(page, lambda: len(site.commands(presence.SetStatus)) == 1)
    assert site.commands(presence.SetStatus)[0] == presence.SetStatus(status="break", reason="lunch")
    console.status(status="break", reason="lunch", set_by="Sam", since=site.now)
    expect(picker).to_contain_text("On break · lunch · set by Sam")
    expect(page.locator(".middle-column")).to_contain_text("You are on break: lunch.")
    picker.click()
    expect(page.get_by_role("button", name="lunch", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("textbox", name="Another reason").fill("dentist")
    page.keyboard.press("Enter")
    until(page, lambda: site.commands(presence.SetStatus)[-1].reason == "dentist")
    page.get_by_role("button", name="Be available").click()
    until(page, lambda: site.commands(presence.SetStatus)[-1].status == "available")


@pytest.mark.parametrize(
    ("about", "says"),
    [({"locked": True}, "Absent · screen locked"), ({"idle": True}, "Absent · idle")],
)
def test_an_absence_that_nobody_chose_is_shown(
    page: Page, site: FakeSite, console: Console, about: dict[str, Any], says: str
) -> None:
    console.status(**about)
    show(page, site)
    expect(page.locator(".status-picker")).to_contain_text(says)


def test_capacity_and_figures(page: Page, site: FakeSite, console: Console) -> None:
    today = presence.DayFigures(
        day="2026-05-31", completed=7, chat=1700.0, talk=0.0, hold=0.0, acw=78.0, aht=254.0
    )
    site.answers[presence.ShowDays] = presence.DayList(days=(today,))
    console.load(3)
    show(page, site)
    expect(page.locator(".status-picker")).to_contain_text("Connected · full 3/3")
    expect(page.locator(".figures")).to_contain_text("Completed 7 today AHT 04:14")
    page.get_by_role("combobox", name="Capacity").select_option("5")
    until(page, lambda: site.commands(presence.SetCapacity) == [presence.SetCapacity(capacity=5)])
    page.locator(".figures .menu-button").click()
    expect(page.locator(".days tbody tr")).to_have_text("2026-05-31704:14")
    page.keyboard.press("Escape")
    expect(page.locator(".days")).to_have_count(0)
    expect(page.locator(".figures .menu-button")).to_be_focused()


def test_what_is_declined_is_said(page: Page, site: FakeSite, console: Console) -> None:
    show(page, site)
    site.refusals[presence.SetCapacity.name] = ConversationMoved(agent="Dana")
    page.get_by_role("combobox", name="Capacity").select_option("9")
    expect(page.get_by_role("alert").filter(has_text="not in Dana's hands")).to_be_visible()


# --- supervisors -------------------------------------------------------------------------------------


def looks(site: FakeSite, session: str, **about: Any) -> Watcher:
    since = site.now - 190
    usual: dict[str, Any] = {"supervisor": SAM, "name": "Sam", "displays": (2,), "since": since}
    usual["shown_since"] = since
    return Watcher(session=SessionId(session), **{**usual, **about})


def test_who_watches_and_who_watched(page: Page, site: FakeSite, console: Console) -> None:
    over = Refusal(code="stopped", text="the supervisor stopped it")
    show(page, site)
    past = {"supervisor": SAM, "name": "Sam", "since": site.now - 900, "ended": site.now - 840, "end": over}
    seen = Watched(session="old", service="glance", what="glance", displays=(2,), **past)  # type: ignore[arg-type]
    site.put(WATCHED, "old", seen)
    acted = Watched(session="act", service="conversations", what="control", lost=True, **past)  # type: ignore[arg-type]
    site.put(WATCHED, "act", acted)
    site.put(WATCHERS, "now", looks(site, "now", reason="refund"))
    badge = page.locator(".watching .menu-button")
    expect(badge).to_contain_text("Sam is viewing display 2")
    expect(badge).to_contain_text("03:1")
    expect(badge).to_contain_text("refund")
    badge.click()
    rows = page.locator(".watchers li")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("now")
    expect(rows.nth(2)).to_contain_text("acted as you")
    expect(rows.nth(1)).to_contain_text("the supervisor stopped it")
    expect(rows.nth(1)).to_contain_text("01:00")
    site.put(WATCHERS, "now", None)
    expect(badge).not_to_contain_text("viewing")


@pytest.mark.parametrize("width", [1280, 1440])
def test_who_looks_stands_on_a_line_of_its_own_and_moves_nothing_beside_it(
    page: Page, site: FakeSite, console: Console, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    show(page, site)
    before = page.locator(".me").bounding_box()
    site.put(WATCHERS, "now", looks(site, "now", reason="a complaint about the refund of invoice 4411"))
    badge = page.locator(".watching .menu-button")
    expect(badge).to_contain_text("is viewing")
    assert page.locator(".me").bounding_box() == before
    line = badge.bounding_box()
    assert line
    assert line["width"] == width
    assert badge.evaluate("(each) => each.scrollWidth <= each.clientWidth")


def test_who_acts_as_the_agent_is_shown_and_control_is_taken_back(
    page: Page, site: FakeSite, console: Console
) -> None:
    holder = chats.Controller(
        session=SessionId("c"), supervisor=SAM, name="Sam", reason="help", since=site.now - 60
    )
    show(page, site)
    site.put(chats.CONTROLLER, "self", holder)
    band = page.get_by_role("alert").filter(has_text="Sam acts as you")
    expect(band).to_contain_text("help")
    expect(band.locator(".figure")).to_have_attribute("aria-live", "off")  # else it is read out each second
    band.get_by_role("button", name="Take back").click()
    until(page, lambda: len(site.commands(chats.Reclaim)) == 1)
    site.put(chats.CONTROLLER, "self", None)
    expect(band).to_have_count(0)


def test_a_whisper_is_never_among_the_clients_words(page: Page, site: FakeSite, console: Console) -> None:
    console.client("Ada", HELLO, waiting_since=site.now - 100)
    console.client("Bob", HELLO, waiting_since=site.now - 50)
    show(page, site)
    said = chats.WhisperRow(
        conversation="bob", supervisor=SAM, name="Sam", text="refund up to 100", at=site.now
    )
    site.put(chats.WHISPERS, "w", said)
    whispers = page.get_by_role("log", name="Whispers from supervisors")
    expect(whispers).to_contain_text("refund up to 100")
    expect(whispers).to_contain_text("only you see this")
    whispers.get_by_role("button", name="Bob").click()
    expect(page.get_by_role("textbox", name="Reply to Bob")).to_be_visible()
    expect(page.locator(".log")).not_to_contain_text("refund up to 100")
    whispers.get_by_role("button", name="Got it").click()
    expect(whispers).to_be_empty()
    page.reload()
    expect(info(page)).to_contain_text("Sam: refund up to 100")
    expect(whispers).to_be_empty()


# --- about the client --------------------------------------------------------------------------------


def test_an_earlier_conversation_is_read_and_nothing_is_written(
    page: Page, site: FakeSite, console: Console
) -> None:
    row = console.client("Maria Lopez", HELLO)
    past = chats.PastConversation(
        conversation="old",
        category="delivery",
        state="done",
        agent="Lena",
        began=site.now - 9000,
        entries=1,
    )
    site.answers[chats.ShowHistory] = chats.History(now=site.now, client=row.client, past=(past,))
    site.answers[chats.ReadLog] = chats.Log(
        now=site.now, entries=(entry(site, "old", 1, "client", "where is it?"),), more=False
    )
    show(page, site)
    about = info(page)
    expect(about).to_contain_text("maria@example.org")
    expect(about).to_contain_text("Front desk")
    about.get_by_role("button", name="delivery").click()
    dialog = page.get_by_role("dialog", name="Maria Lopez")
    expect(dialog).to_contain_text("where is it?")
    expect(dialog.get_by_role("textbox")).to_have_count(0)
    assert site.commands(chats.ReadLog) == [chats.ReadLog(conversation="old", of="maria", after=0)]
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


# --- nobody there, little room, hostile words --------------------------------------------------------


def test_without_a_desk_the_page_says_what_is_missing(page: Page, site: FakeSite, console: Console) -> None:
    console.desk(online=False)
    show(page, site)
    expect(page.locator(".middle-column")).to_contain_text("No desk is connected.")
    console.desk()
    expect(page.locator(".middle-column")).to_contain_text("No client yet.")


def test_a_narrow_page_shows_one_column_and_the_way_back(
    page: Page, site: FakeSite, console: Console
) -> None:
    page.set_viewport_size({"width": NARROW, "height": 800})
    console.client("Maria", HELLO, waiting_since=site.now)
    show(page, site)
    columns = page.locator(".column:visible")
    expect(columns).to_have_count(1)
    expect(clients(page).locator(".unread")).to_have_text("1 unread")
    clients(page).get_by_role("button", name="Maria").click()
    expect(page.get_by_role("textbox", name="Reply to Maria")).to_be_visible()
    expect(columns).to_have_count(1)
    page.get_by_role("button", name="About the client").click()
    expect(info(page)).to_be_visible()
    page.get_by_role("button", name="Conversation").click()
    page.get_by_role("button", name="Back to the clients").click()
    expect(clients(page)).to_be_visible()
    expect(clients(page).locator(".unread")).to_have_count(0)
    console.says("maria", ("client", "and?"))
    expect(clients(page).locator(".unread")).to_have_text("1 unread")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_hostile_words_are_only_text(page: Page, site: FakeSite, console: Console) -> None:
    evil = "<img src=x onerror=\"document.title='owned'\">\u202e&lt;"
    console.client(
        evil,
        ("client", evil),
        ("note", evil),
        ("categorise", evil),
        ("joined", "", {"name": evil, "node": "n", "actor": SAM, "actor_name": evil}),
        conversation="evil",
        category=evil,
        typing=True,
        pending=(Act(id="p", kind="say", text=evil),),
        refused=(Act(id="r", kind="say", text=evil),),
    )
    said = chats.WhisperRow(conversation="evil", supervisor=SAM, name=evil, text=evil, at=site.now)
    site.put(chats.WHISPERS, "w", said)
    site.put(WATCHERS, "now", looks(site, "now", name=evil, reason=evil))
    console.status(status="break", reason=evil, set_by=evil)
    show(page, site)
    expect(log(page)).to_contain_text(evil)
    expect(page.locator(".whisper")).to_contain_text(evil)
    page.keyboard.press("t")
    expect(page.get_by_role("dialog")).to_contain_text(evil)
    assert page.locator("img").count() == 0
    assert "owned" not in page.title()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, NARROW])
def test_axe_finds_nothing(page: Page, site: FakeSite, console: Console, scheme: Any, width: int) -> None:
    now = site.now
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    show(page, site)
    expect(page.locator(".empty:visible")).to_be_visible()
    assert violations(page) == []
    console.client(
        "Maria",
        HELLO,
        ("joined", ""),
        ("say", "hello"),
        ("say", "as you", {"actor": SAM, "actor_name": "Sam"}),
        ("note", "VIP"),
        ("client", "and?"),
        waiting_since=now - 10,
        typing=True,
        desk_online=False,
        pending=(Act(id="p", kind="say", text="kept"),),
        refused=(Act(id="r", kind="say", text="late"),),
    )
    console.client("Bob", HELLO, waiting_since=now, typing=True)
    console.client("Chen", HELLO, state="moved")
    site.answers[chats.ListColleagues] = COLLEAGUES
    site.put(WATCHERS, "now", looks(site, "now", reason="refund"))
    site.put(
        chats.CONTROLLER,
        "self",
        chats.Controller(session=SessionId("c"), supervisor=SAM, name="Sam", reason="", since=now),
    )
    site.put(
        chats.WHISPERS,
        "w",
        chats.WhisperRow(conversation="maria", supervisor=SAM, name="Sam", text="calm", at=now),
    )
    expect(page.locator(".whisper")).to_be_visible()
    if width == NARROW:
        assert violations(page) == []
        clients(page).get_by_role("button", name="Maria").click()
    expect(log(page)).to_contain_text("late")
    assert violations(page) == []
    page.keyboard.press("n")
    page.locator(".watching .menu-button").click()
    assert violations(page) == []
    page.locator(".status-picker .menu-button").click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    expect(page.get_by_role("radio")).to_have_count(4)
    assert violations(page) == []
    page.keyboard.press("Escape")
    if width == NARROW:
        page.get_by_role("button", name="About the client").click()
        assert violations(page) == []
