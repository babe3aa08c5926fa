"""The half of glance that asks: which agents may be looked at, which sessions run, how they ended. Pure."""

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from lanassist.node.errors import (
    AmbiguousAgent,
    LanassistError,
    LinkLost,
    Offline,
    Refused,
    ScreenLocked,
    ScreenUnavailable,
    ScreenUnmaskable,
    UnknownAgent,
    UnknownSession,
    by_code,
)
from lanassist.node.protocol.messages import (
    DisplayNumbers,
    Displays,
    GlanceRequest,
    NodeId,
    Presence,
    SessionId,
    WatchingPaused,
)
from lanassist.node.services.alarms import Alarms
from lanassist.node.services.base import Done, Effect, Publish, Refuse, Reply, Ticket
from lanassist.node.services.command import Refusal
from lanassist.node.services.glance.commands import (
    OFFERS,
    SESSIONS,
    DisplayList,
    GlanceSession,
    Offer,
    StartedGlance,
    StartGlance,
    StopGlance,
    SwitchGlance,
)
from lanassist.node.services.glance.watched import ENDED_SESSIONS_SHOWN, SERVICE, glance_of, missing_display
from lanassist.node.services.permission import another_word_at, forbidden, paused, unexplained
from lanassist.node.services.session import (
    AgentAsked,
    Altered,
    Closed,
    Declined,
    Ending,
    Opened,
    Outcome,
    Session,
    Supervision,
    ending,
)
from lanassist.node.trust.grants import Grant, Role
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.policy import Policy


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """An agent that this supervisor's node has heard of."""

    identity: Identity
    online: bool
    displays: Displays = ()
    locked: bool | None = None
    error: str = ""
    unmaskable: bool = False
    paused_until: float | None = None
    """The agent has paused being watched; this node's monotonic clock."""


