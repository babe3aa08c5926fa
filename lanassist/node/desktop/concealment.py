"""Which parts of a desktop are to be hidden: masks against windows, and for how long. Pure.

Whatever is uncertain is hidden. What lies above a masked window is hidden with it: how much of it can be
seen through, only the program that composes the screen knows.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from lanassist.node.desktop.base import Rectangle
from lanassist.node.protocol.messages import Displays
from lanassist.node.trust.policy import Mask

LINGER: Final = 1.0
"""Seconds for which a place stays hidden after a masked window has left it: what composes the screen paints
later than windows move, and lets them fade out."""

MOST_PLACES: Final = 16
"""Places that linger; of more than these the rectangle around all of them does."""
MOST_FRAME: Final = 1024
"""Pixels; what is said to be wider is not believed."""


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """A window that a program has put its words on; alone on the desktop, or inside a frame."""

    id: int
    owner: int = 0
    """The connection that made it: one program has one, mostly."""
    pid: int = 0
    titles: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    transient_for: int = 0
    """The window that it is a dialog of."""


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A window directly on the desktop, as it was at one moment."""

    id: int
    area: Rectangle
    """With its border, in desktop coordinates."""
    extents: tuple[int, ...] = ()
    """What is drawn around it that is none of its own: left, right, top, bottom."""
    shown: bool = True
    popup: bool = False
    """Whether the window manager has no say in it: menus, tooltips."""
    clients: tuple[Client, ...] = ()
    unknown: bool = False
    """Whether it could not be found out whose it is."""

    @property
    def outer(self) -> Rectangle:
        """Its area with all that is drawn around it."""
        if len(self.extents) != 4 or max(self.extents) > MOST_FRAME:
            return self.area
        left, right, top, bottom = self.extents
        x, y, width, height = msgspec.structs.astuple(self.area)
        return Rectangle(x - left, y - top, width + left + right, height + top + bottom)


class WindowsUnknown(Exception):
    """The windows cannot be listed; the text says why, to stand after a colon."""


class Seen(msgspec.Struct, frozen=True):
    """The windows as they are, and former states of theirs since the last look."""

    now: tuple[Window, ...]
    passed: tuple[Window, ...]
    settled: bool = True
    """Whether it is known of each whose it is, as far as it can be."""


def hidden(windows: Iterable[Window], masks: Iterable[Mask]) -> frozenset[int]:
    """The ids of the windows that are masked. A window may be among ``windows`` in several states.

    With a masked window go its dialogs, and all popups of its program.
    """
    masks = [mask for mask in masks if mask.of_windows]
    windows = list(windows) if masks else []
    found = {window.id for window in windows if window.unknown}
    masked: dict[int, Client] = {}
    grown = True
    while grown:
        grown = False
        for window in windows:
            for client in window.clients:
                if client.id not in masked and (
                    any(_fits(mask, client) for mask in masks) or _belongs(window, client, masked)
                ):
                    masked[client.id] = client
                    grown = True
    return frozenset(
        found | {window.id for window in windows for each in window.clients if each.id in masked}
    )


def _fits(mask: Mask, client: Client) -> bool:
    return any(matches(mask.title, title) for title in client.titles or ("",)) and any(
        matches(mask.window_class, name) for name in client.classes or ("",)
    )


def _belongs(window: Window, client: Client, masked: dict[int, Client]) -> bool:
    """Whether it is a dialog or popup of one of those masked."""
    if client.transient_for in masked:
        return True
    return window.popup and any(
        client.owner == other.owner or (client.pid and client.pid == other.pid) for other in masked.values()
    )


def matches(pattern: str, text: str) -> bool:
    """Whether ``pattern`` fits the whole text; ``*`` stands for anything, case does not count.

    An empty pattern fits everything. Linear in the text, whatever the pattern.
    """
    if not pattern:
        return True
    first, *rest = pattern.casefold().split("*")
    text = text.casefold()
    if not rest:
        return text == first
    *middle, last = rest
    if not (text.startswith(first) and text.endswith(last) and len(text) >= len(first) + len(last)):
        return False
    position, end = len(first), len(text) - len(last)
    for part in middle:
        position = text.find(part, position, end)
        if position < 0:
            return False
        position += len(part)
    return True


def rectangles(masks: Iterable[Mask], displays: Displays) -> Iterator[Rectangle]:
    """Where the masks of displays' areas lie on the desktop."""
    places = {display.number: display for display in displays}
    for mask in masks:
        display = None if mask.of_windows else places.get(mask.display)
        if display is not None:
            own = Rectangle(mask.x, mask.y, mask.width, mask.height)
            area = own.within(Rectangle(0, 0, display.width, display.height))
            if area is not None:
                yield area.moved(display.x, display.y)


class Trail:
    """The places that are hidden now, and those that were until just before. Times in seconds."""

    def __init__(self, linger: float = LINGER) -> None:
        self._linger = linger
        self._now: frozenset[Rectangle] = frozenset()
        self._past: dict[Rectangle, float] = {}

    def move(self, now: frozenset[Rectangle], passed: Iterable[Rectangle], time: float) -> None:
        """These are hidden from ``time`` on; ``passed`` were, at some moment since the last call."""
        for area in (*self._now, *passed):
            self._past[area] = time + self._linger
        for area in now:
            self._past.pop(area, None)
        if len(self._past) > MOST_PLACES:
            self._past = {around(self._past): max(self._past.values())}
        self._now = now

    def covered(self, time: float) -> frozenset[Rectangle]:
        """All that is to be hidden."""
        self._past = {area: until for area, until in self._past.items() if until >= time}
        return self._now | self._past.keys()

    def next_change(self) -> float | None:
        """When ``covered`` becomes less, if nothing moves until then."""
        return min(self._past.values(), default=None)


def around(areas: Iterable[Rectangle]) -> Rectangle:
    """The smallest rectangle that holds all of them; there is at least one."""
    areas = list(areas)
    x, y = min(area.x for area in areas), min(area.y for area in areas)
    right = max(area.x + area.width for area in areas)
    bottom = max(area.y + area.height for area in areas)
    return Rectangle(x, y, right - x, bottom - y)
