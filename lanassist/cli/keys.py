"""Single keys from a terminal, and whether one is held down: a terminal tells only that it repeats."""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Final

import trio

FIRST_REPEAT: Final = 0.75
"""Seconds until a key that is held down repeats for the first time, on the slowest keyboards."""
NEXT_REPEAT: Final = 0.2
"""Seconds between two repeats, likewise."""


class HeldKey:
    """One key: held from its first press until it does not repeat any more."""

    def __init__(self) -> None:
        self.until: float | None = None
        """When it counts as let go unless it repeats; None: it is not held."""

    def press(self, now: float) -> bool:
        """It was pressed, or repeats; whether it was not held before."""
        first = self.until is None
        self.until = now + (FIRST_REPEAT if first else NEXT_REPEAT)
        return first

    def let_go(self, now: float) -> bool:
        """Whether it is let go now."""
        if self.until is None or now < self.until:
            return False
        self.until = None
        return True


@contextlib.contextmanager
def single_keys() -> Iterator[bool]:
    """The terminal gives each key at once and echoes none; False: there is no terminal to type at."""
    if not sys.stdin.isatty():
        yield False
        return
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor)
    try:
        yield True
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


async def next_keys() -> str:
    """What was typed since, at least one character; empty at the end of input."""
    descriptor = sys.stdin.fileno()
    await trio.lowlevel.wait_readable(descriptor)
    return os.read(descriptor, 64).decode(errors="replace")
