"""What agents and supervisors ask a desk. Asking changes nothing and leaves no trace there.

A question is sent again until it is answered, by what it asks for or by ``RequestAnswered`` with a refusal.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from lanassist.node.protocol import limits
from lanassist.node.protocol.messages.base import Age, Count, Message, Name, Short, Text
from lanassist.node.protocol.messages.conversation import Client, Entries, Seq

Teams = Annotated[tuple[Name, ...], Meta(max_length=limits.TEAMS_TOLD)]


class LogAsked(Message, frozen=True, kw_only=True, tag="desk.log-asked"):
    """To a desk: the log of a conversation, after that entry.

    A supervisor needs the grant *observe*. An agent owns it, or it is an earlier one of the client whose
    conversation ``of`` the agent owns.
    """

    id: Short
    conversation: Short
    of: Short = ""
    after: Seq = 0


class LogTold(Message, frozen=True, kw_only=True, tag="desk.log"):
    """Desk to whoever asked: so much of the log, and whether there is more of it."""

    id: Short
    conversation: Short
    entries: Entries
    more: bool


class HistoryAsked(Message, frozen=True, kw_only=True, tag="desk.history-asked"):
    """To a desk: the other conversations with this one's client; for whoever may read its log."""

    id: Short
    conversation: Short


class Past(Struct, frozen=True, kw_only=True):
    """Another conversation with the same client."""

    conversation: Short
    category: Name = ""
    state: Literal["waiting", "open", "done"]
    agent: Name = ""
    """Who had it last."""
    began_age: Age
    entries: Seq


class HistoryTold(Message, frozen=True, kw_only=True, tag="desk.history"):
    """Desk to whoever asked: the newest of them first."""

    id: Short
    client: Client
    past: Annotated[tuple[Past, ...], Meta(max_length=limits.HISTORY)]


class ColleaguesAsked(Message, frozen=True, kw_only=True, tag="desk.colleagues-asked"):
    """Owner to desk: to whom can I give this conversation? After so many that I know already."""

    id: Short
    conversation: Short
    after: Count = 0


class ColleagueTold(Struct, frozen=True, kw_only=True):
    """An agent as the desk sees it; with a code, one who cannot be given a client, and why."""

    node: Short
    name: Name
    email: Name
    teams: Teams = ()
    active: Count = 0
    total: Count = 0
    code: Short = ""
    text: Text = ""


class ColleaguesTold(Message, frozen=True, kw_only=True, tag="desk.colleagues"):
    """Desk to whoever asked: those who have room first; and whether there are more."""

    id: Short
    after: Count = 0
    colleagues: Annotated[tuple[ColleagueTold, ...], Meta(max_length=limits.COLLEAGUES_PER_MESSAGE)]
    more: bool
