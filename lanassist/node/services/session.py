"""One state machine under every stretch of supervision: glance now; assist and control later.

intent → granted or refused → running under a lease → ended, with a reason on both sides. Two siblings:
``Supervision`` on the node that asks, ``Attendance`` on the node that is looked at. The agent's side
decides: it checks grants on every message, and its lease ends the session when renewals stop coming,
whatever the other side does. A service adds only what is its own, through ``why_not`` and the effects
``Opened``, ``Altered`` and ``Closed``.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Literal, TypeVar

import msgspec

from lanassist.node.errors import LanassistError
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import (
    Message,
    NodeId,
    Request,
    SessionChanged,
    SessionDeclined,
    SessionEnded,
    SessionGranted,
    SessionId,
    SessionIntent,
    SessionMessage,
    SessionRefused,
    SessionRenewed,
)
from lanassist.node.services.base import Effect, Send
from lanassist.node.trust.identity import Identity

ENDINGS: dict[str, str] = {
    "stopped": "stopped by the supervisor",
    "closed": "the supervisor's page was closed",
    "hidden": "the supervisor switched away from the page",
    "covered": "the supervisor's page was covered by another window",
    "unattended": "nobody was at the supervisor's page for 5 minutes",
    "node-silent": "the supervisor's own node did not answer the page for 3 seconds",
    "out-of-sight": "it went out of sight on the supervisor's wall",
    "paused": "the supervisor paused the wall",
    "navigated": "the supervisor went to another view",
    "other-agent": "the supervisor switched to another agent",
    "viewer-failed": "the supervisor's page could not draw the picture",
    "lease": "the viewer did not answer for 3 seconds",
    "no-answer": "the agent's node did not answer",
    "link-lost": "the link between the two nodes was lost",
    "revoked": "the certificate was revoked",
    "locked": "the agent's screen was locked",
    "screen": "the agent's screen cannot be shown any more",
    "media-lost": "the picture channel was lost",
    "reclaimed": "the agent took control back",
    "taken-again": "the same supervisor took control again",
    "policy": "stopped by the site's policy",
    "privacy": "the agent paused being watched",
    "withdrawn": "the supervisor withdrew the request",
    "shutdown": "the node was shut down",
    "too-many": "the agent's node has too many sessions",
}
"""Why a session ends: the code that travels and the words for people."""


class Ending(msgspec.Struct, frozen=True):
    """Why a session ended or never began."""

    code: str
    text: str


def ending(code: str, text: str = "") -> Ending:
    """The ending of that code, in the standard words unless others are given."""
    return Ending(code, text or ENDINGS[code])


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One session as one of its ends knows it. ``peer`` is the other end."""

    id: SessionId
    peer: Identity
    asked: bool
    """True on the node that asked, False on the one that is looked at."""
    request: Request
    reason: str = ""
    state: Literal["asking", "running"]
    since: float
    until: float
    """When it ends unless something is heard: the answer to come, or the lease."""
    nonce: str = ""


class Opened(Effect, frozen=True):
    """Granted: the media channel may open."""

    session: Session


class Altered(Effect, frozen=True):
    """The same session shows something else from now on."""

    session: Session


class Declined(Effect, frozen=True):
    """The other side did not make the last change; the session goes on as it is here."""

    session: Session
    why: Ending


class Closed(Effect, frozen=True):
    """Over, or refused."""

    session: Session
    ending: Ending


KeyT = TypeVar("KeyT")
Outcome = Sequence[Effect]


def _next_deadline(sessions: Collection[Session]) -> float | None:
    return min(session.until for session in sessions) if sessions else None


