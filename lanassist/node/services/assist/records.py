"""What assist keeps over restarts: the call that is on, calls of the last day, a help request, listen-in."""

from typing import ClassVar, Literal

from lanassist.node.services.base import Record
from lanassist.node.services.call import Call


class CallRecord(Record, frozen=True, kw_only=True, tag="call"):
    """The call that is on, or the work after it; there is one at most."""

    times: ClassVar[tuple[str, ...]] = ("began", "since")

    id: str
    part: int = 1
    """One more each time that it comes back to an agent who had finished with it."""
    inbound: bool
    routed: bool
    number: str = ""
    category: str = ""
    began: float
    line: Literal["talking", "held", "taken", "over"] = "talking"
    """How the customer's line stands: ``taken`` by a supervisor, or ``over``."""
    acw: bool = False
    """The agent does the work after it."""
    since: float
    """Since when ``line`` and ``acw`` are what they are."""
    talk: float = 0.0
    """Seconds before ``since``, as are the next two."""
    hold: float = 0.0
    acw_done: float = 0.0
    acw_limit: float = 0.0
    """Seconds of after call work until it ends by itself."""
    taken_by: str = ""

    @property
    def key(self) -> str:
        return "own"

    @property
    def until(self) -> float | None:
        """When after call work ends by itself."""
        return self.since + self.acw_limit if self.acw else None

    def call(self) -> Call | None:
        """As it is shown and told; None if there is nothing left of it."""
        if self.line == "over" and not self.acw:
            return None
        return Call(
            id=self.id,
            state="acw" if self.acw else self.line,  # type: ignore[arg-type]  # "over" has returned above
            inbound=self.inbound,
            routed=self.routed,
            number=self.number,
            category=self.category,
            taken_by=self.taken_by,
            began=self.began,
            since=self.since,
            until=self.until,
        )


class PastCallRecord(Record, frozen=True, kw_only=True, tag="past-call"):
    """A call with which this agent has finished."""

    times: ClassVar[tuple[str, ...]] = ("began", "ended")

    id: str
    part: int
    inbound: bool
    routed: bool
    number: str
    category: str
    began: float
    ended: float
    talk: float
    hold: float
    acw: float
    taken_by: str

    @property
    def key(self) -> str:
        return f"{self.id}/{self.part}"


class HelpRecord(Record, frozen=True, kw_only=True, tag="help"):
    """This agent's help request; there is one at most."""

    times: ClassVar[tuple[str, ...]] = ("since",)

    id: str
    reason: str = ""
    since: float
    by: str = ""
    """The supervisor's node; empty: nobody has taken it up."""
    by_name: str = ""

    @property
    def key(self) -> str:
        return "own"


class ListenInRecord(Record, frozen=True, kw_only=True, tag="listen-in"):
    """What the agent lets; there is one."""

    all_calls: bool = False
    call: str = ""
    """One call."""

    @property
    def key(self) -> str:
        return "own"


class DismissedRecord(Record, frozen=True, kw_only=True, tag="dismissed"):
    """A request of which this supervisor does not want to hear any more."""

    agent: str
    help: str

    @property
    def key(self) -> str:
        return self.agent


RECORDS: tuple[type[Record], ...] = (
    CallRecord,
    PastCallRecord,
    HelpRecord,
    ListenInRecord,
    DismissedRecord,
)
