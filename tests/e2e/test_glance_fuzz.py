"""The page's decoder under updates that are nearly right: it draws them or says what is wrong."""

import base64
import random
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lanassist.node.services.glance import media
from lanassist.node.services.glance.media import MalformedMedia
from lanassist.node.services.glance.picture import MalformedUpdate
from lanassist.node.services.glance.viewer import Viewer
from tests.support.browser import until
from tests.support.mutation import mutated
from tests.support.page_server import FakeSite, agent_row, invented_site
from tests.support.recording import recorded

pytestmark = pytest.mark.e2e

MUTATIONS = 2000
BATCH = 40
"""So many in a row against one picture, then the glance is played again from its beginning."""
MOST_GROWTH = 24 * 2**20
"""Bytes of scripts' memory, over all of it."""

FEED = """async ({ before, nonsense, patience }) => {
    const folder = "/static/glance/picture";
    const [{ Surface }, { parseUpdate }, { loadZstd }] = await Promise.all(
        ["surface", "update", "zstd"].map((name) => import(`${folder}/${name}.js`)));
    window.zstd ??= await loadZstd();
    const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const surface = new Surface(new OffscreenCanvas(1, 1));
    for (const update of before) await surface.draw(parseUpdate(bytes(update)), window.zstd);
    const outcomes = [];
    for (const each of nonsense) {
        const late = new Promise((resolve) => setTimeout(() => resolve("hangs"), patience));
        const draw = async () => (await surface.draw(parseUpdate(bytes(each)), window.zstd), "drawn");
        outcomes.push(await Promise.race([draw().catch((error) => `${error.name}: ${error.message}`), late]));
    }
    surface.clear();
    return outcomes;
}"""


@pytest.fixture
def site() -> Iterator[FakeSite]:
    with invented_site() as site:
        site.show(agent_row(site, "Dana"))
        yield site


def text(update: bytes) -> str:
    return base64.b64encode(update).decode()


def heap(page: Page) -> float:
    """Bytes that the page's scripts hold."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = session.send("Performance.getMetrics")["metrics"]
    session.detach()
    return float(next(each["value"] for each in metrics if each["name"] == "JSHeapUsedSize"))


def test_mutated_updates_are_drawn_or_refused_with_words(page: Page, site: FakeSite) -> None:
    chance, updates = random.Random(2026), recorded()
    page.goto(site.address("/supervisor"))
    expect(page.get_by_role("table", name="Agents")).to_be_visible()
    came: list[str] = []
    for batch in range(MUTATIONS // BATCH):
        number = batch % len(updates)
        nonsense = [text(mutated(updates[number], chance, updates)) for _ in range(BATCH)]
        before = [text(update) for update in updates[:number]]
        came += page.evaluate(FEED, {"before": before, "nonsense": nonsense, "patience": 20_000})
        if batch == len(updates):
            held = heap(page)
    assert heap(page) - held < MOST_GROWTH
    assert "hangs" not in came
    kinds: dict[str, int] = {}
    for words in came:
        kinds[words.split(":")[0]] = kinds.get(words.split(":")[0], 0) + 1
    # What a decoder of the browser's own refuses is told in the browser's words.
    assert kinds.keys() <= {"drawn", "Error", "RangeError", "InvalidStateError", "EncodingError"}, kinds
    assert kinds["drawn"] > MUTATIONS // 50
    assert kinds["Error"] > MUTATIONS // 4
    assert all(words.partition(": ")[2] for words in came if words != "drawn")


def refused(count: int, chance: random.Random) -> Iterator[tuple[list[bytes], Any]]:
    """Nonsense that a viewer refuses, and the updates before it."""
    updates = recorded()
    while count:
        number = chance.randrange(len(updates))
        viewer, update = Viewer([1]), mutated(updates[number], chance)
        for each in updates[:number]:
            for piece in media.pieces(each):
                viewer.feed(piece)
        try:
            for piece in media.pieces(update):
                viewer.feed(piece)
        except (MalformedUpdate, MalformedMedia):
            count -= 1
            yield list(updates[:number]), update


def began(site: FakeSite, count: int) -> bool:
    """Whether so many glances have begun."""
    return len(site.viewers) == count


def test_a_page_that_is_sent_nonsense_ends_the_glance_with_words_and_keeps_nothing(
    page: Page, site: FakeSite
) -> None:
    dana = agent_row(site, "Dana")
    for count, (before, update) in enumerate(refused(6, random.Random(5)), 1):
        site.pictures[1] = before
        page.goto(site.address(f"/supervisor/agents?agent={dana.node}&glance=1"))
        expect(page.locator("canvas")).to_have_count(1)
        until(page, partial(began, site, count))
        site.send(update or b"\0")
        expect(page.locator(".ending")).to_have_text("Glance ended: this page could not draw the picture")
        expect(page.locator("canvas")).to_have_count(0)
        assert len(page.workers) == 1  # it waits for the next glance
