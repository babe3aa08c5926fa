"""The desktop of a real X server, and somebody who watches it through a pump."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trio

from lanassist.node.desktop.base import Desktop
from lanassist.node.desktop.choose import open_desktop
from lanassist.node.services.glance.pump import GlancePump
from tests.support.desktops import Watcher
from tests.support.xserver import XServer


@asynccontextmanager
async def desktop_of(x: XServer) -> AsyncIterator[Desktop]:
    """Without a system bus: only X tells of it."""
    no_bus = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}
    async with open_desktop({"DISPLAY": x.display, **no_bus}) as desktop:
        yield desktop


@asynccontextmanager
async def watched(desktop: Desktop, *displays: int) -> AsyncIterator[Watcher]:
    """For the length of the ``async with``."""
    async with trio.open_nursery() as nursery:
        pump = GlancePump(desktop)
        await nursery.start(pump.run)
        watcher = Watcher(*displays)
        nursery.start_soon(pump.serve, watcher, "session", displays, False)
        yield watcher
        nursery.cancel_scope.cancel()