class Supervision:
    """The asking side's sessions of one service."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.sessions: dict[SessionId, Session] = {}

    def start(
        self, session: SessionId, agent: Identity, request: Request, reason: str, now: float
    ) -> Outcome:
        """Ask the agent's node."""
        self.sessions[session] = Session(
            id=session,
            peer=agent,
            asked=True,
            request=request,
            reason=reason,
            state="asking",
            since=now,
            until=now + limits.SESSION_ANSWER,
        )
        return [self._send(SessionIntent, session, request=request, reason=reason)]

    def renew(self, session: SessionId, now: float) -> Outcome:
        """Somebody is still looking."""
        if (found := self._running(session)) is None:
            return []
        self._put(msgspec.structs.replace(found, until=now + limits.LEASE))
        return [self._send(SessionRenewed, session)]

    def change(self, session: SessionId, request: Request) -> Outcome:
        """Look at something else in the same session."""
        if (found := self.sessions.get(session)) is None:
            return []
        changed = self._put(msgspec.structs.replace(found, request=request))
        return [self._send(SessionChanged, session, request=request), Altered(changed)]

    def end(self, session: SessionId, why: Ending) -> Outcome:
        """End it from here, and tell the agent's node."""
        if session not in self.sessions:
            return []
        farewell = self._send(SessionEnded, session, code=why.code, text=why.text)
        return [farewell, Closed(self.sessions.pop(session), why)]

    def receive(self, peer: Identity, message: Message, now: float) -> Outcome:
        """What the agent's node says. Words about sessions with somebody else are ignored."""
        if not isinstance(message, SessionMessage):
            return []
        found = self.sessions.get(SessionId(message.session))
        if found is None or found.peer.node != peer.node:
            return []
        match message:
            case SessionGranted() if found.state == "asking":
                running = msgspec.structs.replace(
                    found, state="running", since=now, until=now + limits.LEASE, nonce=message.nonce
                )
                return [Opened(self._put(running))]
            case SessionDeclined() if message.request == found.request:  # else another was asked for since
                kept = self._put(msgspec.structs.replace(found, request=message.kept))
                return [Altered(kept), Declined(kept, Ending(message.code, message.text))]
            case SessionRefused() | SessionEnded():
                return [Closed(self.sessions.pop(found.id), Ending(message.code, message.text))]
        return []

    def peer_down(self, peer: NodeId) -> Outcome:
        """No link, no session."""
        return self.end_with(peer, ending("link-lost"))

    def end_with(self, peer: NodeId, why: Ending) -> Outcome:
        """End every session with a peer that can be told nothing any more."""
        gone = [session for session in self.sessions.values() if session.peer.node == peer]
        return [Closed(self.sessions.pop(session.id), why) for session in gone]

    def deadline(self) -> float | None:
        return _next_deadline(self.sessions.values())

    def on_deadline(self, now: float) -> Outcome:
        """End what nobody answered and what nobody watches any more."""
        late = [session for session in self.sessions.values() if session.until <= now]
        return [
            effect
            for session in late
            for effect in self.end(session.id, ending("no-answer" if session.state == "asking" else "lease"))
        ]

    def _running(self, session: SessionId) -> Session | None:
        found = self.sessions.get(session)
        return found if found is not None and found.state == "running" else None

    def _put(self, session: Session) -> Session:
        self.sessions[session.id] = session
        return session

    def _send(self, kind: type[SessionMessage], session: SessionId, **fields: object) -> Send:
        message = kind(session=session, service=self.service, **fields)
        return Send(self.sessions[session].peer.node, message)


