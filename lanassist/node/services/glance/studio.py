"""All displays that somebody watches: what to grab of them, and the updates that follow.

A step takes in what viewers did and what was drawn, and gives the updates to send. Steps run in a worker
thread, one at a time; nothing else touches a studio while one runs.
"""

import functools
from collections.abc import Iterable
from typing import Final

import msgspec

from lanassist.node.desktop.base import Capture, Rectangle
from lanassist.node.protocol.messages import Display
from lanassist.node.services.glance import media
from lanassist.node.services.glance.codecs import CODECS, Codecs
from lanassist.node.services.glance.scaling import aligned, scaled, scaled_area, scaled_size
from lanassist.node.services.glance.stream import DisplayStream

WASTE: Final = 1.4
"""Two damaged boxes are grabbed as one if that makes at most so many times their pixels."""


STALE_AREAS: Final = 64
"""More than this are looked at as one, so that a viewer that waits costs neither memory nor time."""
SCALED_EVERY: Final = 0.25
"""Seconds between two looks at a display for a wall."""


class Joined(msgspec.Struct, frozen=True):
    """A session wants to see a display, whether it is there already or not."""

    session: str
    display: int
    lossless: bool
    video: bool = False
    divisor: int = 1
    """Side of the squares of which one pixel is shown; above 1 for a wall."""


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
    """A display that somebody watches at one scale, and where its picture may be out of date.

    Areas are in the display's own coordinates, unscaled.
    """

    def __init__(self, display: Display, divisor: int, codecs: Codecs) -> None:
        self.display = display
        self._divisor = divisor
        self._again = float("-inf")
        """When a scaled picture may be looked at next."""
        self.stream = DisplayStream(
            display.number,
            *scaled_size(display.width, display.height, divisor),
            codecs,
            sharpens=divisor == 1,
        )
        self.stale = [self.whole]

    @property
    def whole(self) -> Rectangle:
        return Rectangle(0, 0, self.display.width, self.display.height)

    def rearrange(self, display: Display) -> None:
        """It may be elsewhere, or of another size; look at all of it."""
        if (display.width, display.height) != (self.display.width, self.display.height):
            self.stream.resize(*scaled_size(display.width, display.height, self._divisor))
        self.display = display
        self.stale = [self.whole]

    def damaged(self, areas: list[Rectangle]) -> None:
        """Note what may have changed, in desktop coordinates."""
        own = (area.moved(-self.display.x, -self.display.y).within(self.whole) for area in areas)
        self.stale = merged([*self.stale, *(area for area in own if area is not None)])

    def ready(self, now: float) -> bool:
        """Whether looking at it would be of use to any viewer now."""
        return self.stream.credited and now >= self._again

    def due(self, now: float) -> bool:
        """Whether there is anything to take in or to send now."""
        return self.ready(now) and (bool(self.stale) or self.stream.due(now))

    def refresh(self, capture: Capture, now: float) -> None:
        """Take in the pixels of all that is stale."""
        if self._divisor > 1 and self.stale:
            self._again = now + SCALED_EVERY
        while self.stale:
            area = aligned(self.stale[-1], self._divisor, self.whole)
            pixels = capture.grab(area.moved(self.display.x, self.display.y))
            if self._divisor > 1:
                area, pixels = scaled_area(area, self._divisor), scaled(pixels, self._divisor)
            self.stream.paint(area, pixels, now)
            self.stale.pop()

    def next_wake(self, now: float) -> float | None:
        """When there is something to do even if nothing happens until then."""
        if now < self._again and self.stream.credited:
            return self._again
        return self.stream.next_wake()


