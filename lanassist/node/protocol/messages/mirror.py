"""An agent and the supervisors who look on, whisper, or act in the agent's place."""

from typing import Literal

from lanassist.node.protocol.messages.base import Age, Count, Message, Name, Short, Text
from lanassist.node.protocol.messages.conversation import Act, Client, Entries, Epoch, Seq, Words
from lanassist.node.protocol.messages.session import SessionMessage


class Watching(Message, frozen=True, kw_only=True, tag="mirror.watching"):
    """Supervisor to agent: show me your conversations from now on, or no more. Needs the grant *observe*."""

    watching: bool


class Mirrored(Message, frozen=True, kw_only=True, tag="mirror.conversation"):
    """Agent to whoever watches: a conversation as the agent has it, and those entries that are new."""

    conversation: Short
    desk: Short
    client: Client
    category: Name = ""
    state: Literal["held", "completing", "done", "moved"]
    epoch: Epoch
    unsent: Count = 0
    since_age: Age = 0.0
    typing: bool = False
    """The client is."""
    waiting_age: Age | None = None
    """How long the client has had no answer; None: nothing is to be answered."""
    length: Seq = 0
    """Of the log, as the agent has it."""
    entries: Entries = ()


class Draft(Message, frozen=True, kw_only=True, tag="mirror.draft"):
    """Agent to whoever watches: what stands in the composer, not sent. Never resent: the next has it all."""

    conversation: Short
    text: Words


class Whisper(Message, frozen=True, kw_only=True, tag="mirror.whisper"):
    """Supervisor to agent, for the agent alone. It passes no desk, so it can reach no client.

    Resent until ``WhisperAnswered``.
    """

    id: Short
    conversation: Short
    text: Words


class WhisperAnswered(Message, frozen=True, kw_only=True, tag="mirror.whisper-answered"):
    """Agent's node to supervisor: it is on the agent's page (no code), or why not."""

    id: Short
    code: Short = ""
    text: Text = ""


class ControlAction(SessionMessage, frozen=True, kw_only=True, tag="control.action"):
    """Supervisor to agent: do this as the agent. ``token`` is the nonce of the session that was granted."""

    token: Short
    conversation: Short
    act: Act | None = None
    """None: a move."""
    id: Short
    to: Short = ""
    """Of a move: the agent, or the queue if empty."""


class ControlAnswered(SessionMessage, frozen=True, kw_only=True, tag="control.answered"):
    """Agent to supervisor: done (no code), or why not."""

    id: Short
    code: Short = ""
    text: Text = ""
