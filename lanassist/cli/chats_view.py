"""Lists of conversations as the CLI prints them. What people wrote is made inert."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from rich.table import Table
from rich.text import Text

from lanassist.cli.finding import shortened
from lanassist.cli.inert import inert
from lanassist.cli.render import DASH, clock_time, span
from lanassist.node.services.conversations.commands import (
    BlockedRow,
    Colleague,
    Controller,
    ControlRow,
    OwnConversation,
    PastConversation,
    ToldConversation,
    WhisperRow,
)

STATES: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "orphaned": ("!", "Orphaned", "red"),
        "waiting": ("◌", "Waiting", "yellow"),
        "open": ("●", "Open", "green"),
        "held": ("●", "Ongoing", "green"),
        "completing": ("◑", "Completing", "yellow"),
        "done": ("✓", "Done", "bright_black"),
        "moved": ("→", "Moved away", "bright_black"),
    }
)
"""Shape, word and colour of a conversation's state, the most pressing first."""
_ORDER: Final = tuple(STATES)


def state_of(row: ToldConversation) -> str:
    """A key of STATES."""
    return "orphaned" if row.orphaned and row.state == "open" else row.state


def state_text(key: str) -> Text:
    """Shape and word of a key of STATES."""
    shape, word, colour = STATES[key]
    return Text.assemble((f"{shape} {word}", colour))


def _plain(text: str) -> Text:
    return Text(inert(text) or DASH)


def _table(*headers: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for header in headers:
        table.add_column(header, overflow="fold")
    return table


# --- lists -------------------------------------------------------------------------------------------


def told_table(rows: Iterable[ToldConversation], now: float) -> Table:
    """One row a conversation: orphans first, then who waits longest."""
    known = sorted(rows, key=lambda row: (_ORDER.index(state_of(row)), row.since, row.conversation))
    short = shortened(row.conversation for row in known)
    table = _table("Conversation", "Client", "Category", "State", "In state", "Agent", "Contact")
    for row in known:
        table.add_row(
            _plain(short[row.conversation]),
            _plain(row.client.name),
            _plain(row.category),
            state_text(state_of(row)),
            span(now - row.since),
            _plain(row.owner_name if row.state == "open" else ""),
            _plain(row.client.contact),
        )
    return table


def own_table(rows: Iterable[OwnConversation], now: float) -> Table:
    """One row a conversation of this agent: in hand first, who waits longest on top."""
    known = sorted(rows, key=lambda row: (_ORDER.index(row.state), row.waiting_since or now, row.since))
    short = shortened(row.conversation for row in known)
    table = _table("Conversation", "Client", "Category", "State", "In state", "Waits", "Note")
    for row in known:
        table.add_row(
            _plain(short[row.conversation]),
            _plain(row.client.name),
            _plain(row.category),
            state_text(row.state),
            span(now - row.since),
            DASH if row.waiting_since is None else span(now - row.waiting_since),
            _plain(_own_note(row)),
        )
    return table


def _own_note(row: OwnConversation) -> str:
    notes = [
        "the client is typing" if row.typing else "",
        f"{len(row.pending)} not confirmed yet" if row.pending else "",
        f"{len(row.refused)} not sent" if row.refused else "",
        "" if row.desk_online else "the desk is away",
    ]
    return ", ".join(filter(None, notes))


def past_table(rows: Iterable[PastConversation], now: float) -> Table:
    """One row an earlier conversation, the newest first."""
    known = list(rows)
    short = shortened(row.conversation for row in known)
    table = _table("Conversation", "Began", "State", "Category", "Agent", "Entries")
    for row in known:
        table.add_row(
            _plain(short[row.conversation]),
            clock_time(now - row.began),
            state_text(row.state),
            _plain(row.category),
            _plain(row.agent),
            str(row.entries),
        )
    return table


def blocked_table(rows: Iterable[BlockedRow], now: float) -> Table:
    """One row a client who is blocked."""
    known = sorted(rows, key=lambda row: (row.name.casefold(), row.client))
    short = shortened(row.client for row in known)
    table = _table("Client", "Name", "Reason", "By", "Ends in")
    for row in known:
        ends = "when unblocked" if row.until is None else span(row.until - now)
        names = (_plain(text) for text in (short[row.client], row.name, row.reason, row.by))
        table.add_row(*names, ends)
    return table


def colleagues_table(rows: Iterable[Colleague]) -> Table:
    """One row an agent, those who can be given a client first."""
    table = _table("Agent", "E-mail", "Teams", "Capacity", "Can take it")
    for row in sorted(rows, key=lambda row: (row.refusal is not None, row.name.casefold())):
        table.add_row(
            _plain(row.name),
            _plain(row.email),
            _plain(", ".join(row.teams)),
            f"{row.active}/{row.total}",
            Text("yes") if row.refusal is None else Text(f"no: {inert(row.refusal.text)}"),
        )
    return table


def whispers_table(rows: Iterable[WhisperRow], now: float) -> Table:
    """One row a supervisor's word to this agent, the oldest first."""
    table = _table("At", "Supervisor", "Conversation", "Text")
    for row in sorted(rows, key=lambda row: row.at):
        about = row.conversation[:8]
        table.add_row(clock_time(now - row.at), _plain(row.name), _plain(about), _plain(row.text))
    return table


def control_table(rows: Iterable[ControlRow], now: float) -> Table:
    """One row a session of control, as this supervisor's node has it."""
    table = _table("Agent", "State", "For", "Session", "Ended because")
    for row in sorted(rows, key=lambda row: (row.state == "ended", row.agent_name.casefold())):
        why = row.end.text if row.end else ""
        table.add_row(
            _plain(row.agent_name), row.state, span(now - row.since), _plain(row.session[:8]), _plain(why)
        )
    return table


def controller_table(rows: Iterable[Controller], now: float) -> Table:
    """Who acts as this agent; there is one at most."""
    table = _table("Supervisor", "For", "Reason")
    for row in rows:
        table.add_row(_plain(row.name), span(now - row.since), _plain(row.reason))
    return table
