"""Decisions about calls, assist and help: both halves, an agent's and a supervisor's."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from lanassist.node.errors import LanassistError
from lanassist.node.protocol.messages import (
    CallTold,
    HelpAction,
    HelpAnswered,
    HelpTold,
    Message,
    NodeId,
    SessionId,
)
from lanassist.node.services.assist.agent_side import AgentSide, SoundWanted as SoundWanted
from lanassist.node.services.assist.modes import Mixed, over
from lanassist.node.services.assist.supervisor_side import SupervisorSide
from lanassist.node.services.base import (
    AnyCommand,
    Effect,
    GaveUp,
    Leaving,
    PeerBarred,
    QuietCore,
    Record,
    Ticket,
)
from lanassist.node.services.decision import Decision
from lanassist.node.services.facts import Availability, PolicyInForce, WishAnswered
from lanassist.node.services.notices import NoticeTried
from lanassist.node.services.session import Ending, Entered, NotEntered, Session, ending
from lanassist.node.trust.grants import Role
from lanassist.node.trust.identity import Identity

MESSAGES: tuple[type[Message], ...] = (CallTold, HelpTold, HelpAction, HelpAnswered)
"""What the core wants to receive, beside session messages for ``assist``."""


class ListenerRenewed(msgspec.Struct, frozen=True):
    """The local listener of a session is still there."""

    session: SessionId


class ListenerLeft(msgspec.Struct, frozen=True):
    """The local listener of a session has gone."""

    session: SessionId
    code: str = "closed"


class MediaHere(msgspec.Struct, frozen=True):
    """The channel of a session with this agent is there: its sound may begin."""

    session: Session


class MediaLost(msgspec.Struct, frozen=True):
    """A session's sound channel ended without being asked to."""

    session: Session
    text: str = ""


class MixerSaid(msgspec.Struct, frozen=True):
    """The mixer of this machine does this from now on; ``why`` as sound/base.py's ModeChanged has it."""

    mode: Mixed
    why: str = "asked"


class SoundFailed(msgspec.Struct, frozen=True):
    """Why this machine has no sound to give, in one sentence; empty: it has again."""

    text: str


class VoiceMissing(msgspec.Struct, frozen=True):
    """A call is taken over, and nothing has come from the supervisor for long."""


class AssistCore(QuietCore):
    """Calls and help (with the agent role); assist and others' help (with the supervisor role)."""

    def __init__(
        self,
        me: Identity,
        new_id: Callable[[], str],
        records: Iterable[Record] = (),
        *,
        acw_seconds: float = 60.0,
        sound_error: str = "",
    ) -> None:
        """``sound_error``: why this machine has no sound of calls, until SoundFailed says otherwise."""
        records = list(records)
        self._me = me
        self._decision = Decision()
        self._agent = AgentSide(
            me, new_id, records, self._decision, acw_seconds=acw_seconds, sound_error=sound_error
        )
        self._supervisor = SupervisorSide(me, new_id, records, self._decision)
        self.assisting = self._supervisor.assisting

    @property
    def _is_agent(self) -> bool:
        return Role.AGENT in self._me.roles

    @property
    def _is_supervisor(self) -> bool:
        return Role.SUPERVISOR in self._me.roles

    def start(self, now: float) -> Sequence[Effect]:
        if self._is_agent:
            self._agent.start(now)
        return self._outcome(now)

    def _outcome(self, now: float) -> Sequence[Effect]:
        if self._is_agent:
            self._agent.settle(now)
        return self._decision.effects()

    # --- this machine --------------------------------------------------------------------------------

    def observe(self, event: object, now: float) -> Sequence[Effect]:
        assisting, assisted = self.assisting, self._agent.assisted
        match event:
            case Availability():
                self._agent.available(event)
            case PolicyInForce(policy=policy):
                self._agent.rule(policy, now)
                self._supervisor.rule(policy)
            case SoundFailed(text):
                self._agent.sounds(text, now)
            case WishAnswered(kind="assist"):
                assisted.answered(event, now)
            case Entered(step) | NotEntered(step) if step.session.asked:
                assisting.told(assisting.supervision.entered(event, now), now)
            case Entered() | NotEntered():
                assisted.told(assisted.attendance.entered(event, now), now)
            case MixerSaid(mode, why):
                assisted.in_force(mode, why, now)
            case VoiceMissing():
                assisted.voice_missing(now)
            case GaveUp(ticket):
                assisting.gave_up(ticket, now)
            case NoticeTried():
                self._supervisor.noticed(event)
            case ListenerRenewed(session):
                assisting.told(assisting.supervision.renew(session, now), now)
            case ListenerLeft(session, code):
                assisting.told(assisting.supervision.end(session, ending(code)), now)
            case MediaHere(session):
                assisted.begins(session, now)
            case MediaLost(session, text) if session.asked:
                assisting.told(assisting.supervision.end(session.id, _lost(text)), now)
            case MediaLost(session, text):
                assisted.told(assisted.attendance.end(session, _lost(text)), now)
            case PeerBarred(peer):
                barred = ending("revoked")
                assisting.told(assisting.supervision.end_with(peer, barred), now)
                assisted.told(assisted.attendance.end_with(peer, barred), now)
            case Leaving():
                assisting.end_all(ending("shutdown"), now)
                assisted.end_all(ending("shutdown"), now)
        return self._outcome(now)

    # --- peers ---------------------------------------------------------------------------------------

    def peer_up(self, peer: Identity, now: float) -> Sequence[Effect]:
        if self._is_agent:
            self._agent.peer_up(peer, now)
        self._supervisor.peer_up(peer)
        return self._outcome(now)

    def peer_down(self, peer: NodeId, now: float) -> Sequence[Effect]:
        self._agent.peer_down(peer, now)
        self._supervisor.peer_down(peer, now)
        return self._outcome(now)

    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]:
        if self._is_agent:
            self._agent.receive(peer, message, now)
        if self._is_supervisor:
            self._supervisor.receive(peer, message, now)
        return self._outcome(now)

    # --- commands ------------------------------------------------------------------------------------

    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> Sequence[Effect]:
        try:
            if command.role is Role.AGENT:
                self._agent.command(ticket, command, now)
            else:
                self._supervisor.command(ticket, command, now)
        except LanassistError as refusal:
            self._decision.refuse(ticket, refusal)
        return self._outcome(now)

    # --- time ----------------------------------------------------------------------------------------

    def deadline(self) -> float | None:
        times = (self._agent.deadline(), self._supervisor.deadline())
        return min([each for each in times if each is not None], default=None)

    def on_deadline(self, now: float) -> Sequence[Effect]:
        self._supervisor.on_deadline(now)
        self._agent.on_deadline(now)
        return self._outcome(now)


def _lost(text: str) -> Ending:
    return Ending("sound-lost", text) if text else over("sound-lost")
