"""Decisions of glance: who may see which displays, and what both sides are shown of it."""

from collections.abc import Callable, Sequence

import msgspec

from lanassist.node.errors import (
    AmbiguousAgent,
    LanassistError,
    LinkLost,
    Offline,
    Refused,
    RefusedByPolicy,
    ScreenLocked,
    ScreenUnavailable,
    UnknownAgent,
    UnknownDisplay,
    UnknownSession,
    by_code,
)
from lanassist.node.protocol.messages import (
    DisplayNumbers,
    Displays,
    GlanceRequest,
    Message,
    NodeId,
    Presence,
    Request,
    SessionId,
)
from lanassist.node.services.base import (
    AnyCommand,
    Done,
    Effect,
    Publish,
    QuietCore,
    Refuse,
    Reply,
    Ticket,
)
from lanassist.node.services.glance.commands import (
    OFFERS,
    SESSIONS,
    WATCHERS,
    DisplayList,
    GlanceSession,
    ListDisplays,
    Offer,
    Refusal,
    StartedGlance,
    StartGlance,
    StopGlance,
    SwitchGlance,
    Watcher,
)
from lanassist.node.services.session import (
    Altered,
    Attendance,
    Closed,
    Ending,
    Opened,
    Outcome,
    Session,
    Supervision,
    ending,
)
from lanassist.node.trust.grants import Grant, Role
from lanassist.node.trust.identity import Identity

SERVICE = "glance"
ENDED_SESSIONS_SHOWN = 32
"""Ended glances kept on the board, so that a page that comes back can still say why."""


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """This machine's screen as far as glance must know it."""

    displays: Displays = ()
    locked: bool | None = None
    error: str = ""


class ViewerRenewed(msgspec.Struct, frozen=True):
    """The local viewer of a session is still there."""

    session: SessionId


class ViewerLeft(msgspec.Struct, frozen=True):
    """The local viewer of a session has gone."""

    session: SessionId
    code: str = "closed"


class MediaLost(msgspec.Struct, frozen=True):
    """A session's picture channel ended without being asked to."""

    session: Session
    code: str = "media-lost"
    text: str = ""


class Leaving(msgspec.Struct, frozen=True):
    """The node is shutting down."""


class _Agent(msgspec.Struct, frozen=True, kw_only=True):
    """An agent that this supervisor's node has heard of."""

    identity: Identity
    online: bool
    displays: Displays = ()
    locked: bool | None = None
    error: str = ""


def glance_of(session: Session) -> GlanceRequest:
    """What a glance asks for; a session that asks for anything else is refused before it begins."""
    assert isinstance(session.request, GlanceRequest)
    return session.request


def refusal_of(error: LanassistError | None) -> Refusal | None:
    """The error as it goes on the board."""
    return None if error is None else Refusal(code=error.code, text=error.text)


