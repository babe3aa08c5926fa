"""From a drawn pixel to the viewer's frame, through the real capture and pump: latency, bytes, CPU."""

import multiprocessing
import os
import statistics
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection

import msgspec
import numpy as np
import trio

from lanassist.node.desktop.base import Pixels
from lanassist.node.desktop.choose import open_desktop
from lanassist.node.services.glance import media
from lanassist.node.services.glance.pump import GlancePump
from tests.support import scenes
from tests.support.desktops import Watcher
from tests.support.paint import Painter
from tests.support.xserver import SIDE_BY_SIDE, XServer

Draw = Callable[[Painter, int], None]
MARK = 16
"""Side of the square in the corner whose colour is the drawing's number."""


def typing() -> Draw:
    letters = scenes.text(16 * 40, 16)
    return lambda painter, step: painter.put(letters[:, step % 40 * 16 :][:, :16], 300 + step * 9 % 900, 400)


def scroll() -> Draw:
    page = scenes.text(1200, 900 * 3)
    return lambda painter, step: painter.put(page[step * 48 % 1800 :][:900], 100, 100)


def switch() -> Draw:
    windows = [scenes.text(1600, 950, seed) for seed in range(2)]
    return lambda painter, step: painter.put(windows[step % 2], 100, 60)


def video() -> Draw:
    frames = [scenes.photo(640, 360, seed) for seed in range(12)]
    return lambda painter, step: painter.put(frames[step % 12], 203, 147)


def photo() -> Draw:
    slides = [scenes.photo(1600, 900, seed) for seed in range(3)]
    return lambda painter, step: painter.put(slides[step % 3], 100, 100)


SCENES: dict[str, tuple[Callable[[], Draw], float]] = {
    "typing": (typing, 10),
    "scroll": (scroll, 10),
    "switch": (switch, 2),
    "video": (video, 25),
    "photo": (photo, 1),
}
"""How to draw, and how often a second."""


class Nodding:
    """A further viewer, which says at once that it has drawn what it gets, and looks at nothing."""

    def __init__(self) -> None:
        self._assembler = media.Assembler()
        self._answers, self._answered = trio.open_memory_channel[bytes](100)

    async def send(self, data: bytes) -> None:
        """Called by the pump."""
        await trio.lowlevel.checkpoint()
        update = self._assembler.feed(data)
        if update is not None:
            display, _, _, _, sequence = struct.unpack_from("<BBHHI", update)
            await self._answers.send(media.drawn(display, sequence))

    async def receive(self) -> bytes:
        """Called by the pump."""
        return await self._answered.receive()


def draw(display: str, scene: str, seconds: float, times: Connection) -> None:
    """The drawing process: sends (number, time of the last stroke)."""
    make, rate = SCENES[scene]
    stroke = make()
    with Painter(display) as painter:
        start = time.monotonic()
        for step in range(int(seconds * rate)):
            time.sleep(max(0.0, start + step / rate - time.monotonic()))
            stroke(painter, step)
            times.send((step + 1, time.monotonic()))
            painter.fill((step + 1, 200, 100), 0, 0, MARK, MARK)
    times.send(None)


def number_shown(frame: Pixels) -> int:
    """The drawing that a frame shows last."""
    return int(frame[2, 2, 2]) if frame[2, 2, 1] == 200 else 0


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What one scene gave. Latency is from the last stroke to the Python viewer's frame."""

    scene: str
    p50_ms: float | None
    p95_ms: float | None
    missed: int
    """Drawings that were never seen alone."""
    kb_per_s: float
    """Of media messages, before TLS."""
    cores: float
    """Of this process: the pump, the encoders, the Python viewer."""


async def measure(scene: str, seconds: float, viewers: int, x: XServer) -> Line:
    """Draw one scene and watch it."""
    seen: dict[int, float] = {}
    receiving, sending = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=draw, args=(x.display, scene, seconds, sending)
    )
    async with open_desktop({"DISPLAY": x.display}) as desktop, trio.open_nursery() as nursery:
        pump = GlancePump(desktop)
        await nursery.start(pump.run)
        watcher = Watcher(1)
        nursery.start_soon(pump.serve, watcher, "viewer", [1], False)
        for index in range(1, viewers):
            nursery.start_soon(pump.serve, Nodding(), f"viewer-{index}", [1], False)
        while watcher.viewer.frame(1) is None:
            await watcher.next_update()
        await trio.sleep(1)
        received, cpu = watcher.received, os.times()
        process.start()

        async def look() -> None:
            while True:
                await watcher.next_update()
                frame = watcher.viewer.frame(1)
                assert frame is not None
                seen.setdefault(number_shown(frame), time.monotonic())

        nursery.start_soon(look)
        drawn = await trio.to_thread.run_sync(_collect, receiving)
        await trio.sleep(0.3)
        after = os.times()
        used = after.user + after.system - cpu.user - cpu.system
        size = watcher.received - received
        nursery.cancel_scope.cancel()
    process.join()
    return _line(scene, drawn, seen, size, used)


def _collect(receiving: Connection) -> dict[int, float]:
    drawn: dict[int, float] = {}
    while (entry := receiving.recv()) is not None:
        drawn[entry[0]] = entry[1]
    return drawn


def _line(scene: str, drawn: dict[int, float], seen: dict[int, float], size: int, cpu: float) -> Line:
    delays = sorted((seen[number] - drawn[number]) * 1000 for number in drawn if number in seen)
    length = max(drawn.values()) - min(drawn.values())
    return Line(
        scene=scene,
        p50_ms=statistics.median(delays) if delays else None,
        p95_ms=float(np.percentile(delays, 95)) if delays else None,
        missed=len(drawn) - len(delays),
        kb_per_s=size / length / 1000,
        cores=cpu / length,
    )


def live(chosen: Iterable[str], seconds: float, viewers: int) -> Iterator[Line]:
    """Each scene in turn, on two monitors of 1920×1080."""
    with XServer(3840, 1080, SIDE_BY_SIDE) as x:
        for scene in chosen:
            yield trio.run(measure, scene, seconds, viewers, x)
