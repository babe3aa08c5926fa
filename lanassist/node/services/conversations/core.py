"""Decisions about conversations away from their desk: an agent's own, and a supervisor's hand in them."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from lanassist.node.errors import BadInput, LanassistError, said_elsewhere
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import (
    Act,
    AppendAnswered,
    Appended,
    ControlAction,
    ControlAnswered,
    ConversationTold,
    Draft,
    Granted,
    Message,
    Mirrored,
    NodeId,
    Offer,
    OfferWithdrawn,
    Reconciled,
    Released,
    RequestAnswered,
    SessionMessage,
    Typing,
    Watching,
    Whisper,
)
from lanassist.node.services.alarms import Alarms
from lanassist.node.services.base import AnyCommand, Done, Effect, QuietCore, Record, Ticket
from lanassist.node.services.conversations.agent import AgentSide
from lanassist.node.services.conversations.commands import (
    LOAD,
    WHISPERS,
    ActUnderControl,
    AllConversations,
    Assign,
    BlockClient,
    Dismiss,
    DoAct,
    FullConversation,
    ListAll,
    ListOwn,
    OwnConversations,
    OwnLoad,
    Queued,
    Reclaim,
    ReleaseControl,
    RenewControl,
    Reopen,
    SendWhisper,
    SetDraft,
    ShowOwn,
    TakeControl,
    Transfer,
    Watch,
    WhisperRow,
)
from lanassist.node.services.conversations.lease import SERVICE, Lease
from lanassist.node.services.conversations.mirror import Mirror
from lanassist.node.services.conversations.requests import Alarm, Requests
from lanassist.node.services.conversations.shelf import Shelf
from lanassist.node.services.conversations.supervisor import SupervisorSide
from lanassist.node.services.decision import Decision
from lanassist.node.services.facts import Availability
from lanassist.node.services.session import ending
from lanassist.node.trust.grants import Grant, Role
from lanassist.node.trust.identity import Identity

MESSAGES: tuple[type[Message], ...] = (
    Offer,
    OfferWithdrawn,
    Reconciled,
    Granted,
    Appended,
    Released,
    AppendAnswered,
    Typing,
    RequestAnswered,
    ConversationTold,
    Watching,
    Mirrored,
    Draft,
    Whisper,
)
"""What the core wants to receive, beside session messages for ``conversations``."""


class Leaving(msgspec.Struct, frozen=True):
    """The node is shutting down."""


class ConversationsCore(QuietCore):
    """Both halves, rebuilt from their records: an agent's conversations, a supervisor's view and control."""

    def __init__(self, me: Identity, new_id: Callable[[], str], records: Iterable[Record] = ()) -> None:
        self._me = me
        self._new_id = new_id
        self._decision = Decision()
        self._alarms: Alarms[Alarm] = Alarms()
        self._requests = Requests(self._decision, self._alarms)
        self._shelf = Shelf(me.name, records, self._decision)
        self._agent = AgentSide(me, new_id(), self._shelf, self._requests, self._decision, self._alarms)
        self._mirror = Mirror(self._shelf, self._agent, self._decision)
        self._lease = Lease(me, new_id, self._decision)
        self._supervisor = SupervisorSide(me, new_id, self._requests, self._decision)

    def start(self, now: float) -> Sequence[Effect]:
        self._agent.start(now)
        self._mirror.show_first(now)
        return self._outcome(now)

    def observe(self, event: object, now: float) -> Sequence[Effect]:
        match event:
            case Availability():
                self._agent.observe(event)
            case Leaving():
                self._lease.end_all(ending("shutdown"))
                self._supervisor.end_all(ending("shutdown"), now)
        return self._outcome(now)

    # --- peers ---------------------------------------------------------------------------------------

    @property
    def _is_agent(self) -> bool:
        return Role.AGENT in self._me.roles

    def peer_up(self, peer: Identity, now: float) -> Sequence[Effect]:
        if self._is_agent and Role.DESK in peer.roles:
            self._agent.desk_up(peer, now)
            self._show_all_of(peer.node, now)
        if Role.SUPERVISOR in self._me.roles:
            self._supervisor.peer_up(peer)
        return self._outcome(now)

    def peer_down(self, peer: NodeId, now: float) -> Sequence[Effect]:
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

    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]:
        if self._is_agent:
            self._as_agent(peer, message, now)
        if Role.SUPERVISOR in self._me.roles:
            self._supervisor.receive(peer, message, now)
        match message:
            case RequestAnswered() if Role.DESK in peer.roles:
                refusal = said_elsewhere(message.code, message.text) if message.code else None
                self._requests.answered(message.id, peer.node, refusal)
        return self._outcome(now)

    def _as_agent(self, peer: Identity, message: Message, now: float) -> None:
        match message:
            case ControlAction():
                self._under_control(peer, message, now)
            case SessionMessage():
                self._lease.receive(peer, message, now)
            case Watching() if peer.why_not_grant(Grant.OBSERVE) is None:
                if message.watching:
                    self._mirror.watch(peer.node, now)
                else:
                    self._mirror.unwatch(peer.node)
            case Whisper() if peer.why_not_grant(Grant.OBSERVE) is None:
                row = WhisperRow(
                    conversation=message.conversation,
                    supervisor=peer.node,
                    name=peer.name,
                    text=message.text,
                    at=now,
                )
                self._decision.publish(WHISPERS, message.id, row)
            case _ if Role.DESK in peer.roles:
                self._show(self._agent.receive(peer.node, message, now), now)

    def _show(self, conversation: str | None, now: float) -> None:
        if conversation is not None:
            self._mirror.show(self._shelf.find(conversation), now)

    # --- under control -------------------------------------------------------------------------------

    def _under_control(self, peer: Identity, message: ControlAction, now: float) -> None:
        """A supervisor acts as this agent. What is done carries the supervisor's own name too."""

        def answer(refusal: LanassistError | None) -> None:
            code, text = (refusal.code, refusal.text) if refusal else ("", "")
            said = ControlAnswered(
                session=message.session,
                service=SERVICE,
                id=message.id,
                code=code,
                text=text[: limits.REASON_LENGTH],
            )
            self._decision.send(peer.node, said)

        if message.id in self._requests:
            return
        try:
            if refusal := self._lease.why_not_act(peer, message):
                raise refusal
            wish = message.act or Act(id=message.id, kind="note")
            act = msgspec.structs.replace(wish, id=message.id, actor=peer.node, actor_name=peer.name)
            if message.act is None:
                held = self._shelf.in_hand(message.conversation)
                self._agent.move(held, message.id, message.to, answer, now, act)
            else:
                self._act(message.conversation, act, now)
                answer(None)
        except LanassistError as refusal:
            answer(refusal)

    # --- commands ------------------------------------------------------------------------------------

    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> Sequence[Effect]:
        try:
            self._own_command(ticket, command, now)
            self._supervisors_command(ticket, command, now)
        except LanassistError as refusal:
            self._decision.refuse(ticket, refusal)
        return self._outcome(now)

    def _own_command(self, ticket: Ticket, command: AnyCommand, now: float) -> None:
        match command:
            case ListOwn():
                rows = tuple(self._mirror.row(held) for held in self._shelf)
                self._decision.reply(ticket, OwnConversations(now=now, conversations=rows))
            case ShowOwn():
                held = self._shelf.find(command.conversation)
                full = FullConversation(conversation=self._mirror.row(held), entries=tuple(held.log))
                self._decision.reply(ticket, full)
            case DoAct():
                act = Act(id=command.id or self._new_id(), kind=command.kind, text=command.text)
                self._act(command.conversation, act, now)
                self._decision.reply(ticket, Queued(id=act.id))
            case Transfer():
                held = self._shelf.in_hand(command.conversation)
                request = command.id or self._new_id()
                self._agent.move(held, request, command.to, self._supervisor.answer(ticket), now)
            case Reopen():
                held = self._shelf.find(command.conversation)
                if refusal := self._agent.why_not_take():
                    raise refusal
                request = command.id or self._new_id()
                self._agent.move(held, request, self._me.node, self._supervisor.answer(ticket), now)
            case SetDraft():
                self._draft(command)
                self._decision.reply(ticket, Done())
            case Dismiss():
                held = self._shelf.find(command.conversation)
                self._shelf.dismiss(held, command.id)
                self._mirror.show(held, now)
                self._decision.reply(ticket, Done())
            case Reclaim():
                self._lease.reclaim()
                self._decision.reply(ticket, Done())

    def _act(self, conversation: str, act: Act, now: float) -> None:
        held = self._shelf.find(conversation)
        if held.knows(act.id):
            return  # the same click again
        held = self._shelf.in_hand(conversation)
        if act.kind in ("say", "note", "categorise") and not act.text:
            raise BadInput(what="An empty text", why="there is nothing to send")
        if act.kind == "categorise" and len(act.text) > limits.NAME_LENGTH:
            raise BadInput(what="The category", why=f"it is longer than {limits.NAME_LENGTH} characters")
        if act.kind == "complete":
            act = msgspec.structs.replace(act, seen=len(held.log))
        self._agent.act(held, act, now)
        if act.kind in ("say", "complete"):
            self._mirror.draft(held, "")
        self._mirror.show(held, now)

    def _draft(self, command: SetDraft) -> None:
        held = self._shelf.in_hand(command.conversation)
        self._mirror.draft(held, command.text)
        self._agent.type(held, bool(command.text))

    def _supervisors_command(self, ticket: Ticket, command: AnyCommand, now: float) -> None:
        supervisor = self._supervisor
        match command:
            case ListAll():
                told = tuple(supervisor.told.values())
                self._decision.reply(ticket, AllConversations(now=now, conversations=told))
            case Assign():
                supervisor.assign(ticket, command, now)
            case BlockClient():
                supervisor.block(ticket, command, now)
            case TakeControl():
                supervisor.take_control(ticket, command, now)
            case ActUnderControl():
                supervisor.act(ticket, command, now)
            case Watch():
                supervisor.watch(command, now)
                self._decision.reply(ticket, Done())
            case SendWhisper():
                supervisor.whisper(command)
                self._decision.reply(ticket, Done())
            case RenewControl():
                supervisor.renew_control(command.session, now)
                self._decision.reply(ticket, Done())
            case ReleaseControl():
                supervisor.release_control(command.session, now)
                self._decision.reply(ticket, Done())

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
                case "reserved":
                    self._agent.reserved(key, now)
                case "request":
                    self._requests.again(key, now)
        self._lease.on_deadline(now)
        self._supervisor.on_deadline(now)
        return self._outcome(now)

    def _outcome(self, now: float) -> Sequence[Effect]:
        if self._is_agent and self._agent.tell_load(now):
            load = self._agent.load(now)
            own = OwnLoad(available=load.available, reason=load.reason, active=load.active, total=load.total)
            self._decision.publish(LOAD, "self", own)
        return self._decision.effects()
