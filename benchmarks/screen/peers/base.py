"""The shape of a peer: a server on an agent's display, and a viewer of it on another display."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, Protocol

from benchmarks.screen.displays import Display


class Served(NamedTuple):
    """An agent's display with its screen server beside it."""

    display: Display
    """Where the scenes are drawn."""
    servers: tuple[int, ...]
    """The processes, with all below them, that serve the screen; may be the X server itself."""
    port: int
    """The loopback port that the viewer's side has to reach, through the relay."""


class Peer(Protocol):
    """One way to show a screen elsewhere."""

    name: str
    """As given to ``--peers``."""
    title: str
    needs: tuple[str, ...]
    """Programs, as in ``programs.PACKAGES``."""

    def serve(self, work: Path) -> AbstractContextManager[Served]:
        """Start the agent's side; ``work`` is an empty folder for it."""
        ...

    def watch(self, served: Served, port: int, viewer: Display, work: Path) -> AbstractContextManager[None]:
        """Show the agent's first display 1:1 from the viewer's top left corner, by way of ``port``."""
        ...
