"""The supervisor's half of assist: sessions in agents' calls, asked for here, decided there. Pure."""

from collections.abc import Callable
from typing import Final

import msgspec

from lanassist.node.errors import LanassistError, NotAssisting
from lanassist.node.protocol.messages import (
    AssistMode,
    AssistRequest,
    AssistTold,
    CallEndAsked,
    Message,
    NodeId,
    SessionId,
)
from lanassist.node.services.assist.agents import Agents
from lanassist.node.services.assist.commands import (
    SESSIONS,
    AssistSession,
    AssistState,
    CloseAssist,
    StartAssist,
    StartedAssist,
)
from lanassist.node.services.assist.modes import SERVICE, STATES, mode_of
from lanassist.node.services.base import Done, Send, Ticket
from lanassist.node.services.decision import Decision
from lanassist.node.services.permission import unexplained
from lanassist.node.services.session import (
    AgentAsked,
    Altered,
    Closed,
    Declined,
    Ending,
    Opened,
    Outcome,
    Past,
    Session,
    Supervision,
    ending,
)
from lanassist.node.trust.identity import Identity

ENDED_SHOWN: Final = 32
"""Assists that are over and stay on the board, so that a page that comes back can still say why."""


class Assisting:
    """What is shown is what the agent's node has said of its mixer."""

    def __init__(self, decision: Decision, agents: Agents, new_id: Callable[[], str]) -> None:
        self._decision = decision
        self._agents = agents
        self._new_id = new_id
        self._rows: dict[SessionId, AssistSession] = {}
        self._past = Past(ENDED_SHOWN)
        self._starting: dict[SessionId, Ticket] = {}
        self._changing: dict[SessionId, tuple[AssistMode, Ticket]] = {}
        self._ending: dict[SessionId, list[Ticket]] = {}
        self._speaking: set[SessionId] = set()
        """Sessions in which this supervisor wants to be heard, whatever the agent's node makes of it."""
        self.supervision = Supervision(SERVICE)

    # --- commands ------------------------------------------------------------------------------------

    def start(self, ticket: Ticket, command: StartAssist, now: float) -> None:
        """Ask the agent's node; answered once it does. Raises the refusal that is known here."""
        agent = self._agents.find(command.agent)
        if refusal := self._agents.why_not(agent.node, "listen"):
            raise refusal
        if unsaid := unexplained("assist", self._agents.policy, command.reason):
            raise unsaid
        session = SessionId(self._new_id())
        self._starting[session] = ticket
        row = AssistSession(
            session=session,
            agent=agent.node,
            agent_name=agent.name,
            call=self._agents.call_of(agent.node),
            state="ringing",
            since=now,
            began=now,
        )
        self._publish(row)
        self.told(self.supervision.start(session, agent, AssistRequest(), command.reason, now), now)

    def change(self, ticket: Ticket, session: str, agent: str, mode: AssistMode, now: float) -> None:
        """Listen, talk or take over; the last is answered once it is so. Raises NotAssisting, no grant."""
        found = self._find(session, agent)
        if refusal := self._agents.why_not(found.peer.node, mode):
            raise refusal
        self._give_up(found.id, NotAssisting.worded("Something else was wanted meanwhile."))
        if mode == "takeover" and self._rows[found.id].state != "taken-over":
            self._changing[found.id] = (mode, ticket)
        else:
            self._decision.reply(ticket, Done())
        (self._speaking.discard if mode == "listen" else self._speaking.add)(found.id)
        self.told(self.supervision.change(found.id, AssistRequest(mode=mode)), now)

    def end_call(self, ticket: Ticket, session: str, agent: str) -> None:
        """Answered by the session's end. Raises NotAssisting, unless it has taken the call over."""
        found = self._find(session, agent)
        if self._rows[found.id].state != "taken-over":
            raise NotAssisting.worded("The call is not taken over, so it is the agent's to end.")
        self._ending.setdefault(found.id, []).append(ticket)
        asked = CallEndAsked(session=found.id, service=SERVICE)
        self._decision.add(Send(found.peer.node, asked))

    def close(self, ticket: Ticket, command: CloseAssist, now: float) -> None:
        """Raises NotAssisting."""
        found = self._find(command.session, command.agent)
        self.told(self.supervision.end(found.id, ending(command.why)), now)
        self._decision.reply(ticket, Done())

    def gave_up(self, ticket: Ticket, now: float) -> None:
        """Nobody waits for that answer any more: what is not begun is not wanted."""
        for session in [each for each, waiting in self._starting.items() if waiting == ticket]:
            self.told(self.supervision.end(session, ending("stopped")), now)

    def end_all(self, why: Ending, now: float) -> None:
        for session in list(self.supervision.sessions):
            self.told(self.supervision.end(session, why), now)

    def _find(self, session: str, agent: str) -> Session:
        if session:
            found = self.supervision.sessions.get(SessionId(session))
        else:
            found = self.supervision.newest_with(self._agents.find(agent).node)
        if found is None:
            raise NotAssisting
        return found

    # --- what agents' nodes say ----------------------------------------------------------------------

    def receive(self, peer: Identity, message: Message, now: float) -> None:
        if isinstance(message, AssistTold):
            found = self.supervision.sessions.get(SessionId(message.session))
            if found is not None and found.peer.node == peer.node:
                self._mixed(found, message, now)
        else:
            self.told(self.supervision.receive(peer, message, now), now)

    def _mixed(self, session: Session, message: AssistTold, now: float) -> None:
        fell_back = message.why == "silent"
        if fell_back:  # the key may be held still: press it again
            request = AssistRequest(mode=message.mode)
            self.supervision.sessions[session.id] = msgspec.structs.replace(session, request=request)
        self._show(session.id, STATES[message.mode], now, fell_back=fell_back)
        wanted, ticket = self._changing.get(session.id, (None, 0))
        if wanted == message.mode:
            del self._changing[session.id]
            self._decision.reply(ticket, Done())

    def peer_down(self, peer: NodeId, now: float) -> None:
        self.told(self.supervision.peer_down(peer), now)

    def lets_speak(self, session: SessionId) -> bool:
        """Whether the supervisor's voice may leave this node at all."""
        found = self.supervision.sessions.get(session)
        return found is not None and session in self._speaking and mode_of(found) != "listen"

    def running(self) -> tuple[AssistSession, ...]:
        return tuple(self._rows[each] for each in self.supervision.sessions)

    # --- what becomes of it --------------------------------------------------------------------------

    def told(self, outcome: Outcome, now: float) -> None:
        """Carry an outcome of the sessions on, with the answers to whoever waits."""
        for effect in outcome:
            match effect:
                case Opened(session):
                    self._decision.add(effect)
                    self._started(session)
                case AgentAsked(session):
                    self._publish(msgspec.structs.replace(self._rows[session.id], agent_asked=True))
                case Declined(session, why):
                    self._give_up(session.id, why.refusal(session.peer.name))
                case Altered():
                    self._decision.add(effect)
                case Closed(session, why):
                    self._decision.add(effect)
                    self._over(session, why, now)
                case _:
                    self._decision.add(effect)

    def _started(self, session: Session) -> None:
        ticket = self._starting.pop(session.id, None)
        if ticket is not None:
            row = self._rows[session.id]
            started = StartedAssist(
                session=session.id, agent=row.agent, agent_name=row.agent_name, call=row.call
            )
            self._decision.reply(ticket, started)

    def _over(self, session: Session, why: Ending, now: float) -> None:
        refusal = why.refusal(session.peer.name)
        self._speaking.discard(session.id)
        if (ticket := self._starting.pop(session.id, None)) is not None:
            self._decision.refuse(ticket, refusal)
        self._give_up(session.id, refusal)
        for ticket in self._ending.pop(session.id, []):
            if why.code in ("taken-call-ended", "call-ended"):
                self._decision.reply(ticket, Done())
            else:
                self._decision.refuse(ticket, refusal)
        ended = msgspec.structs.replace(self._rows[session.id], state="ended", since=now, end=why.shown)
        self._publish(ended)
        for old in self._past.over(session.id):
            del self._rows[old]
            self._decision.publish(SESSIONS, old, None)

    def _give_up(self, session: SessionId, refusal: LanassistError) -> None:
        """Whoever waits for another mode."""
        if (changing := self._changing.pop(session, None)) is not None:
            self._decision.refuse(changing[1], refusal)

    def _show(self, session: SessionId, state: AssistState, now: float, *, fell_back: bool) -> None:
        row = self._rows[session]
        since = row.since if row.state == state else now
        self._publish(msgspec.structs.replace(row, state=state, since=since, fell_back=fell_back))

    def _publish(self, row: AssistSession) -> None:
        if row != self._rows.get(row.session):
            self._rows[row.session] = row
            self._decision.publish(SESSIONS, row.session, row)
