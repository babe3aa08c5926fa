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
Age = Annotated[float, Meta(ge=0.0, le=limits.LONGEST_AGE)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Pixels = Annotated[int, Meta(ge=-limits.DISPLAY_SIDE * 2, le=limits.DISPLAY_SIDE * 2)]
Side = Annotated[int, Meta(ge=1, le=limits.DISPLAY_SIDE)]
DisplayNumber = Annotated[int, Meta(ge=1, le=limits.DISPLAYS)]
DisplayNumbers = Annotated[tuple[DisplayNumber, ...], Meta(max_length=limits.DISPLAYS)]


def age_of(at: float, now: float) -> float:
    """How long ago, as it may travel. A clock that was decades off can say anything."""
    return min(max(0.0, now - at), limits.LONGEST_AGE)


class Message(Struct, frozen=True, kw_only=True, tag_field="t"):
    """The base of everything on a wire."""


# --- handshake ---------------------------------------------------------------------------------------


class Version(Struct, frozen=True, array_like=True, order=True):
    """Only ``major`` breaks; a higher ``minor`` adds messages that the other side skips."""

    major: Count
    minor: Count


VERSION = Version(1, 1)


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


class ControlRequest(Struct, frozen=True, kw_only=True, tag="control"):
    """To act as the agent, in all of the agent's conversations."""


Request = GlanceRequest | ControlRequest


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


# --- conversations: a desk and the agents that it hands them to --------------------------------------
# A desk answers every message of an agent that changes something, and both resend until they are answered.
# Epochs order owners, sequence numbers order entries, ids make each act count once.

ConversationId = NewType("ConversationId", str)
Epoch = Annotated[int, Meta(ge=0, le=2**53)]
Seq = Annotated[int, Meta(ge=0, le=2**31)]
Words = Annotated[str, Meta(max_length=limits.ENTRY_LENGTH)]
Ids = Annotated[tuple[Short, ...], Meta(max_length=limits.ACTS_PER_MESSAGE)]


class Client(Struct, frozen=True, kw_only=True):
    """A customer as the desk knows them. ``id`` is what a block names."""

    id: Short
    name: Name
    contact: Name = ""


class Act(Struct, frozen=True, kw_only=True):
    """Something that an owner does in a conversation. Applied once, under the epoch that it was done in."""

    id: Short
    kind: Literal["say", "note", "categorise", "complete"]
    text: Words = ""
    """What is said or noted, or the new category."""
    seen: Seq = 0
    """Of ``complete``: the last entry that was seen; what the client wrote later opens it again."""
    actor: Short = ""
    """The node that did it under control of this agent; empty: the agent."""
    actor_name: Name = ""


Acts = Annotated[tuple[Act, ...], Meta(max_length=limits.ACTS_PER_MESSAGE)]


class Entry(Struct, frozen=True, kw_only=True):
    """One line of a conversation's log, as the desk has numbered it."""

    seq: Seq
    id: Short
    kind: Literal["client", "say", "note", "categorise", "complete", "joined", "queued", "left", "blocked"]
    text: Words = ""
    node: Short = ""
    """Whose act it was: the owner's node; empty for the client's words and the desk's own entries."""
    name: Name = ""
    epoch: Epoch
    actor: Short = ""
    actor_name: Name = ""
    age: Age = 0.0


Entries = Annotated[tuple[Entry, ...], Meta(max_length=limits.ENTRIES_PER_MESSAGE)]


class Load(Struct, frozen=True, kw_only=True):
    """What an agent has room for. ``number`` counts up in one run of the node, named by ``boot``."""

    boot: Short
    number: Annotated[int, Meta(ge=0, le=2**53)]
    available: bool
    reason: Text = ""
    """The break's reason."""
    active: Count = 0
    """Conversations and reservations, at all desks."""
    total: Count = 0
    idle_age: Age = 0.0


class Holds(Struct, frozen=True, array_like=True):
    """An agent believes that it owns this, and has the log up to ``seq``."""

    conversation: Short
    epoch: Epoch
    seq: Seq


class Holding(Message, frozen=True, kw_only=True, tag="desk.holding"):
    """Agent to desk: my load, and all that I hold of yours. Resent until ``Reconciled`` names its number."""

    load: Load
    held: Annotated[tuple[Holds, ...], Meta(max_length=limits.HELD)] = ()


class Reconciled(Message, frozen=True, kw_only=True, tag="desk.reconciled"):
    """Desk to agent: heard; what differed was put right by ``Granted`` and ``Released``."""

    boot: Short
    number: Annotated[int, Meta(ge=0, le=2**53)]


class Offer(Message, frozen=True, kw_only=True, tag="desk.offer"):
    """Desk to agent: will you take this conversation, under this epoch? Resent until answered."""

    offer: Short
    conversation: Short
    epoch: Epoch
    client: Client
    category: Name = ""


class OfferAnswered(Message, frozen=True, kw_only=True, tag="desk.answer"):
    """Agent to desk: a place is reserved until ``Granted`` or ``OfferWithdrawn`` comes; or why not."""

    offer: Short
    conversation: Short
    accepted: bool
    code: Short = ""
    text: Text = ""
    load: Load


class OfferWithdrawn(Message, frozen=True, kw_only=True, tag="desk.withdrawn"):
    """Desk to agent: this offer stands no more; give the place back."""

    offer: Short


class Granted(Message, frozen=True, kw_only=True, tag="desk.granted"):
    """Desk to agent: you own it, committed. The rest of the log follows. Resent until ``Took``."""

    offer: Short
    conversation: Short
    epoch: Epoch
    client: Client
    category: Name = ""
    entries: Entries = ()
    """The beginning of the log."""


class Appended(Message, frozen=True, kw_only=True, tag="desk.appended"):
    """Desk to owner: the log goes on like this. Resent until ``Took``."""

    conversation: Short
    epoch: Epoch
    entries: Entries


class Took(Message, frozen=True, kw_only=True, tag="desk.took"):
    """Owner to desk: I hold the log up to ``seq``, committed."""

    conversation: Short
    epoch: Epoch
    seq: Seq


class Released(Message, frozen=True, kw_only=True, tag="desk.released"):
    """Desk to agent: since this epoch it is not yours. Go on asking about what has no answer."""

    conversation: Short
    epoch: Epoch
    code: Literal["moved", "completed", "left", "blocked", "unknown"]


class Append(Message, frozen=True, kw_only=True, tag="desk.append"):
    """Owner to desk: my unanswered acts, the oldest first. Resent until answered."""

    conversation: Short
    epoch: Epoch
    acts: Acts


class AppendAnswered(Message, frozen=True, kw_only=True, tag="desk.append-answered"):
    """Desk to agent: which acts are in the log, and which never will be."""

    conversation: Short
    accepted: Ids = ()
    refused: Ids = ()


class MoveRequested(Message, frozen=True, kw_only=True, tag="desk.move"):
    """Owner or supervisor to desk: move it to ``to``, or back to the queue if that is empty.

    An owner names its epoch; a supervisor names none and needs the grant *assign*. The agent that completed
    a conversation asks with ``to`` being itself to open it again.
    """

    id: Short
    conversation: Short
    epoch: Epoch = 0
    to: Short = ""
    actor: Short = ""
    """The node that requests it under control of this agent; empty: the sender."""
    actor_name: Name = ""


class BlockRequested(Message, frozen=True, kw_only=True, tag="desk.block"):
    """Supervisor to desk: block this client, or unblock. Needs the grant *block*."""

    id: Short
    client: Short
    blocked: bool
    reason: Text = ""
    seconds: Age | None = None
    """None: until unblocked."""


class RequestAnswered(Message, frozen=True, kw_only=True, tag="desk.request-answered"):
    """Desk to whoever requested: done (no code), or why not."""

    id: Short
    code: Short = ""
    text: Text = ""


class Typing(Message, frozen=True, kw_only=True, tag="desk.typing"):
    """Desk to owner about the client, owner to desk about the agent. Never resent."""

    conversation: Short
    typing: bool


class Block(Struct, frozen=True, kw_only=True):
    """The newest word on one client: the higher (number, node) wins, on every desk."""

    client: Short
    number: Annotated[int, Meta(ge=0, le=2**53)]
    node: Short
    """The desk that wrote it."""
    blocked: bool
    reason: Text = ""
    by: Name = ""
    seconds: Age | None = None
    """What is left of it; None: until unblocked."""


class Blocks(Message, frozen=True, kw_only=True, tag="desk.blocks"):
    """Desk to desk: entries of the block list."""

    blocks: Annotated[tuple[Block, ...], Meta(max_length=limits.BLOCKS_PER_MESSAGE)]


class BlocksDigest(Message, frozen=True, kw_only=True, tag="desk.blocks-digest"):
    """Desk to desk: what my block list comes to. Whoever has another answers with all of its own."""

    digest: Short


class ConversationTold(Message, frozen=True, kw_only=True, tag="desk.conversation"):
    """Desk to supervisors: one conversation as it stands, at every change and when the link comes up."""

    conversation: Short
    client: Client
    category: Name = ""
    state: Literal["waiting", "open", "done"]
    owner: Short
    owner_name: Name = ""
    orphaned: bool = False
    """Its owner is not connected to the desk."""
    epoch: Epoch
    since_age: Age = 0.0


# --- conversations: an agent and the supervisors who look on -----------------------------------------


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
    entries: Entries = ()


class Draft(Message, frozen=True, kw_only=True, tag="mirror.draft"):
    """Agent to whoever watches: what stands in the composer, not sent. Never resent: the next has it all."""

    conversation: Short
    text: Words


class Whisper(Message, frozen=True, kw_only=True, tag="mirror.whisper"):
    """Supervisor to agent, for the agent alone. It passes no desk, so it can reach no client."""

    id: Short
    conversation: Short
    text: Words


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
    | Holding
    | Reconciled
    | Offer
    | OfferAnswered
    | OfferWithdrawn
    | Granted
    | Appended
    | Took
    | Released
    | Append
    | AppendAnswered
    | MoveRequested
    | BlockRequested
    | RequestAnswered
    | Typing
    | Blocks
    | BlocksDigest
    | ConversationTold
    | Watching
    | Mirrored
    | Draft
    | Whisper
    | ControlAction
    | ControlAnswered
)


def tag_of(kind: type[Message]) -> str:
    """The tag by which a message class travels."""
    tag = kind.__struct_config__.tag
    if not isinstance(tag, str):
        raise TypeError(f"{kind.__name__} has no tag of its own")
    return tag


WIRE: tuple[type[Message], ...] = get_args(Wire)
"""Every message class that may appear on a link."""
