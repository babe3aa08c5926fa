"""From a drawn pixel to the viewer's frame, without network or browser: what the pipeline itself costs.

    python -m benchmarks.pipeline [SCENE …] [--seconds 4] [--viewers 1]

Draws each scene on an Xvfb of two 1920×1080 monitors from a process of its own and prints the latency of each
drawing (from the last stroke to the viewer's frame), bytes a second, and this process's CPU in cores.
"""

import argparse
import multiprocessing
import os
import statistics
import struct
import time
from collections.abc import Callable
from multiprocessing.connection import Connection

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


async def measure(scene: str, seconds: float, viewers: int, x: XServer) -> None:
    """One scene, one line of the table."""
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
        report(
            scene,
            drawn,
            seen,
            watcher.received - received,
            after.user + after.system - cpu.user - cpu.system,
        )
        nursery.cancel_scope.cancel()
    process.join()


def _collect(receiving: Connection) -> dict[int, float]:
    drawn: dict[int, float] = {}
    while (entry := receiving.recv()) is not None:
        drawn[entry[0]] = entry[1]
    return drawn


def report(scene: str, drawn: dict[int, float], seen: dict[int, float], size: int, cpu: float) -> None:
    """Print a line."""
    delays = sorted((seen[number] - drawn[number]) * 1000 for number in drawn if number in seen)
    length = max(drawn.values()) - min(drawn.values())
    p50, p95 = statistics.median(delays), float(np.percentile(delays, 95))
    missed = len(drawn) - len(delays)
    print(f"{scene:8} {p50:7.1f} {p95:7.1f} {missed:6} {size / length / 1000:9.1f} {cpu / length:6.2f}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("scenes", nargs="*", default=list(SCENES), metavar="SCENE")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--viewers", type=int, default=1)
    chosen = parser.parse_args()
    print("scene     p50 ms  p95 ms missed      KB/s  cores")
    with XServer(3840, 1080, SIDE_BY_SIDE) as x:
        for scene in chosen.scenes:
            trio.run(measure, scene, chosen.seconds, chosen.viewers, x)


if __name__ == "__main__":
    main()
