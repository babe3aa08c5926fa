"""What the CLI prints for people: tables. Every text from elsewhere is made inert."""

import shutil
import sys
import time
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lanassist.cli.inert import inert
from lanassist.node.protocol.messages import Display
from lanassist.node.services.audit.commands import Watched
from lanassist.node.services.peers.commands import PeerRow
from lanassist.web.commands import NodeStatus

DASH: Final = "—"
PEER_STATE: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "live": ("●", "green"),
        "connecting": ("◌", "yellow"),
        "unreachable": ("○", "bright_black"),
        "refused": ("✗", "red"),
        "offline": ("○", "bright_black"),
    }
)


# --- printing ----------------------------------------------------------------------------------------


PIPED: Final = 200
"""Columns of what is printed to a pipe or file."""
ROOMY: Final = 130
"""Columns of a terminal from which on everything is told in one line."""


def terminal_width() -> int:
    """Columns that there are."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else PIPED


def print_table(*tables: Table) -> None:
    """Print tables; to a pipe or file at full width and without colours."""
    console = Console(width=terminal_width(), markup=False, emoji=False, highlight=False)
    for table in tables:
        console.print(table)


# --- words and numbers -------------------------------------------------------------------------------


def span(seconds: float) -> str:
    """A length of time: 0:42, 12:05, 3:07:09, 2 d 03:10."""
    whole = max(0, int(seconds))
    days, rest = divmod(whole, 86400)
    hours, minutes, left = rest // 3600, rest // 60 % 60, rest % 60
    if days:
        return f"{days} d {hours:02}:{minutes:02}"
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def brief_span(seconds: float) -> str:
    """The same where there is little room: 0:42, 12:05, 3h07, 2d03."""
    hours = max(0, int(seconds)) // 3600
    if hours >= 24:
        return f"{hours // 24}d{hours % 24:02}"
    return f"{hours}h{int(seconds) // 60 % 60:02}" if hours else span(seconds)


def clock_time(age: float) -> str:
    """The local time so many seconds ago: 10:42, with the date if that was another day."""
    then, today = time.localtime(time.time() - age), time.localtime()
    return time.strftime("%H:%M" if then[:3] == today[:3] else "%Y-%m-%d %H:%M", then)


def age(moment: float | None, now: float) -> str:
    """How long ago; a dash if it never was."""
    return DASH if moment is None else span(now - moment)


def displays_counted(count: int) -> str:
    """In words."""
    return f"{count} display{'' if count == 1 else 's'}"


# --- tables ------------------------------------------------------------------------------------------


def table_of(*headers: str) -> Table:
    """An empty table with these columns."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for header in headers:
        table.add_column(header, overflow="fold")
    return table


def card_of(lines: Iterable[tuple[str, str | Text]]) -> Table:
    """One thing: what is told of it, line by line."""
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in lines:
        table.add_row(name, value if isinstance(value, Text) else Text(inert(value)))
    return table


def displays_table(displays: Iterable[Display]) -> Table:
    """One row a display, as ``--display`` takes it."""
    table = table_of("Display", "Resolution", "Position", "Primary", "Name")
    for each in displays:
        table.add_row(
            str(each.number),
            f"{each.width}×{each.height}",
            f"{each.x},{each.y}",
            "primary" if each.primary else "",
            Text(inert(each.name)),
        )
    return table


def watchers_table(rows: Iterable[Watched], now: float) -> Table:
    """One row a stretch of supervision of this agent, the latest first."""
    table = table_of("Supervisor", "What", "Reason", "Began", "Lasted", "Ended")
    for row in rows:
        table.add_row(
            Text(inert(row.name)),
            Text(inert(_deed(row))),
            Text(inert(row.reason or DASH)),
            clock_time(now - row.since),
            span((now if row.ended is None else row.ended) - row.since),
            Text(inert(row.end.text) if row.end else "goes on now"),
        )
    return table


def _deed(row: Watched) -> str:
    """What the supervisor did."""
    if row.what == "glance":
        return f"display {', '.join(str(number) for number in row.displays)}{' (wall)' if row.wall else ''}"
    return f"call: {row.mode}" if row.what == "assist" else row.what


def peers_table(rows: Iterable[PeerRow], now: float, width: int | None = None) -> Table:
    """One row a node that this one knows; in a narrow terminal the reason stands below the state."""
    known = sorted(rows, key=lambda row: (row.name.casefold(), row.address, row.key))
    if (terminal_width() if width is None else width) < ROOMY:
        return _narrow_peers_table(known, now)
    table = table_of("Peer", "Roles", "Address", "Found by", "State", "For", "Why")
    for row in known:
        shape, colour = PEER_STATE[row.state]
        table.add_row(
            Text(inert(f"{row.name} <{row.email}>" if row.name else DASH)),
            Text(inert(", ".join(row.roles))),
            Text(inert(row.address or DASH)),
            Text(row.source),
            Text.assemble((f"{shape} {row.state}", colour)),
            Text(age(row.since, now)),
            Text(inert(row.why)),
        )
    return table


def _narrow_peers_table(rows: Iterable[PeerRow], now: float) -> Table:
    table = table_of("Peer", "Roles", "Address", "State")
    table.columns[2].min_width = len("192.168.100.100:47600")
    for row in rows:
        shape, colour = PEER_STATE[row.state]
        table.add_row(
            Text(inert(row.name or DASH)),
            Text(inert(", ".join(row.roles))),
            Text(inert(row.address or DASH)),
            Text.assemble(
                (f"{shape} {row.state}", colour),
                f" · {age(row.since, now)}",
                f"\n{inert(row.why)}" if row.why else "",
            ),
        )
    return table


def node_card(state: NodeStatus) -> Table:
    """This node: who it is, where it listens, whom it reaches."""
    me, discovery = state.identity, state.discovery
    return card_of(
        [
            ("Node", me.node),
            ("Name", f"{me.name} <{me.email}>"),
            ("Site", me.site),
            ("Roles", ", ".join(me.roles) or DASH),
            ("Teams", ", ".join(me.teams) or DASH),
            ("Grants", ", ".join(me.grants) or DASH),
            ("Certificate until", me.expires or DASH),
            ("Link port", str(state.link_port)),
            ("Page", state.page),
            ("Chat page", f"{state.chat}/chat" if state.chat else DASH),
            ("Discovery", f"{discovery.state}{': ' if discovery.text else ''}{discovery.text}"),
            ("Live peers", str(state.peers_live)),
            ("Screen", state.desktop_error or displays_counted(len(state.displays))),
            ("Up for", span(state.uptime)),
            ("Version", f"{state.version}, process {state.pid}"),
            ("Home", state.home),
        ]
    )
