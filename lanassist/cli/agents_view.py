"""Agents and their figures as the CLI prints them. Every text from elsewhere is made inert."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from rich.table import Table
from rich.text import Text

from lanassist.cli.call_text import call_text
from lanassist.cli.inert import inert
from lanassist.cli.render import (
    DASH,
    ROOMY,
    age,
    brief_span,
    card_of,
    clock_time,
    displays_counted,
    span,
    table_of,
    terminal_width,
)
from lanassist.node.services.presence.commands import AgentRow, DayFigures, OwnStatus

STATUS: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "available": ("●", "Available", "green"),
        "connected": ("◐", "Connected", "yellow"),
        "acw": ("◑", "After call work", "magenta"),
        "absent": ("○", "Absent", "bright_black"),
    }
)
"""Shape, word and colour."""
TITLES: Final = (
    "Agent",
    "Status",
    "In state",
    "Presence",
    "Last activity",
    "Capacity",
    "Ongoing",
    "Completed",
    "Waiting",
    "AHT",
)
SHORT_TITLES: Final = (
    "Agent",
    "Status",
    "State",
    "Online",
    "Active",
    "Load",
    "Open",
    "Done",
    "Waiting",
    "AHT",
)
DRAWN_PLACES: Final = 8
"""Above so many places the bar says no more than the numbers."""
DRAWN_IN_LITTLE_ROOM: Final = 4


# --- words -------------------------------------------------------------------------------------------


def status_text(row: AgentRow, now: float) -> Text:
    """Shape, word and reason of an agent's status."""
    shape, word, colour = STATUS[row.status]
    because = _because(row, now)
    return Text.assemble((f"{shape} ", colour), (word, colour), f" · {inert(because)}" if because else "")


def _because(row: AgentRow, now: float) -> str:
    if row.status == "connected":
        return f"full {row.active}/{row.total}"
    match row.why:
        case "offline":
            return f"offline since {clock_time(now - row.since)}"
        case "break":
            return "on break" if row.reason in ("", "break") else f"on break: {row.reason}"
        case "locked":
            return "screen locked"
        case why:
            return why


def capacity_text(row: AgentRow, most: int = DRAWN_PLACES) -> Text:
    """Places taken of those there are, in numbers and up to ``most`` drawn; it may be more than there are."""
    if not row.total and not row.active:
        return Text("0/0" if row.online else DASH)
    taken = min(row.active, row.total)
    drawn = "■" * taken + "□" * (row.total - taken) if row.total <= most else ""
    colour = "green" if row.active < row.total else "yellow"
    return Text.assemble((f"{drawn} " if drawn else "", colour), f"{row.active}/{row.total}")


def _waiting(row: AgentRow, now: float, length: Callable[[float], str] = span) -> str:
    if not row.waiting or row.waiting_since is None:
        return str(row.waiting)
    return f"{row.waiting} · {length(now - row.waiting_since)}"


def _presence(row: AgentRow, now: float) -> str:
    if row.online and row.online_since is not None:
        since = now - row.online_since
        return f"{span(since)} since {clock_time(since)}"
    return DASH if row.last_heard is None else f"heard {span(now - row.last_heard)} ago"


def _screen(row: AgentRow) -> str:
    if not row.online:
        return DASH
    if row.screen_error:
        return row.screen_error
    return f"{displays_counted(len(row.displays))}{' · locked' if row.locked else ''}"


def _length(seconds: float | None) -> str:
    return DASH if seconds is None else span(seconds)


# --- supervisors' tables -----------------------------------------------------------------------------


def in_order(rows: Iterable[AgentRow]) -> list[AgentRow]:
    """As on the dashboard: whoever has a client waiting longest, then by name."""

    def place(row: AgentRow) -> tuple[float, str, str]:
        waits = float("inf") if row.waiting_since is None else row.waiting_since
        return waits, row.name.casefold(), row.email

    return sorted(rows, key=place)


