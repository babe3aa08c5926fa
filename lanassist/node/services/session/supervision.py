"""The asking side's sessions."""

import msgspec

from lanassist.node.errors import LanassistError
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import (
    Message,
    NodeId,
    Request,
    SessionAccepted,
    SessionAsked,
    SessionChanged,
    SessionDeclined,
    SessionEnded,
    SessionGranted,
    SessionId,
    SessionIntent,
    SessionMessage,
    SessionOpened,
    SessionRefused,
    SessionRenewed,
    SessionSettled,
    Signed,
)
from lanassist.node.services.session.endings import Ending, ending
from lanassist.node.services.session.saying import Saying
from lanassist.node.services.session.session import (
    UNWRITTEN,
    AgentAsked,
    Altered,
    Closed,
    Declined,
    Entered,
    NotEntered,
    Opened,
    Outcome,
    Session,
    Step,
    next_deadline,
)
from lanassist.node.services.session.settling import Settling
from lanassist.node.trust.identity import Identity


class Supervision:
    """The asking side's sessions of one service."""

    def __init__(self, service: str) -> None:
        self.sessions: dict[SessionId, Session] = {}
        self._saying = Saying(service)
        self._settling = Settling(self._saying)

    def start(
        self, session: SessionId, agent: Identity, request: Request, reason: str, now: float
    ) -> Outcome:
        """Sign that this is meant, and ask the agent's node."""
        asking = Session(
            id=session,
            peer=agent,
            asked=True,
            request=request,
            reason=reason,
            state="asking",
            since=now,
            until=now + limits.SESSION_ANSWER,
        )
        return [self._saying.enter("intent", self._put(asking))]

    def newest_with(self, agent: NodeId) -> Session | None:
        """What is meant by who names an agent and no session."""
        return next((each for each in reversed(self.sessions.values()) if each.peer.node == agent), None)

    def renew(self, session: SessionId, now: float) -> Outcome:
        """Somebody is still looking; from time to time this node signs it."""
        if (found := self._running(session)) is None:
            return []
        renewed = msgspec.structs.replace(found, until=now + limits.LEASE)
        if now - found.signed < limits.SIGN_EVERY:
            self._put(renewed)
            return [self._saying.send(SessionRenewed, renewed)]
        return [self._saying.enter("renewal", self._put(msgspec.structs.replace(renewed, signed=now)))]

    def change(self, session: SessionId, request: Request) -> Outcome:
        """Look at something else in the same session, once it runs."""
        if (found := self._running(session)) is None:
            return []
        return [self._saying.enter("change", msgspec.structs.replace(found, request=request))]

    def end(self, session: SessionId, why: Ending) -> Outcome:
        """End it from here, and tell the agent's node."""
        if (found := self.sessions.pop(session, None)) is None:
            return []
        farewell = self._saying.send(SessionEnded, found, code=why.code, text=why.text)
        return [farewell, *self._over(found, why)]

    def receive(self, peer: Identity, message: Message, now: float) -> Outcome:
        """What the agent's node says. Words about sessions with somebody else are ignored."""
        if not isinstance(message, SessionMessage):
            return []
        if isinstance(message, SessionSettled):
            return self._settling.settled(peer.node, message)
        found = self.sessions.get(SessionId(message.session))
        if found is None or found.peer.node != peer.node:
            return []
        match message:
            case SessionAsked(within=within) if found.state == "asking":
                until = now + min(within, limits.CONSENT) + limits.SESSION_ANSWER
                return [AgentAsked(self._put(msgspec.structs.replace(found, state="asked", until=until)))]
            case SessionGranted() if found.state in UNWRITTEN:
                return [self._saying.enter("acceptance", found, message.signed)]
            case SessionOpened() if found.state == "granted":
                until = now + limits.LEASE
                running = msgspec.structs.replace(
                    found, state="running", since=now, signed=now, until=until, nonce=message.nonce
                )
                return [Opened(self._put(running))]
            case SessionDeclined() if _declines(message, found):
                kept = self._put(msgspec.structs.replace(found, request=message.kept))
                return [Altered(kept), Declined(kept, Ending(message.code, message.text))]
            case SessionRefused() | SessionEnded():
                del self.sessions[found.id]
                return self._over(found, Ending(message.code, message.text))
        return []

    def entered(self, outcome: Entered | NotEntered, now: float) -> Outcome:
        """What became of a step that was to be signed or written."""
        step = outcome.step
        if step.kind == "end":
            return self._settling.told(outcome)
        found = self.sessions.get(step.session.id)
        if found is None:
            return []
        if isinstance(outcome, NotEntered):
            return [] if step.kind == "settled" else self._failed(found, outcome.error)
        return self._went_on(found, step, outcome.signed, now)

    def _went_on(self, found: Session, step: Step, signed: Signed, now: float) -> Outcome:
        match step.kind:
            case "intent":
                asking = self._put(msgspec.structs.replace(found, intent=signed))
                asked = {"request": asking.request, "reason": asking.reason, "signed": signed}
                return [self._saying.send(SessionIntent, asking, **asked)]
            case "acceptance":
                until = now + limits.SESSION_ANSWER
                granted = self._put(msgspec.structs.replace(found, state="granted", until=until))
                return [self._saying.send(SessionAccepted, granted, signed=signed)]
            case "change":
                changed = self._put(msgspec.structs.replace(found, request=step.session.request))
                message = self._saying.send(SessionChanged, changed, request=changed.request, signed=signed)
                return [message, Altered(changed)]
            case "renewal":
                return [self._saying.send(SessionRenewed, found, signed=signed)]
        return []

    def _failed(self, found: Session, error: LanassistError) -> Outcome:
        """What cannot be written does not go on; the agent's node hears why, if it has heard of it at all."""
        if found.intent.statement:
            return self.end(found.id, Ending.of(error))
        del self.sessions[found.id]
        return [Closed(found, Ending.of(error))]

    def peer_down(self, peer: NodeId) -> Outcome:
        """No link, no session."""
        return self.end_with(peer, ending("link-lost"))

    def end_with(self, peer: NodeId, why: Ending) -> Outcome:
        """End every session with a peer that can be told nothing any more."""
        gone = [session for session in self.sessions.values() if session.peer.node == peer]
        for session in gone:
            del self.sessions[session.id]
        return [effect for session in gone for effect in self._over(session, why)]

    def deadline(self) -> float | None:
        return next_deadline(self.sessions.values())

    def on_deadline(self, now: float) -> Outcome:
        """End what nobody answered and what nobody watches any more."""
        late = [session for session in self.sessions.values() if session.until <= now]
        return [
            effect
            for session in late
            for effect in self.end(session.id, ending("lease" if session.state == "running" else "no-answer"))
        ]

    def _over(self, session: Session, why: Ending) -> Outcome:
        """Whatever it is that shows it ends first; then it is written, if its start was."""
        written = self._settling.over(session, why) if session.state not in UNWRITTEN else []
        return [Closed(session, why), *written]

    def _running(self, session: SessionId) -> Session | None:
        found = self.sessions.get(session)
        return found if found is not None and found.state == "running" else None

    def _put(self, session: Session) -> Session:
        self.sessions[session.id] = session
        return session


def _declines(message: SessionDeclined, found: Session) -> bool:
    """Whether it is the last change that is declined, and what is kept is of the session's own kind."""
    asked_since = message.request != found.request
    return found.state == "running" and not asked_since and type(message.kept) is type(found.request)
