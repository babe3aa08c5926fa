"""What an agent's node keeps over restarts, beside the entries of its logs."""

from typing import ClassVar, Literal

from lanassist.node.protocol.messages import Act, Client, NodeId
from lanassist.node.services.base import Record
from lanassist.node.services.conversation import EntryRecord

HeldState = Literal["held", "done", "moved"]


class HeldRecord(Record, frozen=True, kw_only=True, tag="held"):
    """A conversation that this agent has, completed here, or had."""

    times: ClassVar[tuple[str, ...]] = ("since",)

    id: str
    desk: NodeId
    """Its home, and the only node whose word on it counts."""
    client: Client
    category: str = ""
    state: HeldState
    epoch: int
    """The newest that was heard of."""
    since: float

    @property
    def key(self) -> str:
        return self.id


class PendingRecord(Record, frozen=True, kw_only=True, tag="pending"):
    """An act that the desk has not taken in yet, or has refused."""

    times: ClassVar[tuple[str, ...]] = ("at",)

    conversation: str
    epoch: int
    """Under which it was done, and under which alone it may count."""
    number: int
    """Orders the acts of this node."""
    act: Act
    refused: bool = False
    """It came too late; shown to the agent as not sent."""
    at: float

    @property
    def key(self) -> str:
        return self.act.id


class ReservationRecord(Record, frozen=True, kw_only=True, tag="reservation"):
    """A place that is kept for a conversation that was offered."""

    times: ClassVar[tuple[str, ...]] = ("since",)

    conversation: str
    offer: str
    desk: NodeId
    epoch: int
    since: float

    @property
    def key(self) -> str:
        return self.conversation


class CompletedRecord(Record, frozen=True, kw_only=True, tag="completed"):
    """This agent has finished with a client. Kept for as long as somebody may not have counted it."""

    times: ClassVar[tuple[str, ...]] = ("ended",)

    conversation: str
    epoch: int
    """Under which the agent had it."""
    ended: float
    seconds: float
    """From the moment it was given to the agent."""

    @property
    def key(self) -> str:
        return f"{self.conversation}/{self.epoch}"


RECORDS: tuple[type[Record], ...] = (
    HeldRecord,
    EntryRecord,
    PendingRecord,
    ReservationRecord,
    CompletedRecord,
)
"""All that an agent keeps."""
