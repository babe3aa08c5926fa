"""An X11 desktop: its monitors as they change, and the way to its pixels.

It outlives the X server: while there is none, the state says so, and it comes back when the server does.
"""

from collections.abc import AsyncIterator
from typing import Any, Final

import trio
import xcffib.randr
import xcffib.xproto

from lanassist.node.desktop.base import Capture, DesktopState, Rectangle, States
from lanassist.node.desktop.damage import DamageCapture, NoDamage
from lanassist.node.desktop.grabber import Grabber
from lanassist.node.desktop.idle import idle_on_x11
from lanassist.node.desktop.layout import Monitor, Numbering
from lanassist.node.desktop.polling import PollingCapture
from lanassist.node.desktop.xconnection import DisplayGone, XConnection

RETRY_FIRST: Final = 0.5
RETRY_LAST: Final = 15.0
"""Seconds between attempts to reach an X server that is not there."""

_MONITOR_EVENTS: Final = (
    xcffib.randr.NotifyMask.ScreenChange
    | xcffib.randr.NotifyMask.CrtcChange
    | xcffib.randr.NotifyMask.OutputChange
)


class X11Desktop:
    """The desktop on one X display, such as ``:0``."""

    def __init__(self, states: States, display: str) -> None:
        self._states = states
        self._display = display
        self._numbering = Numbering()

    @property
    def state(self) -> DesktopState:
        return self._states.now

    def changes(self) -> AsyncIterator[DesktopState]:
        return self._states.changes()

    async def open_capture(self) -> Capture:
        return await trio.to_thread.run_sync(_open_capture, self._display)

    async def idle_for(self) -> float | None:
        return await idle_on_x11(self._display)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Keep the state true, until cancelled; started once it is known for the first time."""
        pause, started = RETRY_FIRST, False
        while True:
            try:
                monitors = await trio.to_thread.run_sync(_Monitors, self._display)
            except DisplayGone:
                self._lost("cannot be reached; is it running, and may this user use it?")
            else:
                pause = RETRY_FIRST
                try:
                    async for layout in monitors.layouts():
                        self._found(*layout)
                        if not started:
                            started = True
                            task_status.started()
                except DisplayGone:
                    self._lost("has gone away")
                finally:
                    monitors.close()
            if not started:
                started = True
                task_status.started()
            await trio.sleep(pause)
            pause = min(RETRY_LAST, pause * 2)

    def _found(self, monitors: list[Monitor], desktop: Rectangle) -> None:
        self._states.change(displays=self._numbering.displays(monitors, desktop), error="")

    def _lost(self, what: str) -> None:
        self._states.change(displays=(), error=f"the X display {self._display} {what}")


class _Monitors:
    """The connection that hears of monitors. Raises DisplayGone throughout."""

    def __init__(self, display: str) -> None:
        self._connection = XConnection(display)
        try:
            self._randr = self._listen()
        except BaseException:
            self._connection.close()
            raise

    def _listen(self) -> Any | None:
        """RandR 1.5, which has monitors; without it the whole screen is one display.

        Monitors set by hand make no RandR event, but the server then repeats the root window's geometry.
        """
        connection = self._connection
        mask = [xcffib.xproto.EventMask.StructureNotify]
        connection.x.core.ChangeWindowAttributes(connection.root, xcffib.xproto.CW.EventMask, mask)
        randr = connection.extension(xcffib.randr.key, 1, 5)
        if randr is not None:
            randr.SelectInput(connection.root, _MONITOR_EVENTS)
        connection.sync()
        return randr

    async def layouts(self) -> AsyncIterator[tuple[list[Monitor], Rectangle]]:
        """Monitors and the whole desktop, now and after each change."""
        while True:
            yield await trio.to_thread.run_sync(self._layout)
            while not list(self._connection.events()):
                await self._connection.readable()

    def _layout(self) -> tuple[list[Monitor], Rectangle]:
        ask = self._connection
        root = ask.reply(ask.x.core.GetGeometry(ask.root))
        desktop = Rectangle(0, 0, root.width, root.height)
        monitors = []
        if self._randr is not None:
            for found in ask.reply(self._randr.GetMonitors(ask.root, 1)).monitors:
                name = ask.reply(ask.x.core.GetAtomName(found.name)).name.to_string()
                area = Rectangle(found.x, found.y, found.width, found.height)
                monitors.append(Monitor(name=name, area=area, primary=bool(found.primary)))
        return monitors or [Monitor(name="screen", area=desktop, primary=True)], desktop

    def close(self) -> None:
        self._connection.close()


def _open_capture(display: str) -> Capture:
    try:
        return DamageCapture(display)
    except NoDamage:
        return PollingCapture(Grabber(display))
