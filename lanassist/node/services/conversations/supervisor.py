"""The supervisor's side: what desks and agents tell, requests to desks, and control of an agent."""

from collections.abc import Callable

import msgspec

from lanassist.node.errors import (
    AmbiguousAgent,
    LanassistError,
    LinkLost,
    NoDesk,
    NotInControl,
    Offline,
    TakeControlFirst,
    UnknownAgent,
    UnknownConversation,
    said_elsewhere,
)
from lanassist.node.protocol.messages import (
    Act,
    BlockRequested,
    ControlAction,
    ControlAnswered,
    ControlRequest,
    ConversationTold,
    Draft,
    Message,
    Mirrored,
    MoveRequested,
    NodeId,
    SessionId,
    SessionMessage,
    Whisper,
)
from lanassist.node.services.base import Done, Ticket
from lanassist.node.services.command import Refusal
from lanassist.node.services.conversations.commands import (
    ALL,
    CONTROL,
    ActUnderControl,
    Assign,
    BlockClient,
    ControlRow,
    ControlStarted,
    SendWhisper,
    TakeControl,
    ToldConversation,
    Watch,
)
from lanassist.node.services.conversations.lease import SERVICE
from lanassist.node.services.conversations.requests import Requests
from lanassist.node.services.conversations.viewing import Viewing
from lanassist.node.services.decision import Decision
from lanassist.node.services.session import Closed, Ending, Opened, Outcome, Session, Supervision, ending
from lanassist.node.trust.grants import Grant, Role
from lanassist.node.trust.identity import Identity