class Asking:
    """Every agent whose screen this supervisor may or may not see, and the glances that run."""

    def __init__(self, me: Identity, new_id: Callable[[], str]) -> None:
        self._me = me
        self._new_id = new_id
        self._agents: dict[NodeId, Agent] = {}
        self._waiting: dict[SessionId, Ticket] = {}
        self._ended: list[SessionId] = []
        self._policy = Policy()
        self._say_again: Alarms[NodeId] = Alarms()
        """When an offer is to say that a pause lasts a minute less."""
        self.supervision = Supervision(SERVICE)

    # --- agents and what is offered ------------------------------------------------------------------

    def agent_up(self, peer: Identity, now: float) -> Sequence[Effect]:
        """A link to somebody; an agent is offered from now on."""
        if Role.AGENT not in peer.roles or Role.SUPERVISOR not in self._me.roles:
            return []
        return self._put(Agent(identity=peer, online=True), now)

    def agent_down(self, peer: NodeId, now: float) -> Sequence[Effect]:
        """The agent stays on offer, with the reason why not."""
        agent = self._agents.get(peer)
        return [] if agent is None else self._put(Agent(identity=agent.identity, online=False), now)

    def presence(self, peer: Identity, message: Presence, now: float) -> Sequence[Effect]:
        """What the agent's node tells of its screen."""
        if (known := self._agents.get(peer.node)) is None:
            return []
        agent = Agent(
            identity=peer,
            online=True,
            displays=message.displays,
            locked=message.locked,
            error=message.screen_error,
            unmaskable=message.unmaskable,
            paused_until=known.paused_until,
        )
        return self._put(agent, now)

    def paused(self, peer: Identity, message: WatchingPaused, now: float) -> Sequence[Effect]:
        """The agent has paused being watched, or has not any more."""
        if (known := self._agents.get(peer.node)) is None:
            return []
        until = now + message.left if message.left else None
        return self._put(msgspec.structs.replace(known, paused_until=until), now)

    def ruled(self, policy: Policy, now: float) -> Sequence[Effect]:
        """Another policy: every offer may be another."""
        self._policy = policy
        return [effect for agent in list(self._agents.values()) for effect in self._put(agent, now)]

    def _put(self, agent: Agent, now: float) -> Sequence[Effect]:
        node, refusal = agent.identity.node, self._why_not(agent, now)
        self._agents[node] = agent
        self._say_again.cancel(node)
        if (again := another_word_at(agent.paused_until, now)) is not None:
            self._say_again.set(node, again)
        offer = Offer(
            node=node,
            refusal=None if refusal is None else Refusal(code=refusal.code, text=refusal.text),
            displays=agent.displays,
            reason_required=self._policy.reason_required,
            asks=self._policy.glance == "ask",
        )
        return [Publish(OFFERS, node, offer)]

    def _why_not(self, agent: Agent, now: float) -> LanassistError | None:
        name = agent.identity.name
        if refusal := self._me.why_not_grant(Grant.GLANCE):
            return refusal
        if not agent.online:
            return Offline(agent=name, since="")
        if ruled := forbidden("glance", self._policy) or paused(name, agent.paused_until, now):
            return ruled
        if agent.locked:
            return ScreenLocked(agent=name)
        if agent.unmaskable:
            return ScreenUnmaskable(why=agent.error)
        if agent.error or not agent.displays:
            return ScreenUnavailable(why=agent.error or f"{name} has no display")
        return None

    def deadline(self) -> float | None:
        both = [at for at in (self.supervision.deadline(), self._say_again.next()) if at is not None]
        return min(both, default=None)

    def on_deadline(self, now: float) -> Sequence[Effect]:
        again = [effect for node in self._say_again.due(now) for effect in self._put(self._agents[node], now)]
        return [*again, *self.told(self.supervision.on_deadline(now), now)]

    def _find(self, text: str) -> Agent:
        wanted = text.casefold()
        everybody = list(self._agents.values())
        found = [agent for agent in everybody if wanted in _names(agent)] or [
            agent for agent in everybody if agent.identity.name.casefold().startswith(wanted)
        ]
        if not found:
            raise UnknownAgent(agent=text)
        if len(found) > 1:
            raise AmbiguousAgent(agent=text, candidates=", ".join(each.identity.email for each in found))
        return found[0]

    # --- commands ------------------------------------------------------------------------------------

    def displays(self, text: str) -> DisplayList:
        """Raises UnknownAgent, AmbiguousAgent, Offline."""
        agent = self._find(text)
        if not agent.online:
            raise Offline(agent=agent.identity.name, since="")
        who = agent.identity
        return DisplayList(agent=who.node, agent_name=who.name, displays=agent.displays)

    def start(self, ticket: Ticket, command: StartGlance, now: float) -> Sequence[Effect]:
        """Ask the agent's node; the command is answered once it does. Raises the refusal known here."""
        agent = self._find(command.agent)
        if refusal := self._why_not(agent, now) or unexplained("glance", self._policy, command.reason):
            raise refusal
        chosen = command.displays or _first_choice(agent.displays)
        if missing := missing_display(agent.identity.name, agent.displays, chosen):
            raise missing
        session = SessionId(self._new_id())
        self._waiting[session] = ticket
        request = GlanceRequest(
            displays=chosen, lossless=command.lossless, scale=command.scale, video=command.video
        )
        asked = self.supervision.start(session, agent.identity, request, command.reason, now)
        return [*asked, self._publish(self.supervision.sessions[session])]

    def switch(self, ticket: Ticket, command: SwitchGlance, now: float) -> Sequence[Effect]:
        """Other displays in the same session. Raises UnknownSession, UnknownDisplay."""
        found = self._session_of(command.session, command.agent)
        agent = self._agents[found.peer.node]
        if missing := missing_display(agent.identity.name, agent.displays, command.displays):
            raise missing
        request = msgspec.structs.replace(found.request, displays=command.displays)
        return [*self.told(self.supervision.change(found.id, request), now), Reply(ticket, Done())]

    def stop(self, ticket: Ticket, command: StopGlance, now: float) -> Sequence[Effect]:
        """Raises UnknownSession."""
        found = self._session_of(command.session, command.agent)
        stopped = self.supervision.end(found.id, ending(command.why))
        return [*self.told(stopped, now), Reply(ticket, Done())]

    def end_all(self, why: Ending) -> Outcome:
        """End every session from here."""
        return [
            effect for each in list(self.supervision.sessions) for effect in self.supervision.end(each, why)
        ]

    def _session_of(self, session: str, agent: str) -> Session:
        sessions = self.supervision.sessions
        if session:
            found = sessions.get(SessionId(session))
        else:
            node = self._find(agent).identity.node
            found = next((each for each in reversed(sessions.values()) if each.peer.node == node), None)
        if found is None:
            raise UnknownSession
        return found

    # --- what the supervisor is shown ----------------------------------------------------------------

    def told(self, outcome: Outcome, now: float) -> Sequence[Effect]:
        """The outcome, with what it changes on the board and the answer to who waits for it."""
        return [told for effect in outcome for told in (effect, *self._shown(effect, now))]

    def _shown(self, effect: Effect, now: float) -> Sequence[Effect]:
        match effect:
            case AgentAsked(session):
                return [self._publish(session)]
            case Opened(session) | Altered(session):
                return [*self._answer(session), self._publish(session)]
            case Declined(session, why):
                return [self._publish(session, declined=why)]
            case Closed(session, why):
                return self._over(session, why, now)
        return []

    def _answer(self, session: Session) -> Sequence[Effect]:
        ticket = self._waiting.pop(session.id, None)
        if ticket is None:
            return []
        started = StartedGlance(
            session=session.id,
            agent=session.peer.node,
            agent_name=session.peer.name,
            displays=self._agents[session.peer.node].displays,
            chosen=glance_of(session).displays,
        )
        return [Reply(ticket, started)]

    def _over(self, session: Session, why: Ending, now: float) -> Sequence[Effect]:
        ticket = self._waiting.pop(session.id, None)
        self._ended.append(session.id)
        forgotten = self._ended[:-ENDED_SESSIONS_SHOWN]
        self._ended = self._ended[-ENDED_SESSIONS_SHOWN:]
        return [
            *([] if ticket is None else [Refuse(ticket, _error_of(session, why))]),
            self._publish(session, why, now),
            *(Publish(SESSIONS, old, None) for old in forgotten),
        ]

    def _publish(
        self, session: Session, why: Ending | None = None, now: float = 0.0, *, declined: Ending | None = None
    ) -> Publish:
        shown = GlanceSession(
            session=session.id,
            agent=session.peer.node,
            agent_name=session.peer.name,
            displays=glance_of(session).displays,
            state="ended" if why else _state_of(session),
            since=now if why else session.since,
            end=Refusal(code=why.code, text=why.text) if why else None,
            declined=Refusal(code=declined.code, text=declined.text) if declined else None,
        )
        return Publish(SESSIONS, session.id, shown)


def _state_of(session: Session) -> Literal["asking", "asked", "running"]:
    """``granted`` is still on its way, as far as anybody is shown."""
    return "asking" if session.state == "granted" else session.state


def _names(agent: Agent) -> tuple[str, ...]:
    who = agent.identity
    return who.node, who.email.casefold(), who.name.casefold()


def _first_choice(displays: Displays) -> DisplayNumbers:
    primary = [display.number for display in displays if display.primary]
    return ((primary or [displays[0].number])[0],)


def _error_of(session: Session, why: Ending) -> LanassistError:
    """A refusal that came from the agent's node, with its own words and the exit code of its kind."""
    if why.code == "link-lost":
        return LinkLost(agent=session.peer.name)
    return by_code().get(why.code, Refused).worded(why.text)
