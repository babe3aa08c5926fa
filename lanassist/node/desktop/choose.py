"""Which desktop this machine has, from the environment that the node was started in."""

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial

import trio

from lanassist.node.desktop.base import Desktop, DesktopState, States
from lanassist.node.desktop.masking import MaskedDesktop, OpenWatch


@asynccontextmanager
async def open_desktop(
    environ: Mapping[str, str], platform: str = sys.platform
) -> AsyncIterator[MaskedDesktop]:
    """This machine's desktop for the length of an ``async with``; its first state is known on entry.

    Never fails: a desktop that cannot be shown says why in its state.
    """
    states = States(DesktopState())
    async with trio.open_nursery() as nursery:
        if platform == "linux":
            from lanassist.node.desktop.lock import watch_lock

            await nursery.start(watch_lock, environ, lambda locked: states.change(locked=locked))
        masked = MaskedDesktop(await _start(nursery, states, environ, platform), _watch(environ, platform))
        await nursery.start(masked.run)
        yield masked
        nursery.cancel_scope.cancel()


async def _start(nursery: trio.Nursery, states: States, environ: Mapping[str, str], platform: str) -> Desktop:
    if platform in ("darwin", "win32"):
        from lanassist.node.desktop.polling import PollingDesktop

        polling = PollingDesktop(states)
        await nursery.start(polling.run)
        return polling
    from lanassist.node.desktop.none import NO_DISPLAY, WAYLAND, NoDesktop

    if on_wayland(environ):
        return NoDesktop(states, WAYLAND, environ)
    if not environ.get("DISPLAY"):
        return NoDesktop(states, NO_DISPLAY, environ)
    from lanassist.node.desktop.x11 import X11Desktop

    x11 = X11Desktop(states, environ["DISPLAY"])
    await nursery.start(x11.run)
    return x11


def _watch(environ: Mapping[str, str], platform: str) -> OpenWatch | None:
    """How this desktop's windows are listed; None: in no way."""
    if platform in ("darwin", "win32") or on_wayland(environ) or not environ.get("DISPLAY"):
        return None
    from lanassist.node.desktop.windows import WindowWatch

    return partial(WindowWatch, environ["DISPLAY"])


def on_wayland(environ: Mapping[str, str]) -> bool:
    """Whether the session is a Wayland one; then DISPLAY, if set, is Xwayland's and shows next to nothing."""
    return bool(environ.get("WAYLAND_DISPLAY")) or environ.get("XDG_SESSION_TYPE") == "wayland"
