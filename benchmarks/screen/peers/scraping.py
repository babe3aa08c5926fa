"""TigerVNC's x0vncserver: an X server that runs already is shown, which is what lanassist does too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.screen.displays import Display, agents_display
from benchmarks.screen.peers.base import Served
from benchmarks.screen.peers.tigervnc import native_viewer
from benchmarks.screen.programs import free_port, listening, started, wait_until
from benchmarks.screen.scenes import HEIGHT, WIDTH


class Scraping:
    """X0tigervnc of the first monitor of an Xvfb, and xtigervncviewer."""

    name = "x0vncserver"
    title = "TigerVNC (x0vncserver), native viewer"
    needs: tuple[str, ...] = ("Xvfb", "xrandr", "X0tigervnc", "xtigervncviewer")

    @contextmanager
    def serve(self, work: Path) -> Iterator[Served]:
        """See Peer."""
        port = free_port()
        with agents_display(work) as made:
            arguments = [
                "X0tigervnc", "-display", made.name, "-rfbport", str(port), "-localhost",
                "-SecurityTypes", "None",
                "-AlwaysShared", "-Geometry", f"{WIDTH}x{HEIGHT}+0+0",
            ]  # fmt: skip
            with started(arguments, log=work / "x0vncserver.log") as server:
                wait_until(lambda: listening(port), 10, "X0tigervnc did not start.")
                yield Served(made, (server.pid,), port)

    @contextmanager
    def watch(self, served: Served, port: int, viewer: Display, work: Path) -> Iterator[None]:
        """See Peer."""
        with native_viewer(port, viewer, work):
            yield
