"""The watched side's sessions. Here it is decided, and here the lease bites."""

from collections import deque
from collections.abc import Callable

import msgspec

from lanassist.node.errors import BadInput, LanassistError
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import (
    Message,
    NodeId,
    Request,
    SessionChanged,
    SessionDeclined,
    SessionEnded,
    SessionId,
    SessionIntent,
    SessionMessage,
    SessionOpened,
    SessionRenewed,
    SessionSettled,
    Signed,
)
from lanassist.node.services.permission import Permission
from lanassist.node.services.session.endings import Ending, ending, told
from lanassist.node.services.session.pending import Pending
from lanassist.node.services.session.saying import Saying
from lanassist.node.services.session.session import (
    Altered,
    Closed,
    Entered,
    Key,
    NotEntered,
    Opened,
    Outcome,
    Session,
    Step,
    WhyNot,
    key_of,
    next_deadline,
)
from lanassist.node.services.session.settling import Settling
from lanassist.node.trust.identity import Identity


class Attendance:
    """The watched side's sessions of one service: ``sessions`` that run, ``pending`` that do not run yet."""

    def __init__(
        self,
        service: str,
        why_not: WhyNot,
        new_nonce: Callable[[], str],
        permission: Permission | None = None,
        why_not_instead: Callable[[Request, Request], LanassistError | None] = lambda before, after: None,
    ) -> None:
        """``permission``: what policy and the agent's pause say, and whether the agent is asked first.

        ``why_not_instead(before, after)``: why a session cannot change that far, whoever wants it.
        """
        self.sessions: dict[Key, Session] = {}
        self._changes: dict[Key, deque[float]] = {}
        """When each of them was changed, of late."""
        self._why_not = why_not
        self._why_not_instead = why_not_instead
        self._new_nonce = new_nonce
        self._saying = Saying(service)
        self._settling = Settling(self._saying)
        self.pending = Pending(self._saying, self._settling, self.sessions, why_not, permission)

    # --- what the supervisor's node says -------------------------------------------------------------

    def receive(self, peer: Identity, message: Message, now: float) -> Outcome:
        """What a supervisor's node says; authority is checked on every message that asks for something."""
        match message:
            case SessionIntent():
                return self.pending.meant(peer, message, now)
            case SessionSettled():
                return self._settling.settled(peer.node, message)
            case SessionMessage():
                key = (peer.node, SessionId(message.session))
                if (pending := self.pending.get(key)) is not None:
                    return self.pending.receive(pending, peer, message)
                found = self.sessions.get(key)
                return [] if found is None else self._continue(found, peer, message, now)
        return []

    def _continue(self, found: Session, peer: Identity, message: SessionMessage, now: float) -> Outcome:
        match message:
            case SessionRenewed(signed=signed):
                if refused := self._checked(found, peer, None):
                    return refused
                renewed = self._put(found, until=min(now + limits.LEASE, found.signed + limits.SIGNED_LEASE))
                return [self._saying.enter("renewed", renewed, signed)] if signed.statement else []
            case SessionChanged():
                return self._checked(found, peer, None) or self._change(found, peer, message, now)
            case SessionEnded():
                return self._forget(found, told(message))
        return []

    def _change(self, found: Session, peer: Identity, message: SessionChanged, now: float) -> Outcome:
        """What cannot be had is declined; the session goes on with what it has."""
        refusal = (
            self._why_not(peer, message.request)
            or self._why_not_instead(found.request, message.request)
            or self._why_not_again(found, now)
        )
        if refusal is None:
            changed = msgspec.structs.replace(found, request=message.request)
            return [self._saying.enter("changed", changed, message.signed)]
        declined = {"request": message.request, "kept": found.request, "code": refusal.code}
        text = refusal.text[: limits.REASON_LENGTH]
        return [self._saying.send(SessionDeclined, found, **declined, text=text)]

    def _why_not_again(self, found: Session, now: float) -> LanassistError | None:
        """Why it was changed too often; else this change is counted."""
        last = self._changes.setdefault(key_of(found), deque())
        while last and last[0] <= now - limits.CHANGES_WITHIN:
            last.popleft()
        if len(last) >= limits.CHANGES:
            return BadInput(what="The change", why=f"there were {limits.CHANGES} of them a moment ago")
        last.append(now)
        return None

    def _checked(self, found: Session, peer: Identity, request: Request | None) -> Outcome:
        refusal = self._why_not(peer, request)
        return [] if refusal is None else self.end(found, Ending.of(refusal))

    # --- what the agent says -------------------------------------------------------------------------

    @property
    def asked(self) -> list[Session]:
        """Those that wait for the agent's yes, the oldest first."""
        return self.pending.asked

    def answered(self, peer: NodeId, session: SessionId, allowed: bool, now: float) -> Outcome:
        """The agent's yes or no to one of them."""
        return self.pending.answered(peer, session, allowed, now)

    # --- what became of a step in the ledger ---------------------------------------------------------

    def entered(self, outcome: Entered | NotEntered, now: float) -> Outcome:
        """What became of a step that was to be signed or written."""
        step, key = outcome.step, key_of(outcome.step.session)
        if step.kind == "end":
            return self._settling.told(outcome)
        pending = self.pending.get(key)
        found = pending or self.sessions.get(key)
        if found is None or step.kind == "settled":
            return []
        if isinstance(outcome, NotEntered):
            why = Ending.of(outcome.error)
            return self.end(found, why) if pending is None else self.pending.give_up(pending, why)
        return self._went_on(found, step, outcome.signed, now)

    def _went_on(self, found: Session, step: Step, signed: Signed, now: float) -> Outcome:
        match step.kind:
            case "grant":
                return self.pending.granted(found, signed, now)
            case "opening":
                return self._open(self.pending.take(found), now)
            case "changed":
                return [Altered(self._put(found, request=step.session.request))]
            case "renewed":
                self._put(found, signed=now, until=now + limits.LEASE)
        return []

    def _open(self, granted: Session, now: float) -> Outcome:
        nonce, until = self._new_nonce(), now + limits.LEASE
        running = self._put(granted, state="running", since=now, signed=now, until=until, nonce=nonce)
        # Opened first: the media channel is expected before the supervisor hears that it may come.
        return [Opened(running), self._saying.send(SessionOpened, running, nonce=running.nonce)]

    # --- endings -------------------------------------------------------------------------------------

    def end(self, session: Session, why: Ending) -> Outcome:
        """End it from here, and tell the supervisor's node."""
        if key_of(session) not in self.sessions:
            return []
        farewell = self._saying.send(SessionEnded, session, code=why.code, text=why.text)
        return [farewell, *self._forget(session, why)]

    def end_all(self, why: Ending) -> Outcome:
        """End every session: the screen was locked, the node is going."""
        return [
            *(effect for each in self.pending for effect in self.pending.give_up(each, why)),
            *(effect for each in list(self.sessions.values()) for effect in self.end(each, why)),
        ]

    def peer_down(self, peer: NodeId) -> Outcome:
        """No link, no session."""
        return self.end_with(peer, ending("link-lost"))

    def end_with(self, peer: NodeId, why: Ending) -> Outcome:
        """End every session with a peer that can be told nothing any more."""
        pending = [session for session in self.pending if session.peer.node == peer]
        running = [session for session in self.sessions.values() if session.peer.node == peer]
        return [
            *(effect for each in pending for effect in self.pending.forget(each, why)),
            *(effect for each in running for effect in self._forget(each, why)),
        ]

    def deadline(self) -> float | None:
        return next_deadline([*self.pending, *self.sessions.values()])

    def on_deadline(self, now: float) -> Outcome:
        """The lease: a viewer that is not heard of for 3 s is gone, whatever became of it."""
        late = [session for session in self.sessions.values() if session.until <= now]
        return [
            *self.pending.on_deadline(now),
            *(effect for each in late for effect in self.end(each, _lease_of(each))),
        ]

    def _forget(self, session: Session, why: Ending) -> Outcome:
        """Nothing leaves any more, first of all; then its end is written."""
        del self.sessions[key_of(session)]
        self._changes.pop(key_of(session), None)
        return [Closed(session, why), *self._settling.over(session, why)]

    def _put(self, found: Session, **changes: object) -> Session:
        changed = msgspec.structs.replace(found, **changes)
        self.sessions[key_of(found)] = changed
        return changed


def _lease_of(session: Session) -> Ending:
    return ending("unsigned" if session.until >= session.signed + limits.SIGNED_LEASE else "lease")
