"""The trio shell that every service's core lives in."""

from collections.abc import Sequence
from typing import ClassVar

import trio

from lanassist.node.protocol.messages import Message, SessionMessage
from lanassist.node.services.base import (
    INBOX,
    AnyCommand,
    Core,
    Effect,
    Informed,
    Observed,
    Occurrence,
    Record,
)
from lanassist.node.services.facts import Fact


class Service:
    """The trio shell around a core. Subclasses add their devices, streams and storage."""

    name: ClassVar[str]
    commands: ClassVar[tuple[type[AnyCommand], ...]] = ()
    messages: ClassVar[tuple[type[Message], ...]] = ()
    """What the core wants to receive; session messages come by their ``service`` field."""
    records: ClassVar[tuple[type[Record], ...]] = ()
    """What the core keeps through ``Persist``."""
    hears: ClassVar[tuple[type[object], ...]] = ()
    """The facts of siblings that the core wants to observe."""
    loopback: ClassVar[bool] = False
    """Whether this node counts as one of its own peers: a desk whose owner is an agent too."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.inbox, self._inbox = trio.open_memory_channel[Occurrence](INBOX)
        self._facts: dict[str, Fact] = {}

    def recreate(self, records: Sequence[Record]) -> Core:
        """The core once more, from what was committed, after a commit that failed."""
        raise NotImplementedError(f"{self.name} keeps no records")

    async def tell(self, occurrence: Occurrence) -> None:
        """Queue something for the core; waits while the queue is full."""
        await self.inbox.send(occurrence)

    async def observe(self, event: object) -> None:
        """Tell the core of something about this machine."""
        await self.tell(Observed(event))

    def inform(self, key: str, fact: Fact) -> None:
        """A sibling's fact. Never waits, or two services could wait for each other; bounded by the keys."""
        if isinstance(fact, self.hears):
            self._facts[key] = fact
            self.tell_soon(Informed())

    def tell_soon(self, occurrence: Occurrence) -> None:
        """Queue something that may be lost if the queue is full."""
        try:
            self.inbox.send_nowait(occurrence)
        except trio.WouldBlock:
            return

    async def perform(self, effect: Effect) -> None:
        """An effect of this service's own kind."""
        raise NotImplementedError(f"{self.name} has no way to perform {effect!r}")

    async def attend(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """This service's own tasks, for as long as the node runs."""
        task_status.started()

    def wants(self, message: Message) -> bool:
        """Whether the core is to receive this message."""
        if isinstance(message, SessionMessage):
            return message.service == self.name
        return isinstance(message, self.messages)

    async def next_occurrence(self) -> Occurrence:
        """Facts come first: what is next in the queue may depend on them."""
        while True:
            await trio.lowlevel.checkpoint()
            if self._facts:
                return Observed(self._facts.pop(next(iter(self._facts))))
            occurrence = await self._inbox.receive()
            if not isinstance(occurrence, Informed):
                return occurrence
