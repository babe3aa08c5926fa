"""Where what is followed gets written: JSON lines, lines for people, or a terminal that stays."""

import contextlib
import sys
from collections.abc import Iterator
from typing import Protocol

from rich.console import Console
from rich.live import Live

from lanassist.cli import log_view, plain
from lanassist.node.services.conversation import EntryRecord
from lanassist.node.services.conversations.commands import ToldConversation


class Paper(Protocol):
    """Where it is written."""

    def entry(self, client: str, entry: EntryRecord, now: float) -> None: ...
    def draft(self, conversation: str, client: str, text: str) -> None: ...
    def told(self, row: ToldConversation, now: float) -> None: ...


class Lines:
    """JSON, one line a change."""

    def entry(self, client: str, entry: EntryRecord, now: float) -> None:
        plain.print_json({"kind": "entry", "client": client, "entry": plain.aged(entry, now)})

    def draft(self, conversation: str, client: str, text: str) -> None:
        plain.print_json({"kind": "draft", "conversation": conversation, "client": client, "text": text})

    def told(self, row: ToldConversation, now: float) -> None:
        plain.print_json({"kind": "conversation", "conversation": plain.aged(row, now)})


class Roll:
    """For people: entries go by, drafts stand below them; into a file each draft is a line too."""

    def __init__(self, console: Console, live: Live | None, *, names: bool) -> None:
        self._console = console
        self._live = live
        self._names = names
        self._drafts: dict[str, tuple[str, str]] = {}

    def entry(self, client: str, entry: EntryRecord, now: float) -> None:
        self._console.print(log_view.entry_line(entry, now, client if self._names else ""), soft_wrap=True)

    def draft(self, conversation: str, client: str, text: str) -> None:
        self._drafts[conversation] = (client, text)
        typed = {client: text for client, text in self._drafts.values() if text}
        if self._live is not None:
            self._live.update(log_view.drafts_table(typed), refresh=True)
        elif text:
            self._console.print(log_view.drafts_table({client: text}))

    def told(self, row: ToldConversation, now: float) -> None:
        self._console.print(log_view.heading(row, now))


@contextlib.contextmanager
def paper_for(as_json: bool, *, names: bool) -> Iterator[Paper]:
    """The one that suits stdout; ``names``: say whose client an entry is about."""
    if as_json:
        yield Lines()
        return
    tty = sys.stdout.isatty()
    console = Console(width=None if tty else 200, markup=False, emoji=False, highlight=False)
    if not tty:
        yield Roll(console, None, names=names)
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield Roll(console, live, names=names)