class Studio:
    """The watched displays of one desktop."""

    def __init__(self, codecs: Codecs = CODECS) -> None:
        self._codecs = codecs
        self._displays: dict[int, Display] = {}
        self._wishes: dict[tuple[str, int], Joined] = {}
        """By session and display."""
        self._shown: dict[tuple[int, int], _Shown] = {}
        """By display and divisor."""

    @property
    def encodes(self) -> int:
        """Updates encoded so far for the displays now watched."""
        return sum(shown.stream.encodes for shown in self._shown.values())

    def arrange(self, displays: Iterable[Display]) -> None:
        """The desktop's displays as they are now; everything is to be looked at anew."""
        self._displays = {display.number: display for display in displays}
        for key, shown in list(self._shown.items()):
            if shown.display.number in self._displays:
                shown.rearrange(self._displays[shown.display.number])
            else:
                del self._shown[key]
        for wish in self._wishes.values():
            if _key(wish) not in self._shown:
                self._join(wish)

    def apply(self, events: Iterable[Event]) -> None:
        """Take in what viewers did."""
        for event in events:
            match event:
                case Joined():
                    self._wishes[event.session, event.display] = event
                    self._join(event)
                case Left():
                    self._leave(event)
                case Drawn():
                    wish = self._wishes.get((event.session, event.display))
                    if wish is not None and (shown := self._shown.get(_key(wish))):
                        shown.stream.drawn(event.session, event.sequence)

    def _join(self, event: Joined) -> None:
        display = self._displays.get(event.display)
        if display is not None:
            shown = self._shown.setdefault(_key(event), _Shown(display, event.divisor, self._codecs))
            shown.stream.join(event.session, event.lossless, event.video)

    def _leave(self, event: Left) -> None:
        wish = self._wishes.pop((event.session, event.display), None)
        if wish is not None and (shown := self._shown.get(_key(wish))):
            shown.stream.leave(event.session)
            if not shown.stream.watched:
                del self._shown[_key(wish)]

    def ready(self, now: float) -> bool:
        """Whether a capture would be of use to any viewer now."""
        return any(shown.ready(now) for shown in self._shown.values())

    def due(self, now: float) -> bool:
        """Whether a step has anything to do, even if nothing was damaged."""
        return any(shown.due(now) for shown in self._shown.values())

    def step(self, capture: Capture, damaged: bool, now: float) -> list[Ready]:
        """Look at what changed, if any viewer could be sent it, and encode what viewers lack.

        ``damaged``: take what the capture has seen change. Raises ScreenUnavailable.
        """
        if damaged:
            areas = capture.take()
            for shown in self._shown.values():
                shown.damaged(areas)
        ready = []
        for (number, _), shown in self._shown.items():
            if shown.ready(now):
                shown.refresh(capture, now)
                for outgoing in shown.stream.updates(now):
                    messages = tuple(media.pieces(outgoing.data))
                    ready.append(Ready(number, tuple(map(str, outgoing.viewers)), messages))
        return ready

    def next_wake(self, now: float) -> float | None:
        """When there is a step to make even if nothing happens until then."""
        wakes = (shown.next_wake(now) for shown in self._shown.values())
        return min((wake for wake in wakes if wake is not None), default=None)


def _key(wish: Joined) -> tuple[int, int]:
    return wish.display, wish.divisor


def merged(areas: list[Rectangle]) -> list[Rectangle]:
    """Fewer areas that cover the same, joined where that wastes little; one if there are too many."""
    result: list[Rectangle] = []
    for area in areas:
        while (near := next((other for other in result if _worth_joining(area, other)), None)) is not None:
            result.remove(near)
            area = _around(area, near)
        result.append(area)
    return result if len(result) <= STALE_AREAS else [functools.reduce(_around, result)]


def _worth_joining(one: Rectangle, other: Rectangle) -> bool:
    both = _around(one, other)
    return both.width * both.height <= WASTE * (one.width * one.height + other.width * other.height)


def _around(one: Rectangle, other: Rectangle) -> Rectangle:
    x, y = min(one.x, other.x), min(one.y, other.y)
    right = max(one.x + one.width, other.x + other.width)
    bottom = max(one.y + one.height, other.y + other.height)
    return Rectangle(x, y, right - x, bottom - y)
