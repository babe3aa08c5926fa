"""What an agent's own page tells of the masks on the screen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from lanassist.node.services.glance.commands import MASKS, OwnMasks
from tests.support.console import Console
from tests.support.page_server import FakeSite, invented_site
from tests.support.people import agent

pytestmark = pytest.mark.e2e


@pytest.fixture
def site() -> Iterator[FakeSite]:
    with invented_site(agent("Dana")) as invented:
        Console(invented).at_work()
        yield invented


def test_the_masks_are_told_where_the_watching_is(page: Page, site: FakeSite) -> None:
    page.goto(site.address("/agent"))
    page.get_by_role("button", name="Who watched me").click()
    masks = page.locator(".watching .masks")
    expect(page.get_by_role("heading", name="Who watched me")).to_be_visible()
    expect(masks).to_have_count(0)
    site.put(MASKS, "self", OwnMasks(masks=("windows of “KeePassXC”", "windows called “<b>*”")))
    expect(masks).to_have_text(
        "2 masks: in every picture of your screen windows of “KeePassXC” and windows called “<b>*” are black."
    )
    site.put(MASKS, "self", OwnMasks(masks=("windows of “KeePassXC”",)))
    expect(masks).to_have_text("1 mask: in every picture of your screen windows of “KeePassXC” are black.")
    site.put(MASKS, "self", None)
    expect(masks).to_have_count(0)
