"""A desktop made of numpy arrays, and viewers of it: for tests of what stands on a desktop."""

from collections.abc import AsyncIterator, Callable

import numpy as np
import trio

from lanassist.node.desktop.base import Capture, DesktopState, Pixels, Rectangle, States
from lanassist.node.errors import ScreenUnavailable
from lanassist.node.protocol.messages import Display
from lanassist.node.services.glance.viewer import Viewer
from tests.support import scenes


class FakeDesktop:
    """Displays side by side; counts what is captured of it. Painting it wakes its captures."""

    def __init__(self, *sizes: tuple[int, int]) -> None:
        self.states = States(DesktopState())
        self.open = 0
        self.grabs = 0
        self.refuses = ""
        self.grabbing: Callable[[], object] = lambda: None
        """Called while pixels are read."""
        self.idle: float | None = None
        """Seconds since key or mouse."""
        self.captures: list[FakeCapture] = []
        self.arrange(*sizes)

    def arrange(self, *sizes: tuple[int, int]) -> None:
        """Have these displays from now on, all black."""
        x, displays = 0, []
        for number, (width, height) in enumerate(sizes, 1):
            displays.append(Display(number=number, x=x, y=0, width=width, height=height, primary=number == 1))
            x += width
        self.pixels = scenes.flat(max(x, 1), max((height for _, height in sizes), default=1), (0, 0, 0))
        self.states.change(displays=tuple(displays))

    @property
    def state(self) -> DesktopState:
        return self.states.now

    def changes(self) -> AsyncIterator[DesktopState]:
        return self.states.changes()

    async def idle_for(self) -> float | None:
        await trio.lowlevel.checkpoint()
        return self.idle

    async def open_capture(self) -> Capture:
        await trio.lowlevel.checkpoint()
        if self.refuses:
            raise ScreenUnavailable(why=self.refuses)
        self.open += 1
        self.captures.append(FakeCapture(self))
        return self.captures[-1]

    def paint(self, pixels: Pixels, x: int = 0, y: int = 0) -> None:
        """Show pixels at a place of the desktop."""
        height, width, _ = pixels.shape
        self.pixels[y : y + height, x : x + width] = pixels
        for capture in self.captures:
            capture.damage(Rectangle(x, y, width, height))

    def shown(self, number: int) -> Pixels:
        """What is on a display now."""
        display = next(display for display in self.state.displays if display.number == number)
        return self.pixels[
            display.y : display.y + display.height, display.x : display.x + display.width
        ].copy()


class FakeCapture:
    """An open view of a FakeDesktop."""

    def __init__(self, desktop: FakeDesktop) -> None:
        self._desktop = desktop
        self._damaged: list[Rectangle] = []
        self._news = trio.Event()

    def damage(self, area: Rectangle) -> None:
        self._damaged.append(area)
        self._news.set()

    async def changed(self) -> None:
        await self._news.wait()

    def take(self) -> list[Rectangle]:
        self._news = trio.Event()
        areas, self._damaged = self._damaged, []
        return areas

    def grab(self, area: Rectangle) -> Pixels:
        if self._desktop.refuses:
            raise ScreenUnavailable(why=self._desktop.refuses)
        self._desktop.grabs += 1
        self._desktop.grabbing()
        height, width, _ = self._desktop.pixels.shape
        if area.within(Rectangle(0, 0, width, height)) != area:
            raise ScreenUnavailable(why="outside of the desktop")
        return self._desktop.pixels[area.y : area.y + area.height, area.x : area.x + area.width].copy()

    def close(self) -> None:
        self._desktop.open -= 1
        self._desktop.captures.remove(self)


class Watcher:
    """A viewer at the other end of a channel that is held in memory; ``pump.serve(watcher, …)``."""

    def __init__(self, *displays: int) -> None:
        self.viewer = Viewer(displays)
        self.answers, self._answered = trio.open_memory_channel[bytes](100)
        self.awake = trio.Event()
        self.awake.set()
        self.received = 0
        self.updates = 0
        self._news = trio.Event()

    async def send(self, data: bytes) -> None:
        """Called by the pump: takes a message as a viewer does, when it is awake."""
        await self.awake.wait()
        await trio.lowlevel.checkpoint()
        self.received += len(data)
        answer = self.viewer.feed(data)
        if answer is not None:
            self.updates += 1
            await self.answers.send(answer)
            self._news.set()
            self._news = trio.Event()

    async def receive(self) -> bytes:
        """Called by the pump: what the viewer answers."""
        return await self._answered.receive()

    def falls_asleep(self) -> None:
        self.awake = trio.Event()

    def wakes_up(self) -> None:
        self.awake.set()

    def hangs_up(self) -> None:
        self.answers.close()

    async def next_update(self) -> None:
        """Wait for one."""
        await self._news.wait()

    async def until_shows(self, display: int, pixels: Pixels, deadline: float = 20.0) -> None:
        """Wait until the viewer shows exactly these pixels."""
        with trio.fail_after(deadline):
            while not self.shows(display, pixels):
                await self._news.wait()

    def shows(self, display: int, pixels: Pixels) -> bool:
        """Whether it shows exactly these pixels, and says so."""
        frame = self.viewer.frame(display)
        return (
            frame is not None
            and frame.shape == pixels.shape
            and np.array_equal(frame[:, :, :3], pixels[:, :, :3])
            and self.viewer.exact(display)
        )
