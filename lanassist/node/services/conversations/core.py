"""Decisions about conversations away from their desk: an agent's own, and a supervisor's hand in them."""

from collections.abc import Callable, Iterable, Sequence

from lanassist.node.errors import LanassistError, said_elsewhere
from lanassist.node.protocol.messages import (
    ColleaguesTold,
    ControlAction,
    DeskTold,
    HistoryTold,
    LogTold,
    Message,
    NodeId,
    RequestAnswered,
    SessionMessage,
    Watching,
    Whisper,
)
from lanassist.node.services.alarms import Alarms
from lanassist.node.services.base import AnyCommand, Effect, GaveUp, Leaving, QuietCore, Record, Ticket
from lanassist.node.services.conversation import FORGET_EVERY, FORGET_ON, FORGET_ROWS, KEEP
from lanassist.node.services.conversations import agent, questions, supervisor
from lanassist.node.services.conversations.agent import AgentSide
from lanassist.node.services.conversations.commands import LOAD, ListColleagues, OwnLoad, ReadLog, ShowHistory
from lanassist.node.services.conversations.console import Console
from lanassist.node.services.conversations.desks import Desks
from lanassist.node.services.conversations.lease import Lease
from lanassist.node.services.conversations.mirror import Mirror
from lanassist.node.services.conversations.questions import Questions
from lanassist.node.services.conversations.requests import Alarm, Requests
from lanassist.node.services.conversations.shelf import Shelf
from lanassist.node.services.conversations.supervisor import SupervisorSide
from lanassist.node.services.conversations.whispers import Whispers
from lanassist.node.services.conversations.work import Work
from lanassist.node.services.decision import Decision
from lanassist.node.services.facts import Availability, CallState, PolicyInForce, WishAnswered
from lanassist.node.services.session import Entered, NotEntered, ending
from lanassist.node.trust.grants import Grant, Role
from lanassist.node.trust.identity import Identity

FORGET: Alarm = ("forget", "")
MESSAGES: tuple[type[Message], ...] = (
    *agent.MESSAGES,
    *supervisor.MESSAGES,
    *questions.MESSAGES,
    RequestAnswered,
    DeskTold,
    Watching,
    Whisper,
)
"""What the core wants to receive, beside session messages for ``conversations``."""


