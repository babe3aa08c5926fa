"""An agent's state, told to whoever may watch."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from lanassist.node.protocol import limits
from lanassist.node.protocol.messages.assist import CallNow
from lanassist.node.protocol.messages.base import (
    Age,
    Count,
    DisplayNumber,
    Message,
    Name,
    Pixels,
    Short,
    Side,
    Text,
)


class Display(Struct, frozen=True, kw_only=True):
    """One monitor. Position and size in pixels of the desktop; numbers count from 1."""

    number: DisplayNumber
    x: Pixels
    y: Pixels
    width: Side
    height: Side
    primary: bool = False
    name: Name = ""


Displays = Annotated[tuple[Display, ...], Meta(max_length=limits.DISPLAYS)]


class Presence(Message, frozen=True, kw_only=True, tag="presence", omit_defaults=True):
    """An agent's state as its own node tells it: in full at every change."""

    status: Literal["available", "break"]
    reason: Text = ""
    """The break's reason."""
    status_age: Age = 0.0
    """Since what dashboards call the status, its reason included, is what it is."""
    online_age: Age = 0.0
    """Since this node came up today."""
    activity_age: Age = 0.0
    locked: bool | None = None
    """None: this desktop does not tell."""
    displays: Displays = ()
    screen_error: Text = ""
    """Why the screen cannot be shown, in one sentence; empty if it can."""
    unmaskable: bool = False
    """It cannot be shown only because parts of it must be masked, and where they are is not known."""
    idle: bool = False
    """No key or mouse for longer than this agent's limit."""
    active: Count = 0
    """Places that are taken or kept; it may exceed ``total``."""
    total: Count = 0
    ongoing: Count = 0
    waiting: Count = 0
    """Clients in hand who wrote last and have no answer yet."""
    waiting_age: Age | None = None
    """Since when the longest of them waits."""
    completed: Count = 0
    """Interventions of this agent's today."""
    aht: Age | None = None
    """Average handling time of those, in seconds."""
    break_reasons: Annotated[tuple[Text, ...], Meta(max_length=limits.BREAK_REASONS)] = ()
    """What a break may be called; none: anything."""
    call: CallNow | None = None
    """The call that is on, or the work after it."""


class StatusRequested(Message, frozen=True, kw_only=True, tag="presence.status-requested"):
    """Supervisor to agent: be available, or on break. Needs the grant *control*. Answered, never resent."""

    id: Short
    status: Literal["available", "break"]
    reason: Text = ""


class StatusAnswered(Message, frozen=True, kw_only=True, tag="presence.status-answered"):
    """Agent to supervisor: done (no code), or why not."""

    id: Short
    code: Short = ""
    text: Text = ""
