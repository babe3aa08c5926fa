"""A machine without a screen that could be shown; it says why."""

from collections.abc import AsyncIterator, Mapping

from lanassist.node.desktop.base import Capture, DesktopState, States
from lanassist.node.desktop.idle import idle_on_bus
from lanassist.node.errors import ScreenUnavailable

NO_DISPLAY = "this machine's node has no display (DISPLAY is not set; start it inside the desktop session)"
WAYLAND = (
    "the desktop runs on Wayland, which lets no program see the whole screen; "
    "log in to an X11 session (“on Xorg” on the login screen) to be able to show it"
)


class NoDesktop:
    """Has no displays and never will."""

    def __init__(self, states: States, why: str, environ: Mapping[str, str]) -> None:
        self._states = states
        self._environ = environ
        self._why = why
        states.change(error=why)

    @property
    def state(self) -> DesktopState:
        return self._states.now

    def changes(self) -> AsyncIterator[DesktopState]:
        return self._states.changes()

    async def open_capture(self) -> Capture:
        raise ScreenUnavailable(why=self._why)

    async def idle_for(self) -> float | None:
        return await idle_on_bus(self._environ)
