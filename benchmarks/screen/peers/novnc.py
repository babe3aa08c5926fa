"""noVNC: Xvnc behind websockify, shown by noVNC's own library in Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.screen.displays import Display
from benchmarks.screen.peers.base import Served
from benchmarks.screen.peers.browser import kiosk
from benchmarks.screen.peers.tigervnc import xvnc
from benchmarks.screen.programs import free_port, listening, started, wait_until

NOVNC = Path("/usr/share/novnc")

PAGE = """<!doctype html>
<title>noVNC</title>
<style>html, body, #screen { margin: 0; overflow: hidden }
#screen { width: 1920px; height: 1080px }</style>
<div id="screen"></div>
<script type="module">
import RFB from "./core/rfb.js";
const place = document.getElementById("screen");
const screen = new RFB(place, `ws://${location.host}/websockify`, { shared: true });
screen.viewOnly = true;
screen.clipViewport = true;
</script>
"""
"""Only the library and the screen, so that no control bar covers a pixel; settings as shipped."""


class NoVnc:
    """Xvnc, websockify, and noVNC in Chromium."""

    name = "novnc"
    title = "noVNC (Xvnc, websockify), Chromium"
    needs: tuple[str, ...] = ("Xvnc", "xrandr", "websockify", str(NOVNC / "core" / "rfb.js"), "chromium")

    @contextmanager
    def serve(self, work: Path) -> Iterator[Served]:
        """See Peer."""
        pages, port = work / "pages", free_port()
        pages.mkdir()
        for folder in ("core", "vendor"):
            (pages / folder).symlink_to(NOVNC / folder)
        (pages / "screen.html").write_text(PAGE)
        with xvnc(work) as served:
            arguments = ["websockify", "--web", str(pages), f"127.0.0.1:{port}", f"127.0.0.1:{served.port}"]
            with started(arguments, log=work / "websockify.log") as gateway:
                wait_until(lambda: listening(port), 10, "websockify did not start.")
                yield Served(served.display, (*served.servers, gateway.pid), port)

    @contextmanager
    def watch(self, served: Served, port: int, viewer: Display, work: Path) -> Iterator[None]:
        """See Peer."""
        with kiosk(f"http://127.0.0.1:{port}/screen.html", viewer, work):
            yield
