"""What an outside chat system may ask of a desk, beside what clients may: to start, send, type and leave."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct, field

from lanassist.node.protocol.limits import IN_HAND, LOG_ENTRIES, TAKE_WAIT
from lanassist.node.services.command import Command, Done
from lanassist.node.services.desk.commands import Id
from lanassist.node.services.desk.records import State
from lanassist.node.trust.grants import Role

Connector = Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9-]{0,15}\Z")]
"""A connector's name; the ids of its clients begin with it and a colon."""
Entries = Annotated[int, Meta(ge=0, le=LOG_ENTRIES + 1000)]
Told = Literal["say", "joined", "queued", "complete"]


class TakenEntry(Struct, frozen=True, kw_only=True):
    """One line of a log that a client is to be told."""

    conversation: str
    client: str
    """With the connector's name and the colon."""
    seq: int
    """Counts up within the conversation, with gaps where a line is not for the client."""
    id: str
    """Of the line, the same each time that it is told."""
    kind: Told
    """*say*: the agent's words. *joined*: an agent has it now. *queued*: it waits for another. *complete*:
    it is done."""
    text: str
    name: str
    """The agent's."""
    state: State
    """Of the conversation by now, not when the line was written."""


class Taken(Struct, frozen=True, kw_only=True):
    """What there is to tell; nothing, if the wait was for nothing."""

    entries: tuple[TakenEntry, ...]


class TakeNews(Command[Taken], frozen=True, kw_only=True):
    """What the clients of this connector have not been told: waits until there is something.

    The same is told again until it is acknowledged, or named in ``in_hand``. Of one conversation it comes in
    order.
    """

    name: ClassVar[str] = "connector.take"
    role: ClassVar[Role | None] = Role.DESK
    patience: ClassVar[float] = TAKE_WAIT + 5.0
    connector: Connector
    wait: Annotated[float, Meta(ge=0, le=TAKE_WAIT)] = 0.0
    """Seconds; 0: answer at once."""
    in_hand: Annotated[dict[Id, Entries], Meta(max_length=IN_HAND)] = field(default_factory=dict)
    """By conversation: the last entry that it has but has not acknowledged. What follows is told."""


class AcknowledgeNews(Command[Done], frozen=True, kw_only=True):
    """The connector is done with everything of this conversation up to ``seq``; it is not told again."""

    name: ClassVar[str] = "connector.acknowledge"
    role: ClassVar[Role | None] = Role.DESK
    connector: Connector
    conversation: Id
    seq: Entries


class OpenConversation(Struct, frozen=True, kw_only=True):
    """One conversation of the connector that is not done."""

    conversation: str
    client: str
    category: str
    state: State
    position: int
    """In the queue, from 1; 0: not waiting."""
    agent: str
    acknowledged: int
    """Up to which entry."""


class OpenConversations(Struct, frozen=True, kw_only=True):
    """Some of them; ``more`` if others follow."""

    conversations: tuple[OpenConversation, ...]
    more: bool


class ListOpen(Command[OpenConversations], frozen=True, kw_only=True):
    """The conversations of this connector that are not done, by id."""

    name: ClassVar[str] = "connector.list"
    role: ClassVar[Role | None] = Role.DESK
    connector: Connector
    after: Annotated[str, Meta(max_length=64)] = ""
    """The last conversation of the answer before; empty: from the beginning."""


COMMANDS = (TakeNews, AcknowledgeNews, ListOpen)
