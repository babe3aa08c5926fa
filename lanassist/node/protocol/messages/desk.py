"""A desk, the agents that it hands conversations to, and other desks.

A desk answers every message of an agent that changes something, and both resend until they are answered.
Epochs order owners, sequence numbers order entries, ids make each act count once.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from lanassist.node.protocol import limits
from lanassist.node.protocol.messages.base import Age, Count, Message, Name, Short, Text
from lanassist.node.protocol.messages.conversation import Acts, Client, Entries, Epoch, Ids, Seq


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
    returned: Ids = ()
    """Accepted completions that closed nothing: the client had written, and waits again."""


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
    name: Name = ""
    """As the client called itself."""
    seconds: Age | None = None
    """What is left of it; None: until unblocked."""


class Blocks(Message, frozen=True, kw_only=True, tag="desk.blocks"):
    """Desk to desks, and to supervisors with the grant *block* or *observe*: entries of the block list."""

    blocks: Annotated[tuple[Block, ...], Meta(max_length=limits.BLOCKS_PER_MESSAGE)]


class BlocksDigest(Message, frozen=True, kw_only=True, tag="desk.blocks-digest"):
    """Desk to desk: what my block list comes to. Whoever has another answers with all of its own."""

    digest: Short


class ConversationTold(Message, frozen=True, kw_only=True, tag="desk.conversation"):
    """Desk to supervisors: one conversation as it stands, at every change."""

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


class Standing(Message, frozen=True, kw_only=True, tag="desk.standing"):
    """Desk to a supervisor when the link comes up: how everything stands; what is not in it is no more."""

    conversations: Annotated[tuple[ConversationTold, ...], Meta(max_length=limits.TOLD_PER_MESSAGE)]
    last: bool
    """No more such messages follow."""


class DeskTold(Message, frozen=True, kw_only=True, tag="desk.told"):
    """Desk to agents and supervisors when the link comes up: what clients can ask about here."""

    categories: Annotated[tuple[Name, ...], Meta(max_length=limits.CATEGORIES)] = ()
