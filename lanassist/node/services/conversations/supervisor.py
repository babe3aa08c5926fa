"""The supervisor's side: what desks and agents tell, requests to them, and control of an agent."""

from collections.abc import Callable

from lanassist.node.errors import LanassistError, NoDesk, UnknownConversation, said_elsewhere
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import (
    BlockRequested,
    Blocks,
    ConversationTold,
    Draft,
    Message,
    Mirrored,
    MoveRequested,
    NodeId,
    SessionMessage,
    Standing,
    Whisper,
    WhisperAnswered,
)
from lanassist.node.services.alarms import Alarms
from lanassist.node.services.base import AnyCommand, Done, Ticket
from lanassist.node.services.conversations.agents import Agents
from lanassist.node.services.conversations.blocked import Blocked
from lanassist.node.services.conversations.commands import (
    ActUnderControl,
    AllConversations,
    Assign,
    BlockClient,
    BlockedList,
    ListAll,
    ListBlocked,
    ReleaseControl,
    RenewControl,
    SendWhisper,
    TakeControl,
    Watch,
)
from lanassist.node.services.conversations.control import Control
from lanassist.node.services.conversations.overview import Overview
from lanassist.node.services.conversations.requests import Alarm, Requests, Settle
from lanassist.node.services.conversations.viewing import Viewing
from lanassist.node.services.decision import Decision
from lanassist.node.trust.grants import Grant, Role
from lanassist.node.trust.identity import Identity

MESSAGES: tuple[type[Message], ...] = (
    ConversationTold,
    Standing,
    Blocks,
    Mirrored,
    Draft,
    WhisperAnswered,
)
"""What desks and agents say to a supervisor."""


class SupervisorSide:
    """Asks, and shows what it was told. It decides nothing: desks and agents' nodes do."""

    def __init__(
        self,
        me: Identity,
        new_id: Callable[[], str],
        requests: Requests,
        decision: Decision,
        alarms: Alarms[Alarm],
    ) -> None:
        self._me = me
        self._new_id = new_id
        self._requests = requests
        self._decision = decision
        self._agents = Agents()
        self.overview = Overview(me, decision)
        self.blocked = Blocked(me, decision, alarms)
        self._viewing = Viewing(decision, lambda agent: self.control.why_not_act(agent))
        self.control = Control(
            me, new_id, self._agents, requests, decision, lambda agent: self._viewing.control_changed(agent)
        )

    # --- peers ---------------------------------------------------------------------------------------

    def peer_up(self, peer: Identity) -> None:
        self._agents.peer_up(peer)
        if Role.AGENT in peer.roles:
            self._viewing.agent_up(peer.node)
        if Role.DESK in peer.roles:
            self.overview.desk_up(peer)

    def peer_down(self, peer: NodeId, now: float) -> None:
        self._agents.peer_down(peer)
        self._viewing.agent_down(peer)
        self.overview.desk_down(peer)
        if not self.overview.desks:
            self.blocked.forget()
        self.control.peer_down(peer, now)

    def receive(self, peer: Identity, message: Message, now: float) -> None:
        match message:
            case ConversationTold() if peer.node in self.overview.desks:
                self.overview.told(peer.node, message, now)
            case Standing() if peer.node in self.overview.desks:
                self.overview.standing(peer.node, message, now)
            case Blocks() if peer.node in self.overview.desks:
                for block in message.blocks:
                    self.blocked.told(block, now)
            case Mirrored() if peer.node in self._viewing:
                self._viewing.mirrored(peer.node, message, now)
            case Draft() if peer.node in self._viewing:
                self._viewing.draft(peer.node, message)
            case WhisperAnswered():
                refusal = said_elsewhere(message.code, message.text) if message.code else None
                self._requests.answered(message.id, peer.node, refusal)
            case SessionMessage():
                self.control.receive(peer, message, now)

    # --- commands ------------------------------------------------------------------------------------

    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> None:
        """Raises the LanassistError that refuses it."""
        match command:
            case ListAll():
                told = tuple(self.overview.rows.values())
                self._decision.reply(ticket, AllConversations(now=now, conversations=told))
            case ListBlocked():
                self._decision.reply(ticket, BlockedList(now=now, blocked=self.blocked.rows(now)))
            case Assign():
                self._assign(ticket, command, now)
            case BlockClient():
                self._block(ticket, command, now)
            case SendWhisper():
                self._whisper(ticket, command, now)
            case Watch():
                self._watch(command, now)
                self._decision.reply(ticket, Done())
            case TakeControl():
                self.control.take(ticket, command, now)
            case ActUnderControl():
                self.control.act(command, self.answer(ticket), now)
            case RenewControl():
                self.control.renew(command.session, now)
                self._decision.reply(ticket, Done())
            case ReleaseControl():
                self.control.release(command.session, now)
                self._decision.reply(ticket, Done())

    def answer(self, ticket: Ticket) -> Settle:
        """For a command that another node decides."""

        def settle(refusal: LanassistError | None) -> None:
            if refusal is None:
                self._decision.reply(ticket, Done())
            else:
                self._decision.refuse(ticket, refusal)

        return settle

    def _watch(self, command: Watch, now: float) -> None:
        if refusal := self._me.why_not_grant(Grant.OBSERVE):
            raise refusal
        agent = self._agents.find(command.agent).node
        if command.watching:
            self._viewing.watch(agent, command.viewer, self._agents.online(agent), now)
        else:
            self._viewing.leave(agent, command.viewer, self._agents.online(agent))

    def _whisper(self, ticket: Ticket, command: SendWhisper, now: float) -> None:
        if refusal := self._me.why_not_grant(Grant.OBSERVE):
            raise refusal
        agent = self._agents.find_online(command.agent)
        message = Whisper(id=self._new_id(), conversation=command.conversation, text=command.text)
        who = f"{agent.name[: limits.NAME_LENGTH]}'s node"
        self._requests.send(message.id, agent.node, message, self.answer(ticket), now, who=who)

    def _assign(self, ticket: Ticket, command: Assign, now: float) -> None:
        if refusal := self._me.why_not_grant(Grant.ASSIGN):
            raise refusal
        row = self.overview.rows.get(command.conversation)
        if row is None:
            raise UnknownConversation
        request = command.id or self._new_id()
        to = self._agents.target(command.to)
        message = MoveRequested(id=request, conversation=command.conversation, to=to)
        self._ask(ticket, request, row.desk, message, now)

    def _block(self, ticket: Ticket, command: BlockClient, now: float) -> None:
        desk = self.overview.desk_for(command.client)
        request = command.id or self._new_id()
        message = BlockRequested(
            id=request,
            client=command.client,
            blocked=command.blocked,
            reason=command.reason,
            seconds=command.seconds,
        )
        self._ask(ticket, request, desk, message, now)

    def _ask(self, ticket: Ticket, request: str, desk: NodeId, message: Message, now: float) -> None:
        if desk not in self.overview.desks:
            raise NoDesk
        who = self.overview.desks[desk].name
        self._requests.send(request, desk, message, self.answer(ticket), now, who=who)

    # --- time ----------------------------------------------------------------------------------------

    def deadline(self) -> float | None:
        times = (self.control.deadline(), self._viewing.deadline())
        return min([each for each in times if each is not None], default=None)

    def on_deadline(self, now: float) -> None:
        self.control.on_deadline(now)
        self._viewing.on_deadline(self._agents.online, now)
