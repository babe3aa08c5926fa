"""Control at the agent's node: one supervisor at a time acts as this agent, under a lease and a token."""

from collections.abc import Callable, Sequence

from lanassist.node.errors import BadInput, ControlTaken, LanassistError, NotInControl
from lanassist.node.protocol.messages import (
    ControlAction,
    ControlRequest,
    NodeId,
    Request,
    SessionId,
    SessionMessage,
)
from lanassist.node.services.conversations.commands import CONTROLLER, Controller
from lanassist.node.services.decision import Decision
from lanassist.node.services.facts import WishAnswered
from lanassist.node.services.permission import Permission
from lanassist.node.services.session import (
    Attendance,
    Closed,
    Ending,
    Entered,
    NotEntered,
    Opened,
    Outcome,
    Session,
    ending,
)
from lanassist.node.services.telling import Telling
from lanassist.node.trust.grants import Grant, Role
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.policy import Policy

SERVICE = "conversations"


class Lease:
    """Who controls this agent. The lease runs here, so it ends whatever becomes of the supervisor."""

    def __init__(self, me: Identity, new_token: Callable[[], str], decision: Decision) -> None:
        self._me = me
        self._decision = decision
        self._permission = Permission("control", me.name)
        self._attendance = Attendance(SERVICE, self._why_not, new_token, self._permission)
        self._telling = Telling("control", self._attendance)

    @property
    def holder(self) -> Session | None:
        return next(iter(self._attendance.sessions.values()), None)

    def _why_not(self, peer: Identity, request: Request | None) -> LanassistError | None:
        if refusal := (self._me.why_not_role(Role.AGENT) or peer.why_not_grant(Grant.CONTROL)):
            return refusal
        if request is not None and not isinstance(request, ControlRequest):
            return BadInput(what="The request", why="it is not about control")
        holder = self.holder
        if holder is not None and holder.peer.node != peer.node:
            return ControlTaken(agent=self._me.name, holder=holder.peer.name)
        return None

    def receive(self, peer: Identity, message: SessionMessage, now: float) -> None:
        """Intents, renewals and endings."""
        self._told(self._attendance.receive(peer, message, now))

    def entered(self, outcome: Entered | NotEntered, now: float) -> None:
        """What became of a step in the ledger."""
        self._told(self._attendance.entered(outcome, now))

    def rule(self, policy: Policy) -> None:
        """Another policy: what it does not allow ends now."""
        if self._permission.rule(policy) is not None:
            self._told(self._attendance.end_all(ending("policy")))

    def answered(self, answer: WishAnswered, now: float) -> None:
        """The agent was asked, and has said yes or no."""
        told = self._attendance.answered(answer.supervisor, answer.session, answer.allowed, now)
        self._told(told)

    def why_not_act(self, peer: Identity, message: ControlAction) -> LanassistError | None:
        """The fence: the session runs, the token is its own, and the certificate still allows it."""
        session = self._attendance.sessions.get((peer.node, SessionId(message.session)))
        if session is None or session.nonce != message.token:
            return NotInControl(agent=self._me.name)
        return self._why_not(peer, session.request)

    def peer_down(self, peer: NodeId) -> None:
        self._told(self._attendance.peer_down(peer))

    def reclaim(self) -> None:
        """The agent takes it back."""
        self._told(self._attendance.end_all(ending("reclaimed")))

    def end_all(self, why: Ending) -> None:
        self._told(self._attendance.end_all(why))

    def deadline(self) -> float | None:
        return self._attendance.deadline()

    def on_deadline(self, now: float) -> None:
        self._told(self._attendance.on_deadline(now))

    def _told(self, outcome: Outcome) -> None:
        for effect in outcome:
            match effect:
                case Opened(session):
                    self._end_others(session)
                    self._decision.publish(CONTROLLER, "self", _controller(session))
                case Closed():
                    holder = self.holder
                    self._decision.publish(CONTROLLER, "self", _controller(holder) if holder else None)
                case _:
                    self._decision.add(effect)
        self._decision.add(*self._telling.of(outcome))

    def _end_others(self, opened: Session) -> None:
        """The same supervisor from another page: the newer one counts."""
        older: Sequence[Session] = [
            each for each in self._attendance.sessions.values() if each.id != opened.id
        ]
        for session in older:
            self._told(self._attendance.end(session, ending("taken-again")))


def _controller(session: Session) -> Controller:
    return Controller(
        session=session.id,
        supervisor=session.peer.node,
        name=session.peer.name,
        reason=session.reason,
        since=session.since,
    )
