"""What a conversation is made of on the wire: the client, what is done, and the log."""

from typing import Annotated, Literal, NewType

from msgspec import Meta, Struct

from lanassist.node.protocol import limits
from lanassist.node.protocol.messages.base import Age, Name, Short

ConversationId = NewType("ConversationId", str)
Epoch = Annotated[int, Meta(ge=0, le=2**53)]
Seq = Annotated[int, Meta(ge=0, le=2**31)]
Words = Annotated[str, Meta(max_length=limits.ENTRY_LENGTH)]
Ids = Annotated[tuple[Short, ...], Meta(max_length=limits.ACTS_PER_MESSAGE)]


class Client(Struct, frozen=True, kw_only=True):
    """A customer as the desk knows them. ``id`` is what a block names."""

    id: Short
    name: Name
    contact: Name = ""


class Act(Struct, frozen=True, kw_only=True):
    """Something that an owner does in a conversation. Applied once, under the epoch that it was done in."""

    id: Short
    kind: Literal["say", "note", "categorise", "complete"]
    text: Words = ""
    """What is said or noted, or the new category."""
    seen: Seq = 0
    """Of ``complete``: the last entry that was seen; what the client wrote later opens it again."""
    actor: Short = ""
    """The node that did it under control of this agent; empty: the agent."""
    actor_name: Name = ""


Acts = Annotated[tuple[Act, ...], Meta(max_length=limits.ACTS_PER_MESSAGE)]


class Entry(Struct, frozen=True, kw_only=True):
    """One line of a conversation's log, as the desk has numbered it."""

    seq: Seq
    id: Short
    kind: Literal["client", "say", "note", "categorise", "complete", "joined", "queued", "left", "blocked"]
    text: Words = ""
    node: Short = ""
    """Whose act it was: the owner's node; empty for the client's words and the desk's own entries."""
    name: Name = ""
    epoch: Epoch
    actor: Short = ""
    actor_name: Name = ""
    age: Age = 0.0


Entries = Annotated[tuple[Entry, ...], Meta(max_length=limits.ENTRIES_PER_MESSAGE)]
