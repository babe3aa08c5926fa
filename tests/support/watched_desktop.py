"""The desktop of a real X server, and somebody who watches it through a pump."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import trio

from lanassist.node.desktop.base import Desktop
from lanassist.node.desktop.choose import open_desktop
from lanassist.node.desktop.masking import MaskedDesktop
from lanassist.node.services.glance.pump import GlancePump
from lanassist.node.trust.policy import Mask
from tests.support.desktops import Watcher
from tests.support.xserver import XServer

WatcherT = TypeVar("WatcherT", bound=Watcher)


@asynccontextmanager
async def desktop_of(x: XServer, *masks: Mask) -> AsyncIterator[MaskedDesktop]:
    """With these masks, and without a system bus: only X tells of it."""
    no_bus = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}
    async with open_desktop({"DISPLAY": x.display, **no_bus}) as desktop:
        desktop.conceal(masks)
        yield desktop


@asynccontextmanager
async def watched(desktop: Desktop, *displays: int) -> AsyncIterator[Watcher]:
    """For the length of the ``async with``."""
    async with watched_by(Watcher(*displays), desktop, *displays) as watcher:
        yield watcher


@asynccontextmanager
async def watched_by(watcher: WatcherT, desktop: Desktop, *displays: int) -> AsyncIterator[WatcherT]:
    """The same, by a watcher of the test's own."""
    async with trio.open_nursery() as nursery:
        pump = GlancePump(desktop)
        await nursery.start(pump.run)
        nursery.start_soon(pump.serve, watcher, "session", displays, False)
        yield watcher
        nursery.cancel_scope.cancel()
