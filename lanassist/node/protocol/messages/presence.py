"""An agent's state, told to whoever may watch."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from lanassist.node.protocol import limits
from lanassist.node.protocol.messages.base import Age, DisplayNumber, Message, Name, Pixels, Side, Text


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


class Presence(Message, frozen=True, kw_only=True, tag="presence"):
    """An agent's state as its own node tells it: in full at every change."""

    status: Literal["available", "break"]
    reason: Text = ""
    """The break's reason."""
    status_age: Age = 0.0
    online_age: Age = 0.0
    """Since this node came up today."""
    activity_age: Age = 0.0
    locked: bool | None = None
    """None: this desktop does not tell."""
    displays: Displays = ()
    screen_error: Text = ""
    """Why the screen cannot be shown, in one sentence; empty if it can."""
