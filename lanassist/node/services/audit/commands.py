"""What a local user may ask about the ledger, and what is on the board of it."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from lanassist.node.protocol.messages import DisplayNumbers, NodeId
from lanassist.node.services.command import Command, Refusal
from lanassist.node.trust.grants import Role

WATCHED = "audit.watched"
"""Board topic: a Watched by its key (on the agent's own node): who watches, and who has watched."""
ALARMS = "audit.alarms"
"""Board topic: an Alarm by the node whose ledger is not what it was."""
WATCHED_SHOWN = 50
"""Sessions on the board and in the answer; `lanassist audit list` has all of them."""


class Watched(Struct, frozen=True, kw_only=True):
    """One stretch of supervision of this agent, as this node's ledger has it."""

    session: str
    service: str
    what: str
    """What kind it is: glance, control, assist."""
    supervisor: NodeId
    name: str
    """As in the certificate that the supervisor signed with."""
    displays: DisplayNumbers = ()
    """Of a glance."""
    mode: str = ""
    """Of an assist: listen, talk, takeover."""
    wall: bool = False
    """As one small picture on a wall of many agents."""
    reason: str = ""
    since: float
    ended: float | None = None
    """None: it goes on."""
    end: Refusal | None = None
    lost: bool = False
    """The other end did not sign that it is over."""


class WatchedList(Struct, frozen=True, kw_only=True):
    now: float
    """This node's monotonic clock at the answer."""
    watched: tuple[Watched, ...]
    """The latest first."""


class ListWatched(Command[WatchedList], frozen=True, kw_only=True):
    """Who watches this agent, and who has watched; kept over restarts (on the agent's own node)."""

    name: ClassVar[str] = "audit.watched"
    role: ClassVar[Role | None] = Role.AGENT


class Alarm(Struct, frozen=True, kw_only=True):
    """A peer's ledger contradicts what was signed before."""

    owner: NodeId
    name: str
    text: str
    at: float


class LedgerPage(Struct, frozen=True, kw_only=True):
    """A part of the ledger, as lines of an export (docs/ledger.md)."""

    lines: tuple[str, ...]
    following: str
    """Where the next part begins; empty: this was the last."""
    records: int
    """In the whole ledger, now."""


class ReadLedger(Command[LedgerPage], frozen=True, kw_only=True):
    """This node's own ledger, a part at a time: certificates, records and signed heads."""

    name: ClassVar[str] = "audit.read"
    role: ClassVar[Role | None] = None
    begin: Annotated[str, Meta(max_length=200)] = ""
    """As the part before said it."""


COMMANDS = (ListWatched, ReadLedger)
