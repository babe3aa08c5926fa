"""What stands between a supervisor's click and a glance or control, on the pages of an invented site."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import trio
from playwright.sync_api import Browser, Page, expect

from lanassist.node.errors import PolicyOff
from lanassist.node.protocol.messages import SessionId
from lanassist.node.services.command import Command, Refusal
from lanassist.node.services.conversations.commands import CONTROL_OFFER, ControlOffer, TakeControl
from lanassist.node.services.glance.commands import (
    OFFERS,
    SESSIONS,
    GlanceSession,
    Offer,
    StartGlance,
    StopGlance,
)
from lanassist.node.services.presence.commands import AgentRow
from tests.support.axe import violations
from tests.support.browser import NARROW, WIDE, until, watched_page, window
from tests.support.page_server import FakeSite, agent_row
from tests.support.people import supervisor

pytestmark = pytest.mark.e2e


class AskingSite(FakeSite):
    """A site whose agents are asked first, and do not answer."""

    async def call(self, command: Command[Any]) -> msgspec.Struct:
        if isinstance(command, StartGlance):
            self.asked.append(command)
            self.board.put(SESSIONS, "q", asked_session(self._rows[command.agent]))
            await trio.sleep_forever()
        return await super().call(command)


def asked_session(row: AgentRow) -> GlanceSession:
    return GlanceSession(
        session=SessionId("q"),
        agent=row.node,
        agent_name=row.name,
        displays=(1,),
        state="asked",
        since=trio.current_time(),
    )


@pytest.fixture
def site() -> Iterator[FakeSite]:
    with AskingSite(supervisor("Sam")).running() as invented:
        yield invented


def dana(site: FakeSite, **offer: Any) -> AgentRow:
    row = agent_row(site, "Dana Fox")
    site.show(row)
    site.put(OFFERS, row.node, Offer(node=row.node, refusal=None, displays=row.displays[:1], **offer))
    return row


def show(page: Page, site: FakeSite, row: AgentRow, more: str = "") -> None:
    page.goto(site.address(f"/supervisor/agents?agent={row.node}{more}"))
    expect(page.locator(".agent-bar")).to_be_visible()


def test_a_reason_is_asked_for_before_anything_is_asked_of_the_agent(page: Page, site: FakeSite) -> None:
    show(page, site, dana(site, reason_required=True))
    page.keyboard.press("g")
    dialog = page.get_by_role("dialog", name="Why do you view the screen of Dana Fox?")
    reason = dialog.get_by_role("textbox", name="Reason")
    expect(reason).to_be_focused()
    page.keyboard.type("  ")
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    assert site.commands(StartGlance) == []
    reason.fill(" refund ")
    page.keyboard.press("Enter")
    until(page, lambda: [each.reason for each in site.commands(StartGlance)] == ["refund"])
    expect(dialog).to_have_count(0)


def test_a_reason_in_the_address_is_not_asked_for_again(page: Page, site: FakeSite) -> None:
    show(page, site, dana(site, reason_required=True), "&glance=1&reason=coaching")
    until(page, lambda: [each.reason for each in site.commands(StartGlance)] == ["coaching"])


def test_the_supervisor_sees_that_the_agent_is_asked_and_can_cancel(page: Page, site: FakeSite) -> None:
    show(page, site, dana(site, asks=True))
    page.keyboard.press("g")
    waiting = page.locator(".agent-asked")
    expect(waiting).to_contain_text("Asking Dana Fox…")
    assert violations(page) == []
    waiting.get_by_role("button", name="Cancel").click()
    until(page, lambda: [each.session for each in site.commands(StopGlance)] == ["q"])
    expect(page.locator(".ending")).to_have_text("Glance ended: you stopped it")


def test_what_policy_says_of_control_is_there_before_the_click(page: Page, site: FakeSite) -> None:
    row = dana(site)
    show(page, site, row)
    site.put(CONTROL_OFFER, "self", ControlOffer(reason_required=True, asks=True))
    page.get_by_role("switch", name="Take control").click()
    dialog = page.get_by_role("dialog", name="Act as Dana Fox?")
    expect(dialog).to_contain_text("wants the yes of Dana Fox first")
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    assert site.commands(TakeControl) == []
    page.keyboard.press("Escape")
    off = PolicyOff(what="taking control of agents' conversations")
    site.put(CONTROL_OFFER, "self", ControlOffer(refusal=Refusal(code=off.code, text=off.text)))
    expect(page.get_by_role("switch", name="Take control")).to_have_attribute("aria-disabled", "true")
    expect(page.locator(".agent-bar")).to_contain_text(off.text)


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(chromium: Browser, site: FakeSite, width: int, scheme: str) -> None:
    with window(chromium, width=width, color_scheme=scheme) as context, watched_page(context) as page:
        show(page, site, dana(site, reason_required=True))
        site.put(CONTROL_OFFER, "self", ControlOffer(reason_required=True, asks=True))
        page.keyboard.press("g")
        expect(page.locator(".dialog.reason")).to_be_visible()
        assert violations(page) == []
        page.keyboard.press("Escape")
        page.get_by_role("switch", name="Take control").click()
        expect(page.locator(".dialog.take")).to_be_visible()
        assert violations(page) == []
