"""The calls with which an agent has finished: their list, and what they are in the day's figures. Pure."""

from collections.abc import Iterable
from typing import Final

from lanassist.node.services.assist.commands import PastCall
from lanassist.node.services.assist.records import CallRecord, PastCallRecord
from lanassist.node.services.base import Record, Tell
from lanassist.node.services.decision import Decision
from lanassist.node.services.facts import Intervention

REMEMBERED: Final = 36 * 3600.0
"""Seconds for which a call is told again at each start, and listed."""


class PastCalls:
    """Rebuilt from its records. Each is told to siblings as an intervention."""

    def __init__(self, records: Iterable[Record], decision: Decision) -> None:
        self._decision = decision
        self._past = {each.key: each for each in records if isinstance(each, PastCallRecord)}

    def start(self, now: float) -> None:
        """Forget the old ones, and tell the others again: presence counts from nothing."""
        for past in [each for each in self._past.values() if each.ended < now - REMEMBERED]:
            del self._past[past.key]
            self._decision.drop(past)
        for past in self._past.values():
            self._count(past)

    def add(self, done: CallRecord, now: float) -> None:
        """The agent has finished with it."""
        past = PastCallRecord(
            id=done.id,
            part=done.part,
            inbound=done.inbound,
            routed=done.routed,
            number=done.number,
            category=done.category,
            began=done.began,
            ended=now,
            talk=done.talk,
            hold=done.hold,
            acw=done.acw_done,
            taken_by=done.taken_by,
        )
        self._past[past.key] = past
        self._decision.put(past)
        self._count(past)

    def list(self) -> tuple[PastCall, ...]:
        """The latest first."""
        latest = sorted(self._past.values(), key=lambda each: -each.ended)
        return tuple(_shown(each) for each in latest)

    def _count(self, past: PastCallRecord) -> None:
        done = Intervention(
            id=f"call/{past.key}",
            kind="call",
            ended=past.ended,
            seconds=past.talk + past.hold + past.acw,
            hold=past.hold,
            acw=past.acw,
        )
        self._decision.add(Tell(f"intervention/{done.id}", done))


def _shown(past: PastCallRecord) -> PastCall:
    return PastCall(
        call=past.id,
        inbound=past.inbound,
        routed=past.routed,
        number=past.number,
        category=past.category,
        began=past.began,
        ended=past.ended,
        talk=past.talk,
        hold=past.hold,
        acw=past.acw,
        taken_by=past.taken_by,
    )
