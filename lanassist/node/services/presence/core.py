"""Decisions of presence. An agent's node tells its own state; a supervisor's node keeps the rows."""

import itertools
from collections.abc import Iterable, Sequence

import msgspec

from lanassist.node.errors import LanassistError, LinkLost, NoReply, Offline, said_elsewhere
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Message, NodeId, Presence, StatusAnswered, StatusRequested
from lanassist.node.services.base import AnyCommand, Done, Effect, QuietCore, Record, Ticket
from lanassist.node.services.decision import Decision
from lanassist.node.services.facts import CallState, Intervention, Workload
from lanassist.node.services.presence.commands import (
    AgentList,
    AgentRow,
    DayList,
    ListAgents,
    SetCapacity,
    SetStatus,
    SetStatusOf,
    ShowDays,
    ShowStatus,
    StatusReport,
)
from lanassist.node.services.presence.figures import Figures, Today as Today
from lanassist.node.services.presence.own import Own
from lanassist.node.services.presence.records import ChoiceRecord, InterventionRecord
from lanassist.node.services.presence.rows import KnownAgent as KnownAgent, Rows
from lanassist.node.services.presence.surroundings import Surroundings as Surroundings
from lanassist.node.trust.grants import Grant, Role
from lanassist.node.trust.identity import Identity

MESSAGES: tuple[type[Message], ...] = (Presence, StatusRequested, StatusAnswered)
"""What the core wants to receive."""


class Counted(Effect, frozen=True):
    """These interventions need not be told again in this run: they are committed, or never will count."""

    ids: tuple[str, ...]


class _Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An agent's node that was asked to change its status."""

    ticket: Ticket
    agent: NodeId
    name: str
    until: float


