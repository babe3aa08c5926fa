"""What a service that supervises tells consent about its sessions, at the agent's node. Pure."""

from collections.abc import Sequence

from lanassist.node.protocol.messages import DisplayNumbers, GlanceRequest
from lanassist.node.services.base import Effect, Tell
from lanassist.node.services.facts import Supervised, SupervisionKind, Wish, Wishes
from lanassist.node.services.session import Attendance, Closed, Opened, Outcome, Session


class Telling:
    """Of one service: who waits for the agent's yes, who supervises, who does no more."""

    def __init__(self, kind: SupervisionKind, attendance: Attendance) -> None:
        self._kind = kind
        self._attendance = attendance
        self._wishes: tuple[Wish, ...] = ()

    def of(self, outcome: Outcome) -> Sequence[Effect]:
        """What is to be told after this outcome of the attendance."""
        told = [fact for effect in outcome if (fact := self._seen(effect)) is not None]
        wishes = tuple(self._wish(session) for session in self._attendance.asked)
        if wishes == self._wishes:
            return told
        self._wishes = wishes
        return [*told, Tell(f"wishes/{self._kind}", Wishes(kind=self._kind, wishes=wishes))]

    def _seen(self, effect: Effect) -> Tell | None:
        match effect:
            case Opened(session):
                end = ""
            case Closed(session, ending):
                end = ending.text
            case _:
                return None
        seen = Supervised(
            session=session.id,
            supervisor=session.peer.node,
            name=session.peer.name,
            kind=self._kind,
            displays=_displays(session),
            wall=isinstance(session.request, GlanceRequest) and session.request.wall,
            reason=session.reason,
            end=end,
        )
        return Tell(f"supervised/{self._kind}/{session.peer.node}/{session.id}", seen)

    def _wish(self, session: Session) -> Wish:
        return Wish(
            session=session.id,
            supervisor=session.peer.node,
            name=session.peer.name,
            kind=self._kind,
            displays=_displays(session),
            reason=session.reason,
            since=session.since,
            until=session.until,
        )


def _displays(session: Session) -> DisplayNumbers:
    return session.request.displays if isinstance(session.request, GlanceRequest) else ()