def agents_table(rows: Iterable[AgentRow], now: float, width: int | None = None) -> Table:
    """One row an agent, with the columns of the dashboard; in fewer words where the terminal is narrow."""
    columns = terminal_width() if width is None else width
    narrow = columns < ROOMY
    table = table_of(*(SHORT_TITLES if narrow else TITLES))
    table.padding = (0, 1 if narrow else 2, 0, 0)
    table.columns[1].min_width = len("● Available")
    length, drawn = (brief_span, DRAWN_IN_LITTLE_ROOM) if narrow else (span, DRAWN_PLACES)

    def ago(moment: float | None) -> str:
        return DASH if moment is None else length(now - moment)

    for column in table.columns[2:]:
        column.no_wrap = True
    for column in table.columns[-4:]:
        column.justify = "right"
    for row in in_order(rows):
        table.add_row(
            Text.assemble(inert(row.name), "" if narrow else (f" <{inert(row.email)}>", "dim")),
            status_text(row, now),
            ago(row.since),
            ago(row.online_since) if narrow else _presence(row, now),
            ago(row.last_activity),
            capacity_text(row, drawn),
            str(row.ongoing),
            str(row.completed),
            _waiting(row, now, length),
            DASH if row.aht is None else length(row.aht),
        )
    return table


def agent_card(row: AgentRow, now: float) -> Table:
    """Everything about one agent but the displays."""
    return card_of(
        [
            ("Agent", row.name),
            ("E-mail", row.email),
            ("Node", row.node),
            ("Teams", ", ".join(row.teams) or DASH),
            ("Status", status_text(row, now)),
            ("In state", age(row.since, now)),
            ("Presence", _presence(row, now)),
            ("Last activity", age(row.last_activity, now)),
            ("Last heard", "linked now" if row.online else age(row.last_heard, now)),
            ("Capacity", capacity_text(row)),
            ("Ongoing", str(row.ongoing)),
            ("Waiting", _waiting(row, now)),
            ("Call", call_text(row.call, now)),
            ("Completed today", str(row.completed)),
            ("AHT today", _length(row.aht)),
            ("Can be given a client", "yes" if row.assign is None else row.assign.text),
            ("Status can be set", "yes" if row.set_status is None else row.set_status.text),
            ("Break reasons", ", ".join(row.break_reasons) or DASH),
            ("Screen", _screen(row)),
        ]
    )


# --- an agent's own ----------------------------------------------------------------------------------


def own_status_cards(rows: Iterable[OwnStatus], now: float) -> Table:
    """This agent's own state; there is one."""
    return card_of(line for own in rows for line in _own_lines(own, now))


def _own_lines(own: OwnStatus, now: float) -> list[tuple[str, str | Text]]:
    shape, word, colour = STATUS["available" if own.status == "available" else "absent"]
    reason = f" · on break{f': {inert(own.reason)}' if own.reason else ''}" if own.status == "break" else ""
    locked = {None: "this desktop does not tell", True: "yes", False: "no"}[own.locked]
    return [
        ("Status", Text.assemble((f"{shape} {word}", colour), reason)),
        ("Call", call_text(own.call, now)),
        ("Set by", own.set_by or "yourself"),
        ("In state", age(own.since, now)),
        ("Gets clients", "yes" if own.available else "no"),
        ("Capacity", str(own.capacity)),
        ("Completed today", str(own.completed)),
        ("AHT today", _length(own.aht)),
        ("Idle", "yes" if own.idle else "no"),
        ("Screen locked", locked),
        ("Displays", own.screen_error or str(len(own.displays))),
        ("Break reasons", ", ".join(own.break_reasons) or DASH),
    ]


def days_table(days: Iterable[DayFigures]) -> Table:
    """One row a day. AHT = (chat + talk + hold + after call) ÷ completed."""
    table = table_of("Day")
    for figure in ("Completed", "Chat", "Talk", "Hold", "After call", "AHT"):
        table.add_column(figure, justify="right")
    for day in days:
        times = (span(each) for each in (day.chat, day.talk, day.hold, day.acw))
        table.add_row(Text(inert(day.day)), str(day.completed), *times, _length(day.aht))
    return table