class PresenceCore(QuietCore):
    """Both halves: telling (with the agent role) and watching (with the supervisor role)."""

    def __init__(
        self,
        me: Identity,
        known: Iterable[KnownAgent],
        *,
        break_reasons: Sequence[str] = (),
        capacity: int = 3,
        records: Iterable[Record] = (),
        around: Surroundings | None = None,
        today: Today | None = None,
        heard: Iterable[AgentRow] = (),
    ) -> None:
        """``heard``: the rows of the core before, if that had to begin again."""
        records = list(records)
        self._me = me
        self._decision = Decision()
        self._rows = Rows(me, known, heard, self._decision)
        self._linked: dict[NodeId, Identity] = {}
        self._asked: dict[str, _Asked] = {}
        self._ids = itertools.count(1)
        counted = [each for each in records if isinstance(each, InterventionRecord)]
        self._figures = Figures(counted, today or Today(), self._decision)
        choice = next((record for record in records if isinstance(record, ChoiceRecord)), None)
        self._own = Own(
            choice,
            around or Surroundings(),
            self._figures,
            self._decision,
            break_reasons=break_reasons,
            capacity=capacity,
        )

    @property
    def _is_agent(self) -> bool:
        return Role.AGENT in self._me.roles

    def start(self, now: float) -> Sequence[Effect]:
        if self._is_agent:
            self._own.start(now)
        self._rows.start(now)
        return self._decision.effects()

    def rows(self) -> Sequence[AgentRow]:
        """The dashboard as it is."""
        return tuple(self._rows)

    def _outcome(self, now: float) -> Sequence[Effect]:
        if self._is_agent:
            self._own.settle(now)
        return self._decision.effects()

    # --- this machine --------------------------------------------------------------------------------

    def observe(self, event: object, now: float) -> Sequence[Effect]:
        match event:
            case Surroundings():
                self._own.look(event)
            case Workload():
                self._own.work(event)
            case CallState():
                self._own.speak(event)
            case Intervention() if self._is_agent:
                self._figures.count(event)
                self._decision.add(Counted((event.id,)))
            case Today():
                self._new_day(event, now)
        return self._outcome(now)

    def _new_day(self, today: Today, now: float) -> None:
        changes = today.day != self._figures.today.day
        self._figures.today = today
        if changes:
            self._own.new_day(now)
            self._rows.new_day()

    # --- peers ---------------------------------------------------------------------------------------

    def peer_up(self, peer: Identity, now: float) -> Sequence[Effect]:
        if Role.AGENT in peer.roles:
            self._linked[peer.node] = peer
            self._rows.linked(peer.node)
        if self._is_agent and peer.why_not_grant(Grant.OBSERVE) is None:
            self._own.watch(peer.node, now)
        return self._outcome(now)

    def peer_down(self, peer: NodeId, now: float) -> Sequence[Effect]:
        self._linked.pop(peer, None)
        self._own.unwatch(peer)
        self._rows.lost(peer, now)
        for request, asked in list(self._asked.items()):
            if asked.agent == peer:
                self._settle_request(request, LinkLost(agent=asked.name))
        return self._outcome(now)

    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]:
        watches = Role.SUPERVISOR in self._me.roles
        match message:
            case Presence() if watches and Role.AGENT in peer.roles:
                self._rows.heard(peer, message, now)
            case StatusRequested() if self._is_agent:
                self._requested(peer, message, now)
            case StatusAnswered():
                self._answered(peer.node, message)
        return self._outcome(now)

    def _requested(self, peer: Identity, message: StatusRequested, now: float) -> None:
        """A supervisor sets this agent's status; whether that may be is decided here."""
        try:
            if missing := peer.why_not_grant(Grant.CONTROL):
                raise missing
            self._own.choose(message.status, message.reason, now, by=peer.name)
        except LanassistError as error:
            answer = StatusAnswered(id=message.id, code=error.code, text=error.text[: limits.REASON_LENGTH])
        else:
            answer = StatusAnswered(id=message.id)
        self._decision.send(peer.node, answer)

    def _answered(self, agent: NodeId, message: StatusAnswered) -> None:
        asked = self._asked.get(message.id)
        if asked is not None and asked.agent == agent:
            refusal = said_elsewhere(message.code, message.text) if message.code else None
            self._settle_request(message.id, refusal)

    def _settle_request(self, request: str, refusal: LanassistError | None) -> None:
        ticket = self._asked.pop(request).ticket
        if refusal is None:
            self._decision.reply(ticket, Done())
        else:
            self._decision.refuse(ticket, refusal)

    # --- commands ------------------------------------------------------------------------------------

    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> Sequence[Effect]:
        try:
            match command:
                case ListAgents():
                    self._decision.reply(ticket, AgentList(now=now, agents=tuple(self._rows)))
                case SetStatusOf():
                    self._ask(ticket, command, now)
                case _:
                    self._own_command(ticket, command, now)
        except LanassistError as refusal:
            self._decision.refuse(ticket, refusal)
        return self._outcome(now)

    def _own_command(self, ticket: Ticket, command: AnyCommand, now: float) -> None:
        if missing := self._me.why_not_role(Role.AGENT):
            raise missing
        match command:
            case ShowStatus():
                self._decision.reply(ticket, StatusReport(now=now, status=self._own.status()))
            case ShowDays():
                self._decision.reply(ticket, DayList(days=self._figures.days()))
            case SetStatus():
                self._own.choose(command.status, command.reason, now)
                self._decision.reply(ticket, Done())
            case SetCapacity():
                self._own.choose_capacity(command.capacity)
                self._decision.reply(ticket, Done())

    def _ask(self, ticket: Ticket, command: SetStatusOf, now: float) -> None:
        if missing := self._me.why_not_grant(Grant.CONTROL):
            raise missing
        agent = self._rows.find(command.agent, self._linked.values())
        if agent.node not in self._linked:
            raise Offline(agent=agent.name, since="")
        request = str(next(self._ids))
        self._asked[request] = _Asked(
            ticket=ticket, agent=agent.node, name=agent.name, until=now + limits.STATUS_ANSWER
        )
        message = StatusRequested(id=request, status=command.status, reason=command.reason)
        self._decision.send(agent.node, message)

    # --- time ----------------------------------------------------------------------------------------

    def deadline(self) -> float | None:
        own = self._own.deadline()
        if not self._asked:
            return own
        answer = min(asked.until for asked in self._asked.values())
        return answer if own is None else min(own, answer)

    def on_deadline(self, now: float) -> Sequence[Effect]:
        for request, asked in list(self._asked.items()):
            if now >= asked.until:
                self._settle_request(request, NoReply(who=f"{asked.name}'s node"))
        return self._outcome(now)