class ConversationsCore(QuietCore):
    """Both halves, rebuilt from their records: an agent's conversations, a supervisor's view and control.

    What has been out of the agent's hands for ``keep`` seconds is forgotten.
    """

    def __init__(
        self,
        me: Identity,
        new_id: Callable[[], str],
        records: Iterable[Record] = (),
        *,
        keep: float = KEEP,
    ) -> None:
        records = list(records)
        self._me = me
        self._keep = keep
        self._new_id = new_id
        self._decision = Decision()
        self._alarms: Alarms[Alarm] = Alarms()
        self._requests = Requests(self._decision, self._alarms)
        self._shelf = Shelf(me.name, records, self._decision)
        self._desks = Desks(self._decision)
        self._work = Work(self._shelf, records, self._decision)
        self._agent = AgentSide(
            me, new_id(), self._shelf, self._work, self._requests, self._decision, self._alarms
        )
        self._mirror = Mirror(self._shelf, self._agent, self._decision)
        self._lease = Lease(me, new_id, self._decision)
        self._whispers = Whispers(self._decision)
        self._console = Console(
            me,
            new_id,
            self._shelf,
            self._agent,
            self._desks,
            self._mirror,
            self._lease,
            self._requests,
            self._decision,
        )
        self._supervisor = SupervisorSide(me, new_id, self._requests, self._decision, self._alarms)
        self._questions = Questions(new_id, self._desk_of, self._desks, self._requests, self._decision)

    def start(self, now: float) -> Sequence[Effect]:
        self._forget(now)
        self._agent.places.start(now)
        self._work.start(now)
        self._mirror.show_first(now)
        return self._outcome(now)

    def observe(self, event: object, now: float) -> Sequence[Effect]:
        match event:
            case Availability():
                self._agent.places.availability = event
            case CallState(call=call):
                self._shelf.calls = 1 if call is not None and call.on else 0
            case PolicyInForce(policy=policy):
                self._lease.rule(policy)
                if Role.SUPERVISOR in self._me.roles:
                    self._supervisor.control.rule(policy)
            case WishAnswered(kind="control"):
                self._lease.answered(event, now)
            case Entered(step) | NotEntered(step) if step.session.asked:
                self._supervisor.control.entered(event, now)
            case Entered() | NotEntered():
                self._lease.entered(event, now)
            case GaveUp(ticket):
                self._supervisor.control.gave_up(ticket, now)
            case Leaving():
                self._lease.end_all(ending("shutdown"))
                self._supervisor.control.end_all(ending("shutdown"), now)
        return self._outcome(now)

    def _forget(self, now: float) -> None:
        self._work.forget(now)
        gone, more = self._shelf.forget(now - self._keep, FORGET_ROWS)
        for conversation in gone:
            self._mirror.forget(conversation)
        self._alarms.set(FORGET, now + (FORGET_ON if more else FORGET_EVERY))

    # --- peers ---------------------------------------------------------------------------------------

    @property
    def _is_agent(self) -> bool:
        return Role.AGENT in self._me.roles

    def peer_up(self, peer: Identity, now: float) -> Sequence[Effect]:
        self._desks.peer_up(peer)
        if self._is_agent and Role.DESK in peer.roles:
            self._agent.desk_up(peer, now)
            self._show_all_of(peer.node, now)
        if Role.SUPERVISOR in self._me.roles:
            self._supervisor.peer_up(peer)
        return self._outcome(now)

    def peer_down(self, peer: NodeId, now: float) -> Sequence[Effect]:
        self._desks.peer_down(peer)
        self._mirror.unwatch(peer)
        self._lease.peer_down(peer)
        if peer in self._agent.desks:
            self._agent.desk_down(peer)
            self._show_all_of(peer, now)
        self._supervisor.peer_down(peer, now)
        return self._outcome(now)

    def _show_all_of(self, desk: NodeId, now: float) -> None:
        for held in self._shelf.mine.values():
            if held.record.desk == desk:
                self._mirror.show(held, now)

    def _desk_of(self, conversation: str) -> NodeId | None:
        """The home of a conversation that was given to this agent, or told to this supervisor."""
        if self._shelf.known(conversation):
            return self._shelf.find(conversation).record.desk
        row = self._supervisor.overview.rows.get(conversation)
        return None if row is None else row.desk

    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]:
        if self._is_agent:
            self._as_agent(peer, message, now)
        if Role.SUPERVISOR in self._me.roles:
            self._supervisor.receive(peer, message, now)
        match message:
            case RequestAnswered() if Role.DESK in peer.roles:
                refusal = said_elsewhere(message.code, message.text) if message.code else None
                self._requests.answered(message.id, peer.node, refusal)
            case DeskTold() if Role.DESK in peer.roles:
                self._desks.told(peer.node, message)
            case LogTold() | HistoryTold() | ColleaguesTold():
                self._questions.received(peer.node, message, now)
        return self._outcome(now)

    def _as_agent(self, peer: Identity, message: Message, now: float) -> None:
        match message:
            case ControlAction():
                self._console.under_control(peer, message, now)
            case SessionMessage():
                self._lease.receive(peer, message, now)
            case Watching() if peer.why_not_grant(Grant.OBSERVE) is None:
                if message.watching:
                    self._mirror.watch(peer.node, now)
                else:
                    self._mirror.unwatch(peer.node)
            case Whisper():
                self._whispers.receive(peer, message, now)
            case _ if Role.DESK in peer.roles:
                self._show(self._agent.receive(peer.node, message, now), now)

    def _show(self, conversation: str | None, now: float) -> None:
        if conversation is not None:
            self._mirror.show(self._shelf.find(conversation), now)

    # --- commands ------------------------------------------------------------------------------------

    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> Sequence[Effect]:
        try:
            if isinstance(command, ReadLog | ShowHistory | ListColleagues):
                if not self._is_agent and (refusal := self._me.why_not_grant(Grant.OBSERVE)):
                    raise refusal
                self._questions.command(ticket, command, now)
            else:
                self._console.command(ticket, command, self._supervisor.answer(ticket), now)
                self._supervisor.command(ticket, command, now)
        except LanassistError as refusal:
            self._decision.refuse(ticket, refusal)
        return self._outcome(now)

    # --- time ----------------------------------------------------------------------------------------

    def deadline(self) -> float | None:
        times = (self._alarms.next(), self._lease.deadline(), self._supervisor.deadline())
        return min([each for each in times if each is not None], default=None)

    def on_deadline(self, now: float) -> Sequence[Effect]:
        for kind, key in self._alarms.due(now):
            match kind:
                case "holding" if (desk := NodeId(key)) in self._agent.desks:
                    self._agent.tell_holding(desk, now)
                case "acts":
                    self._agent.send_acts(self._shelf.find(key), now)
                case "typing":
                    self._agent.client_types(key, False, now)
                    self._show(key, now)
                case "reserved":
                    self._agent.places.reserved(key, now)
                case "forget":
                    self._forget(now)
                case "blocked":
                    self._supervisor.blocked.over(key)
                case "request":
                    self._requests.again(key, now)
        self._lease.on_deadline(now)
        self._supervisor.on_deadline(now)
        return self._outcome(now)

    def _outcome(self, now: float) -> Sequence[Effect]:
        if self._is_agent:
            self._work.tell(self._agent.places.active_at)
        if self._is_agent and self._agent.tell_load(now):
            load = self._agent.places.load(now)
            own = OwnLoad(available=load.available, reason=load.reason, active=load.active, total=load.total)
            self._decision.publish(LOAD, "self", own)
        return self._decision.effects()
