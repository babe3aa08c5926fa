"""The browser of the page tests: one Chromium, how it is started, and a page that hides nothing.

A test module makes the fixtures it needs of these::

    @pytest.fixture(scope="module")
    def chromium() -> Iterator[Browser]:
        with launched() as browser:
            yield browser
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PROGRAM: Final = "/usr/bin/chromium"
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE: Final = 1280
"""Pixels, of a usual window."""
NARROW: Final = 390
"""Pixels, of a telephone."""


@contextmanager
def launched(*more: str, home: Path | None = None) -> Iterator[Browser]:
    """Chromium, with more arguments if need be; ``home``: of a user of its own, who may trust more."""
    environ: dict[str, str | float | bool] = {**os.environ, **({} if home is None else {"HOME": str(home)})}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=[*ARGUMENTS, *more], env=environ)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def window(chromium: Browser, width: int = WIDE, height: int = 800, **about: Any) -> Iterator[BrowserContext]:
    """A browser's window with cookies of its own. Anything waited for may take 30 s."""
    context = chromium.new_context(viewport={"width": width, "height": height}, **about)
    context.set_default_timeout(30_000)
    try:
        yield context
    finally:
        context.close()


@contextmanager
def watched_page(context: BrowserContext) -> Iterator[Page]:
    """A page; whatever goes wrong inside it, or against its policy, fails the test."""
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if "Content Security" in line.text else None)
    yield page
    page.close()
    assert wrong == [], wrong


def until(page: Page, condition: Callable[[], object], seconds: float = 10) -> None:
    """Until the condition holds, while the page lives on; fails after ``seconds``."""
    for _ in range(int(seconds * 50)):
        if condition():
            return
        page.wait_for_timeout(20)
    raise AssertionError("it did not come to that")
