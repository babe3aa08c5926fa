"""What the agent has in hand and has finished, as its node's other services hear of it."""

from collections.abc import Iterable
from typing import Final

from lanassist.node.services.base import Record, Tell
from lanassist.node.services.conversations.records import CompletedRecord, PendingRecord
from lanassist.node.services.conversations.shelf import Held, Shelf
from lanassist.node.services.decision import Decision
from lanassist.node.services.facts import Intervention, Workload

REMEMBERED: Final = 36 * 3600.0
"""Seconds for which a completion is told again at each start: a day, however it is cut, and a night."""


class Work:
    """Tells siblings. Whoever counts completions counts each id once, so telling again does no harm."""

    def __init__(self, shelf: Shelf, records: Iterable[Record], decision: Decision) -> None:
        self._shelf = shelf
        self._decision = decision
        self._told: Workload | None = None
        self._completed = {each.key: each for each in records if isinstance(each, CompletedRecord)}

    def start(self, now: float) -> None:
        """Whoever crashed may not have heard it."""
        for record in self._completed.values():
            self._tell(record)

    def tell(self, active_at: float) -> None:
        """What is in hand, if it has changed."""
        active = [held for held in self._shelf.mine.values() if held.active]
        waiting = [held.waiting_since for held in active if held.waiting_since is not None]
        workload = Workload(
            active=self._shelf.active(),
            ongoing=len(active) + self._shelf.calls,
            waiting=len(waiting),
            waiting_since=min(waiting, default=None),
            active_at=active_at,
        )
        if workload != self._told:
            self._told = workload
            self._decision.add(Tell("workload", workload))

    def completed(self, held: Held, act: PendingRecord) -> None:
        """The desk has closed the conversation by this act of the agent."""
        joined = (each.at for each in reversed(held.log) if (each.kind, each.epoch) == ("joined", act.epoch))
        given = next(joined, act.at)
        record = CompletedRecord(
            conversation=act.conversation,
            epoch=act.epoch,
            ended=act.at,
            seconds=max(0.0, act.at - given),
        )
        self._completed[record.key] = record
        self._decision.put(record)
        self._tell(record)

    def forget(self, now: float) -> None:
        """What everybody has heard by now."""
        for record in [each for each in self._completed.values() if each.ended < now - REMEMBERED]:
            del self._completed[record.key]
            self._decision.drop(record)

    def _tell(self, record: CompletedRecord) -> None:
        done = Intervention(id=record.key, ended=record.ended, seconds=record.seconds)
        self._decision.add(Tell(f"intervention/{done.id}", done))
