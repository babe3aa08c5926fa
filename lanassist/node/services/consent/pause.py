"""The privacy pause: for a while nobody may look, as long as policy allows. Pure."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

import msgspec

from lanassist.node.errors import PauseNotAllowed
from lanassist.node.protocol.messages import NodeId, WatchingPaused
from lanassist.node.services.base import Effect, Persist, Publish, Record, Send, Tell
from lanassist.node.services.consent.commands import PAUSE, OwnPause
from lanassist.node.services.facts import WatchingPause
from lanassist.node.services.permission import minutes_in_words


class PauseRecord(Record, frozen=True, kw_only=True, tag="pause"):
    """The pause that goes on; there is one."""

    times: ClassVar[tuple[str, ...]] = ("began",)

    began: float
    minutes: float

    @property
    def key(self) -> str:
        return "own"

    @property
    def until(self) -> float:
        return self.began + self.minutes * 60


class Pause:
    """This agent's, rebuilt from its record. What changes it says what is to be kept and told."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._running = next((each for each in records if isinstance(each, PauseRecord)), None)
        self._allowed = 0.0
        """Minutes. Until the policy is known none can begin, and none is cut short."""

    @property
    def until(self) -> float | None:
        """The monotonic clock; None: nothing is paused."""
        return None if self._running is None else self._running.until

    def own(self) -> OwnPause:
        """As its agent sees it."""
        if self._running is None:
            return OwnPause(allowed=self._allowed)
        return OwnPause(allowed=self._allowed, until=self._running.until, minutes=self._running.minutes)

    def for_peer(self, peer: NodeId, now: float) -> Send:
        """As a supervisor's node hears of it."""
        left = 0.0 if self._running is None else max(0.0, self._running.until - now)
        return Send(peer, WatchingPaused(left=left))

    def told(self, supervisors: Iterable[NodeId], now: float) -> Sequence[Effect]:
        """What everybody is to know of it."""
        own = self.own()
        fact = WatchingPause(until=own.until, minutes=own.minutes)
        sent = [self.for_peer(node, now) for node in sorted(supervisors)]
        return [Tell("pause", fact), Publish(PAUSE, "self", own), *sent]

    def begin(self, minutes: float | None, now: float) -> Sequence[Effect]:
        """For so many minutes, or as long as may be; a pause that runs goes on. Raises PauseNotAllowed."""
        if not self._allowed:
            raise PauseNotAllowed(why="The policy of your site does not let agents pause being watched.")
        if minutes is not None and minutes > self._allowed:
            longest = minutes_in_words(self._allowed)
            raise PauseNotAllowed(why=f"The policy of your site lets agents pause for {longest} at most.")
        if self._running is not None:
            return []
        self._running = PauseRecord(began=now, minutes=minutes or self._allowed)
        return [Persist(put=(self._running,))]

    def end(self) -> Sequence[Effect]:
        """Before its time, or in time."""
        if self._running is None:
            return []
        ended, self._running = self._running, None
        return [Persist(drop=(ended,))]

    def over(self, now: float) -> Sequence[Effect]:
        """Its end, if that has come."""
        return self.end() if self._running is not None and self._running.until <= now else []

    def ruled(self, allowed: float, now: float) -> Sequence[Effect]:
        """A policy that allows less cuts it short."""
        self._allowed = allowed
        if self._running is None or self._running.minutes <= allowed:
            return []
        self._running = msgspec.structs.replace(self._running, minutes=allowed)
        return self.over(now) or [Persist(put=(self._running,))]
