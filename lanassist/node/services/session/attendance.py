"""The watched side's sessions. Here it is decided, and here the lease bites."""

from collections.abc import Callable

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
from lanassist.node.services.base import Send
from lanassist.node.services.permission import Permission
from lanassist.node.services.session.endings import ENDINGS, Ending, ending
from lanassist.node.services.session.session import (
    UNWRITTEN,
    Altered,
    Closed,
    Enter,
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

Key = tuple[NodeId, SessionId]


class Attendance:
    """The watched side's sessions of one service.

    ``pending`` are those that the agent is asked about, and those that are granted but not yet in both
    ledgers: nothing is shown of them, and nothing leaves for them. ``sessions`` are those that run.
    """

    def __init__(
        self,
        service: str,
        why_not: Callable[[Identity, Request | None], LanassistError | None],
        new_nonce: Callable[[], str],
        permission: Permission | None = None,
    ) -> None:
        """``why_not(peer, request)``; without a request: why the peer may not go on with what it has.

        ``permission``: what policy and the agent's pause say about a beginning, and whether the agent is
        asked first.
        """
        self.service = service
        self.sessions: dict[Key, Session] = {}
        self.pending: dict[Key, Session] = {}
        self._why_not = why_not
        self._new_nonce = new_nonce
        self._permission = permission
        self._settling = Settling(service)

    # --- what the supervisor's node says -------------------------------------------------------------

    def receive(self, peer: Identity, message: Message, now: float) -> Outcome:
        """What a supervisor's node says; authority is checked on every message that asks for something."""
        match message:
            case SessionIntent():
                return self._decide(peer, message, now)
            case SessionSettled():
                return self._settling.settled(peer.node, message)
            case SessionMessage():
                key = (peer.node, SessionId(message.session))
                if (pending := self.pending.get(key)) is not None:
                    return self._prepare(pending, peer, message)
                found = self.sessions.get(key)
                return [] if found is None else self._continue(found, peer, message, now)
        return []

    def _decide(self, peer: Identity, intent: SessionIntent, now: float) -> Outcome:
        key = (peer.node, SessionId(intent.session))
        refusal = self._why_not_begin(peer, intent.request, intent.reason, now)
        if refusal is not None:
            return [self._refuse(peer, intent.session, Ending(refusal.code, refusal.text))]
        known = key in self.sessions or key in self.pending
        if known or len(self.sessions) + len(self.pending) >= limits.SESSIONS_PER_NODE:
            return [self._refuse(peer, intent.session, ending("too-many"))]
        asking = Session(
            id=key[1],
            peer=peer,
            asked=False,
            request=intent.request,
            reason=intent.reason,
            state="asking",
            since=now,
            until=now + limits.SESSION_ANSWER,
            intent=intent.signed,
        )
        if self._permission is not None and self._permission.asks:
            return self._ask(asking, now)
        return self._grant(asking)

    def _why_not_begin(
        self, peer: Identity, request: Request, reason: str, now: float
    ) -> LanassistError | None:
        ruled = None if self._permission is None else self._permission.why_not(reason, now)
        return self._why_not(peer, request) or ruled

    def _ask(self, asking: Session, now: float) -> Outcome:
        """The agent decides; nothing is written before."""
        before = [each for each in self.asked if each.peer.node == asking.peer.node]
        asked = msgspec.structs.replace(asking, state="asked", until=now + limits.CONSENT)
        self.pending[asked.peer.node, asked.id] = asked
        # Whoever asks again asks in the place of what was asked before: the agent answers once.
        replaced = [effect for each in before for effect in self._give_up(each, ending("withdrawn"))]
        return [*replaced, self._send(SessionAsked, asked, within=limits.CONSENT)]

    def answered(self, peer: NodeId, session: SessionId, allowed: bool, now: float) -> Outcome:
        """The agent's yes or no. What stands against it by now is said instead of a yes."""
        found = self.pending.get((peer, session))
        if found is None or found.state != "asked" or self._permission is None:
            return []
        refusal = self._why_not_begin(found.peer, found.request, found.reason, now)
        if not allowed:
            refusal = self._permission.declined()
        if refusal is not None:
            return self._give_up(found, Ending(refusal.code, refusal.text))
        return self._grant(msgspec.structs.replace(found, state="asking", until=now + limits.SESSION_ANSWER))

    @property
    def asked(self) -> list[Session]:
        """Those that wait for the agent's yes, the oldest first."""
        return [session for session in self.pending.values() if session.state == "asked"]

    def _grant(self, asking: Session) -> Outcome:
        """Yes; but first it is written here, and then at the supervisor's."""
        self.pending[asking.peer.node, asking.id] = asking
        return [self._enter("grant", asking, asking.intent)]

    def _prepare(self, found: Session, peer: Identity, message: SessionMessage) -> Outcome:
        """Words about a session that does not run yet."""
        match message:
            case SessionAccepted() if found.state == "granted":
                refusal = self._why_not(peer, found.request)
                if refusal is not None:
                    return self._give_up(found, Ending(refusal.code, refusal.text))
                return [self._enter("opening", found, message.signed)]
            case SessionEnded():
                return self._forget(found, _told(message))
        return []

    def _continue(self, found: Session, peer: Identity, message: SessionMessage, now: float) -> Outcome:
        match message:
            case SessionRenewed(signed=signed):
                if refused := self._checked(found, peer, None):
                    return refused
                renewed = self._put(found, until=min(now + limits.LEASE, found.signed + limits.SIGNED_LEASE))
                return [self._enter("renewed", renewed, signed)] if signed.statement else []
            case SessionChanged():
                return self._checked(found, peer, None) or self._change(found, peer, message)
            case SessionEnded():
                return self._forget(found, _told(message))
        return []

    def _change(self, found: Session, peer: Identity, message: SessionChanged) -> Outcome:
        """What cannot be had is declined; the session goes on with what it has."""
        refusal = self._why_not(peer, message.request)
        if refusal is None:
            changed = msgspec.structs.replace(found, request=message.request)
            return [self._enter("changed", changed, message.signed)]
        declined = {"request": message.request, "kept": found.request, "code": refusal.code}
        return [self._send(SessionDeclined, found, **declined, text=refusal.text[: limits.REASON_LENGTH])]

    def _checked(self, found: Session, peer: Identity, request: Request | None) -> Outcome:
        refusal = self._why_not(peer, request)
        return [] if refusal is None else self.end(found, Ending(refusal.code, refusal.text))

    # --- what became of a step in the ledger ---------------------------------------------------------

    def entered(self, outcome: Entered | NotEntered, now: float) -> Outcome:
        """What became of a step that was to be signed or written."""
        step = outcome.step
        key = (step.session.peer.node, step.session.id)
        if step.kind == "end":
            return self._settling.told(outcome)
        found = self.pending.get(key) or self.sessions.get(key)
        if found is None or step.kind == "settled":
            return []
        if isinstance(outcome, NotEntered):
            why = Ending(outcome.error.code, outcome.error.text)
            return self._give_up(found, why) if key in self.pending else self.end(found, why)
        return self._went_on(found, step, outcome.signed, now)

    def _went_on(self, found: Session, step: Step, signed: Signed, now: float) -> Outcome:
        match step.kind:
            case "grant":
                until = now + limits.SESSION_ANSWER
                granted = msgspec.structs.replace(found, state="granted", until=until)
                self.pending[found.peer.node, found.id] = granted
                return [self._send(SessionGranted, granted, signed=signed)]
            case "opening":
                return self._open(found, now)
            case "changed":
                return [Altered(self._put(found, request=step.session.request))]
            case "renewed":
                self._put(found, signed=now, until=now + limits.LEASE)
        return []

    def _open(self, found: Session, now: float) -> Outcome:
        del self.pending[found.peer.node, found.id]
        nonce, until = self._new_nonce(), now + limits.LEASE
        running = self._put(found, state="running", since=now, signed=now, until=until, nonce=nonce)
        # Opened first: the media channel is expected before the supervisor hears that it may come.
        return [Opened(running), self._send(SessionOpened, running, nonce=running.nonce)]

    # --- endings -------------------------------------------------------------------------------------

    def end(self, session: Session, why: Ending) -> Outcome:
        """End it from here, and tell the supervisor's node."""
        if (session.peer.node, session.id) not in self.sessions:
            return []
        farewell = self._send(SessionEnded, session, code=why.code, text=why.text)
        return [farewell, *self._forget(session, why)]

    def end_all(self, why: Ending) -> Outcome:
        """End every session: the screen was locked, the node is going."""
        given_up = [effect for each in list(self.pending.values()) for effect in self._give_up(each, why)]
        return [
            *given_up,
            *(effect for each in list(self.sessions.values()) for effect in self.end(each, why)),
        ]

    def peer_down(self, peer: NodeId) -> Outcome:
        """No link, no session."""
        return self.end_with(peer, ending("link-lost"))

    def end_with(self, peer: NodeId, why: Ending) -> Outcome:
        """End every session with a peer that can be told nothing any more."""
        everything = [*self.pending.values(), *self.sessions.values()]
        gone = [session for session in everything if session.peer.node == peer]
        return [effect for session in gone for effect in self._forget(session, why)]

    def deadline(self) -> float | None:
        return next_deadline([*self.pending.values(), *self.sessions.values()])

    def on_deadline(self, now: float) -> Outcome:
        """The lease: a viewer that is not heard of for 3 s is gone, whatever became of it."""
        slow = [session for session in self.pending.values() if session.until <= now]
        late = [session for session in self.sessions.values() if session.until <= now]
        return [
            *(effect for each in slow for effect in self._give_up(each, self._too_late(each))),
            *(effect for each in late for effect in self.end(each, _lease_of(each))),
        ]

    def _too_late(self, pending: Session) -> Ending:
        if pending.state != "asked" or self._permission is None:
            return ending("no-answer")
        silent = self._permission.unanswered(limits.CONSENT)
        return Ending(silent.code, silent.text)

    def _give_up(self, pending: Session, why: Ending) -> Outcome:
        """It does not come to be after all."""
        return [self._refuse(pending.peer, pending.id, why), *self._forget(pending, why)]

    def _forget(self, session: Session, why: Ending) -> Outcome:
        """Nothing leaves any more, first of all; then it is written, if its start was."""
        key = (session.peer.node, session.id)
        was_pending = self.pending.pop(key, None) is not None
        self.sessions.pop(key, None)
        written = self._settling.over(session, why) if session.state not in UNWRITTEN else []
        return written if was_pending else [Closed(session, why), *written]

    # --- little things -------------------------------------------------------------------------------

    def _put(self, found: Session, **changes: object) -> Session:
        changed = msgspec.structs.replace(found, **changes)
        self.sessions[found.peer.node, found.id] = changed
        return changed

    def _enter(self, kind: str, session: Session, theirs: Signed) -> Enter:
        return Enter(Step(kind=kind, service=self.service, session=session, theirs=theirs))  # type: ignore[arg-type]

    def _send(self, kind: type[SessionMessage], session: Session, **fields: object) -> Send:
        return Send(session.peer.node, kind(session=session.id, service=self.service, **fields))

    def _refuse(self, peer: Identity, session: str, why: Ending) -> Send:
        text = why.text[: limits.REASON_LENGTH]
        return Send(
            peer.node, SessionRefused(session=session, service=self.service, code=why.code, text=text)
        )


def _told(message: SessionEnded) -> Ending:
    return Ending(message.code, ENDINGS.get(message.code, message.text))


def _lease_of(session: Session) -> Ending:
    return ending("unsigned" if session.until >= session.signed + limits.SIGNED_LEASE else "lease")
