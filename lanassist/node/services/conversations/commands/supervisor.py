"""What a supervisor may ask about the conversations of a team."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from lanassist.node.protocol.limits import CONSENT, ENTRY_LENGTH, ID_LENGTH, REASON_LENGTH
from lanassist.node.services.command import Command, Done
from lanassist.node.services.conversations.commands.fields import AgentText, Id, NewId, Said
from lanassist.node.services.conversations.commands.replies import (
    AllConversations,
    BlockedList,
    ControlStarted,
)


class ListAll(Command[AllConversations], frozen=True, kw_only=True):
    """Every conversation that the desks have told of."""

    name: ClassVar[str] = "conversations.list"


class Watch(Command[Done], frozen=True, kw_only=True):
    """Mirror an agent's conversations and drafts here, or no more. Whoever looks on says so every 10 s, and
    is forgotten after 30 s."""

    name: ClassVar[str] = "conversations.watch"
    agent: Annotated[AgentText, Meta(min_length=1)]
    watching: bool = True
    viewer: NewId = ""
    """Which page or command looks on: the mirror stays until the last one is gone."""


class Assign(Command[Done], frozen=True, kw_only=True):
    """Give a conversation to an agent, or (with nobody named) back to the queue."""

    name: ClassVar[str] = "conversations.assign"
    conversation: Id
    to: AgentText = ""
    id: NewId = ""


class BlockClient(Command[Done], frozen=True, kw_only=True):
    """Block a client, for so many seconds or until unblocked; or unblock."""

    name: ClassVar[str] = "conversations.block"
    client: Id
    blocked: bool = True
    reason: Annotated[str, Meta(max_length=REASON_LENGTH)] = ""
    seconds: Annotated[float, Meta(gt=0, le=1e9)] | None = None
    id: NewId = ""


class SendWhisper(Command[Done], frozen=True, kw_only=True):
    """A word to the agent alone; it can reach no client."""

    name: ClassVar[str] = "conversations.whisper"
    agent: Annotated[AgentText, Meta(min_length=1)]
    conversation: Annotated[str, Meta(max_length=ID_LENGTH)] = ""
    text: Said


class ListBlocked(Command[BlockedList], frozen=True, kw_only=True):
    """The clients who are blocked."""

    name: ClassVar[str] = "conversations.blocked"


class TakeControl(Command[ControlStarted], frozen=True, kw_only=True):
    """Act as an agent from now on."""

    name: ClassVar[str] = "control.take"
    patience: ClassVar[float] = CONSENT + 15.0
    asks: ClassVar[bool] = True
    agent: Annotated[AgentText, Meta(min_length=1)]
    reason: Annotated[str, Meta(max_length=REASON_LENGTH)] = ""


class RenewControl(Command[Done], frozen=True, kw_only=True):
    """Somebody is still in control; due each second."""

    name: ClassVar[str] = "control.renew"
    session: Id


class ReleaseControl(Command[Done], frozen=True, kw_only=True):
    """Hand back."""

    name: ClassVar[str] = "control.release"
    session: Id


class ActUnderControl(Command[Done], frozen=True, kw_only=True):
    """Do as the agent: the same acts, or ``move`` to an agent, or to the queue."""

    name: ClassVar[str] = "control.act"
    session: Id
    conversation: Id
    kind: Literal["say", "note", "categorise", "complete", "move"]
    text: Annotated[str, Meta(max_length=ENTRY_LENGTH)] = ""
    to: AgentText = ""
    id: NewId = ""
