"""What a terminal shows of a call that is listened to."""

import os
import pty
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pytest
import trio

from lanassist.cli.call_display import Display
from lanassist.node.sound.base import Levels


@dataclass
class Terminal:
    """Both ends of one: the program draws on ``theirs``."""

    ours: int
    theirs: int

    def fill(self) -> None:
        """Nobody reads it, and it takes nothing more."""
        os.set_blocking(self.theirs, False)
        with suppress(BlockingIOError):
            while True:
                os.write(self.theirs, b".")
        os.set_blocking(self.theirs, True)

    def read(self) -> str:
        """What was drawn since."""
        return os.read(self.ours, 65536).decode(errors="replace")


@contextmanager
def drawing() -> Iterator[Terminal]:
    """This process draws on it. Within a test only, for between its phases standard output is put back."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as drawn, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", drawn)
        patch.setenv("TERM", "xterm")
        yield Terminal(ours, theirs)
    os.close(ours)


async def until_it_shows(terminal: Terminal, words: str) -> None:
    with trio.fail_after(20):
        while words not in await trio.to_thread.run_sync(terminal.read, abandon_on_cancel=True):
            pass


async def test_everybodys_level_is_a_bar() -> None:
    with drawing() as terminal:
        display = Display("Dana", as_json=False)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(display.run)
            await until_it_shows(terminal, "customer ▯")
            display.levels(Levels(customer=-30.0))
            await until_it_shows(terminal, "▮▯")
            display.end()


async def test_a_terminal_that_is_held_up_holds_up_nothing_else() -> None:
    with drawing() as terminal:
        terminal.fill()
        display = Display("Dana", as_json=False)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(display.run)
            display.note("The microphone is muted.")
            await until_it_shows(terminal, "The microphone is muted.")
            display.end()
