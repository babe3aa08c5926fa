"""What the CLI prints for people: tables. Every text from elsewhere is made inert."""

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
from lanassist.node.services.glance.commands import Watcher
from lanassist.node.services.peers.commands import PeerRow
from lanassist.node.services.presence.commands import AgentRow, OwnStatus
from lanassist.web.commands import NodeStatus

DASH: Final = "—"
STATUS: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "available": ("●", "Available", "green"),
        "connected": ("◐", "Connected · full", "yellow"),
        "acw": ("◑", "After call work", "yellow"),
        "absent": ("○", "Absent", "bright_black"),
    }
)
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


def print_table(*tables: Table) -> None:
    """Print tables; to a pipe or file at full width and without colours."""
    width = None if sys.stdout.isatty() else 200
    console = Console(width=width, markup=False, emoji=False, highlight=False)
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


def clock_time(age: float) -> str:
    """The local time so many seconds ago: 10:42, with the date if that was another day."""
    then, today = time.localtime(time.time() - age), time.localtime()
    return time.strftime("%H:%M" if then[:3] == today[:3] else "%Y-%m-%d %H:%M", then)


def status_text(row: AgentRow, now: float) -> Text:
    """Shape, word and reason of an agent's status."""
    shape, word, colour = STATUS[row.status]
    return Text.assemble((f"{shape} ", colour), (word, colour), inert(_because(row, now)))


def _because(row: AgentRow, now: float) -> str:
    match row.why:
        case "offline":
            return f" · offline since {clock_time(now - row.since)}"
        case "break":
            return f" · on break: {row.reason}" if row.reason else " · on break"
        case "locked":
            return " · screen locked"
        case _:
            return ""


def _screen(row: AgentRow) -> str:
    if not row.online:
        return DASH
    if row.screen_error:
        return inert(row.screen_error)
    count = len(row.displays)
    return f"{count} display{'' if count == 1 else 's'}{' · locked' if row.locked else ''}"


def _age(moment: float | None, now: float) -> str:
    return DASH if moment is None else span(now - moment)


# --- tables ------------------------------------------------------------------------------------------


def _table(*headers: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for header in headers:
        table.add_column(header, overflow="fold")
    return table


def _card(lines: Iterable[tuple[str, str | Text]]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in lines:
        table.add_row(name, value if isinstance(value, Text) else Text(inert(value)))
    return table


def agents_table(rows: Iterable[AgentRow], now: float) -> Table:
    """One row an agent, by name."""
    table = _table("Agent", "Status", "In state", "Presence", "Last activity", "Screen")
    for row in sorted(rows, key=lambda row: (row.name.casefold(), row.email)):
        table.add_row(
            Text.assemble(inert(row.name), (f" <{inert(row.email)}>", "dim")),
            status_text(row, now),
            Text(_age(row.since, now)),
            Text(_presence(row, now)),
            Text(_age(row.last_activity, now)),
            Text(_screen(row)),
        )
    return table


def _presence(row: AgentRow, now: float) -> str:
    if not row.online or row.online_since is None:
        return DASH
    age = now - row.online_since
    return f"{span(age)} since {clock_time(age)}"


def agent_card(row: AgentRow, now: float) -> Table:
    """Everything about one agent but the displays."""
    return _card(
        [
            ("Agent", row.name),
            ("E-mail", row.email),
            ("Node", row.node),
            ("Teams", ", ".join(row.teams) or DASH),
            ("Status", status_text(row, now)),
            ("In state", _age(row.since, now)),
            ("Presence", _presence(row, now)),
            ("Last activity", _age(row.last_activity, now)),
            ("Last heard", _age(row.last_heard, now)),
            ("Screen", _screen(row)),
        ]
    )


def displays_table(displays: Iterable[Display]) -> Table:
    """One row a display, as ``--display`` takes it."""
    table = _table("Display", "Resolution", "Position", "Primary", "Name")
    for each in displays:
        table.add_row(
            str(each.number),
            f"{each.width}×{each.height}",
            f"{each.x},{each.y}",
            "primary" if each.primary else "",
            Text(inert(each.name)),
        )
    return table


def watchers_table(rows: Iterable[Watcher], now: float) -> Table:
    """One row a glance at this machine's own screen, the latest first."""
    table = _table("Supervisor", "Displays", "Reason", "Began", "Lasted", "Ended")
    for row in rows:
        table.add_row(
            Text(inert(row.name)),
            ", ".join(str(number) for number in row.displays),
            Text(inert(row.reason or DASH)),
            clock_time(now - row.since),
            span((now if row.ended is None else row.ended) - row.since),
            Text(inert(row.end.text) if row.end else "is looking now"),
        )
    return table


def peers_table(rows: Iterable[PeerRow], now: float) -> Table:
    """One row a node that this one knows."""
    table = _table("Peer", "Roles", "Address", "Found by", "State", "Since", "Why")
    for row in sorted(rows, key=lambda row: (row.name.casefold(), row.address, row.key)):
        shape, colour = PEER_STATE[row.state]
        table.add_row(
            Text(inert(f"{row.name} <{row.email}>" if row.name else DASH)),
            Text(inert(", ".join(row.roles))),
            Text(inert(row.address or DASH)),
            Text(row.source),
            Text.assemble((f"{shape} {row.state}", colour)),
            Text(_age(row.since, now)),
            Text(inert(row.why)),
        )
    return table


def own_status_cards(rows: Iterable[OwnStatus], now: float) -> Table:
    """This agent's own state; there is one."""
    return _card(line for own in rows for line in _own_lines(own, now))


def _own_lines(own: OwnStatus, now: float) -> list[tuple[str, str | Text]]:
    shape, word, colour = STATUS["available" if own.status == "available" else "absent"]
    reason = "" if own.status == "available" else f" · on break: {inert(own.reason)}"
    locked = {None: "this desktop does not tell", True: "yes", False: "no"}[own.locked]
    return [
        ("Status", Text.assemble((f"{shape} {word}", colour), reason)),
        ("In state", _age(own.since, now)),
        ("Screen locked", locked),
        ("Displays", own.screen_error or str(len(own.displays))),
    ]


def node_card(state: NodeStatus) -> Table:
    """This node: who it is, where it listens, whom it reaches."""
    me, discovery = state.identity, state.discovery
    return _card(
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
            ("Discovery", f"{discovery.state}{': ' if discovery.text else ''}{discovery.text}"),
            ("Live peers", str(state.peers_live)),
            ("Screen", state.desktop_error or f"{len(state.displays)} displays"),
            ("Up for", span(state.uptime)),
            ("Version", f"{state.version}, process {state.pid}"),
            ("Home", state.home),
        ]
    )
