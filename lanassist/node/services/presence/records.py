"""What presence keeps over restarts: what the agent chose, and every intervention that counted."""

from typing import ClassVar, Literal

from lanassist.node.services.base import Record


class ChoiceRecord(Record, frozen=True, kw_only=True, tag="choice"):
    """The agent's own status and capacity; there is one."""

    times: ClassVar[tuple[str, ...]] = ("since",)

    status: Literal["available", "break"] = "available"
    reason: str = ""
    since: float
    set_by: str = ""
    """The supervisor who set the status; empty: the agent."""
    capacity: int | None = None
    """None: never chosen; the setting counts."""

    @property
    def key(self) -> str:
        return "own"


class InterventionRecord(Record, frozen=True, kw_only=True, tag="intervention"):
    """One conversation or call that was finished. The day is decided once, when it is first heard of."""

    id: str
    kind: Literal["chat", "call"]
    day: str
    """As 2026-05-31."""
    seconds: float
    """Handling; never negative."""
    hold: float = 0.0
    """Of these, the customer on hold."""
    acw: float = 0.0
    """Of these, work after the call."""

    @property
    def key(self) -> str:
        return self.id


RECORDS: tuple[type[Record], ...] = (ChoiceRecord, InterventionRecord)
