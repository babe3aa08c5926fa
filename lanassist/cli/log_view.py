"""One conversation as the CLI prints it: its head, its log line by line, drafts, and what is not sent yet."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from rich.table import Table
from rich.text import Text

from lanassist.cli.chats_view import state_of, state_text
from lanassist.cli.inert import inert
from lanassist.cli.render import DASH, clock_time, span
from lanassist.node.services.conversation import EntryRecord
from lanassist.node.services.conversations.commands import OwnConversation, ToldConversation

WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "note": "note",
        "categorise": "category",
        "joined": "has the conversation",
        "complete": "completed it",
        "queued": "back in the queue",
        "left": "the client left",
        "blocked": "the client was blocked",
    }
)
"""What an entry is that nobody said to anybody."""


def _rows(*styles: str) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    for style in styles:
        table.add_column(style=style, overflow="fold")
    return table


def heading(row: ToldConversation | OwnConversation, now: float) -> Table:
    """Client, state, agent, category on one line."""
    agent = ""
    state: str = row.state
    if isinstance(row, ToldConversation):
        agent, state = row.owner_name if row.state == "open" else "", state_of(row)
    pieces = [row.client.name, row.client.contact, row.category, agent]
    shown = [Text(inert(piece)) for piece in pieces if piece]
    table = _rows(*["bold"] * len(shown))
    table.add_row(*shown, state_text(state), span(now - row.since))
    return table


def entries_table(entries: Sequence[EntryRecord], now: float) -> Table:
    """One row an entry."""
    table = _rows("dim", "bold", "")
    for entry in entries:
        table.add_row(clock_time(now - entry.at), Text(who(entry)), Text(what(entry)))
    return table


def entry_line(entry: EntryRecord, now: float, client: str = "") -> Text:
    """One entry on a line of its own; ``client``: whose conversation it is in, where there are several."""
    whose = f"{inert(client)} ‹ " if client and entry.kind != "client" else ""
    pieces = [(f"{clock_time(now - entry.at)}  ", "dim"), (whose, "dim"), (f"{who(entry)}  ", "bold")]
    return Text.assemble(*pieces, what(entry))


def who(entry: EntryRecord) -> str:
    """Whose entry it is; what was done under control names the supervisor too."""
    return inert(f"{entry.name} (by {entry.actor_name})" if entry.actor_name else entry.name) or DASH


def what(entry: EntryRecord) -> str:
    """What an entry says, on one line."""
    if entry.kind in ("client", "say"):
        return inert(entry.text)
    return f"[{WORDS[entry.kind]}] {inert(entry.text)}".rstrip()


def unsent_table(row: OwnConversation) -> Table:
    """What the desk has not confirmed, and what came too late."""
    table = _rows("yellow", "bold", "")
    for mark, acts in (("not confirmed yet", row.pending), ("not sent: it had moved", row.refused)):
        for act in acts:
            table.add_row(mark, act.kind, Text(inert(act.text)))
    return table


def drafts_table(drafts: Mapping[str, str]) -> Table:
    """What an agent is typing, by client."""
    table = _rows("", "bold", "italic")
    for client, text in drafts.items():
        table.add_row("✎ typing", Text(inert(client)), Text(inert(text)))
    return table
