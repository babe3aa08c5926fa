"""What a client may ask of a desk through its chat page, and what the desk shows."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from lanassist.node.protocol.limits import ENTRY_LENGTH, ID_LENGTH, NAME_LENGTH
from lanassist.node.protocol.messages import Client, NodeId
from lanassist.node.services.command import Command, Done
from lanassist.node.services.conversation import Kind
from lanassist.node.services.desk.records import State
from lanassist.node.trust.grants import Role

CONVERSATIONS = "desk.conversations"
"""Board topic: a DeskRow by conversation (on the desk)."""
BLOCKED = "desk.blocked"
"""Board topic: a BlockRow by client (on the desk)."""

Id = Annotated[str, Meta(min_length=1, max_length=ID_LENGTH)]
Via = Annotated[str, Meta(pattern=r"\A([a-z][a-z0-9-]{0,15})?\Z")]
"""A connector's name; empty: the chat page."""
Said = Annotated[str, Meta(min_length=1, max_length=ENTRY_LENGTH)]


class DeskRow(Struct, frozen=True, kw_only=True):
    """One conversation as its desk has it. Times are the node's monotonic clock."""

    conversation: str
    client: Client
    category: str
    state: State
    owner: NodeId
    owner_name: str
    orphaned: bool
    epoch: int
    since: float
    moving_to: str = ""
    via: str = ""


class BlockRow(Struct, frozen=True, kw_only=True):
    """A client who is blocked."""

    client: str
    name: str
    reason: str
    by: str
    until: float | None


class ClientEntry(Struct, frozen=True, kw_only=True):
    """One line as the client may see it."""

    seq: int
    id: str
    kind: Kind
    text: str
    name: str
    at: float


class ClientView(Struct, frozen=True, kw_only=True):
    """How things stand for the client."""

    state: State
    position: int = 0
    """In the queue, from 1; 0: not waiting."""
    agent: str = ""


class Started(Struct, frozen=True, kw_only=True):
    conversation: str
    view: ClientView


class Sent(Struct, frozen=True, kw_only=True):
    """The words are in the log, committed."""

    seq: int


class Transcript(Struct, frozen=True, kw_only=True):
    """The log as the client may see it, after the entry that was named."""

    entries: tuple[ClientEntry, ...]
    view: ClientView


class StartConversation(Command[Started], frozen=True, kw_only=True):
    """A client begins. Repeated with the same ``id``, it is the same conversation."""

    name: ClassVar[str] = "desk.start"
    role: ClassVar[Role | None] = Role.DESK
    id: Id
    client: Client
    category: Annotated[str, Meta(max_length=NAME_LENGTH)] = ""
    text: Said
    via: Via = ""
    """Of a connector, whose clients' ids all begin with its name and a colon."""


class SendAsClient(Command[Sent], frozen=True, kw_only=True):
    """A client says something. Repeated with the same ``id``, it is said once."""

    name: ClassVar[str] = "desk.send"
    role: ClassVar[Role | None] = Role.DESK
    conversation: Id
    client: Id
    id: Id
    text: Said


class TypeAsClient(Command[Done], frozen=True, kw_only=True):
    """A client begins or stops typing."""

    name: ClassVar[str] = "desk.type"
    role: ClassVar[Role | None] = Role.DESK
    conversation: Id
    client: Id
    typing: bool


class LeaveConversation(Command[Done], frozen=True, kw_only=True):
    """A client ends it."""

    name: ClassVar[str] = "desk.leave"
    role: ClassVar[Role | None] = Role.DESK
    conversation: Id
    client: Id
    id: Id


class ReadConversation(Command[Transcript], frozen=True, kw_only=True):
    """What a client's page has missed after entry ``after``; 0: everything."""

    name: ClassVar[str] = "desk.read"
    role: ClassVar[Role | None] = Role.DESK
    conversation: Id
    client: Id
    after: Annotated[int, Meta(ge=0)] = 0


COMMANDS = (StartConversation, SendAsClient, TypeAsClient, LeaveConversation, ReadConversation)
