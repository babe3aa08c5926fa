"""Conversations' shell, away from the desk: keeps the agent's records, and says goodbye."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from lanassist.node.protocol.messages import Message
from lanassist.node.services.base import AnyCommand, Core, Leaving, Record
from lanassist.node.services.conversations.commands import COMMANDS
from lanassist.node.services.conversations.core import MESSAGES, ConversationsCore
from lanassist.node.services.conversations.records import RECORDS
from lanassist.node.services.facts import Availability, CallState, PolicyInForce, WishAnswered
from lanassist.node.services.service import Service


class ConversationsService(Service):
    """An agent's conversations on this node, and a supervisor's hand in those of others."""

    name: ClassVar[str] = "conversations"
    commands: ClassVar[tuple[type[AnyCommand], ...]] = COMMANDS
    messages: ClassVar[tuple[type[Message], ...]] = MESSAGES
    records: ClassVar[tuple[type[Record], ...]] = RECORDS
    hears: ClassVar[tuple[type[object], ...]] = (Availability, CallState, PolicyInForce, WishAnswered)
    loopback: ClassVar[bool] = True

    def __init__(
        self, make: Callable[[Sequence[Record]], ConversationsCore], records: Sequence[Record]
    ) -> None:
        super().__init__(make(records))
        self._make = make

    def recreate(self, records: Sequence[Record]) -> Core:
        return self._make(records)

    async def leave(self) -> None:
        """End what runs with a word, before the links are closed."""
        await self.observe(Leaving())
