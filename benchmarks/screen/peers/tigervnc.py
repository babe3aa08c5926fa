"""TigerVNC as most run it: Xvnc is the X server, the native viewer shows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.screen.displays import DESKTOP, Display, display, split_in_two
from benchmarks.screen.peers.base import Served
from benchmarks.screen.programs import free_port, started
from benchmarks.screen.scenes import HEIGHT, WIDTH


@contextmanager
def xvnc(work: Path) -> Iterator[Served]:
    """Run an Xvnc with two monitors, reachable from loopback alone, settings as shipped, not encrypted."""
    port = free_port()
    arguments = [
        "Xvnc", "-geometry", DESKTOP, "-depth", "24", "-rfbport", str(port), "-localhost",
        "-SecurityTypes", "None",
        "-AlwaysShared", "-noreset",
    ]  # fmt: skip
    with display(arguments, work / "xvnc.log") as made:
        split_in_two(made.name)
        yield Served(made, (made.pid,), port)


@contextmanager
def native_viewer(port: int, viewer: Display, work: Path) -> Iterator[None]:
    """Run TigerVNC's own viewer over the whole of the viewer's display, its settings as shipped."""
    arguments = [
        "xtigervncviewer", "-display", viewer.name, "-Shared", "-ViewOnly", "-RemoteResize=0",
        "-ReconnectOnError=0",
        "-AlertOnFatalError=0", "-FullScreen",
        "-geometry", f"{WIDTH}x{HEIGHT}+0+0", f"127.0.0.1::{port}",
    ]  # fmt: skip
    with started(arguments, log=work / "viewer.log"):
        yield


class TigerVnc:
    """Xvnc and xtigervncviewer."""

    name = "tigervnc"
    title = "TigerVNC (Xvnc), native viewer"
    needs: tuple[str, ...] = ("Xvnc", "xrandr", "xtigervncviewer")

    @contextmanager
    def serve(self, work: Path) -> Iterator[Served]:
        """See Peer."""
        with xvnc(work) as served:
            yield served

    @contextmanager
    def watch(self, served: Served, port: int, viewer: Display, work: Path) -> Iterator[None]:
        """See Peer."""
        with native_viewer(port, viewer, work):
            yield
