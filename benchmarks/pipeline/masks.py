"""What masks of windows cost: one look at the windows, beside the reading of pixels that it comes with."""

import time
from collections.abc import Callable
from statistics import median

import msgspec
import trio

from lanassist.node.desktop.base import Rectangle
from lanassist.node.desktop.choose import open_desktop
from lanassist.node.desktop.windows import WindowWatch
from lanassist.node.trust.policy import Mask
from tests.support.windows import Program
from tests.support.xserver import SIDE_BY_SIDE, XServer

WINDOWS = 40
TIMES = 300
AREA = Rectangle(0, 0, 64, 64)
"""What is read: so little that the look stands out."""


class Masks(msgspec.Struct, frozen=True, kw_only=True):
    """Medians in milliseconds of the clock, for the X server's answer is waited for."""

    windows: int
    look_ms: float
    read_ms: float
    """A small area without masks."""
    masked_ms: float
    """The same area with a mask of windows."""


def masks() -> Masks:
    """With many windows open, none of which is masked."""
    with XServer(3840, 1080, SIDE_BY_SIDE) as x, Program(x.display) as program:
        for number in range(WINDOWS):
            program.window((number, 90, 90), number * 40, 100, 300, 200, title=f"window {number}").show()
        watch = WindowWatch(x.display)
        look = _median(watch.look)
        watch.close()
        return Masks(
            windows=WINDOWS,
            look_ms=look,
            read_ms=trio.run(_read, x.display, ()),
            masked_ms=trio.run(_read, x.display, (Mask(window_class="KeePassXC"),)),
        )


async def _read(display: str, concealed: tuple[Mask, ...]) -> float:
    async with open_desktop({"DISPLAY": display}) as desktop:
        desktop.conceal(concealed)
        capture = await desktop.open_capture()
        try:
            return await trio.to_thread.run_sync(_median, lambda: capture.grab(AREA))
        finally:
            capture.close()


def _median(work: Callable[[], object]) -> float:
    spent = []
    for _ in range(TIMES):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return median(spent) * 1e3