class GlanceCore(QuietCore):
    """Both halves: asking (with the supervisor role) and being looked at (with the agent role)."""

    def __init__(self, me: Identity, new_id: Callable[[], str]) -> None:
        self._me = me
        self._new_id = new_id
        self._screen = Screen()
        self._agents: dict[NodeId, _Agent] = {}
        self._asking: dict[SessionId, Ticket] = {}
        self._ended: list[SessionId] = []
        self.supervision = Supervision(SERVICE)
        self.attendance = Attendance(SERVICE, self._why_not_watched, new_id)

    # --- being looked at -----------------------------------------------------------------------------

    def _why_not_watched(self, peer: Identity, request: Request) -> LanassistError | None:
        if refusal := (self._me.why_not_role(Role.AGENT) or peer.why_not_grant(Grant.GLANCE)):
            return refusal
        if self._screen.locked:
            return ScreenLocked(agent=self._me.name)
        if self._screen.error:
            return ScreenUnavailable(why=self._screen.error)
        if not isinstance(request, GlanceRequest) or not request.displays:
            return RefusedByPolicy(agent=self._me.name, why="no display was named")
        return _missing_display(self._me.name, self._screen.displays, request.displays)

    def observe(self, event: object, now: float) -> Sequence[Effect]:
        match event:
            case Screen():
                return self._screen_changed(event)
            case ViewerRenewed(session):
                return self._told(self.supervision.renew(session, now), now)
            case ViewerLeft(session, code):
                return self._told(self.supervision.end(session, ending(code)), now)
            case MediaLost(session, code, text):
                return self._told(self._media_lost(session, ending(code, text)), now)
            case Leaving():
                mine = [
                    self.supervision.end(each, ending("shutdown")) for each in [*self.supervision.sessions]
                ]
                theirs = self.attendance.end_all(ending("shutdown"))
                return self._told([*theirs, *(effect for outcome in mine for effect in outcome)], now)
        return []

    def _screen_changed(self, screen: Screen) -> Sequence[Effect]:
        self._screen = screen
        if screen.locked:
            return self._told(self.attendance.end_all(ending("locked")), 0.0)
        if screen.error:
            return self._told(self.attendance.end_all(ending("screen", screen.error)), 0.0)
        return []

    def _media_lost(self, session: Session, why: Ending) -> Outcome:
        if session.asked:
            return self.supervision.end(session.id, why)
        return self.attendance.end(session, why)

    # --- asking --------------------------------------------------------------------------------------

    def peer_up(self, peer: Identity, now: float) -> Sequence[Effect]:
        if Role.AGENT not in peer.roles or Role.SUPERVISOR not in self._me.roles:
            return []
        return self._put_agent(_Agent(identity=peer, online=True))

    def peer_down(self, peer: NodeId, now: float) -> Sequence[Effect]:
        closed = [*self.supervision.peer_down(peer), *self.attendance.peer_down(peer)]
        agent = self._agents.get(peer)
        offer = [] if agent is None else self._put_agent(_Agent(identity=agent.identity, online=False))
        return [*self._told(closed, now), *offer]

    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]:
        if isinstance(message, Presence):
            return self._presence(peer, message)
        supervising = self.supervision.receive(peer, message, now)
        return self._told([*supervising, *self.attendance.receive(peer, message, now)], now)

    def _presence(self, peer: Identity, message: Presence) -> Sequence[Effect]:
        if peer.node not in self._agents:
            return []
        agent = _Agent(
            identity=peer,
            online=True,
            displays=message.displays,
            locked=message.locked,
            error=message.screen_error,
        )
        return self._put_agent(agent)

    def _put_agent(self, agent: _Agent) -> Sequence[Effect]:
        self._agents[agent.identity.node] = agent
        offer = Offer(
            node=agent.identity.node,
            refusal=refusal_of(self._why_not_ask(agent)),
            displays=agent.displays,
        )
        return [Publish(OFFERS, agent.identity.node, offer)]

    def _why_not_ask(self, agent: _Agent) -> LanassistError | None:
        name = agent.identity.name
        if refusal := self._me.why_not_grant(Grant.GLANCE):
            return refusal
        if not agent.online:
            return Offline(agent=name, since="")
        if agent.locked:
            return ScreenLocked(agent=name)
        if agent.error or not agent.displays:
            return ScreenUnavailable(why=agent.error or f"{name} has no display")
        return None

    # --- commands ------------------------------------------------------------------------------------

    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> Sequence[Effect]:
        try:
            match command:
                case ListDisplays():
                    agent = self._find(command.agent)
                    if not agent.online:
                        raise Offline(agent=agent.identity.name, since="")
                    return [Reply(ticket, _display_list(agent))]
                case StartGlance():
                    return self._start(ticket, command, now)
                case SwitchGlance():
                    return self._switch(ticket, command, now)
                case StopGlance():
                    found = self._session_of(command.session, command.agent)
                    stopped = self.supervision.end(found.id, ending(command.why))
                    return [*self._told(stopped, now), Reply(ticket, Done())]
        except LanassistError as refusal:
            return [Refuse(ticket, refusal)]
        return []

    def _start(self, ticket: Ticket, command: StartGlance, now: float) -> Sequence[Effect]:
        agent = self._find(command.agent)
        if refusal := self._why_not_ask(agent):
            raise refusal
        chosen = command.displays or _first_choice(agent.displays)
        if missing := _missing_display(agent.identity.name, agent.displays, chosen):
            raise missing
        session = SessionId(self._new_id())
        self._asking[session] = ticket
        request = GlanceRequest(displays=chosen, lossless=command.lossless)
        asked = self.supervision.start(session, agent.identity, request, command.reason, now)
        return [*asked, self._publish_session(self.supervision.sessions[session])]

    def _switch(self, ticket: Ticket, command: SwitchGlance, now: float) -> Sequence[Effect]:
        found = self._session_of(command.session, command.agent)
        agent = self._agents[found.peer.node]
        if missing := _missing_display(agent.identity.name, agent.displays, command.displays):
            raise missing
        request = msgspec.structs.replace(found.request, displays=command.displays)
        return [*self._told(self.supervision.change(found.id, request), now), Reply(ticket, Done())]

    def _find(self, text: str) -> _Agent:
        wanted = text.casefold()
        exact = [
            agent
            for agent in self._agents.values()
            if wanted
            in (agent.identity.node, agent.identity.email.casefold(), agent.identity.name.casefold())
        ]
        found = exact or [
            agent for agent in self._agents.values() if agent.identity.name.casefold().startswith(wanted)
        ]
        if not found:
            raise UnknownAgent(agent=text)
        if len(found) > 1:
            raise AmbiguousAgent(agent=text, candidates=", ".join(each.identity.email for each in found))
        return found[0]

    def _session_of(self, session: str, agent: str) -> Session:
        if session:
            found = self.supervision.sessions.get(SessionId(session))
        else:
            node = self._find(agent).identity.node
            mine = [each for each in self.supervision.sessions.values() if each.peer.node == node]
            found = mine[-1] if mine else None
        if found is None:
            raise UnknownSession
        return found

    # --- what the local people see -------------------------------------------------------------------

    def _told(self, outcome: Outcome, now: float) -> Sequence[Effect]:
        """The outcome, with what it changes on the board and who waits for it."""
        return [told for effect in outcome for told in (effect, *self._consequences(effect, now))]

    def _consequences(self, effect: Effect, now: float) -> Sequence[Effect]:
        match effect:
            case Opened(session) | Altered(session) if session.asked:
                return [*self._answer(session), self._publish_session(session)]
            case Closed(session, why) if session.asked:
                return self._closed(session, why, now)
            case Opened(session) | Altered(session):
                return [Publish(WATCHERS, session.id, _watcher(session))]
            case Closed(session):
                return [Publish(WATCHERS, session.id, None)]
        return []

    def _answer(self, session: Session) -> Sequence[Effect]:
        ticket = self._asking.pop(session.id, None)
        if ticket is None:
            return []
        agent = self._agents[session.peer.node]
        started = StartedGlance(
            session=session.id,
            agent=session.peer.node,
            agent_name=session.peer.name,
            displays=agent.displays,
            chosen=glance_of(session).displays,
        )
        return [Reply(ticket, started)]

    def _closed(self, session: Session, why: Ending, now: float) -> Sequence[Effect]:
        ticket = self._asking.pop(session.id, None)
        refused = [] if ticket is None else [Refuse(ticket, _error_of(session, why))]
        self._ended.append(session.id)
        forgotten = self._ended[:-ENDED_SESSIONS_SHOWN]
        self._ended = self._ended[-ENDED_SESSIONS_SHOWN:]
        return [
            *refused,
            self._publish_session(session, why, now),
            *(Publish(SESSIONS, old, None) for old in forgotten),
        ]

    def _publish_session(self, session: Session, why: Ending | None = None, now: float = 0.0) -> Publish:
        shown = GlanceSession(
            session=session.id,
            agent=session.peer.node,
            agent_name=session.peer.name,
            displays=glance_of(session).displays,
            state="ended" if why else session.state,
            since=now if why else session.since,
            end=Refusal(code=why.code, text=why.text) if why else None,
        )
        return Publish(SESSIONS, session.id, shown)

    # --- time ----------------------------------------------------------------------------------------

    def deadline(self) -> float | None:
        both = [at for at in (self.supervision.deadline(), self.attendance.deadline()) if at is not None]
        return min(both, default=None)

    def on_deadline(self, now: float) -> Sequence[Effect]:
        return self._told([*self.supervision.on_deadline(now), *self.attendance.on_deadline(now)], now)


def _missing_display(name: str, displays: Displays, wanted: DisplayNumbers) -> UnknownDisplay | None:
    there = [display.number for display in displays]
    absent = [number for number in wanted if number not in there]
    if not absent:
        return None
    available = " and ".join(f"display {number}" for number in there) or "none at all"
    return UnknownDisplay(agent=name, display=absent[0], available=available)


def _first_choice(displays: Displays) -> DisplayNumbers:
    primary = [display.number for display in displays if display.primary]
    return ((primary or [displays[0].number])[0],)


def _display_list(agent: _Agent) -> DisplayList:
    return DisplayList(agent=agent.identity.node, agent_name=agent.identity.name, displays=agent.displays)


def _watcher(session: Session) -> Watcher:
    return Watcher(
        session=session.id,
        supervisor=session.peer.node,
        name=session.peer.name,
        displays=glance_of(session).displays,
        since=session.since,
        reason=session.reason,
    )


def _error_of(session: Session, why: Ending) -> LanassistError:
    """A refusal that came from the agent's node, with its own words and the exit code of its kind."""
    if why.code == "link-lost":
        return LinkLost(agent=session.peer.name)
    kind = by_code().get(why.code, Refused)
    return kind.worded(why.text)
