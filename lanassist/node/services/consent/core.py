"""Decisions of consent: who waits for the agent's yes, what the agent is told, and the privacy pause."""

from collections.abc import Iterable, Sequence
from typing import Final

from lanassist.node.errors import AmbiguousName, LanassistError, NobodyAsks
from lanassist.node.protocol.messages import NodeId
from lanassist.node.services.base import (
    AnyCommand,
    Done,
    Effect,
    Publish,
    QuietCore,
    Record,
    Refuse,
    Reply,
    Tell,
    Ticket,
)
from lanassist.node.services.consent import words
from lanassist.node.services.consent.commands import (
    REQUESTS,
    Allow,
    Deny,
    ListRequests,
    PauseWatching,
    Requests,
    ResumeWatching,
)
from lanassist.node.services.consent.pause import Pause, PauseRecord
from lanassist.node.services.facts import PolicyInForce, Supervised, Wish, WishAnswered, Wishes
from lanassist.node.services.notices import Notify
from lanassist.node.trust.grants import Role
from lanassist.node.trust.identity import Identity

RECORDS: tuple[type[Record], ...] = (PauseRecord,)
FORGOTTEN: Final = 2.0
"""Seconds after its time until a wish of which nobody tells any more is taken down."""


class ConsentCore(QuietCore):
    """At an agent's node; elsewhere it has nothing to do. Rebuilt from its record."""

    def __init__(self, me: Identity, records: Iterable[Record] = ()) -> None:
        self._is_agent = Role.AGENT in me.roles
        self._pause = Pause(records)
        self._wishes: dict[str, Wish] = {}
        self._supervisors: set[NodeId] = set()

    def start(self, now: float) -> Sequence[Effect]:
        if not self._is_agent:
            return []
        over = self._pause.over(now)
        return [*over, *self._pause.told(self._supervisors, now)]

    def peer_up(self, peer: Identity, now: float) -> Sequence[Effect]:
        if not self._is_agent or Role.SUPERVISOR not in peer.roles:
            return []
        self._supervisors.add(peer.node)
        return [self._pause.for_peer(peer.node, now)]

    def peer_down(self, peer: NodeId, now: float) -> Sequence[Effect]:
        self._supervisors.discard(peer)
        return []

    def observe(self, event: object, now: float) -> Sequence[Effect]:
        if not self._is_agent:
            return []
        match event:
            case PolicyInForce():
                kept = self._pause.ruled(event.policy.privacy_pause, now)
                return [*kept, *self._pause.told(self._supervisors, now)]
            case Wishes():
                return self._wished(event)
            case Supervised():
                return [_notice(event)]
        return []

    def _wished(self, told: Wishes) -> Sequence[Effect]:
        """The whole list of one kind: what is new is asked, what is gone is taken down."""
        wishes = {_key(wish): wish for wish in told.wishes}
        gone = [key for key, wish in self._wishes.items() if wish.kind == told.kind and key not in wishes]
        new = [key for key in wishes if key not in self._wishes]
        for key in gone:
            del self._wishes[key]
        self._wishes.update(wishes)
        asked = [_asks(wishes[key]) for key in new]
        return [
            *(Publish(REQUESTS, key, None) for key in gone),
            *(Publish(REQUESTS, key, wishes[key]) for key in new),
            *asked,
        ]

    # --- commands ------------------------------------------------------------------------------------

    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> Sequence[Effect]:
        try:
            match command:
                case ListRequests():
                    oldest_first = sorted(self._wishes.values(), key=lambda wish: wish.since)
                    requests = Requests(now=now, requests=tuple(oldest_first), pause=self._pause.own())
                    return [Reply(ticket, requests)]
                case Allow(session=session):
                    return self._answer(ticket, session, allowed=True)
                case Deny(session=session):
                    return self._answer(ticket, session, allowed=False)
                case PauseWatching(minutes=minutes):
                    return self._paused(ticket, self._pause.begin(minutes, now), now)
                case ResumeWatching():
                    return self._paused(ticket, self._pause.end(), now)
        except LanassistError as refusal:
            return [Refuse(ticket, refusal)]
        return []

    def _paused(self, ticket: Ticket, kept: Sequence[Effect], now: float) -> Sequence[Effect]:
        told = self._pause.told(self._supervisors, now) if kept else []
        return [*kept, *told, Reply(ticket, self._pause.own())]

    def _answer(self, ticket: Ticket, session: str, *, allowed: bool) -> Sequence[Effect]:
        """Raises NobodyAsks, AmbiguousName."""
        key, wish = self._find(session)
        del self._wishes[key]
        answered = WishAnswered(
            kind=wish.kind, session=wish.session, supervisor=wish.supervisor, allowed=allowed
        )
        return [Tell(f"answer/{key}", answered), Publish(REQUESTS, key, None), Reply(ticket, Done())]

    def _find(self, text: str) -> tuple[str, Wish]:
        """By its session, the beginning of that or of a name; no text: the only one there is."""
        start = text.casefold()
        found = [each for each in self._wishes.items() if each[1].session == text] or [
            (key, wish)
            for key, wish in self._wishes.items()
            if wish.session.startswith(text) or wish.name.casefold().startswith(start)
        ]
        if not found:
            raise NobodyAsks
        if len(found) > 1:
            who = ", ".join(f"{wish.name} ({wish.session[:8]})" for _, wish in found)
            raise AmbiguousName(name=text, candidates=who)
        return found[0]

    # --- time ----------------------------------------------------------------------------------------

    def deadline(self) -> float | None:
        times = (self._pause.until, *(wish.until + FORGOTTEN for wish in self._wishes.values()))
        return min((at for at in times if at is not None), default=None)

    def on_deadline(self, now: float) -> Sequence[Effect]:
        over = self._pause.over(now)
        told = self._pause.told(self._supervisors, now) if over else []
        return [*over, *told, *self._forgotten(now)]

    def _forgotten(self, now: float) -> Sequence[Effect]:
        """Who told of a wish also tells what became of it, unless it began again meanwhile."""
        gone = [key for key, wish in self._wishes.items() if wish.until + FORGOTTEN <= now]
        for key in gone:
            del self._wishes[key]
        return [Publish(REQUESTS, key, None) for key in gone]


def _key(wish: Wish) -> str:
    return f"{wish.kind}/{wish.supervisor}/{wish.session}"


def _because(reason: str) -> str:
    return f"Reason: {reason}" if reason else ""


def _asks(wish: Wish) -> Notify:
    """In the place of the last notice about that supervisor; what comes of it takes its place."""
    return Notify(f"{wish.kind}/{wish.supervisor}", words.asks(wish), _because(wish.reason))


def _notice(seen: Supervised) -> Notify:
    key = f"{seen.kind}/{seen.supervisor}"
    if seen.end:
        return Notify(key, words.ended(seen), seen.end[:1].upper() + seen.end[1:])
    return Notify(key, words.began(seen), _because(seen.reason))
