"""What most tests in a browser begin with. A module that needs another window makes its own ``context``."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.browser import launched, watched_page, window


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with window(chromium) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Whatever goes wrong inside it, or against its policy, fails the test."""
    with watched_page(context) as page:
        yield page
