"""What an agent may ask about conversations of its own."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from lanassist.node.protocol.limits import ENTRY_LENGTH
from lanassist.node.services.command import Command, Done
from lanassist.node.services.conversations.commands.fields import AgentText, Id, NewId
from lanassist.node.services.conversations.commands.replies import FullConversation, OwnConversations, Queued
from lanassist.node.trust.grants import Role


class ListOwn(Command[OwnConversations], frozen=True, kw_only=True):
    """This agent's conversations."""

    name: ClassVar[str] = "conversations.mine"
    role: ClassVar[Role | None] = Role.AGENT


class ShowOwn(Command[FullConversation], frozen=True, kw_only=True):
    """One of this agent's conversations, with its log."""

    name: ClassVar[str] = "conversations.show"
    role: ClassVar[Role | None] = Role.AGENT
    conversation: Id


class DoAct(Command[Queued], frozen=True, kw_only=True):
    """Say something to the client, note something for the team, categorise, or complete."""

    name: ClassVar[str] = "conversations.act"
    role: ClassVar[Role | None] = Role.AGENT
    conversation: Id
    kind: Literal["say", "note", "categorise", "complete"]
    text: Annotated[str, Meta(max_length=ENTRY_LENGTH)] = ""
    id: NewId = ""


class Transfer(Command[Done], frozen=True, kw_only=True):
    """Give a conversation to another agent, or back to the queue."""

    name: ClassVar[str] = "conversations.transfer"
    role: ClassVar[Role | None] = Role.AGENT
    conversation: Id
    to: AgentText = ""
    id: NewId = ""


class Reopen(Command[Done], frozen=True, kw_only=True):
    """Take a conversation again that this agent has completed."""

    name: ClassVar[str] = "conversations.reopen"
    role: ClassVar[Role | None] = Role.AGENT
    conversation: Id
    id: NewId = ""


class SetDraft(Command[Done], frozen=True, kw_only=True):
    """What stands in the composer; supervisors who watch see it, nobody else."""

    name: ClassVar[str] = "conversations.draft"
    role: ClassVar[Role | None] = Role.AGENT
    conversation: Id
    text: Annotated[str, Meta(max_length=ENTRY_LENGTH)]


class Dismiss(Command[Done], frozen=True, kw_only=True):
    """Put away an act that was not sent."""

    name: ClassVar[str] = "conversations.dismiss"
    role: ClassVar[Role | None] = Role.AGENT
    conversation: Id
    id: Id


class Reclaim(Command[Done], frozen=True, kw_only=True):
    """Take control back from the supervisor who holds it."""

    name: ClassVar[str] = "conversations.reclaim"
    role: ClassVar[Role | None] = Role.AGENT
