"""What a desk keeps over restarts, beside the entries of its logs."""

from typing import ClassVar, Literal

import msgspec

from lanassist.node.protocol.messages import Block, Client, NodeId
from lanassist.node.services.base import Record
from lanassist.node.services.conversation import EntryRecord

State = Literal["waiting", "open", "done"]


class ConversationRecord(Record, frozen=True, kw_only=True, tag="conversation"):
    """One conversation but for its log. While it is waiting or done, its owner is the desk itself."""

    times: ClassVar[tuple[str, ...]] = ("since",)

    id: str
    start: str
    """The id that the client's page gave to the start, so that a repeated start finds it again."""
    client: Client
    category: str = ""
    state: State
    owner: NodeId
    epoch: int
    since: float
    """In this state, with this owner, since."""
    last_owner: NodeId = NodeId("")
    """Who had it before the desk took it back."""
    via: str = ""
    """The connector whose client it is; empty: the chat page's."""
    told: int = 0
    """Up to which entry the connector has confirmed that it is done with the log."""

    @property
    def key(self) -> str:
        return self.id


class BlockRecord(Record, frozen=True, kw_only=True, tag="block"):
    """The newest word on one client. An unblocking is kept too, or an older block would come back."""

    client: str
    number: int
    node: str
    blocked: bool
    reason: str = ""
    by: str = ""
    name: str = ""
    """As the client called itself."""
    until: float | None = None
    length: float = 0.0
    """Seconds that were left when it was written, and so the most that a wrong clock can make of it."""
    requests: tuple[str, ...] = ()
    """The last requests that wrote about this client here; each counts once, however late it comes again."""

    @property
    def key(self) -> str:
        return self.client

    def shifted(self, by: float, latest: float) -> "BlockRecord":
        if self.until is None:
            return self
        return msgspec.structs.replace(self, until=min(self.until + by, latest + self.length))

    @property
    def edition(self) -> tuple[int, str]:
        """What makes it newer than another."""
        return self.number, self.node

    def holds(self, now: float) -> bool:
        """Whether the client is blocked."""
        return self.blocked and (self.until is None or now < self.until)

    def told(self, now: float) -> Block:
        """The entry for the wire."""
        return Block(
            client=self.client,
            number=self.number,
            node=self.node,
            blocked=self.blocked,
            reason=self.reason,
            by=self.by,
            name=self.name,
            seconds=None if self.until is None else min(max(0.0, self.until - now), self.length),
        )


def block_from(block: Block, now: float, requests: tuple[str, ...] = ()) -> BlockRecord:
    """The entry from the wire."""
    return BlockRecord(
        client=block.client,
        number=block.number,
        node=block.node,
        blocked=block.blocked,
        reason=block.reason,
        by=block.by,
        name=block.name,
        until=None if block.seconds is None else now + block.seconds,
        length=block.seconds or 0.0,
        requests=requests,
    )


RECORDS: tuple[type[Record], ...] = (ConversationRecord, EntryRecord, BlockRecord)
"""All that a desk keeps."""
