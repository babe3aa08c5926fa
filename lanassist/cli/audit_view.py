"""Sessions of a ledger as the CLI prints and exports them. Every text from elsewhere is made inert."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from lanassist.cli.inert import inert
from lanassist.cli.render import DASH, span, table_of, terminal_width
from lanassist.node.ledger.sessions import ToldSession
from lanassist.node.ledger.verify import Verdict, Wrong
from lanassist.node.trust.identity import Identity

COLUMNS: Final = (
    "began",
    "ended",
    "seconds",
    "service",
    "action",
    "what",
    "supervisor",
    "agent",
    "reason",
    "opened",
    "end",
    "text",
    "lost",
    "agreed",
    "session",
)
ROOM: Final = 170
"""Columns of a terminal from which on people are shown with their e-mail."""
CRAMPED: Final = 110
"""Columns below which what was said of a session is told under it, not beside it."""
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of something to be computed."""


def as_plain(told: ToldSession, people: Mapping[str, Identity]) -> dict[str, Any]:
    """One session for scripts; times are UTC by the clock of the ledger's owner."""
    return {
        "session": told.session,
        "service": told.service,
        "action": told.what.get("type", told.service),
        "what": {name: value for name, value in told.what.items() if name != "type"},
        "supervisor": _party(told.supervisor, people),
        "agent": _party(told.agent, people),
        "reason": told.reason,
        "began": moment(told.began),
        "opened": told.opened,
        "ended": None if told.ended is None else moment(told.ended),
        "seconds": None if told.ended is None else round((told.ended - told.began) / 1000, 3),
        "end": {"code": told.code, "text": told.text, "lost": told.lost} if told.ended is not None else None,
        "agreed": told.agreed,
    }


def as_csv(sessions: Iterable[ToldSession], people: Mapping[str, Identity]) -> str:
    """A table for spreadsheets, in which nothing is taken for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for told in sessions:
        row = as_plain(told, people)
        end = row["end"] or {"code": "", "text": "", "lost": ""}
        values = {
            **row,
            "what": what(told),
            "supervisor": named(told.supervisor, people),
            "agent": named(told.agent, people),
            "end": end["code"],
            "text": end["text"],
            "lost": end["lost"],
        }
        writer.writerow([_cell(values[name]) for name in COLUMNS])
    return out.getvalue()


def sessions_table(
    sessions: Iterable[ToldSession], people: Mapping[str, Identity], width: int | None = None
) -> Table:
    """One row a session, in the order in which they began; in a narrow terminal several lines each."""
    columns = terminal_width() if width is None else width
    if columns < CRAMPED:
        return _narrow_sessions_table(sessions, people)
    table = table_of("Began", "Lasted", "Kind", "What", "Supervisor", "Agent", "Reason", "Ended")
    for column in table.columns[:3]:
        column.no_wrap = True
    name = named if columns >= ROOM else _name
    for told in sessions:
        table.add_row(
            _began(told),
            _lasted(told),
            Text(inert(_kind(told))),
            Text(inert(what(told) or DASH)),
            Text(inert(name(told.supervisor, people))),
            Text(inert(name(told.agent, people))),
            Text(inert(told.reason or DASH)),
            Text(inert(how_it_ended(told))),
        )
    return table


def _narrow_sessions_table(sessions: Iterable[ToldSession], people: Mapping[str, Identity]) -> Table:
    """Who did what to whom; below that why, and how it ended."""
    table = table_of("Began", "Lasted", "Session")
    for column in table.columns[:2]:
        column.no_wrap = True
    for told in sessions:
        of = f" ({what(told)})" if what(told) else ""
        supervisor, agent = _name(told.supervisor, people), _name(told.agent, people)
        lines = [
            f"{_kind(told)}{of} · {supervisor} → {agent}",
            *([f"reason: {told.reason}"] if told.reason else []),
            how_it_ended(told) if told.ended is None else f"ended: {how_it_ended(told)}",
        ]
        table.add_row(_began(told), _lasted(told), Text("\n".join(inert(line) for line in lines)))
    return table


def _began(told: ToldSession) -> str:
    return f"{datetime.fromtimestamp(told.began / 1000).astimezone():%Y-%m-%d %H:%M}"


def _lasted(told: ToldSession) -> str:
    return DASH if told.ended is None else span((told.ended - told.began) / 1000)


def _kind(told: ToldSession) -> str:
    return str(told.what.get("type", told.service))


def how_it_ended(told: ToldSession) -> str:
    """In words."""
    if told.ended is None:
        return "goes on"
    lost = "lost: " if told.lost else ""
    never = "" if told.opened else "never began: "
    return f"{lost}{never}{told.text}"


def verdict_words(verdict: Verdict) -> str:
    """One sentence for a ledger that is whole."""
    return (
        f"{_many(verdict.ledgers, 'ledger')}, {_many(verdict.chains, 'chain')}, "
        f"{_many(verdict.records, 'record')}, {_many(verdict.sessions, 'session')}: whole."
    )


def wrong_words(wrong: Wrong, people: Mapping[str, Identity]) -> str:
    """Where it is wrong, and what."""
    about = f" (session {wrong.session})" if wrong.session else ""
    owner, peer = named(wrong.owner, people), named(wrong.peer, people)
    return f"{owner}'s ledger about {peer}, record {wrong.seq}{about}: {wrong.what}"


def named(node: str, people: Mapping[str, Identity]) -> str:
    """Name and address of a node's user, or the node's id."""
    found = people.get(node)
    return node if found is None else f"{found.name} <{found.email}>"


def _name(node: str, people: Mapping[str, Identity]) -> str:
    """Name of a node's user, where there is no room for more."""
    found = people.get(node)
    return node if found is None else found.name


def what(told: ToldSession) -> str:
    """Which displays, or which mode."""
    if told.displays:
        return f"display{'s' if len(told.displays) > 1 else ''} {', '.join(map(str, told.displays))}"
    return str(told.what.get("mode", ""))


def moment(clock: int) -> str:
    """A record's clock as ISO 8601, UTC."""
    return datetime.fromtimestamp(clock / 1000, UTC).isoformat(timespec="milliseconds")


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _party(node: str, people: Mapping[str, Identity]) -> dict[str, str]:
    found = people.get(node)
    return {
        "node": node,
        "name": "" if found is None else found.name,
        "email": "" if found is None else found.email,
    }


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
