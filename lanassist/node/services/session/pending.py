"""Sessions that do not run yet, on the watched side: the agent is asked, and both ends commit the start."""

from collections.abc import Iterator, Mapping

import msgspec

from lanassist.node.errors import LanassistError
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import (
    NodeId,
    Request,
    SessionAccepted,
    SessionAsked,
    SessionEnded,
    SessionGranted,
    SessionId,
    SessionIntent,
    SessionMessage,
    Signed,
)
from lanassist.node.services.permission import Permission
from lanassist.node.services.session.beginnings import Beginnings
from lanassist.node.services.session.endings import Ending, ending, told
from lanassist.node.services.session.saying import Saying
from lanassist.node.services.session.session import (
    UNWRITTEN,
    Key,
    Outcome,
    Session,
    WhyNot,
    key_of,
)
from lanassist.node.services.session.settling import Settling
from lanassist.node.trust.identity import Identity


class Pending:
    """Those that the agent is asked about, and those that are granted but not yet in both ledgers.

    Nothing is shown of them, and nothing leaves for them. A session that opens is taken out of here.
    """

    def __init__(
        self,
        saying: Saying,
        settling: Settling,
        running: Mapping[Key, Session],
        why_not: WhyNot,
        permission: Permission | None,
    ) -> None:
        """``running``: the sessions that run, which leave no room for as many others."""
        self._saying = saying
        self._settling = settling
        self._running = running
        self._why_not = why_not
        self._permission = permission
        self._sessions: dict[Key, Session] = {}
        self._beginnings = Beginnings()

    def __len__(self) -> int:
        return len(self._sessions)

    def __iter__(self) -> Iterator[Session]:
        """The oldest first."""
        return iter(list(self._sessions.values()))

    def get(self, key: Key) -> Session | None:
        return self._sessions.get(key)

    def take(self, session: Session) -> Session:
        """It runs from now on, so it is not pending any more."""
        return self._sessions.pop(key_of(session))

    @property
    def asked(self) -> list[Session]:
        """Those that wait for the agent's yes, the oldest first."""
        return [session for session in self if session.state == "asked"]

    # --- towards a start -----------------------------------------------------------------------------

    def meant(self, peer: Identity, intent: SessionIntent, now: float) -> Outcome:
        """A supervisor's node wants to begin: refused, asked about or granted."""
        key = (peer.node, SessionId(intent.session))
        refusal = self._why_not_begin(peer, intent.request, intent.reason, now)
        if refusal is not None:
            return [self._saying.refuse(peer, intent.session, Ending.of(refusal))]
        there = [*self._running.values(), *self]
        if (why := self._beginnings.why_not(peer.node, intent.session, there, now)) is not None:
            return [self._saying.refuse(peer, intent.session, why)]
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
        asked = self._put(msgspec.structs.replace(asking, state="asked", until=now + limits.CONSENT))
        # Whoever asks again asks in the place of what was asked before: the agent answers once.
        replaced = [effect for each in before for effect in self.give_up(each, ending("withdrawn"))]
        return [*replaced, self._saying.send(SessionAsked, asked, within=limits.CONSENT)]

    def answered(self, peer: NodeId, session: SessionId, allowed: bool, now: float) -> Outcome:
        """The agent's yes or no. What stands against it by now is said instead of a yes."""
        found = self._sessions.get((peer, session))
        if found is None or found.state != "asked" or self._permission is None:
            return []
        refusal = self._why_not_begin(found.peer, found.request, found.reason, now)
        if not allowed:
            refusal = self._permission.declined()
        if refusal is not None:
            return self.give_up(found, Ending.of(refusal))
        return self._grant(msgspec.structs.replace(found, state="asking", until=now + limits.SESSION_ANSWER))

    def _grant(self, asking: Session) -> Outcome:
        """Yes; but first it is written here, and then at the supervisor's."""
        return [self._saying.enter("grant", self._put(asking), asking.intent)]

    def receive(self, found: Session, peer: Identity, message: SessionMessage) -> Outcome:
        """What the supervisor's node says of a session that does not run yet."""
        match message:
            case SessionAccepted() if found.state == "granted":
                refusal = self._why_not(peer, found.request)
                if refusal is not None:
                    return self.give_up(found, Ending.of(refusal))
                return [self._saying.enter("opening", found, message.signed)]
            case SessionEnded():
                return self.forget(found, told(message))
        return []

    def granted(self, found: Session, signed: Signed, now: float) -> Outcome:
        """The grant is written here; the supervisor's node is to write it too."""
        until = now + limits.SESSION_ANSWER
        granted = self._put(msgspec.structs.replace(found, state="granted", until=until))
        return [self._saying.send(SessionGranted, granted, signed=signed)]

    # --- what does not come to be --------------------------------------------------------------------

    def on_deadline(self, now: float) -> Outcome:
        """Give up what nobody answered."""
        slow = [session for session in self if session.until <= now]
        return [effect for each in slow for effect in self.give_up(each, self._too_late(each))]

    def _too_late(self, found: Session) -> Ending:
        if found.state != "asked" or self._permission is None:
            return ending("no-answer")
        return Ending.of(self._permission.unanswered(limits.CONSENT))

    def give_up(self, found: Session, why: Ending) -> Outcome:
        """It does not come to be after all; the supervisor's node hears why."""
        return [self._saying.refuse(found.peer, found.id, why), *self.forget(found, why)]

    def forget(self, found: Session, why: Ending) -> Outcome:
        """Without a word to the supervisor's node; its end is written if its start was."""
        del self._sessions[key_of(found)]
        return self._settling.over(found, why) if found.state not in UNWRITTEN else []

    def _put(self, session: Session) -> Session:
        self._sessions[key_of(session)] = session
        return session
