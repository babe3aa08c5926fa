"""All displays that somebody watches: what to grab of them, and the updates that follow.

A step takes in what viewers did and what was drawn, and gives the updates to send. Steps run in a worker
thread, one at a time; nothing else touches a studio while one runs.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from lanassist.node.desktop.base import Capture, Rectangle
from lanassist.node.protocol.messages import Display
from lanassist.node.services.glance import media
from lanassist.node.services.glance.codecs import CODECS, Codecs
from lanassist.node.services.glance.stream import DisplayStream

WASTE: Final = 1.4
"""Two damaged boxes are grabbed as one if that makes at most so many times their pixels."""


class Joined(msgspec.Struct, frozen=True):
    """A session wants to see a display, whether it is there already or not."""

    session: str
    display: int
    lossless: bool
    video: bool = False


class Left(msgspec.Struct, frozen=True):
    """A session does not want to see a display any more."""

    session: str
    display: int


class Drawn(msgspec.Struct, frozen=True):
    """A viewer has drawn an update."""

    session: str
    display: int
    sequence: int


Event = Joined | Left | Drawn


class Ready(msgspec.Struct, frozen=True):
    """An update as the messages of a media channel, and the sessions that get it."""

    display: int
    sessions: tuple[str, ...]
    messages: tuple[bytes, ...]


class _Shown:
    """A display that somebody watches, and where its frame may be out of date (its own coordinates)."""

    def __init__(self, display: Display, codecs: Codecs) -> None:
        self.display = display
        self.stream = DisplayStream(display.number, display.width, display.height, codecs)
        self.stale = [self.whole]

    @property
    def whole(self) -> Rectangle:
        return Rectangle(0, 0, self.display.width, self.display.height)

    def rearrange(self, display: Display) -> None:
        """It may be elsewhere, or of another size; look at all of it."""
        if (display.width, display.height) != (self.display.width, self.display.height):
            self.stream.resize(display.width, display.height)
        self.display = display
        self.stale = [self.whole]

    def damaged(self, areas: list[Rectangle]) -> None:
        """Note what may have changed, in desktop coordinates."""
        own = (area.moved(-self.display.x, -self.display.y).within(self.whole) for area in areas)
        self.stale = merged([*self.stale, *(area for area in own if area is not None)])

    def refresh(self, capture: Capture, now: float) -> None:
        """Take in the pixels of all that is stale."""
        while self.stale:
            area = self.stale[-1]
            pixels = capture.grab(area.moved(self.display.x, self.display.y))
            self.stream.paint(area, pixels, now)
            self.stale.pop()


class Studio:
    """The watched displays of one desktop."""

    def __init__(self, codecs: Codecs = CODECS) -> None:
        self._codecs = codecs
        self._displays: dict[int, Display] = {}
        self._wishes: dict[tuple[str, int], Joined] = {}
        """By session and display."""
        self._shown: dict[int, _Shown] = {}

    @property
    def encodes(self) -> int:
        """Updates encoded so far for the displays now watched."""
        return sum(shown.stream.encodes for shown in self._shown.values())

    def arrange(self, displays: Iterable[Display]) -> None:
        """The desktop's displays as they are now; everything is to be looked at anew."""
        self._displays = {display.number: display for display in displays}
        for number in list(self._shown):
            if number in self._displays:
                self._shown[number].rearrange(self._displays[number])
            else:
                del self._shown[number]
        for wish in self._wishes.values():
            if wish.display not in self._shown:
                self._join(wish)

    def apply(self, events: Iterable[Event]) -> None:
        """Take in what viewers did."""
        for event in events:
            match event:
                case Joined():
                    self._wishes[event.session, event.display] = event
                    self._join(event)
                case Left():
                    self._wishes.pop((event.session, event.display), None)
                    self._leave(event)
                case Drawn():
                    if shown := self._shown.get(event.display):
                        shown.stream.drawn(event.session, event.sequence)

    def _join(self, event: Joined) -> None:
        display = self._displays.get(event.display)
        if display is not None:
            shown = self._shown.setdefault(event.display, _Shown(display, self._codecs))
            shown.stream.join(event.session, event.lossless, event.video)

    def _leave(self, event: Left) -> None:
        if shown := self._shown.get(event.display):
            shown.stream.leave(event.session)
            if not shown.stream.watched:
                del self._shown[event.display]

    @property
    def credited(self) -> bool:
        """Whether a capture would be of use to any viewer now."""
        return any(shown.stream.credited for shown in self._shown.values())

    def step(self, capture: Capture, damaged: bool, now: float) -> list[Ready]:
        """Look at what changed, if any viewer could be sent it, and encode what viewers lack.

        ``damaged``: take what the capture has seen change. Raises ScreenUnavailable.
        """
        if damaged:
            areas = capture.take()
            for shown in self._shown.values():
                shown.damaged(areas)
        ready = []
        for number, shown in self._shown.items():
            if shown.stream.credited:
                shown.refresh(capture, now)
                for outgoing in shown.stream.updates(now):
                    messages = tuple(media.pieces(outgoing.data))
                    ready.append(Ready(number, tuple(map(str, outgoing.viewers)), messages))
        return ready

    def next_wake(self) -> float | None:
        """When there is a step to make even if nothing happens until then."""
        wakes = (shown.stream.next_wake() for shown in self._shown.values())
        return min((wake for wake in wakes if wake is not None), default=None)


def merged(areas: list[Rectangle]) -> list[Rectangle]:
    """Fewer areas that cover the same, joined where that wastes little."""
    result: list[Rectangle] = []
    for area in areas:
        while (near := next((other for other in result if _worth_joining(area, other)), None)) is not None:
            result.remove(near)
            area = _around(area, near)
        result.append(area)
    return result


def _worth_joining(one: Rectangle, other: Rectangle) -> bool:
    both = _around(one, other)
    return both.width * both.height <= WASTE * (one.width * one.height + other.width * other.height)


def _around(one: Rectangle, other: Rectangle) -> Rectangle:
    x, y = min(one.x, other.x), min(one.y, other.y)
    right = max(one.x + one.width, other.x + other.width)
    bottom = max(one.y + one.height, other.y + other.height)
    return Rectangle(x, y, right - x, bottom - y)
