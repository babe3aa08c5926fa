"""The monitoring page in a browser, over an invented site: what is shown, what is asked for, and why not."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from lanassist.node.errors import AtCapacity, ControlTaken, MissingGrant, NotInControl
from lanassist.node.services.command import Refusal
from lanassist.node.services.conversations.commands import (
    ALL,
    BLOCKED,
    ActUnderControl,
    Assign,
    BlockClient,
    BlockedRow,
    Log,
    ReadLog,
    ReleaseControl,
    RenewControl,
    SendWhisper,
    TakeControl,
    Watch,
)
from lanassist.node.services.glance.commands import StartGlance
from tests.support.axe import violations
from tests.support.browser import NARROW, WIDE, until, watched_page, window
from tests.support.monitoring import (
    DANA,
    SESSION,
    afternoon,
    draft,
    entry,
    in_control,
    mirrored,
    told,
    write,
)
from tests.support.page_server import FakeSite, agent_row, invented_site

pytestmark = pytest.mark.e2e

EVIL = "<img src=x onerror=\"document.title='owned'\">\u202egnp.exe"


@pytest.fixture
def site() -> Iterator[FakeSite]:
    with invented_site() as invented:
        afternoon(invented)
        yield invented


@pytest.fixture
def page(context: BrowserContext, site: FakeSite) -> Iterator[Page]:
    """Dana's page, with Eve's conversation open."""
    with watched_page(context) as page:
        page.goto(site.address(f"/supervisor/agents?agent={DANA}"))
        expect(log(page)).to_contain_text("Any news?")
        yield page


def log(page: Page) -> Locator:
    return page.locator(".talk .log")


def about(page: Page) -> Locator:
    return page.get_by_role("region", name="About the client")


def clients(page: Page) -> Locator:
    return page.locator(".column-clients .client-row .name")


def take_control(page: Page, site: FakeSite, reason: str = "") -> None:
    page.get_by_role("switch", name="Take control").click()
    dialog = page.get_by_role("dialog", name="Act as Dana Ortiz?")
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name="Take control").click()
    expect(page.locator(".band")).to_contain_text("Acting as Dana Ortiz")
    in_control(site, "running")
    expect(page.get_by_label("Reply to Eve Stone as Dana Ortiz")).to_be_visible()


def menu(page: Page, item: str) -> Locator:
    page.get_by_role("button", name="More for Eve Stone").click()
    return page.get_by_role("menuitem", name=item)


def tray(page: Page, name: str) -> None:
    page.get_by_role("group", name="Trays").get_by_role("button", name=name).click()


# --- looking on --------------------------------------------------------------------------------------


def test_the_clients_stand_in_three_parts_and_the_one_who_waits_is_open(page: Page) -> None:
    expect(clients(page)).to_have_text(["Eve Stone", "Noah Berg", "Li Wei", "Ana Souza"])
    expect(page.locator(".column-clients h2")).to_have_text(["Waiting 1", "Ongoing 2", "Done 1"])
    expect(page.locator(".client-row[aria-current=true] .wait")).to_contain_text(re.compile(r"01:[2-5]\d"))
    expect(about(page)).to_contain_text("eve@mail.example")
    expect(about(page)).to_contain_text("Priya Raman")


def test_the_draft_shows_as_it_is_typed_and_is_told_from_what_was_sent(page: Page, site: FakeSite) -> None:
    for text in ("Dear", "Dear Eve", "Dear Eve,\nyour refund"):
        draft(site, "c1", text)
        expect(page.locator(".line.draft .said")).to_have_text(text)
    expect(page.locator(".line.draft .state")).to_have_text("Dana Ortiz is typing: not sent")
    draft(site, "c1", "")
    expect(page.locator(".line.draft")).to_have_count(0)


def test_looking_on_asks_for_nothing_but_to_watch_and_to_read(page: Page, site: FakeSite) -> None:
    page.get_by_role("button", name="Li Wei").click()
    expect(log(page)).to_contain_text("does not start")
    names = {command.name for command in site.asked}
    assert names == {"conversations.watch", "conversations.history"}
    expect(page.locator(".band")).to_contain_text("Read-only")
    expect(page.locator(".reply")).to_have_count(0)


def test_an_agent_is_watched_while_open_and_no_longer(page: Page, site: FakeSite) -> None:
    until(page, lambda: site.commands(Watch))
    page.keyboard.press("k")  # from Dana, the first, round to the last
    expect(page.get_by_role("heading", name="Priya Raman")).to_be_visible()
    until(page, lambda: len(site.commands(Watch)) >= 3)
    viewer = site.commands(Watch)[0].viewer
    assert viewer
    said = {(each.agent, each.watching, each.viewer) for each in site.commands(Watch)}
    assert said == {(DANA, True, viewer), (DANA, False, viewer), ("node-priya", True, viewer)}
    page.goto("about:blank")
    until(page, lambda: Watch(agent="node-priya", viewer=viewer, watching=False) in site.asked)


def test_without_the_grant_the_page_says_so(context: BrowserContext, site: FakeSite) -> None:
    site.refusals["conversations.watch"] = MissingGrant(who="Sam", grant="observe")
    with watched_page(context) as page:
        page.goto(site.address("/supervisor/agents?agent=node-priya"))
        expect(page.locator(".column-clients .refusal")).to_contain_text("lacks the grant “observe”")
        expect(page.get_by_role("button", name="Whisper")).to_have_accessible_description(
            "The certificate of Sam lacks the grant “observe”. Ask your admin for one that carries it."
        )


def test_what_a_client_writes_elsewhere_is_unread_until_it_is_opened(page: Page, site: FakeSite) -> None:
    write(site, entry(site, "c3", 4, "client", "Version 4", ago=-1))
    row = page.get_by_role("button", name="Li Wei")
    expect(row.locator(".unread")).to_have_text("1 unread")
    row.click()
    expect(log(page)).to_contain_text("Version 4")
    expect(row.locator(".unread")).to_have_count(0)


def test_what_is_open_stays_open_when_another_client_moves_ahead(page: Page, site: FakeSite) -> None:
    mirrored(site, "c3", "Li Wei", waiting_since=site.now - 900)
    expect(clients(page).first).to_have_text("Li Wei")
    expect(page.locator(".talk-head h2")).to_have_text("Eve Stone")


def test_who_is_in_hand_comes_before_who_was(page: Page, site: FakeSite) -> None:
    page.goto(site.address("/supervisor/agents?agent=node-priya"))
    about = {"agent": "node-priya", "state": "done"}
    mirrored(site, "p7", "Old Client", **about)
    expect(page.locator(".talk-head h2")).to_have_text("Old Client")
    mirrored(site, "p8", "New Client", **{**about, "state": "held"})
    expect(page.locator(".talk-head h2")).to_have_text("New Client")


def test_a_completed_conversation_is_read_at_its_desk(page: Page, site: FakeSite) -> None:
    page.get_by_role("button", name="Ana Souza").click()
    expect(log(page)).to_contain_text("I need a copy of my invoice.")
    expect(page.locator(".closed")).to_contain_text("Completed. Assign it to an agent to open it again.")
    assert {each.conversation for each in site.commands(ReadLog)} == {"c4"}


def test_a_log_that_began_long_ago_is_read_from_its_beginning(page: Page, site: FakeSite) -> None:
    mirrored(site, "c5", "Ada King")
    write(site, entry(site, "c5", 201, "client", "and now?"))
    page.get_by_role("button", name="Ada King").click()
    earlier = tuple(entry(site, "c5", seq, "client", f"word {seq}") for seq in range(1, 202))
    site.answers[ReadLog] = Log(now=site.now, entries=earlier, more=False)
    page.get_by_role("button", name="Read from the beginning").click()
    expect(log(page).locator(".said").last).to_have_text("and now?")
    page.get_by_role("button", name="Show earlier messages").click()
    expect(log(page).locator(".said").first).to_have_text("word 1")
    expect(log(page).locator(".said")).to_have_count(201)


# --- a word to the agent -----------------------------------------------------------------------------


def test_a_whisper_goes_to_the_agent_alone(page: Page, site: FakeSite) -> None:
    box = page.get_by_label("Whisper to Dana Ortiz")
    box.fill("Offer the refund\nat once")
    box.press("Enter")
    expect(page.get_by_role("list", name="Whispers you sent")).to_contain_text("Offer the refund at once")
    expect(box).to_have_value("")
    assert site.commands(SendWhisper) == [
        SendWhisper(agent=DANA, conversation="c1", text="Offer the refund\nat once")
    ]
    assert site.commands(ActUnderControl) == []
    expect(page.locator(".whisper")).to_contain_text("Only Dana Ortiz sees this")


def test_a_whisper_that_does_not_arrive_is_kept(page: Page, site: FakeSite) -> None:
    site.refusals["conversations.whisper"] = MissingGrant(who="Sam", grant="observe")
    box = page.get_by_label("Whisper to Dana Ortiz")
    box.fill("psst")
    page.get_by_role("button", name="Whisper", exact=True).click()
    expect(page.locator(".whisper .refusal")).to_contain_text("lacks the grant")
    expect(box).to_have_value("psst")


# --- control -----------------------------------------------------------------------------------------


def test_control_is_asked_for_once_renewed_each_second_and_handed_back_at_once(
    page: Page, site: FakeSite
) -> None:
    take_control(page, site, reason="Dana asked me to")
    assert site.commands(TakeControl) == [TakeControl(agent=DANA, reason="Dana asked me to")]
    expect(page.get_by_role("switch", name="Take control")).to_be_checked()
    until(page, lambda: len(site.commands(RenewControl)) >= 2)
    page.get_by_role("button", name="Hand back").click()
    expect(page.locator(".band")).to_contain_text("Read-only")
    expect(page.get_by_role("dialog")).to_have_count(0)
    until(page, lambda: site.commands(ReleaseControl) == [ReleaseControl(session=SESSION)])
    renewed = len(site.commands(RenewControl))
    page.wait_for_timeout(1500)
    assert len(site.commands(RenewControl)) <= renewed + 1


def test_control_is_renewed_however_busy_the_page_is(page: Page, site: FakeSite) -> None:
    take_control(page, site)
    until(page, lambda: site.commands(RenewControl))
    before = len(site.commands(RenewControl))
    page.evaluate("() => { const until = performance.now() + 4500; while (performance.now() < until); }")
    assert len(site.commands(RenewControl)) - before >= 2  # the page itself could not have said one


def test_without_the_grant_the_switch_says_why(page: Page, site: FakeSite) -> None:
    refusal = Refusal(code="missing-grant", text="The certificate of Sam lacks the grant “control”.")
    site.show(agent_row(site, "Dana Ortiz", set_status=refusal))
    switch = page.get_by_role("switch", name="Take control")
    expect(switch).to_have_attribute("aria-disabled", "true")
    expect(switch).to_have_accessible_description(refusal.text)
    switch.focus()
    expect(switch).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_refusal_keeps_the_question_open(page: Page, site: FakeSite) -> None:
    site.refusals["control.take"] = ControlTaken(agent="Dana Ortiz", holder="Lee Chen")
    page.get_by_role("switch", name="Take control").click()
    dialog = page.get_by_role("dialog", name="Act as Dana Ortiz?")
    dialog.get_by_label("Reason").fill("urgent")
    dialog.get_by_role("button", name="Take control").click()
    expect(dialog).to_contain_text("under the control of Lee Chen")
    expect(dialog.get_by_label("Reason")).to_have_value("urgent")
    expect(page.locator(".band")).to_contain_text("Read-only")


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        ("reclaimed", "the agent took control back", "Dana Ortiz took it back."),
        ("link-lost", "the link between the two nodes was lost", "The link to Dana Ortiz's node was lost."),
        ("taken-again", "the same supervisor took control again", "in another window"),
        ("revoked", "the certificate was revoked", "does not allow it any more"),
    ],
)
def test_when_control_ends_the_page_says_why(
    page: Page, site: FakeSite, code: str, text: str, words: str
) -> None:
    take_control(page, site)
    in_control(site, "ended", Refusal(code=code, text=text))
    expect(page.locator(".control-ended")).to_contain_text(words)
    expect(page.locator(".reply")).to_have_count(0)
    expect(page.get_by_role("switch", name="Take control")).not_to_be_checked()


def test_a_refused_renewal_ends_it_too(page: Page, site: FakeSite) -> None:
    take_control(page, site)
    site.refusals["control.renew"] = NotInControl(agent="Dana Ortiz")
    expect(page.locator(".control-ended")).to_contain_text("not in your hands")


def test_leaving_hands_back(page: Page, site: FakeSite) -> None:
    take_control(page, site)
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="Mateo Silva")).to_be_visible()
    until(page, lambda: site.commands(ReleaseControl) == [ReleaseControl(session=SESSION)])
    expect(page.locator(".band")).to_contain_text("Read-only")


def test_closing_the_page_hands_back(page: Page, site: FakeSite) -> None:
    take_control(page, site)
    page.goto("about:blank")
    until(page, lambda: site.commands(ReleaseControl) == [ReleaseControl(session=SESSION)])


def test_control_that_is_held_by_another_window_is_told(page: Page, site: FakeSite) -> None:
    in_control(site, "running")
    expect(page.locator(".band")).to_contain_text("in another window or on the command line")
    expect(page.locator(".reply")).to_have_count(0)


# --- acting as the agent -----------------------------------------------------------------------------


def test_a_reply_goes_out_as_the_agent_and_stands_in_the_log_once(page: Page, site: FakeSite) -> None:
    take_control(page, site)
    box = page.get_by_label("Reply to Eve Stone as Dana Ortiz")
    box.fill("Your refund is on its way.")
    box.press("Enter")
    until(page, lambda: len(site.commands(ActUnderControl)) == 1)
    (act,) = site.commands(ActUnderControl)
    assert (act.session, act.conversation, act.kind, act.text) == (
        SESSION,
        "c1",
        "say",
        "Your refund is on its way.",
    )
    sam: dict[str, Any] = {"id": act.id, "actor": site.me.node, "actor_name": "Sam"}
    said = msgspec.structs.replace(entry(site, "c1", 7, "say", act.text, ago=0), **sam)
    write(site, said)
    expect(log(page).get_by_text("Your refund is on its way.")).to_have_count(1)
    expect(log(page).locator(".line.controlled .who")).to_contain_text("You, as Dana Ortiz")


def test_what_is_refused_stands_below_with_the_reason(page: Page, site: FakeSite) -> None:
    take_control(page, site)
    site.refusals["control.act"] = NotInControl(agent="Dana Ortiz")
    page.get_by_label("Reply to Eve Stone as Dana Ortiz").fill("Too late")
    page.get_by_role("button", name="Send as Dana Ortiz").click()
    expect(log(page)).to_contain_text("Not sent: Control of Dana Ortiz's conversations is not in your hands")
    del site.refusals["control.act"]
    page.get_by_role("button", name="Try again").click()
    until(page, lambda: len(site.commands(ActUnderControl)) == 2)
    assert len({each.id for each in site.commands(ActUnderControl)}) == 1


def test_a_note_is_no_reply(page: Page, site: FakeSite) -> None:
    take_control(page, site)
    page.get_by_role("button", name="Note", exact=True).click()
    page.get_by_label("Note for the team").last.fill("Refund approved by Sam")
    page.get_by_role("button", name="Save note").click()
    until(page, lambda: [each.kind for each in site.commands(ActUnderControl)] == ["note"])
    page.get_by_role("button", name="Complete, Eve Stone").click()
    until(page, lambda: [each.kind for each in site.commands(ActUnderControl)] == ["note", "complete"])


def test_recategorising_needs_control_and_the_menu_says_so(page: Page, site: FakeSite) -> None:
    item = menu(page, "Recategorize")
    expect(item).to_have_accessible_description("Take control of Dana Ortiz first.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Escape")
    take_control(page, site)
    menu(page, "Recategorize").click()
    dialog = page.get_by_role("dialog", name="Category of Eve Stone")
    expect(dialog.get_by_role("radio")).to_have_count(4)
    expect(dialog.get_by_role("button", name="Recategorize")).to_have_attribute("aria-disabled", "true")
    dialog.get_by_label("technical").check()
    dialog.get_by_role("button", name="Recategorize").click()
    expect(dialog).to_have_count(0)
    (act,) = site.commands(ActUnderControl)
    assert (act.kind, act.text) == ("categorise", "technical")


# --- assigning ---------------------------------------------------------------------------------------


def test_assign_lists_everybody_and_says_who_cannot_and_why(page: Page, site: FakeSite) -> None:
    menu(page, "Assign to").click()
    dialog = page.get_by_role("dialog", name="Assign Eve Stone to…")
    expect(dialog.locator(".choice .name")).to_have_text(
        ["Back to the queue", "Dana Ortiz", "Mateo Silva", "Omar Haddad", "Priya Raman"]
    )
    expect(dialog.locator(".choice .reason")).to_have_text(
        [
            "Has this client now",
            "Mateo Silva is absent (on break: lunch).",
            "Omar Haddad is offline since 10:42.",
        ]
    )
    dialog.get_by_text("Mateo Silva", exact=True).click(force=True)
    expect(dialog.get_by_role("radio", checked=True)).to_have_count(0)
    dialog.get_by_text("Priya Raman").click()
    dialog.get_by_role("button", name="Assign").click()
    expect(dialog).to_have_count(0)
    (asked,) = site.commands(Assign)
    assert (asked.conversation, asked.to) == ("c1", "node-priya")


def test_an_error_keeps_the_dialog_with_its_choice(page: Page, site: FakeSite) -> None:
    site.refusals["conversations.assign"] = AtCapacity(agent="Priya Raman", active=4, total=4)
    menu(page, "Assign to").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Priya Raman").click()
    dialog.get_by_role("button", name="Assign").click()
    expect(dialog.get_by_role("alert")).to_have_text("Priya Raman is at maximum capacity (4/4).")
    expect(dialog.get_by_role("radio", checked=True)).to_have_value("node-priya")


def test_a_choice_is_greyed_the_moment_it_cannot_take_the_client(page: Page, site: FakeSite) -> None:
    menu(page, "Assign to").click()
    dialog = page.get_by_role("dialog")
    full = Refusal(code="agent-at-capacity", text="Priya Raman is at maximum capacity (4/4).")
    site.show(agent_row(site, "Priya Raman", active=4, total=4, assign=full))
    expect(dialog).to_contain_text("Priya Raman is at maximum capacity (4/4).")


def test_assigning_without_the_grant_says_so(page: Page, site: FakeSite) -> None:
    refusal = Refusal(code="missing-grant", text="The certificate of Sam lacks the grant “assign”.")
    told(site, "c1", "Eve Stone", assign=refusal, block=refusal)
    expect(menu(page, "Assign to")).to_have_accessible_description(refusal.text)
    expect(page.get_by_role("menuitem", name="Block")).to_have_accessible_description(refusal.text)


# --- blocking ----------------------------------------------------------------------------------------


def test_a_block_says_what_will_happen_and_can_be_undone(page: Page, site: FakeSite) -> None:
    menu(page, "Block").click()
    dialog = page.get_by_role("dialog", name="Block Eve Stone?")
    expect(dialog).to_contain_text("Every conversation with Eve Stone ends now")
    dialog.get_by_label("Reason").fill("Threats")
    dialog.get_by_label("30 days").check()
    dialog.get_by_role("button", name="Block", exact=True).click()
    undo = page.locator(".undo")
    expect(undo).to_contain_text("Eve Stone is blocked.")
    (asked,) = site.commands(BlockClient)
    assert (asked.client, asked.blocked, asked.reason, asked.seconds) == (
        "client-c1",
        True,
        "Threats",
        30 * 86_400,
    )
    undo.get_by_role("button", name="Undo").click()
    expect(undo).to_have_count(0)
    assert (site.commands(BlockClient)[1].client, site.commands(BlockClient)[1].blocked) == (
        "client-c1",
        False,
    )


def test_the_undo_goes_away_by_itself(page: Page, site: FakeSite) -> None:
    page.clock.install()
    menu(page, "Block").click()
    page.get_by_label("Until unblocked").check()
    page.get_by_role("button", name="Block", exact=True).click()
    expect(page.locator(".undo")).to_be_visible()
    assert site.commands(BlockClient)[0].seconds is None
    for _ in range(10):
        page.clock.run_for(1000)
    expect(page.locator(".undo")).to_have_count(0)


# --- trays -------------------------------------------------------------------------------------------


def test_the_queue_shows_who_waits_longest_and_assigns(page: Page, site: FakeSite) -> None:
    tray(page, "Queue 3")
    cards = page.get_by_role("list", name="Queue").locator(".card")
    expect(cards.locator(".name")).to_have_text(["Sofia Rossi", "Jonas Weber", "Aiko Mori"])
    page.get_by_role("button", name="Assign…, Jonas Weber").click()
    page.get_by_text("Priya Raman").last.click()
    page.get_by_role("button", name="Assign", exact=True).click()
    until(page, lambda: len(site.commands(Assign)) == 1)
    told(site, "w1", "Jonas Weber", owner="node-priya")
    expect(cards).to_have_count(2)
    expect(page.get_by_role("button", name="Queue 2")).to_be_visible()
    page.keyboard.press("Escape")
    expect(clients(page).first).to_have_text("Eve Stone")


def test_an_orphan_is_read_and_given_back_to_the_queue_with_one_click(page: Page, site: FakeSite) -> None:
    page.goto(site.address("/supervisor/agents?tray=orphans"))
    cards = page.get_by_role("list", name="Orphans").locator(".card")
    expect(cards.locator(".name")).to_have_text(["Peter Novak", "Grace Kim"])
    expect(cards.first).to_contain_text("was with Omar Haddad")
    page.get_by_role("button", name="Read Peter Novak").click()
    expect(page.locator(".tray-reading")).to_contain_text("I need a copy of my invoice.")
    page.get_by_role("button", name="Back to the queue, Peter Novak").click()
    until(page, lambda: [(each.conversation, each.to) for each in site.commands(Assign)] == [("o0", "")])
    told(site, "o0", "Peter Novak", owner="node-priya")
    expect(cards).to_have_count(1)
    expect(page.get_by_role("button", name="Orphans 1")).to_be_visible()


def test_an_error_stands_at_the_orphan_that_it_is_about(page: Page, site: FakeSite) -> None:
    site.refusals["conversations.assign"] = AtCapacity(agent="Priya Raman", active=4, total=4)
    tray(page, "Orphans 2")
    page.get_by_role("button", name="Back to the queue, Grace Kim").click()
    expect(page.locator(".card").nth(1).get_by_role("alert")).to_contain_text("maximum capacity (4/4)")
    page.get_by_role("button", name="Give to…, Grace Kim").click()
    expect(page.get_by_role("dialog", name="Assign Grace Kim to…")).to_be_visible()


def test_a_reading_goes_on_while_the_client_writes(page: Page, site: FakeSite) -> None:
    tray(page, "Queue 3")
    page.get_by_role("button", name="Read Sofia Rossi").click()
    expect(page.locator(".tray-reading")).to_contain_text("Here it is.")
    more = (entry(site, "w0", 4, "client", "Is anybody there?"),)
    site.answers[ReadLog] = Log(now=site.now, entries=more, more=False)
    expect(page.locator(".tray-reading")).to_contain_text("Is anybody there?")
    assert site.commands(ReadLog)[-1].after >= 3


def test_the_blocked_are_listed_and_unblocked(page: Page, site: FakeSite) -> None:
    tray(page, "Blocked 2")
    cards = page.get_by_role("list", name="Blocked clients").locator(".card")
    expect(cards).to_have_text(
        [
            r"Mallory13 h 53 min leftThreats · by SamUnblock",
            "Spam Incuntil unblockedAdvertising · by LeeUnblock",
        ]
    )
    page.get_by_role("button", name="Unblock, Spam Inc").click()
    until(page, lambda: [each.client for each in site.commands(BlockClient)] == ["client-y"])
    assert not site.commands(BlockClient)[0].blocked
    site.put(BLOCKED, "client-y", None)
    expect(cards).to_have_count(1)


def test_unblocking_without_the_grant_says_so(page: Page, site: FakeSite) -> None:
    refusal = Refusal(code="missing-grant", text="The certificate of Sam lacks the grant “block”.")
    row = BlockedRow(client="client-y", name="Spam Inc", reason="", by="Lee", until=None, unblock=refusal)
    site.put(BLOCKED, "client-y", row)
    tray(page, "Blocked 2")
    button = page.get_by_role("button", name="Unblock, Spam Inc")
    expect(button).to_have_accessible_description(refusal.text)
    button.press("Enter")
    assert site.commands(BlockClient) == []


# --- the page itself ---------------------------------------------------------------------------------


def test_keys_do_nothing_while_one_types(page: Page, site: FakeSite) -> None:
    take_control(page, site)
    for label in ("Whisper to Dana Ortiz", "Reply to Eve Stone as Dana Ortiz"):
        page.get_by_label(label).type("jk?g")
        expect(page.get_by_label(label)).to_have_value("jk?g")
    expect(page.get_by_role("heading", name="Dana Ortiz")).to_be_visible()
    assert site.commands(StartGlance) == []
    page.locator("body").click(position={"x": 640, "y": 20})
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def test_the_menu_is_walked_with_the_keyboard(page: Page) -> None:
    page.get_by_role("button", name="More for Eve Stone").press("Enter")
    expect(page.get_by_role("menuitem", name="Recategorize")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Assign to")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="More for Eve Stone")).to_be_focused()
    expect(page.get_by_role("menu")).to_have_count(0)


def test_the_menu_is_closed_from_its_button_too(page: Page) -> None:
    button = page.get_by_role("button", name="More for Eve Stone")
    button.click()
    expect(page.get_by_role("menuitem", name="Recategorize")).to_be_focused()
    button.focus()
    button.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)


def test_a_reload_keeps_the_place_and_not_the_control(page: Page, site: FakeSite) -> None:
    page.get_by_role("button", name="Li Wei").click()
    expect(page.locator(".talk-head h2")).to_have_text("Li Wei")
    page.reload()
    expect(page.locator(".talk-head h2")).to_have_text("Li Wei")
    expect(page.locator(".band")).to_contain_text("Read-only")


def test_hostile_text_is_only_text(page: Page, site: FakeSite) -> None:
    mirrored(site, "evil", EVIL, category=EVIL, waiting_since=site.now - 5000)
    write(site, entry(site, "evil", 1, "client", EVIL))
    draft(site, "evil", EVIL)
    told(site, "evil2", EVIL, state="waiting", category=EVIL)
    page.locator(".client-row").filter(has_text="<img src=x").first.click()
    expect(log(page)).to_contain_text("<img src=x")
    tray(page, "Queue 4")
    expect(page.get_by_role("list", name="Queue")).to_contain_text("<img src=x")
    assert page.locator("img").count() == 0
    assert page.title() != "owned"


def test_on_a_telephone_one_column_shows_at_a_time(chromium: Browser, site: FakeSite) -> None:
    with window(chromium, NARROW, 844) as context, watched_page(context) as page:
        page.goto(site.address(f"/supervisor/agents?agent={DANA}"))
        page.get_by_role("button", name="Noah Berg").click()
        expect(log(page)).to_contain_text("20 seats")
        expect(page.locator(".column-clients")).to_be_hidden()
        bottom = page.evaluate("() => document.querySelector('.log-frame').getBoundingClientRect().bottom")
        assert bottom <= page.evaluate("() => document.querySelector('.whisper').getBoundingClientRect().top")
        page.get_by_role("button", name="About", exact=True).click()
        expect(about(page)).to_contain_text("noah@mail.example")
        expect(log(page)).to_be_hidden()
        page.get_by_role("button", name="Conversation", exact=True).click()
        page.get_by_role("button", name="Clients", exact=True).click()
        expect(page.get_by_role("button", name="Noah Berg")).to_be_visible()
        assert page.evaluate("() => document.documentElement.scrollWidth") == NARROW


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_axe_finds_nothing(chromium: Browser, site: FakeSite, scheme: Any, width: int) -> None:
    calm = {"color_scheme": scheme, "reduced_motion": "reduce"}
    with window(chromium, width, **calm) as context, watched_page(context) as page:
        page.goto(site.address(f"/supervisor/agents?agent={DANA}&conversation=c1"))
        expect(log(page)).to_contain_text("Any news?")
        assert violations(page) == []
        page.get_by_role("button", name="More for Eve Stone").click()
        assert violations(page) == []
        page.get_by_role("menuitem", name="Assign to").click()
        assert violations(page) == []
        page.keyboard.press("Escape")
        take_control(page, site)
        assert violations(page) == []
        menu(page, "Block").click()
        assert violations(page) == []
        page.get_by_role("button", name="Block", exact=True).click()
        expect(page.locator(".undo")).to_be_visible()
        assert violations(page) == []
        for name in ("Queue", "Orphans", "Blocked"):
            tray(page, name)
            expect(page.locator(".card").first).to_be_visible()
            assert violations(page) == []


def test_with_two_thousand_conversations_a_change_draws_only_what_changed(page: Page, site: FakeSite) -> None:
    row = told(site, "busy", "Busy Client")
    for number in range(2000):
        client = msgspec.structs.replace(row.client, id=f"client-{number}")
        site.put(ALL, f"m{number}", msgspec.structs.replace(row, conversation=f"m{number}", client=client))
    tray(page, "Queue 3")
    expect(page.locator(".card")).to_have_count(3)
    page.evaluate(
        """() => {
            window.changed = 0;
            const clock = (node) => (node.closest ? node : node.parentElement)?.closest(".figure, select");
            const count = (list) => window.changed += list.filter(({ target }) => !clock(target)).length;
            const all = { subtree: true, childList: true, attributes: true, characterData: true };
            new MutationObserver(count).observe(document.body, all);
        }"""
    )
    for number in range(200):
        site.put(ALL, f"m{number}", msgspec.structs.replace(row, conversation=f"m{number}", epoch=number + 3))
    told(
        site,
        "w0",
        "Sofia Rossi",
        state="waiting",
        owner="node-desk",
        since=site.now - 170,
        category="moved on",
    )
    expect(page.locator(".card").first).to_contain_text("moved on")
    assert page.evaluate("() => window.changed") < 10
