"""A conversation's log as it is kept, at its desk and at its owner; and how it travels."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final, Literal

from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Entries, Entry, age_of
from lanassist.node.services.base import Record

Kind = Literal["client", "say", "note", "categorise", "complete", "joined", "queued", "left", "blocked"]
SHOWN_TO_CLIENT = frozenset({"client", "say", "complete", "joined", "queued", "left"})
"""What a client's page and transcript may hold; notes, categories and blocks are the team's own."""
KEEP: Final = 90 * 86400.0
"""Seconds for which a conversation that is done is kept, unless something else is set."""
FORGET_EVERY: Final = 3600.0
FORGET_ON: Final = 1.0
"""Seconds after which what was too much for one outcome goes on."""
FORGET_ROWS: Final = 2000
"""Rows that are dropped in one outcome; but a conversation goes as a whole."""


class EntryRecord(Record, frozen=True, kw_only=True, tag="entry"):
    """One line of a log. ``at`` is this node's monotonic clock; nothing is ordered by it."""

    times: ClassVar[tuple[str, ...]] = ("at",)

    conversation: str
    seq: int
    id: str
    kind: Kind
    text: str = ""
    node: str = ""
    name: str = ""
    epoch: int
    actor: str = ""
    actor_name: str = ""
    at: float

    @property
    def key(self) -> str:
        return f"{self.conversation}/{self.seq:09}"


def travelling(record: EntryRecord, now: float) -> Entry:
    """The entry for the wire."""
    return Entry(
        seq=record.seq,
        id=record.id,
        kind=record.kind,
        text=record.text,
        node=record.node,
        name=record.name,
        epoch=record.epoch,
        actor=record.actor,
        actor_name=record.actor_name,
        age=age_of(record.at, now),
    )


def arrived(conversation: str, entry: Entry, now: float) -> EntryRecord:
    """The entry from the wire."""
    return EntryRecord(
        conversation=conversation,
        seq=entry.seq,
        id=entry.id,
        kind=entry.kind,
        text=entry.text,
        node=entry.node,
        name=entry.name,
        epoch=entry.epoch,
        actor=entry.actor,
        actor_name=entry.actor_name,
        at=now - entry.age,
    )


def next_entries(log: Sequence[EntryRecord], after: int, now: float) -> Entries:
    """As many of the entries after that number as fit a message. Entry n is ``log[n - 1]``."""
    return tuple(travelling(each, now) for each in log[after : after + limits.ENTRIES_PER_MESSAGE])


def category_of(log: Iterable[EntryRecord], first: str) -> str:
    """The category that the log comes to."""
    for entry in log:
        if entry.kind == "categorise":
            first = entry.text
    return first