class SupervisorSide:
    """Asks, and shows what it was told. It decides nothing: desks and agents' nodes do."""

    def __init__(
        self, me: Identity, new_id: Callable[[], str], requests: Requests, decision: Decision
    ) -> None:
        self._me = me
        self._new_id = new_id
        self._requests = requests
        self._decision = decision
        self._supervision = Supervision(SERVICE)
        self._asking: dict[SessionId, Ticket] = {}
        self._agents: dict[NodeId, Identity] = {}
        self._online: set[NodeId] = set()
        self._desks: set[NodeId] = set()
        self._viewing = Viewing(decision, self._why_not_act)
        self.told: dict[str, ToldConversation] = {}

    # --- peers ---------------------------------------------------------------------------------------

    def peer_up(self, peer: Identity) -> None:
        self._online.add(peer.node)
        if Role.AGENT in peer.roles:
            self._agents[peer.node] = peer
            self._viewing.agent_up(peer.node)
        if Role.DESK in peer.roles:
            self._desks.add(peer.node)

    def peer_down(self, peer: NodeId, now: float) -> None:
        self._online.discard(peer)
        self._desks.discard(peer)
        self._viewing.agent_down(peer)
        self._closing(self._supervision.peer_down(peer), now)

    def receive(self, peer: Identity, message: Message, now: float) -> None:
        match message:
            case ConversationTold() if Role.DESK in peer.roles:
                self._tell(peer.node, message, now)
            case Mirrored() if peer.node in self._viewing:
                self._viewing.mirrored(peer.node, message, now)
            case Draft() if peer.node in self._viewing:
                self._viewing.draft(peer.node, message)
            case ControlAnswered():
                refusal = said_elsewhere(message.code, message.text) if message.code else None
                self._requests.answered(message.id, peer.node, refusal)
            case SessionMessage():
                self._closing(self._supervision.receive(peer, message, now), now)

    def _tell(self, desk: NodeId, message: ConversationTold, now: float) -> None:
        known = self.told.get(message.conversation)
        if known is not None and (known.desk != desk or known.epoch > message.epoch):
            return
        told = ToldConversation(
            conversation=message.conversation,
            desk=desk,
            client=message.client,
            category=message.category,
            state=message.state,
            owner=message.owner,
            owner_name=message.owner_name,
            orphaned=message.orphaned,
            epoch=message.epoch,
            since=now - message.since_age,
        )
        self.told[told.conversation] = told
        self._decision.publish(ALL, told.conversation, told)

    # --- commands ------------------------------------------------------------------------------------

    def watch(self, command: Watch, now: float) -> None:
        if refusal := self._me.why_not_grant(Grant.OBSERVE):
            raise refusal
        agent = self._find(command.agent).node
        if command.watching:
            self._viewing.watch(agent, command.viewer, agent in self._online, now)
        else:
            self._viewing.leave(agent, command.viewer, agent in self._online)

    def whisper(self, command: SendWhisper) -> None:
        if refusal := self._me.why_not_grant(Grant.OBSERVE):
            raise refusal
        agent = self._find_online(command.agent)
        message = Whisper(id=self._new_id(), conversation=command.conversation, text=command.text)
        self._decision.send(agent.node, message)

    def assign(self, ticket: Ticket, command: Assign, now: float) -> None:
        if refusal := self._me.why_not_grant(Grant.ASSIGN):
            raise refusal
        told = self.told.get(command.conversation)
        if told is None:
            raise UnknownConversation
        request = command.id or self._new_id()
        message = MoveRequested(id=request, conversation=command.conversation, to=self._target(command.to))
        self._ask(ticket, request, told.desk, message, now)

    def block(self, ticket: Ticket, command: BlockClient, now: float) -> None:
        if refusal := self._me.why_not_grant(Grant.BLOCK):
            raise refusal
        homes = {each.desk for each in self.told.values() if each.client.id == command.client}
        desk = next(iter(sorted(homes & self._desks) or sorted(self._desks)), None)
        if desk is None:
            raise NoDesk
        request = command.id or self._new_id()
        message = BlockRequested(
            id=request,
            client=command.client,
            blocked=command.blocked,
            reason=command.reason,
            seconds=command.seconds,
        )
        self._ask(ticket, request, desk, message, now)

    def _target(self, to: str) -> str:
        """As the desk knows it: the node, if it is known here."""
        try:
            return self._find(to).node if to else ""
        except UnknownAgent:
            return to

    def _ask(self, ticket: Ticket, request: str, desk: NodeId, message: Message, now: float) -> None:
        if desk not in self._desks:
            raise NoDesk
        self._requests.send(request, desk, message, self.answer(ticket), now, who="the desk")

    def answer(self, ticket: Ticket) -> Callable[[LanassistError | None], None]:
        """For a command that another node decides."""

        def settle(refusal: LanassistError | None) -> None:
            if refusal is None:
                self._decision.reply(ticket, Done())
            else:
                self._decision.refuse(ticket, refusal)

        return settle

    def _find(self, text: str) -> Identity:
        wanted = text.casefold()
        everyone = self._agents.values()
        exact = [
            each for each in everyone if wanted in (each.node, each.email.casefold(), each.name.casefold())
        ]
        found = exact or [each for each in everyone if each.name.casefold().startswith(wanted)]
        if not found:
            raise UnknownAgent(agent=text)
        if len(found) > 1:
            raise AmbiguousAgent(agent=text, candidates=", ".join(each.email for each in found))
        return found[0]

    def _find_online(self, text: str) -> Identity:
        agent = self._find(text)
        if agent.node not in self._online:
            raise Offline(agent=agent.name, since="")
        return agent

    # --- control -------------------------------------------------------------------------------------

    def take_control(self, ticket: Ticket, command: TakeControl, now: float) -> None:
        if refusal := self._me.why_not_grant(Grant.CONTROL):
            raise refusal
        agent = self._find_online(command.agent)
        session = SessionId(self._new_id())
        self._asking[session] = ticket
        asked = self._supervision.start(session, agent, ControlRequest(), command.reason, now)
        self._decision.publish(CONTROL, session, _row(self._supervision.sessions[session]))
        self._closing(asked, now)

    def renew_control(self, session: str, now: float) -> None:
        self._decision.add(*self._supervision.renew(self._running(session).id, now))

    def release_control(self, session: str, now: float) -> None:
        self.end(self._running(session), ending("stopped"), now)

    def end(self, session: Session, why: Ending, now: float) -> None:
        self._closing(self._supervision.end(session.id, why), now)

    def end_all(self, why: Ending, now: float) -> None:
        for session in list(self._supervision.sessions.values()):
            self.end(session, why, now)

    def act(self, ticket: Ticket, command: ActUnderControl, now: float) -> None:
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
            to=self._target(command.to),
        )
        settle = self.answer(ticket)
        self._requests.send(request, session.peer.node, message, settle, now, who=session.peer.name)

    def _why_not_act(self, agent: NodeId) -> LanassistError | None:
        """Control is there; whether an act is still possible, the agent's node says when it comes."""
        if refusal := self._me.why_not_grant(Grant.CONTROL):
            return refusal
        if agent in self._agents and agent not in self._online:
            return Offline(agent=self._agents[agent].name, since="")
        sessions = self._supervision.sessions.values()
        if any(each.peer.node == agent and each.state == "running" for each in sessions):
            return None
        return TakeControlFirst(agent=self._agents[agent].name if agent in self._agents else "the agent")

    def _running(self, session: str) -> Session:
        found = self._supervision.sessions.get(SessionId(session))
        if found is None or found.state != "running":
            raise NotInControl(agent="the agent" if found is None else found.peer.name)
        return found

    def _closing(self, outcome: Outcome, now: float) -> None:
        for effect in outcome:
            match effect:
                case Opened(session):
                    self._decision.publish(CONTROL, session.id, _row(session))
                    self._viewing.control_changed(session.peer.node)
                    if (ticket := self._asking.pop(session.id, None)) is not None:
                        started = ControlStarted(session=session.id, agent=session.peer.node)
                        self._decision.reply(ticket, started)
                case Closed(session, why):
                    self._closed(session, why, now)
                case _:
                    self._decision.add(effect)

    def _closed(self, session: Session, why: Ending, now: float) -> None:
        name = session.peer.name
        self._viewing.control_changed(session.peer.node)
        if (ticket := self._asking.pop(session.id, None)) is not None:
            lost = why.code == "link-lost"
            self._decision.refuse(
                ticket, LinkLost(agent=name) if lost else said_elsewhere(why.code, why.text)
            )
        self._requests.give_up(session.peer.node, NotInControl(agent=name))
        ended = msgspec.structs.replace(
            _row(session), state="ended", since=now, end=Refusal(code=why.code, text=why.text)
        )
        self._decision.publish(CONTROL, session.id, ended)

    def deadline(self) -> float | None:
        times = (self._supervision.deadline(), self._viewing.deadline())
        return min([each for each in times if each is not None], default=None)

    def on_deadline(self, now: float) -> None:
        self._closing(self._supervision.on_deadline(now), now)
        self._viewing.on_deadline(self._online.__contains__, now)


def _row(session: Session) -> ControlRow:
    return ControlRow(
        session=session.id,
        agent=session.peer.node,
        agent_name=session.peer.name,
        state=session.state,
        since=session.since,
    )
