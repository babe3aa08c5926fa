"""What commands about conversations are answered with."""

from typing import Literal

from msgspec import Struct

from lanassist.node.protocol.messages import Client, NodeId, SessionId
from lanassist.node.services.command import Refusal
from lanassist.node.services.conversation import EntryRecord
from lanassist.node.services.conversations.commands.rows import BlockedRow, OwnConversation, ToldConversation


class Queued(Struct, frozen=True, kw_only=True):
    """Kept durably; the desk gets it as soon as it can be reached."""

    id: str


class ControlStarted(Struct, frozen=True, kw_only=True):
    """Renew it each second, or the lease of three ends it."""

    session: SessionId
    agent: NodeId


class Colleague(Struct, frozen=True, kw_only=True):
    """Another agent, as the desk sees it."""

    node: NodeId
    name: str
    email: str
    teams: tuple[str, ...]
    active: int
    total: int
    refusal: Refusal | None
    """Why it cannot be given a client."""


class Colleagues(Struct, frozen=True, kw_only=True):
    colleagues: tuple[Colleague, ...]


class PastConversation(Struct, frozen=True, kw_only=True):
    """An earlier conversation with the same client, at the same desk."""

    conversation: str
    category: str
    state: Literal["waiting", "open", "done"]
    agent: str
    """Who had it last; empty: nobody."""
    began: float
    entries: int


class History(Struct, frozen=True, kw_only=True):
    now: float
    client: Client
    past: tuple[PastConversation, ...]
    """The newest first."""


class Log(Struct, frozen=True, kw_only=True):
    """A part of a conversation's log, as its desk has it."""

    now: float
    entries: tuple[EntryRecord, ...]
    more: bool
    """Ask again after the last of these."""


class BlockedList(Struct, frozen=True, kw_only=True):
    now: float
    blocked: tuple[BlockedRow, ...]


class OwnConversations(Struct, frozen=True, kw_only=True):
    now: float
    conversations: tuple[OwnConversation, ...]


class AllConversations(Struct, frozen=True, kw_only=True):
    now: float
    conversations: tuple[ToldConversation, ...]


class FullConversation(Struct, frozen=True, kw_only=True):
    conversation: OwnConversation
    entries: tuple[EntryRecord, ...]
