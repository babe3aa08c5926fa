"""How long nobody has touched key or mouse. Asked now and then, over a connection that is closed again.

On X11 the server itself tells (MIT-SCREEN-SAVER); on Wayland only the compositor can know, and says it on
the session bus: GNOME's in milliseconds, others' through org.freedesktop.ScreenSaver.
"""

from collections.abc import Mapping
from typing import Any, Final

import trio
import xcffib
import xcffib.screensaver

from lanassist.node.desktop.bus import BusMissing, ask, connect, question, session_bus
from lanassist.node.desktop.xconnection import DisplayGone, XConnection

PATIENCE: Final = 5.0
"""Seconds until a server that does not answer counts as one that cannot tell."""
APART: Final = 1.1
"""Seconds between two readings of a clock whose unit is not known."""
MONITOR: Final = "org.gnome.Mutter.IdleMonitor"
MONITOR_PATH: Final = "/org/gnome/Mutter/IdleMonitor/Core"
SAVER: Final = "org.freedesktop.ScreenSaver"
SAVER_PATHS: Final = ("/org/freedesktop/ScreenSaver", "/ScreenSaver")


async def idle_on_x11(display: str) -> float | None:
    """Seconds; None if the server is away or does not tell."""
    with trio.move_on_after(PATIENCE):
        return await trio.to_thread.run_sync(_ask_x11, display, abandon_on_cancel=True)
    return None


def _ask_x11(display: str) -> float | None:
    try:
        connection = XConnection(display)
    except DisplayGone:
        return None
    try:
        saver = connection.x(xcffib.screensaver.key)
        milliseconds: int = connection.reply(saver.QueryInfo(connection.root)).ms_since_user_input
    except (xcffib.XcffibException, DisplayGone):
        return None
    finally:
        connection.close()
    return milliseconds / 1000


async def idle_on_bus(environ: Mapping[str, str]) -> float | None:
    """Seconds; None if nothing on the session bus tells."""
    address = session_bus(environ)
    if not address:
        return None
    with trio.move_on_after(PATIENCE):
        try:
            async with await connect(address) as connection:
                return await _ask_bus(connection)
        except BusMissing:
            return None
    return None


async def _ask_bus(connection: Any) -> float | None:
    milliseconds = await _number(connection, MONITOR, MONITOR_PATH, "GetIdletime")
    if milliseconds is not None:
        return milliseconds / 1000
    for path in SAVER_PATHS:
        first = await _number(connection, SAVER, path, "GetSessionIdleTime")
        if first is not None:
            await trio.sleep(APART)
            return idle_of(first, await _number(connection, SAVER, path, "GetSessionIdleTime"))
    return None


async def _number(connection: Any, owner: str, path: str, method: str) -> int | None:
    value = await ask(connection, question(owner, path, owner, method))
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def idle_of(first: int, second: int | None) -> float | None:
    """Seconds, from two readings APART. Some desktops count seconds here, others milliseconds."""
    if second is None:
        return None
    grown = second - first
    if grown == 0 and second:
        return None  # that is no clock
    if 1 <= grown <= PATIENCE * 2:
        return float(second)
    if grown >= APART * 900:
        return second / 1000
    return 0.0  # somebody is back
