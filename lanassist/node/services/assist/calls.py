"""The agent's call: it begins, is held, is taken over, ends, and the work after it. Pure."""

from collections.abc import Callable, Iterable
from typing import Final, Literal

import msgspec

from lanassist.node.errors import CallOngoing, NoCall
from lanassist.node.services.assist.commands import BeginCall, EndCall
from lanassist.node.services.assist.past_calls import PastCalls
from lanassist.node.services.assist.records import CallRecord
from lanassist.node.services.base import Record, Tell
from lanassist.node.services.call import Call
from lanassist.node.services.decision import Decision
from lanassist.node.services.facts import CallState

LONGEST: Final = 12 * 3600.0
"""A call that began longer ago than this was forgotten by whoever should have ended it."""


class Calls:
    """The call that is on, and those that are ``past``. Rebuilt from its records.

    The line's state is what the softphone says, also over a restart.
    """

    def __init__(
        self, records: Iterable[Record], decision: Decision, new_id: Callable[[], str], acw_seconds: float
    ) -> None:
        records = list(records)
        self._decision = decision
        self._new_id = new_id
        self._acw_seconds = acw_seconds
        self._record = next((each for each in records if isinstance(each, CallRecord)), None)
        self.past = PastCalls(records, decision)
        self._active_at = 0.0
        self._told: CallState | None = None

    def start(self, now: float) -> None:
        """A call outlives the node; whoever had taken it over is gone, so it is the agent's again."""
        self._active_at = now
        self.past.start(now)
        record = self._record
        if record is not None and record.line != "over" and record.began < now - LONGEST:
            self._decision.drop(record)
            self._record = None
        elif record is not None and record.line == "taken":
            self.given_back(now)
        self.on_deadline(now)

    # --- what there is -------------------------------------------------------------------------------

    @property
    def call(self) -> Call | None:
        return None if self._record is None else self._record.call()

    @property
    def line(self) -> str:
        """The id of the call whose customer is on the line, with the agent or not; empty: none."""
        record = self._record
        return "" if record is None or record.line == "over" else record.id

    # --- what the softphone, or the agent, says ------------------------------------------------------

    def begin(self, command: BeginCall, now: float) -> str:
        """The call's id. Raises CallOngoing."""
        record = self._record
        if record is not None and record.line != "over":
            if command.id and command.id == record.id:
                return record.id
            raise CallOngoing(which=f" with {record.number}" if record.number else "")
        if record is not None:
            self._finish(record, now)
        self._active_at = now
        self._put(
            CallRecord(
                id=command.id or self._new_id(),
                inbound=command.direction == "inbound",
                routed=command.routed,
                number=command.number,
                category=command.category,
                began=now,
                since=now,
                acw_limit=self._acw_seconds,
            )
        )
        return self.line

    def hold(self, now: float) -> None:
        """Raises NoCall."""
        self._switch("held", now, "to put on hold")

    def resume(self, now: float) -> None:
        """Raises NoCall."""
        self._switch("talking", now, "to resume")

    def _switch(self, line: Literal["talking", "held"], now: float, doing: str) -> None:
        record = self._record
        if record is None or record.line not in ("talking", "held"):
            raise NoCall(that=doing)
        self._active_at = now
        if record.line != line:
            self._put(_changed(record, now, line=line))

    def end(self, command: EndCall, now: float) -> bool:
        """Whether it was on until now. Raises NoCall if none is, unless a call of that id is over."""
        record = self._record
        if command.id and (record is None or record.id != command.id):
            return False
        if record is None or (record.line == "over" and not command.id):
            raise NoCall(that="to end")
        if record.line == "over":
            return False
        self.over(now)
        return True

    def over(self, now: float) -> None:
        """The customer's line is over; work after the call begins, or goes on."""
        record = self._record
        if record is None or record.line == "over":
            return
        self._active_at = now
        if record.line == "taken":  # the agent's part has ended before
            gone = msgspec.structs.replace(record, line="over", taken_by="")
            self._put(gone)
            if not record.acw:
                self._drop(gone)
        else:
            self._put(_changed(record, now, line="over", acw=True))
            self.on_deadline(now)

    def end_acw(self, now: float) -> None:
        """Raises NoCall."""
        record = self._record
        if record is None or not record.acw:
            raise NoCall(that="to finish the work after")
        self._active_at = now
        self._finish(record, now)

    # --- taken over, and given back ------------------------------------------------------------------

    def taken(self, by: str, now: float) -> None:
        """A supervisor has taken it over; the agent is in after call work at once."""
        record = self._record
        if record is not None and record.line in ("talking", "held"):
            self._put(_changed(record, now, line="taken", acw=True, taken_by=by))
            self.on_deadline(now)

    def given_back(self, now: float) -> None:
        """The customer is the agent's again, who may have finished with the call before."""
        record = self._record
        if record is None or record.line != "taken":
            return
        if record.acw:
            self._put(_changed(record, now, line="talking", acw=False, taken_by=""))
        else:
            self._put(
                msgspec.structs.replace(
                    record, part=record.part + 1, line="talking", since=now, taken_by="",
                    talk=0.0, hold=0.0, acw_done=0.0,
                )
            )  # fmt: skip

    # --- time ----------------------------------------------------------------------------------------

    def deadline(self) -> float | None:
        """When after call work ends by itself."""
        return None if self._record is None else self._record.until

    def on_deadline(self, now: float) -> None:
        record = self._record
        if record is not None and record.until is not None and record.until <= now:
            self._finish(record, record.until)

    def _finish(self, record: CallRecord, now: float) -> None:
        """The agent has finished with it: it counts. The line may be a supervisor's still."""
        done = _changed(record, now, acw=False)
        self.past.add(done, now)
        if done.line == "over":
            self._drop(done)
        else:
            self._put(done)

    def _put(self, record: CallRecord) -> None:
        self._record = record
        self._decision.put(record)

    def _drop(self, record: CallRecord) -> None:
        self._record = None
        self._decision.drop(record)

    # --- what siblings hear --------------------------------------------------------------------------

    def tell(self) -> bool:
        """Tell siblings the call as it is, if it has changed; whether it has."""
        state = CallState(call=self.call, active_at=self._active_at)
        if state == self._told:
            return False
        self._told = state
        self._decision.add(Tell("call", state))
        return True


def _changed(record: CallRecord, now: float, **changes: object) -> CallRecord:
    """In another state since ``now``; the time until then is where it belongs."""
    spent = max(0.0, now - record.since)
    field = "acw_done" if record.acw else {"talking": "talk", "held": "hold"}.get(record.line)
    if field is not None:
        changes[field] = getattr(record, field) + spent
    return msgspec.structs.replace(record, since=now, **changes)
