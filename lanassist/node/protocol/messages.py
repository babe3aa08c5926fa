"""Every message that two nodes exchange, a section a service. Fields are bounded here, once.

Encoded as MessagePack maps with the tag in ``t`` (see codec.py). Unknown fields are ignored and unknown
tags skipped, so a newer minor version may add both; a change of meaning needs a new major version.
Times never travel as clock readings but as ages in seconds, because peers' clocks differ.
"""

from typing import Annotated, Literal, NewType, get_args

from msgspec import Meta, Struct

from lanassist.node.protocol import limits

NodeId = NewType("NodeId", str)
SessionId = NewType("SessionId", str)

Short = Annotated[str, Meta(max_length=limits.ID_LENGTH)]
Name = Annotated[str, Meta(max_length=limits.NAME_LENGTH)]
Text = Annotated[str, Meta(max_length=limits.REASON_LENGTH)]
Age = Annotated[float, Meta(ge=0.0, le=1e9)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Pixels = Annotated[int, Meta(ge=-limits.DISPLAY_SIDE * 2, le=limits.DISPLAY_SIDE * 2)]
Side = Annotated[int, Meta(ge=1, le=limits.DISPLAY_SIDE)]
DisplayNumber = Annotated[int, Meta(ge=1, le=limits.DISPLAYS)]
DisplayNumbers = Annotated[tuple[DisplayNumber, ...], Meta(max_length=limits.DISPLAYS)]


class Message(Struct, frozen=True, kw_only=True, tag_field="t"):
    """The base of everything on a wire."""


# --- handshake ---------------------------------------------------------------------------------------


class Version(Struct, frozen=True, array_like=True, order=True):
    """Only ``major`` breaks; a higher ``minor`` adds messages that the other side skips."""

    major: Count
    minor: Count


VERSION = Version(1, 0)


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


# --- link --------------------------------------------------------------------------------------------


class Heartbeat(Message, frozen=True, kw_only=True, tag="heartbeat"):
    """Sent every HEARTBEAT_EVERY; any message counts as a sign of life."""


class Goodbye(Message, frozen=True, kw_only=True, tag="goodbye"):
    """The sender closes the link on purpose."""

    code: Short
    text: Text = ""


# --- site: what the admin has signed -----------------------------------------------------------------


class DocumentNumber(Message, frozen=True, kw_only=True, tag="site.number"):
    """Which edition of a signed document the sender holds; the receiver offers its own if newer."""

    kind: Short
    number: Annotated[int, Meta(ge=0, le=2**53)]


class SignedDocument(Message, frozen=True, kw_only=True, tag="site.document"):
    """A document as the site authority signed it; verified by every node that receives it."""

    kind: Short
    document: Annotated[bytes, Meta(max_length=limits.SIGNED_DOCUMENT_BYTES)]


# --- presence ----------------------------------------------------------------------------------------


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


# --- sessions: the start and end of any stretch of supervision ---------------------------------------


class GlanceRequest(Struct, frozen=True, kw_only=True, tag="glance"):
    """Which displays to see. ``lossless``: no JPEG at all, for saving pictures."""

    displays: DisplayNumbers
    lossless: bool = False


Request = GlanceRequest


class SessionMessage(Message, frozen=True, kw_only=True):
    """The base of what the two ends of a session say; ``service`` names who it is for."""

    session: Short
    service: Short


class SessionIntent(SessionMessage, frozen=True, kw_only=True, tag="session.intent"):
    """Supervisor to agent: may I?"""

    request: Request
    reason: Text = ""


class SessionGranted(SessionMessage, frozen=True, kw_only=True, tag="session.granted"):
    """Agent to supervisor: yes; open the media channel with this nonce."""

    nonce: Short


class SessionRefused(SessionMessage, frozen=True, kw_only=True, tag="session.refused"):
    """Agent to supervisor: no, because."""

    code: Short
    text: Text


class SessionChanged(SessionMessage, frozen=True, kw_only=True, tag="session.changed"):
    """Supervisor to agent: the same session, another request (other displays)."""

    request: Request


class SessionRenewed(SessionMessage, frozen=True, kw_only=True, tag="session.renewed"):
    """Supervisor to agent, each LEASE_EVERY: somebody is still looking."""


class SessionEnded(SessionMessage, frozen=True, kw_only=True, tag="session.ended"):
    """Either to the other: over, because."""

    code: Short
    text: Text


Wire = (
    Hello
    | Welcome
    | Refusal
    | Ready
    | Heartbeat
    | Goodbye
    | DocumentNumber
    | SignedDocument
    | Presence
    | SessionIntent
    | SessionGranted
    | SessionRefused
    | SessionChanged
    | SessionRenewed
    | SessionEnded
)


def tag_of(kind: type[Message]) -> str:
    """The tag by which a message class travels."""
    tag = kind.__struct_config__.tag
    if not isinstance(tag, str):
        raise TypeError(f"{kind.__name__} has no tag of its own")
    return tag


WIRE: tuple[type[Message], ...] = get_args(Wire)
"""Every message class that may appear on a link."""
