"""The half of glance that is looked at: may they, who does now, who did. Pure."""

from collections.abc import Callable, Sequence

import msgspec

from lanassist.node.errors import (
    LanassistError,
    RefusedByPolicy,
    ScreenLocked,
    ScreenUnavailable,
    ScreenUnmaskable,
    UnknownDisplay,
)
from lanassist.node.protocol.messages import (
    DisplayNumbers,
    Displays,
    GlanceRequest,
    NodeId,
    Request,
    SessionId,
)
from lanassist.node.services.base import Effect, Publish
from lanassist.node.services.facts import WatchingPause
from lanassist.node.services.glance.commands import (
    MASKS,
    WATCHERS,
    OwnMasks,
    Watcher,
    WatcherList,
)
from lanassist.node.services.permission import Permission, minutes_in_words
from lanassist.node.services.session import (
    Altered,
    Attendance,
    Closed,
    Ending,
    Opened,
    Outcome,
    Session,
    ending,
)
from lanassist.node.services.telling import Telling
from lanassist.node.trust.grants import Grant, Role
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.policy import Mask, Policy

SERVICE = "glance"
ENDED_SESSIONS_SHOWN = 32
"""Ended glances kept on the board, so that a page that comes back can still say why."""


def glance_of(session: Session) -> GlanceRequest:
    """What a glance asks for; a session that asks for anything else is refused before it begins."""
    assert isinstance(session.request, GlanceRequest)
    return session.request


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """This machine's screen as far as glance must know it."""

    displays: Displays = ()
    locked: bool | None = None
    error: str = ""
    unmaskable: bool = False
    """Whether the error is that masks cannot be kept."""
    masks: tuple[Mask, ...] = ()

    @property
    def refusal(self) -> ScreenUnavailable | None:
        """Why it cannot be shown at all."""
        kind = ScreenUnmaskable if self.unmaskable else ScreenUnavailable
        return kind(why=self.error) if self.error else None


class Watched:
    """Everybody who looks at this machine's screen."""

    def __init__(self, me: Identity, new_nonce: Callable[[], str]) -> None:
        self._me = me
        self._screen = Screen()
        self._past: list[Watcher] = []
        self._sent: dict[tuple[NodeId, SessionId], float] = {}
        """Since when pictures have left this machine, by session."""
        self._permission = Permission("glance", me.name)
        self.attendance = Attendance(
            SERVICE, self._why_not, new_nonce, self._permission, self._why_not_instead
        )
        self._telling = Telling("glance", self.attendance)

    def _why_not(self, peer: Identity, request: Request | None) -> LanassistError | None:
        if refusal := (self._me.why_not_role(Role.AGENT) or peer.why_not_grant(Grant.GLANCE)):
            return refusal
        if self._screen.locked:
            return ScreenLocked(agent=self._me.name)
        if unseen := self._screen.refusal:
            return unseen
        if request is None:  # a display that was unplugged meanwhile ends nothing
            return None
        if not isinstance(request, GlanceRequest) or not request.displays:
            return RefusedByPolicy(agent=self._me.name, why="no display was named")
        return missing_display(self._me.name, self._screen.displays, request.displays)

    def _why_not_instead(self, before: Request, after: Request) -> LanassistError | None:
        """How large a picture is, is settled at the start: the badge says it, and the pump keeps to it."""
        assert isinstance(before, GlanceRequest)
        assert isinstance(after, GlanceRequest)
        if msgspec.structs.replace(before, displays=after.displays) == after:
            return None
        return RefusedByPolicy(agent=self._me.name, why="only the displays of a glance can be changed")

    def ruled(self, policy: Policy) -> Outcome:
        """Another policy: what it does not allow ends now."""
        refusal = self._permission.rule(policy)
        return [] if refusal is None else self.attendance.end_all(ending("policy"))

    def paused(self, pause: WatchingPause) -> Outcome:
        """The agent has paused being watched: nobody watches any more. Or has not any more."""
        self._permission.pause(pause)
        if pause.until is None:
            return []
        how_long = f"{self._me.name} paused watching for {minutes_in_words(pause.minutes)}"
        return self.attendance.end_all(ending("privacy", how_long))

    def sent(self, session: Session, now: float) -> Sequence[Effect]:
        """The first picture of a session has left this machine."""
        found = self.attendance.sessions.get((session.peer.node, session.id))
        if found is None:
            return []
        self._sent.setdefault((session.peer.node, session.id), now)
        return [Publish(WATCHERS, _place(session), self._watcher(found))]

    def screen_changed(self, screen: Screen) -> Outcome:
        """A lock or a failure ends every glance; other displays change only the choice."""
        masked = [] if screen.masks == self._screen.masks else [_told_masks(screen.masks)]
        self._screen = screen
        return [*masked, *self._ended_by(screen)]

    def _ended_by(self, screen: Screen) -> Outcome:
        if screen.locked:
            return self.attendance.end_all(ending("locked"))
        if screen.error:
            return self.attendance.end_all(ending("screen", screen.error))
        return []

    def told(self, outcome: Outcome, now: float) -> Sequence[Effect]:
        """The outcome, with what the agent is shown of it."""
        shown = [told for effect in outcome for told in (effect, *self._shown(effect, now))]
        return [*shown, *self._telling.of(outcome)]

    def _shown(self, effect: Effect, now: float) -> Sequence[Effect]:
        match effect:
            case Opened(session) | Altered(session):
                return [Publish(WATCHERS, _place(session), self._watcher(session))]
            case Closed(session, why):
                return self._over(session, why, now)
        return []

    def _over(self, session: Session, why: Ending, now: float) -> Sequence[Effect]:
        past = msgspec.structs.replace(self._watcher(session), end=why.shown, ended=now)
        self._sent.pop((session.peer.node, session.id), None)
        self._past.append(past)
        self._past = self._past[-ENDED_SESSIONS_SHOWN:]
        return [Publish(WATCHERS, _place(session), None)]

    def list(self, now: float) -> WatcherList:
        """Who looks now and who looked last, the latest first."""
        present = [self._watcher(session) for session in self.attendance.sessions.values()]
        latest_first = sorted([*present, *self._past], key=lambda each: -each.since)
        return WatcherList(now=now, watchers=tuple(latest_first))

    def _watcher(self, session: Session) -> Watcher:
        return Watcher(
            session=session.id,
            supervisor=session.peer.node,
            name=session.peer.name,
            displays=glance_of(session).displays,
            since=session.since,
            reason=session.reason,
            shown_since=self._sent.get((session.peer.node, session.id)),
            wall=glance_of(session).wall,
        )


def _place(session: Session) -> str:
    """Of a watcher on the board: a session's name is its supervisor's choice, and not unique."""
    return f"{session.peer.node}/{session.id}"


def _told_masks(masks: tuple[Mask, ...]) -> Publish:
    words = tuple(mask.words for mask in masks)
    return Publish(MASKS, "self", OwnMasks(masks=words) if words else None)


def missing_display(name: str, displays: Displays, wanted: DisplayNumbers) -> UnknownDisplay | None:
    """The refusal if one of the wanted displays is not there."""
    there = [display.number for display in displays]
    absent = [number for number in wanted if number not in there]
    if not absent:
        return None
    available = " and ".join(f"display {number}" for number in there) or "none at all"
    return UnknownDisplay(agent=name, display=absent[0], available=available)
