"""What a session is, what becomes of it, and what of it is written into the ledger."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal

import msgspec

from lanassist.node.errors import LanassistError
from lanassist.node.protocol.messages import NodeId, Request, SessionId, Signed
from lanassist.node.services.base import Effect
from lanassist.node.services.session.endings import Ending
from lanassist.node.trust.identity import Identity

UNSIGNED = Signed()
Key = tuple[NodeId, SessionId]
"""What finds a session on the watched side: supervisors name their sessions themselves."""
StepKind = Literal[
    "intent",
    "grant",
    "acceptance",
    "opening",
    "change",
    "changed",
    "renewal",
    "renewed",
    "end",
    "settled",
]


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One session as one of its ends knows it. ``peer`` is the other end."""

    id: SessionId
    peer: Identity
    asked: bool
    """True on the node that asked, False on the one that is looked at."""
    request: Request
    reason: str = ""
    state: Literal["asking", "asked", "granted", "running"]
    """``asked``: the agent is being asked; ``granted``: the start is in this end's ledger; ``running``: in
    both."""
    since: float
    until: float
    """When it ends unless something is heard: the answer to come, or the lease."""
    signed: float = 0.0
    """When the supervisor last signed that somebody is looking."""
    nonce: str = ""
    """What opens the media channel, or fences control; only in a session that runs."""
    intent: Signed = UNSIGNED
    """What the supervisor's node signed when it asked."""


class AgentAsked(Effect, frozen=True):
    """The asking side: policy wants the agent's own yes first, and it may take a while."""

    session: Session


class Opened(Effect, frozen=True):
    """Both ends have committed the start: the media channel may open."""

    session: Session


class Altered(Effect, frozen=True):
    """The same session shows something else from now on."""

    session: Session


class Declined(Effect, frozen=True):
    """The other side did not make the last change; the session goes on as it is here."""

    session: Session
    why: Ending


class Closed(Effect, frozen=True):
    """Over, or refused. The watched side says it only of what was ``Opened``."""

    session: Session
    ending: Ending


# --- the ledger --------------------------------------------------------------------------------------


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a session that is signed, or written, or both.

    The supervisor's: ``intent`` (only signed), ``acceptance``, ``change``, ``renewal``. The agent's:
    ``grant``, ``opening``, ``changed``, ``renewed``. Of both: ``end``, and ``settled``, the other's end.
    """

    kind: StepKind
    service: str
    session: Session
    theirs: Signed = UNSIGNED
    """What the other end has signed, to be checked and kept."""
    ending: Ending | None = None


class Enter(Effect, frozen=True):
    """Sign this step, check what the other end signed, and commit it to the ledger."""

    step: Step


class Entered(msgspec.Struct, frozen=True):
    """Observed: it is committed."""

    step: Step
    signed: Signed = UNSIGNED
    """This end's signature, for the other end."""


class NotEntered(msgspec.Struct, frozen=True):
    """Observed: it is not committed, and why: the disk, or a signature that does not fit."""

    step: Step
    error: LanassistError


Outcome = Sequence[Effect]
WhyNot = Callable[[Identity, Request | None], LanassistError | None]
"""What stands against a peer's request; without a request: against going on with what it has."""
UNWRITTEN: Final = frozenset({"asking", "asked"})
"""States in which nothing of a session is in this end's ledger."""


def key_of(session: Session) -> Key:
    return session.peer.node, session.id


def next_deadline(sessions: Iterable[Session]) -> float | None:
    """When the first of them has to be looked at again."""
    return min((session.until for session in sessions), default=None)
