"""An agent's figures by day: each intervention counts once, on the day that it ended.

AHT = (chat handling + talk + hold + after-call work) ÷ completed.
"""

import math
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from msgspec import Struct

from lanassist.node.protocol import limits
from lanassist.node.services.decision import Decision
from lanassist.node.services.facts import Intervention
from lanassist.node.services.presence.commands import DayFigures
from lanassist.node.services.presence.records import InterventionRecord

DAYS: Final = 400
"""So many days are kept."""
DAY: Final = 86_400.0


class Today(Struct, frozen=True, kw_only=True):
    """Which day it is where this machine stands. A clock that is set may bring any other day."""

    day: str = "1970-01-01"
    began: float = -math.inf
    """When, on the monotonic clock."""

    def of(self, ended: float) -> str | None:
        """The day of a moment that is past; None: longer ago than is kept."""
        if ended >= self.began:
            return self.day
        back = min((self.began - ended) / DAY, DAYS + 1.0)
        if back > DAYS:
            return None
        return (date.fromisoformat(self.day) - timedelta(days=math.ceil(back))).isoformat()


class _Day:
    """The interventions of one day."""

    def __init__(self) -> None:
        self.records: dict[str, InterventionRecord] = {}

    def seconds(self, kind: str) -> float:
        return sum(each.seconds for each in self.records.values() if each.kind == kind)

    @property
    def hold(self) -> float:
        return sum(each.hold for each in self.records.values())

    @property
    def acw(self) -> float:
        return sum(each.acw for each in self.records.values())


class Figures:
    """All days, rebuilt from the records. What it counts it also has committed."""

    def __init__(self, records: Iterable[InterventionRecord], today: Today, decision: Decision) -> None:
        self.today = today
        self._decision = decision
        self._days: dict[str, _Day] = {}
        self._known: set[str] = set()
        for record in records:
            self._take(record)

    def count(self, fact: Intervention) -> bool:
        """Count it, unless it was counted before or is too long ago. Whether it was."""
        day = self.today.of(fact.ended)
        if fact.id in self._known or day is None:
            return False
        record = InterventionRecord(
            id=fact.id,
            kind=fact.kind,
            day=day,
            seconds=_length(fact.seconds),
            hold=_length(fact.hold),
            acw=_length(fact.acw),
        )
        self._take(record)
        self._decision.put(record)
        self._forget()
        return True

    def _take(self, record: InterventionRecord) -> None:
        self._days.setdefault(record.day, _Day()).records[record.id] = record
        self._known.add(record.id)

    def _forget(self) -> None:
        """Days are counted, not compared with today: a clock that was wrong must not cost what was kept."""
        while len(self._days) > DAYS:
            oldest = min(day for day in self._days if day != self.today.day)
            for record in self._days.pop(oldest).records.values():
                self._known.discard(record.id)
                self._decision.drop(record)

    def days(self) -> tuple[DayFigures, ...]:
        """Today, then every other day that has figures, the latest first."""
        others = sorted((day for day in self._days if day != self.today.day), reverse=True)
        return tuple(self.of(day) for day in (self.today.day, *others))

    def of(self, name: str) -> DayFigures:
        """One day's; all zero if nothing was completed."""
        day = self._days.get(name) or _Day()
        completed, chat, calls = len(day.records), day.seconds("chat"), day.seconds("call")
        return DayFigures(
            day=name,
            completed=completed,
            chat=chat,
            talk=max(0.0, calls - day.hold - day.acw),
            hold=day.hold,
            acw=day.acw,
            aht=(chat + calls) / completed if completed else None,
        )


def _length(seconds: float) -> float:
    """As it is kept and told, whatever a clock made of it."""
    return min(max(0.0, seconds), limits.LONGEST_AGE)
