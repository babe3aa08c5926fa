"""What many tests begin with: a browser's page, a sound server. A module that needs another makes its own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.browser import launched, watched_page, window
from tests.support.soundserver import PipeWire, PulseAudio, SoundServer


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


@pytest.fixture(params=[PulseAudio, PipeWire], ids=["pulseaudio", "pipewire"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    """One of each kind that there is; the test's processes find it."""
    with request.param() as started:
        for name, value in started.environ.items():
            monkeypatch.setenv(name, value)
        yield started