class Attendance:
    """The watched side's sessions of one service. Here it is decided, and here the lease bites."""

    def __init__(
        self,
        service: str,
        why_not: Callable[[Identity, Request | None], LanassistError | None],
        new_nonce: Callable[[], str],
    ) -> None:
        """``why_not(peer, request)``; without a request: why the peer may not go on with what it has."""
        self.service = service
        self.sessions: dict[tuple[NodeId, SessionId], Session] = {}
        self._why_not = why_not
        self._new_nonce = new_nonce

    def receive(self, peer: Identity, message: Message, now: float) -> Outcome:
        """What a supervisor's node says; authority is checked on every message that asks for something."""
        match message:
            case SessionIntent():
                return self._decide(peer, message, now)
            case SessionMessage():
                found = self.sessions.get((peer.node, SessionId(message.session)))
                return [] if found is None else self._continue(found, peer, message, now)
        return []

    def end(self, session: Session, why: Ending) -> Outcome:
        """End it from here, and tell the supervisor's node."""
        if self.sessions.pop((session.peer.node, session.id), None) is None:
            return []
        message = SessionEnded(session=session.id, service=self.service, code=why.code, text=why.text)
        return [Send(session.peer.node, message), Closed(session, why)]

    def end_all(self, why: Ending) -> Outcome:
        """End every session: the screen was locked, the node is going."""
        return [effect for session in list(self.sessions.values()) for effect in self.end(session, why)]

    def peer_down(self, peer: NodeId) -> Outcome:
        """No link, no session."""
        return self.end_with(peer, ending("link-lost"))

    def end_with(self, peer: NodeId, why: Ending) -> Outcome:
        """End every session with a peer that can be told nothing any more."""
        gone = [session for session in self.sessions.values() if session.peer.node == peer]
        return [Closed(self.sessions.pop((peer, session.id)), why) for session in gone]

    def deadline(self) -> float | None:
        return _next_deadline(self.sessions.values())

    def on_deadline(self, now: float) -> Outcome:
        """The lease: a viewer that is not heard of for 3 s is gone, whatever became of it."""
        late = [session for session in self.sessions.values() if session.until <= now]
        return [effect for session in late for effect in self.end(session, ending("lease"))]

    def _decide(self, peer: Identity, intent: SessionIntent, now: float) -> Outcome:
        key = (peer.node, SessionId(intent.session))
        refusal = self._why_not(peer, intent.request)
        if refusal is not None:
            return [self._refuse(peer, intent, Ending(refusal.code, refusal.text))]
        if key in self.sessions or len(self.sessions) >= limits.SESSIONS_PER_NODE:
            return [self._refuse(peer, intent, ending("too-many"))]
        session = Session(
            id=key[1],
            peer=peer,
            asked=False,
            request=intent.request,
            reason=intent.reason,
            state="running",
            since=now,
            until=now + limits.LEASE,
            nonce=self._new_nonce(),
        )
        self.sessions[key] = session
        granted = SessionGranted(session=session.id, service=self.service, nonce=session.nonce)
        # Opened first: the media channel is expected before the supervisor hears that it may come.
        return [Opened(session), Send(peer.node, granted)]

    def _continue(self, found: Session, peer: Identity, message: SessionMessage, now: float) -> Outcome:
        match message:
            case SessionRenewed():
                return self._checked(found, peer, None) or self._put(found, until=now + limits.LEASE)
            case SessionChanged():
                return self._checked(found, peer, None) or self._change(found, peer, message.request)
            case SessionEnded():
                why = Ending(message.code, ENDINGS.get(message.code, message.text))
                return [Closed(self.sessions.pop((peer.node, found.id)), why)]
        return []

    def _change(self, found: Session, peer: Identity, request: Request) -> Outcome:
        """What cannot be had is declined; the session goes on with what it has."""
        refusal = self._why_not(peer, request)
        if refusal is None:
            return [*self._put(found, request=request), Altered(self._of(found))]
        text = refusal.text[: limits.REASON_LENGTH]
        declined = SessionDeclined(
            session=found.id,
            service=self.service,
            request=request,
            kept=found.request,
            code=refusal.code,
            text=text,
        )
        return [Send(peer.node, declined)]

    def _checked(self, found: Session, peer: Identity, request: Request | None) -> Outcome:
        refusal = self._why_not(peer, request)
        return [] if refusal is None else self.end(found, Ending(refusal.code, refusal.text))

    def _put(self, found: Session, **changes: object) -> Outcome:
        self.sessions[found.peer.node, found.id] = msgspec.structs.replace(found, **changes)
        return []

    def _of(self, found: Session) -> Session:
        return self.sessions[found.peer.node, found.id]

    def _refuse(self, peer: Identity, intent: SessionIntent, why: Ending) -> Send:
        refused = SessionRefused(
            session=intent.session, service=self.service, code=why.code, text=why.text[: limits.REASON_LENGTH]
        )
        return Send(peer.node, refused)
