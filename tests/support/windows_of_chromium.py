"""Chromium as people have it: windows and tabs on a display with a window manager.

Nothing of visibility or focus is emulated, as it is for the pages of ``browser.launched``: a page is hidden
when its tab is behind another, when its window is minimised, and when a window covers all of it.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.browser import ARGUMENTS, PROGRAM
from tests.support.nodes import ANSWER_DEADLINE, eventually
from tests.support.windows import Program
from tests.support.xserver import XServer

WIDTH, HEIGHT = 1280, 900


class Windows:
    """The one browser on a display, and what people do with its windows."""

    def __init__(self, x: XServer, browser: Browser, process: "subprocess.Popen[bytes]") -> None:
        self._x = x
        self._browser = browser
        self._process = process
        self.context: BrowserContext = browser.contexts[0]
        self.context.set_default_timeout(30_000)
        self._devtools = browser.new_browser_cdp_session()

    def minimise(self, page: Page) -> None:
        self._state(page, "minimized")

    def restore(self, page: Page) -> None:
        self._state(page, "normal")

    def maximise(self, page: Page) -> None:
        self._state(page, "maximized")

    def _state(self, page: Page, state: str) -> None:
        bounds = {"windowState": state}
        self._devtools.send("Browser.setWindowBounds", {"windowId": self._window(page), "bounds": bounds})

    def _window(self, page: Page) -> Any:
        session = self.context.new_cdp_session(page)
        target = session.send("Target.getTargetInfo")["targetInfo"]["targetId"]
        return self._devtools.send("Browser.getWindowForTarget", {"targetId": target})["windowId"]

    @contextmanager
    def covered(self) -> Iterator[None]:
        """Another program's window in front of everything, as large as the display."""
        with self._in_front(0, 0, WIDTH, HEIGHT):
            yield

    @contextmanager
    def covered_in_part(self) -> Iterator[None]:
        with self._in_front(200, 200, 400, 300):
            yield

    @contextmanager
    def _in_front(self, x: int, y: int, width: int, height: int) -> Iterator[None]:
        with Program(self._x.display) as program:
            window = program.window((40, 40, 60), x, y, width, height, popup=True).show()
            window.above_all()
            yield
            window.close()

    def kill(self) -> None:
        """As a browser that crashes, with all its windows."""
        self._process.kill()
        self._process.wait()


@contextmanager
def chromium_on_a_desktop() -> Iterator[Windows]:
    """A display with a window manager and Chromium, whose first tab is empty."""
    with XServer(WIDTH, HEIGHT) as x, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        manager = subprocess.Popen(["openbox", "--sm-disable"], env=x.environ, stderr=subprocess.DEVNULL)
        browser = subprocess.Popen(
            [PROGRAM, *ARGUMENTS, f"--user-data-dir={profile}", "--remote-debugging-port=0", "about:blank"],
            env={**os.environ, "DISPLAY": x.display},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with sync_playwright() as playwright:
                where = eventually(lambda: _debugger(Path(profile)), seconds=ANSWER_DEADLINE)
                connected = playwright.chromium.connect_over_cdp(where, no_defaults=True)
                yield Windows(x, connected, browser)
                with suppress(Exception):  # a test may have killed it
                    connected.close()
        finally:
            for process in (browser, manager):
                process.terminate()
                process.wait()


def _debugger(profile: Path) -> str:
    """Where it is driven from, once it is up."""
    with suppress(FileNotFoundError):
        port, _, _ = (profile / "DevToolsActivePort").read_text().partition("\n")
        return f"http://127.0.0.1:{port}" if port else ""
    return ""
