"""The page that is measured, in Chromium: when what was marked is painted, and what an update costs."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks.screen.programs import BenchmarkFailed

SHOWN_WITHIN = 10.0
HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Watched:
    """One page with the probe in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._devtools: CDPSession = page.context.new_cdp_session(page)
        self._devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._ahead = 0.0

    def compare_clocks(self) -> None:
        """The page's wall clock against ours, from the quickest of some askings."""
        best = 1e9
        for _ in range(20):
            before = time.time()
            theirs = self.page.evaluate("performance.timeOrigin + performance.now()") / 1000
            took = time.time() - before
            if took < best:
                best, self._ahead = took, theirs - (before + took / 2)

    def probe(self) -> dict[str, Any]:
        """What the probe has noted so far."""
        noted: dict[str, Any] = self.page.evaluate("window.fleetProbe")
        return noted

    def forget(self) -> None:
        """From now on, updates and long tasks are counted anew."""
        self.page.evaluate("Object.assign(fleetProbe, {updates: [], long: [], bytes: 0})")

    def busy(self) -> float:
        """Processor seconds that the page's main thread has used."""
        told = self._devtools.send("Performance.getMetrics")["metrics"]
        return float(next(each["value"] for each in told if each["name"] == "TaskDuration"))

    def took(self, marked: dict[str, float]) -> list[float]:
        """Milliseconds from each mark's time on our wall clock until it was painted. Raises BenchmarkFailed.

        Asked when all is over, so that asking does not disturb what is measured.
        """
        give_up = time.monotonic() + SHOWN_WITHIN
        while missing := [mark for mark in marked if not self.probe()["seen"].get(mark)]:
            if time.monotonic() > give_up:
                raise BenchmarkFailed(f"{len(missing)} marks were not shown: {', '.join(missing[:5])}")
            time.sleep(0.1)
        seen = self.probe()["seen"]
        return [1000 * (seen[mark] / 1000 - self._ahead - at) for mark, at in marked.items()]


@contextmanager
def watched() -> Iterator[Watched]:
    """A page of a fresh Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            page = chromium.new_page(viewport={"width": 1440, "height": 900})
            page.add_init_script(path=HERE / "probe.js")
            yield Watched(page)
        finally:
            chromium.close()
