"""What a terminal shows of a call that is listened to: the state, how long, and how loud everybody is."""

import sys
import time
from typing import Final

import trio
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from lanassist.cli import plain
from lanassist.cli.call_view import ASSISTS
from lanassist.cli.inert import inert
from lanassist.cli.render import span
from lanassist.node.services.assist.commands import AssistSession, AssistState
from lanassist.node.sound.base import Levels

FAINT: Final = -60.0
"""dBFS: an empty bar."""
WIDTH: Final = 30
EVERY: Final = 0.1
"""Seconds between two drawings."""
LAST: Final = 1.0
"""Seconds that a terminal may take to wipe the last drawing."""
KEYS: Final = "hold space to talk · t takes over, and gives back · q closes; the call goes on"


def bar(level: float) -> str:
    """A level as a bar; 0 dBFS fills it."""
    filled = round((1 - max(FAINT, min(0.0, level)) / FAINT) * WIDTH)
    return "▮" * filled + "▯" * (WIDTH - filled)


class Display:
    """A live picture in a terminal, a line a change in a pipe, a document a change for scripts."""

    def __init__(self, agent: str, as_json: bool) -> None:
        self._agent = agent
        self._as_json = as_json
        self._live = sys.stdout.isatty() and not as_json
        self._levels = Levels()
        self._state: AssistState = "ringing"
        self._since = time.monotonic()
        self._note = ""
        self._over = False

    def show(self, row: AssistSession) -> None:
        """The session as the node has it."""
        if row.state == self._state and not row.fell_back:
            return
        if row.state != self._state:
            self._state, self._since = row.state, time.monotonic()
        if self._as_json:
            end = None if row.end is None else {"code": row.end.code, "text": row.end.text}
            told = {"session": row.session, "agent": row.agent, "state": row.state, "end": end}
            plain.print_json({**told, "fell_back": row.fell_back})
        elif not self._live:
            print(inert(f"{self._agent}: {self._words(row)}"), flush=True)

    def _words(self, row: AssistSession) -> str:
        return f"{ASSISTS[row.state]}{f': {row.end.text}' if row.end else ''}"

    def levels(self, levels: Levels) -> None:
        """How loud everybody is."""
        self._levels = levels

    def note(self, text: str) -> None:
        """Something that went wrong, while all else goes on; empty: nothing does."""
        if text and text != self._note and not self._live:
            print(inert(text), file=sys.stderr, flush=True)
        self._note = text

    def end(self) -> None:
        """Draw no more."""
        self._over = True

    async def run(self) -> None:
        """Draw, as long as there is a terminal to draw on."""
        if not self._live:
            return
        live = Live(console=Console(), auto_refresh=False, transient=True)
        # In threads, for a terminal that is held up (Ctrl+S, a slow line) holds up neither sound nor keys.
        try:
            await trio.to_thread.run_sync(live.start, abandon_on_cancel=True)
            while not self._over:
                live.update(self._picture())
                await trio.to_thread.run_sync(live.refresh, abandon_on_cancel=True)
                await trio.sleep(EVERY)
        finally:
            with trio.CancelScope(shield=True), trio.move_on_after(LAST):
                await trio.to_thread.run_sync(live.stop, abandon_on_cancel=True)

    def _picture(self) -> Group:
        heading = f"{inert(self._agent)} · {ASSISTS[self._state]} · {span(time.monotonic() - self._since)}"
        levels = self._levels
        parties = (("customer", levels.customer), ("agent", levels.agent), ("you", levels.supervisor))
        return Group(
            Text(heading, style="bold"),
            *(Text(f"{name:>9} {bar(level)} {level:5.0f} dB") for name, level in parties),
            Text(inert(self._note) if self._note else KEYS, style="red" if self._note else "dim"),
        )
