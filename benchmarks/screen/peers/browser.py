"""Chromium over the whole of the viewer's display."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.screen.displays import Display
from benchmarks.screen.programs import started
from benchmarks.screen.scenes import HEIGHT, WIDTH


@contextmanager
def kiosk(address: str, viewer: Display, work: Path) -> Iterator[None]:
    """Show ``address`` at 1:1, without the browser's own controls, from the top left corner."""
    arguments = [
        "chromium", "--kiosk", "--no-first-run", "--no-default-browser-check", "--disable-gpu",
        "--no-sandbox",
        "--disable-background-networking", "--disable-component-update", "--force-device-scale-factor=1",
        # without a window manager Chromium takes a pixel off a window that would fill the display
        "--window-position=0,0", f"--window-size={WIDTH + 1},{HEIGHT + 1}",
        f"--user-data-dir={work / 'profile'}",
        address,
    ]  # fmt: skip
    with started(arguments, log=work / "chromium.log", environment={"DISPLAY": viewer.name}):
        yield
