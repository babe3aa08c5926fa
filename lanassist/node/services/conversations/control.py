"""Control, on the supervisor's side: it asks, renews, and acts. The lease itself runs at the agent's node."""

from collections.abc import Callable

import msgspec

from lanassist.node.errors import (
    LanassistError,
    NotInControl,
    TakeControlFirst,
    said_elsewhere,
)
from lanassist.node.protocol.messages import (
    Act,
    ControlAction,
    ControlAnswered,
    ControlRequest,
    NodeId,
    SessionId,
    SessionMessage,
)
from lanassist.node.services.base import Ticket
from lanassist.node.services.command import Refusal
from lanassist.node.services.conversations.agents import Agents
from lanassist.node.services.conversations.commands import (
    CONTROL,
    CONTROL_OFFER,
    ActUnderControl,
    ControlOffer,
    ControlRow,
    ControlStarted,
    TakeControl,
)
from lanassist.node.services.conversations.lease import SERVICE
from lanassist.node.services.conversations.requests import Requests
from lanassist.node.services.decision import Decision
from lanassist.node.services.permission import forbidden, unexplained
from lanassist.node.services.session import (
    AgentAsked,
    Closed,
    Ending,
    Entered,
    NotEntered,
    Opened,
    Outcome,
    Session,
    Supervision,
    ending,
)
from lanassist.node.trust.grants import Grant
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.policy import Policy


class Control:
    """This supervisor's sessions with agents."""

    def __init__(
        self,
        me: Identity,
        new_id: Callable[[], str],
        agents: Agents,
        requests: Requests,
        decision: Decision,
        changed: Callable[[NodeId], None],
    ) -> None:
        """``changed(agent)``: control of that agent was taken, or is over."""
        self._me = me
        self._new_id = new_id
        self._agents = agents
        self._requests = requests
        self._decision = decision
        self._changed = changed
        self._policy = Policy()
        self._supervision = Supervision(SERVICE)
        self._asking: dict[SessionId, Ticket] = {}

    # --- sessions ------------------------------------------------------------------------------------

    def take(self, ticket: Ticket, command: TakeControl, now: float) -> None:
        if refusal := self._me.why_not_grant(Grant.CONTROL):
            raise refusal
        agent = self._agents.find_online(command.agent)
        ruled = forbidden("control", self._policy) or unexplained("control", self._policy, command.reason)
        if ruled:
            raise ruled
        session = SessionId(self._new_id())
        self._asking[session] = ticket
        asked = self._supervision.start(session, agent, ControlRequest(), command.reason, now)
        self._decision.publish(CONTROL, session, _row(self._supervision.sessions[session]))
        self._told(asked, now)

    def rule(self, policy: Policy) -> None:
        """Another policy; the page hears what it means before the click."""
        self._policy = policy
        offer = ControlOffer(
            refusal=Refusal.of(forbidden("control", policy)),
            reason_required=policy.reason_required,
            asks=policy.control == "ask",
        )
        self._decision.publish(CONTROL_OFFER, "self", offer)

    def renew(self, session: str, now: float) -> None:
        self._decision.add(*self._supervision.renew(self._running(session).id, now))

    def release(self, session: str, now: float) -> None:
        """Also what the agent is still being asked about."""
        if SessionId(session) not in self._supervision.sessions:
            raise NotInControl(agent="the agent")
        self._told(self._supervision.end(SessionId(session), ending("stopped")), now)

    def gave_up(self, ticket: Ticket, now: float) -> None:
        """Nobody waits for that answer any more: what is not begun is not wanted."""
        for session in [each for each, waiting in self._asking.items() if waiting == ticket]:
            self._told(self._supervision.end(session, ending("stopped")), now)

    def end_all(self, why: Ending, now: float) -> None:
        for session in list(self._supervision.sessions.values()):
            self._told(self._supervision.end(session.id, why), now)

    def peer_down(self, peer: NodeId, now: float) -> None:
        self._told(self._supervision.peer_down(peer), now)

    def receive(self, peer: Identity, message: SessionMessage, now: float) -> None:
        if isinstance(message, ControlAnswered):
            refusal = said_elsewhere(message.code, message.text) if message.code else None
            self._requests.answered(message.id, peer.node, refusal)
        else:
            self._told(self._supervision.receive(peer, message, now), now)

    def entered(self, outcome: Entered | NotEntered, now: float) -> None:
        """What became of a step in the ledger."""
        self._told(self._supervision.entered(outcome, now), now)

    def deadline(self) -> float | None:
        return self._supervision.deadline()

    def on_deadline(self, now: float) -> None:
        self._told(self._supervision.on_deadline(now), now)

    # --- acting --------------------------------------------------------------------------------------

    def act(
        self, command: ActUnderControl, settle: Callable[[LanassistError | None], None], now: float
    ) -> None:
        """Ask the agent's node to do it; it checks the lease, the token and the grant."""
        session = self._running(command.session)
        request = command.id or self._new_id()
        act = None if command.kind == "move" else Act(id=request, kind=command.kind, text=command.text)
        message = ControlAction(
            session=session.id,
            service=SERVICE,
            token=session.nonce,
            id=request,
            conversation=command.conversation,
            act=act,
            to=self._agents.target(command.to),
        )
        self._requests.send(
            request, session.peer.node, message, settle, now, who=session.peer.name, about=session.id
        )

    def why_not_act(self, agent: NodeId) -> LanassistError | None:
        """Control is there; whether an act is still possible, the agent's node says when it comes."""
        if refusal := self._me.why_not_grant(Grant.CONTROL) or self._agents.why_not(agent):
            return refusal
        sessions = self._supervision.sessions.values()
        if any(each.peer.node == agent and each.state == "running" for each in sessions):
            return None
        return TakeControlFirst(agent=self._agents.name_of(agent))

    def _running(self, session: str) -> Session:
        found = self._supervision.sessions.get(SessionId(session))
        if found is None or found.state != "running":
            raise NotInControl(agent="the agent" if found is None else found.peer.name)
        return found

    # --- what becomes of it --------------------------------------------------------------------------

    def _told(self, outcome: Outcome, now: float) -> None:
        for effect in outcome:
            match effect:
                case AgentAsked(session):
                    self._decision.publish(CONTROL, session.id, _row(session))
                case Opened(session):
                    self._decision.publish(CONTROL, session.id, _row(session))
                    self._changed(session.peer.node)
                    if (ticket := self._asking.pop(session.id, None)) is not None:
                        started = ControlStarted(session=session.id, agent=session.peer.node)
                        self._decision.reply(ticket, started)
                case Closed(session, why):
                    self._closed(session, why, now)
                case _:
                    self._decision.add(effect)

    def _closed(self, session: Session, why: Ending, now: float) -> None:
        name = session.peer.name
        self._changed(session.peer.node)
        if (ticket := self._asking.pop(session.id, None)) is not None:
            self._decision.refuse(ticket, why.refusal(name))
        self._requests.give_up(session.id, NotInControl(agent=name))
        ended = msgspec.structs.replace(_row(session), state="ended", since=now, end=why.shown)
        self._decision.publish(CONTROL, session.id, ended)


def _row(session: Session) -> ControlRow:
    return ControlRow(
        session=session.id,
        agent=session.peer.node,
        agent_name=session.peer.name,
        state=session.state if session.state in ("asked", "running") else "asking",
        since=session.since,
    )
