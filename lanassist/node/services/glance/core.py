"""Decisions of glance: both halves, asking and being looked at, in the shape of every service."""

from collections.abc import Callable, Sequence

import msgspec

from lanassist.node.errors import LanassistError
from lanassist.node.protocol.messages import Message, NodeId, Presence, SessionId, WatchingPaused
from lanassist.node.services.base import (
    AnyCommand,
    Effect,
    GaveUp,
    Leaving,
    PeerBarred,
    QuietCore,
    Refuse,
    Reply,
    Ticket,
)
from lanassist.node.services.facts import PolicyInForce, WatchingPause, WishAnswered
from lanassist.node.services.glance.asking import Asking
from lanassist.node.services.glance.commands import (
    ListDisplays,
    ListWatchers,
    StartGlance,
    StopGlance,
    SwitchGlance,
)
from lanassist.node.services.glance.watched import Screen as Screen, Watched
from lanassist.node.services.session import Entered, NotEntered, Session, ending
from lanassist.node.trust.identity import Identity


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


class PictureSent(msgspec.Struct, frozen=True):
    """The first of a session's pictures has left this machine."""

    session: Session


class GlanceCore(QuietCore):
    """Asking (with the supervisor role) and being looked at (with the agent role)."""

    def __init__(self, me: Identity, new_id: Callable[[], str]) -> None:
        self._asking = Asking(me, new_id)
        self._watched = Watched(me, new_id)
        self.supervision = self._asking.supervision
        self.attendance = self._watched.attendance

    def peer_up(self, peer: Identity, now: float) -> Sequence[Effect]:
        return self._asking.offers.agent_up(peer, now)

    def peer_down(self, peer: NodeId, now: float) -> Sequence[Effect]:
        return [
            *self._asking.told(self.supervision.peer_down(peer), now),
            *self._watched.told(self.attendance.peer_down(peer), now),
            *self._asking.offers.agent_down(peer, now),
        ]

    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]:
        if isinstance(message, Presence):
            return self._asking.offers.presence(peer, message, now)
        if isinstance(message, WatchingPaused):
            return self._asking.offers.paused(peer, message, now)
        return [
            *self._asking.told(self.supervision.receive(peer, message, now), now),
            *self._watched.told(self.attendance.receive(peer, message, now), now),
        ]

    def observe(self, event: object, now: float) -> Sequence[Effect]:
        match event:
            case WishAnswered(kind="glance", session=session, supervisor=supervisor, allowed=allowed):
                answered = self.attendance.answered(supervisor, session, allowed, now)
                return self._watched.told(answered, now)
            case WatchingPause():
                return self._watched.told(self._watched.paused(event), now)
            case PictureSent(session):
                return self._watched.sent(session, now)
            case PolicyInForce(policy=policy):
                watched = self._watched.told(self._watched.ruled(policy), now)
                return [*self._asking.offers.ruled(policy, now), *watched]
            case Entered(step) | NotEntered(step) if step.session.asked:
                return self._asking.told(self.supervision.entered(event, now), now)
            case Entered() | NotEntered():
                return self._watched.told(self.attendance.entered(event, now), now)
            case Screen():
                return self._watched.told(self._watched.screen_changed(event), now)
            case GaveUp(ticket):
                return self._asking.gave_up(ticket, now)
            case ViewerRenewed(session):
                return self._asking.told(self.supervision.renew(session, now), now)
            case ViewerLeft(session, code):
                return self._asking.told(self.supervision.end(session, ending(code)), now)
            case MediaLost(session, code, text) if session.asked:
                return self._asking.told(self.supervision.end(session.id, ending(code, text)), now)
            case MediaLost(session, code, text):
                return self._watched.told(self.attendance.end(session, ending(code, text)), now)
            case PeerBarred(peer):
                barred = ending("revoked")
                return [
                    *self._asking.told(self.supervision.end_with(peer, barred), now),
                    *self._watched.told(self.attendance.end_with(peer, barred), now),
                ]
            case Leaving():
                why = ending("shutdown")
                asked = self._asking.told(self._asking.end_all(why), now)
                return [*asked, *self._watched.told(self.attendance.end_all(why), now)]
        return []

    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> Sequence[Effect]:
        try:
            match command:
                case ListDisplays():
                    return [Reply(ticket, self._asking.displays(command.agent))]
                case StartGlance():
                    return self._asking.start(ticket, command, now)
                case SwitchGlance():
                    return self._asking.switch(ticket, command, now)
                case StopGlance():
                    return self._asking.stop(ticket, command, now)
                case ListWatchers():
                    return [Reply(ticket, self._watched.list(now))]
        except LanassistError as refusal:
            return [Refuse(ticket, refusal)]
        return []

    def deadline(self) -> float | None:
        both = [at for at in (self._asking.deadline(), self.attendance.deadline()) if at is not None]
        return min(both, default=None)

    def on_deadline(self, now: float) -> Sequence[Effect]:
        return [
            *self._asking.on_deadline(now),
            *self._watched.told(self.attendance.on_deadline(now), now),
        ]
