"""A capture of an X11 desktop that sleeps until something is drawn, and then knows where."""

from typing import Final

import xcffib.damage
import xcffib.xfixes

from lanassist.node.desktop.base import Pixels, Rectangle
from lanassist.node.desktop.grabber import Grabber
from lanassist.node.desktop.xconnection import DisplayGone, XConnection
from lanassist.node.errors import ScreenUnavailable

DAMAGED_RECTANGLES: Final = 32
"""A region of more parts than this is taken as its bounding box."""


class DamageCapture:
    """Lets the server collect what was drawn (one event, however much it is) until it is asked for it."""

    def __init__(self, display: str) -> None:
        """Raises ScreenUnavailable, NoDamage."""
        self._grabber = Grabber(display)
        try:
            self._connect(display)
        except BaseException:
            self._grabber.close()
            raise

    def _connect(self, display: str) -> None:
        try:
            self._connection = XConnection(display)
            # XFixes regions are of version 2; a client must ask for a version before anything else.
            fixes = self._connection.extension(xcffib.xfixes.key, 2, 0)
            damage = self._connection.extension(xcffib.damage.key, 1, 0)
            if fixes is None or damage is None:
                self._connection.close()
                raise NoDamage
            self._fixes, self._damage_extension = fixes, damage
            self._region = self._connection.x.generate_id()
            self._damage = self._connection.x.generate_id()
            fixes.CreateRegion(self._region, 0, [])
            damage.Create(self._damage, self._connection.root, xcffib.damage.ReportLevel.NonEmpty)
            self._connection.sync()
        except DisplayGone as error:
            raise gone() from error

    async def changed(self) -> None:
        try:
            while not any(
                isinstance(event, xcffib.damage.NotifyEvent) for event in self._connection.events()
            ):
                await self._connection.readable()
        except DisplayGone as error:
            raise gone() from error

    def take(self) -> list[Rectangle]:
        try:
            self._damage_extension.Subtract(self._damage, 0, self._region)
            found = self._connection.reply(self._fixes.FetchRegion(self._region))
        except DisplayGone as error:
            raise gone() from error
        parts = found.rectangles if len(found.rectangles) <= DAMAGED_RECTANGLES else [found.extents]
        return [Rectangle(part.x, part.y, part.width, part.height) for part in parts]

    def grab(self, area: Rectangle) -> Pixels:
        return self._grabber.grab(area)

    def close(self) -> None:
        self._grabber.close()
        self._connection.close()


class NoDamage(Exception):
    """This X server cannot tell what was drawn; poll it."""


def gone() -> ScreenUnavailable:
    """What is said when the X server went away under a capture."""
    return ScreenUnavailable(why="the X server that drew it has gone away")
