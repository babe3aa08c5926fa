"""The half of glance that asks: which sessions run, of whose screen, and how they ended. Pure."""

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from lanassist.node.errors import Offline, UnknownSession
from lanassist.node.protocol.messages import (
    DisplayNumbers,
    Displays,
    GlanceRequest,
    SessionId,
)
from lanassist.node.services.base import Done, Effect, Publish, Refuse, Reply, Ticket
from lanassist.node.services.glance.commands import (
    SESSIONS,
    DisplayList,
    GlanceSession,
    StartedGlance,
    StartGlance,
    StopGlance,
    SwitchGlance,
)
from lanassist.node.services.glance.offers import Offers
from lanassist.node.services.glance.watched import ENDED_SESSIONS_SHOWN, SERVICE, glance_of, missing_display
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


class Asking:
    """The glances that this supervisor has asked for, and ``offers``: what may be asked for."""

    def __init__(self, me: Identity, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._waiting: dict[SessionId, Ticket] = {}
        self._past = Past(ENDED_SESSIONS_SHOWN)
        self.offers = Offers(me)
        self.supervision = Supervision(SERVICE)

    def deadline(self) -> float | None:
        both = [at for at in (self.supervision.deadline(), self.offers.deadline()) if at is not None]
        return min(both, default=None)

    def on_deadline(self, now: float) -> Sequence[Effect]:
        return [*self.offers.on_deadline(now), *self.told(self.supervision.on_deadline(now), now)]

    # --- commands ------------------------------------------------------------------------------------

    def displays(self, text: str) -> DisplayList:
        """Raises UnknownAgent, AmbiguousAgent, Offline."""
        agent = self.offers.find(text)
        if not agent.online:
            raise Offline(agent=agent.identity.name, since="")
        who = agent.identity
        return DisplayList(agent=who.node, agent_name=who.name, displays=agent.displays)

    def start(self, ticket: Ticket, command: StartGlance, now: float) -> Sequence[Effect]:
        """Ask the agent's node; the command is answered once it does. Raises the refusal known here."""
        agent = self.offers.find(command.agent)
        if refusal := self.offers.why_not(agent, command.reason, now):
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
        displays = self.offers.displays_of(found.peer.node)
        if missing := missing_display(found.peer.name, displays, command.displays):
            raise missing
        request = msgspec.structs.replace(found.request, displays=command.displays)
        return [*self.told(self.supervision.change(found.id, request), now), Reply(ticket, Done())]

    def stop(self, ticket: Ticket, command: StopGlance, now: float) -> Sequence[Effect]:
        """Raises UnknownSession."""
        found = self._session_of(command.session, command.agent)
        stopped = self.supervision.end(found.id, ending(command.why))
        return [*self.told(stopped, now), Reply(ticket, Done())]

    def gave_up(self, ticket: Ticket, now: float) -> Sequence[Effect]:
        """Nobody waits for that answer any more: what is not begun is not wanted."""
        found = [session for session, waiting in self._waiting.items() if waiting == ticket]
        return [
            effect
            for each in found
            for effect in self.told(self.supervision.end(each, ending("stopped")), now)
        ]

    def end_all(self, why: Ending) -> Outcome:
        """End every session from here."""
        return [
            effect for each in list(self.supervision.sessions) for effect in self.supervision.end(each, why)
        ]

    def _session_of(self, session: str, agent: str) -> Session:
        if session:
            found = self.supervision.sessions.get(SessionId(session))
        else:
            found = self.supervision.newest_with(self.offers.find(agent).identity.node)
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
            displays=self.offers.displays_of(session.peer.node),
            chosen=glance_of(session).displays,
        )
        return [Reply(ticket, started)]

    def _over(self, session: Session, why: Ending, now: float) -> Sequence[Effect]:
        ticket = self._waiting.pop(session.id, None)
        return [
            *([] if ticket is None else [Refuse(ticket, why.refusal(session.peer.name))]),
            self._publish(session, why, now),
            *(Publish(SESSIONS, old, None) for old in self._past.over(session.id)),
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
            end=why.shown if why else None,
            declined=declined.shown if declined else None,
        )
        return Publish(SESSIONS, session.id, shown)


def _state_of(session: Session) -> Literal["asking", "asked", "running"]:
    """``granted`` is still on its way, as far as anybody is shown."""
    return "asking" if session.state == "granted" else session.state


def _first_choice(displays: Displays) -> DisplayNumbers:
    primary = [display.number for display in displays if display.primary]
    return ((primary or [displays[0].number])[0],)
