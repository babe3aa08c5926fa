"""How a channel opens, and what keeps a link alive."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from lanassist.node.protocol.messages.base import Count, Message, Short, Text


class Version(Struct, frozen=True, array_like=True, order=True):
    """Only ``major`` breaks; a higher ``minor`` adds messages that the other side skips."""

    major: Count
    minor: Count


VERSION = Version(1, 3)


class Hello(Message, frozen=True, kw_only=True, tag="hello"):
    """First words of the dialler: on which channel, and for a media channel for which session."""

    version: Version
    instance: Short
    """Random, new at each start of the node."""
    port: Annotated[int, Meta(ge=0, le=65535)] = 0
    """Where the dialler listens itself; 0 if it does not."""
    channel: Literal["link", "media"] = "link"
    session: Short = ""
    nonce: Short = ""


class Welcome(Message, frozen=True, kw_only=True, tag="welcome"):
    """The listener accepts. Only now may the dialler count itself connected."""

    version: Version
    instance: Short


class Refusal(Message, frozen=True, kw_only=True, tag="refusal"):
    """The listener declines, and says why; the connection ends."""

    version: Version = VERSION
    code: Short
    text: Text


class Ready(Message, frozen=True, kw_only=True, tag="ready"):
    """The dialler has checked who answered; the channel is open in both directions."""


class Heartbeat(Message, frozen=True, kw_only=True, tag="heartbeat"):
    """Sent every HEARTBEAT_EVERY; any message counts as a sign of life."""


class Goodbye(Message, frozen=True, kw_only=True, tag="goodbye"):
    """The sender closes the link on purpose."""

    code: Short
    text: Text = ""
