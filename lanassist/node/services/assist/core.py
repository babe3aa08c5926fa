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
    SessionMessage,
)
from lanassist.node.services.alarms import Alarms
from lanassist.node.services.assist.agent_side import AgentSide, SoundWanted as SoundWanted
from lanassist.node.services.assist.agents import Agents
from lanassist.node.services.assist.assisted import Mixed, over
from lanassist.node.services.assist.assisting import Assisting
from lanassist.node.services.assist.commands import (
    AcceptHelp,
    CloseAssist,
    DismissHelp,
    EndTakenCall,
    FinishHelp,
    ListCalls,
    ListHelp,
    OfferList,
    ReleaseAssist,
    StartAssist,
    TakeOver,
    TalkAssist,
)
from lanassist.node.services.assist.help_requests import HelpRequests
from lanassist.node.services.base import AnyCommand, Done, Effect, QuietCore, Record, Ticket
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


class PeerBarred(msgspec.Struct, frozen=True):
    """This peer's certificate was revoked: the link to it is cut, and that is why."""

    peer: NodeId


class Leaving(msgspec.Struct, frozen=True):
    """The node is shutting down."""


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
        self._alarms: Alarms[tuple[str, str]] = Alarms()
        self._agent = AgentSide(
            me, new_id, records, self._decision, acw_seconds=acw_seconds, sound_error=sound_error
        )
        self._agents = Agents(me, self._decision)
        self.assisting = Assisting(self._decision, self._agents, new_id)
        self._requests = HelpRequests(
            me, records, self._decision, self._alarms, new_id, self._agents.call_of
        )

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
                self._agents.rule(policy)
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
            case NoticeTried():
                self._requests.tried(event)
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
        self._agents.peer_up(peer)
        return self._outcome(now)

    def peer_down(self, peer: NodeId, now: float) -> Sequence[Effect]:
        self._agent.peer_down(peer, now)
        self._agents.peer_down(peer)
        self.assisting.peer_down(peer, now)
        self._requests.peer_down(peer, now)
        return self._outcome(now)

    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]:
        if self._is_agent:
            self._agent.receive(peer, message, now)
        if self._is_supervisor:
            self._as_supervisor(peer, message, now)
        return self._outcome(now)

    def _as_supervisor(self, peer: Identity, message: Message, now: float) -> None:
        match message:
            case CallTold() if Role.AGENT in peer.roles:
                self._agents.told(peer, message, now)
            case HelpTold() if Role.AGENT in peer.roles:
                self._requests.told(peer, message, now)
            case HelpAnswered():
                self._requests.answered(peer.node, message)
            case SessionMessage():
                self.assisting.receive(peer, message, now)

    # --- commands ------------------------------------------------------------------------------------

    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> Sequence[Effect]:
        try:
            if command.role is Role.AGENT:
                self._agent.command(ticket, command, now)
            else:
                self._supervise(ticket, command, now)
        except LanassistError as refusal:
            self._decision.refuse(ticket, refusal)
        return self._outcome(now)

    def _supervise(self, ticket: Ticket, command: AnyCommand, now: float) -> None:
        assisting = self.assisting
        match command:
            case ListCalls():
                offers, running = tuple(self._agents.offers()), assisting.running()
                self._decision.reply(ticket, OfferList(now=now, offers=offers, sessions=running))
            case StartAssist():
                assisting.start(ticket, command, now)
            case TalkAssist(session=session, agent=agent):
                assisting.change(ticket, session, agent, "talk", now)
            case ReleaseAssist(session=session, agent=agent):
                assisting.change(ticket, session, agent, "listen", now)
            case TakeOver(session=session, agent=agent):
                assisting.change(ticket, session, agent, "takeover", now)
            case EndTakenCall(session=session, agent=agent):
                assisting.end_call(ticket, session, agent)
            case CloseAssist():
                assisting.close(ticket, command, now)
            case ListHelp():
                self._decision.reply(ticket, self._requests.list(now))
            case AcceptHelp(agent=agent) | FinishHelp(agent=agent):
                self._requests.ask(ticket, self._agents.find(agent), command, now)
            case DismissHelp(agent=agent):
                self._requests.dismiss(self._agents.find(agent))
                self._decision.reply(ticket, Done())

    # --- time ----------------------------------------------------------------------------------------

    def deadline(self) -> float | None:
        times = (self._alarms.next(), self._agent.deadline(), self.assisting.supervision.deadline())
        return min([each for each in times if each is not None], default=None)

    def on_deadline(self, now: float) -> Sequence[Effect]:
        for kind, key in self._alarms.due(now):
            if kind == "unheard":
                self._requests.unheard(key)
            else:
                self._requests.late(key)
        self.assisting.told(self.assisting.supervision.on_deadline(now), now)
        self._agent.on_deadline(now)
        return self._outcome(now)


def _lost(text: str) -> Ending:
    return Ending("sound-lost", text) if text else over("sound-lost")
