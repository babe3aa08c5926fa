"""A glance seen from a program: what a page would draw, and whether it goes on renewing."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import trio

from lanassist.cli.channels import Channel, media_of
from lanassist.cli.client import NodeClient
from lanassist.cli.demo.screens import Monitor
from lanassist.node.protocol import limits
from lanassist.node.services.glance.commands import StartedGlance, StartGlance
from lanassist.node.services.glance.media import RENEW, parse_drawn
from lanassist.node.services.glance.viewer import Viewer


class Viewing:
    """One running glance with its viewer."""

    def __init__(self, started: StartedGlance, channel: Channel) -> None:
        self.session = started.session
        self.viewer = Viewer(started.chosen)
        self.updates: Counter[int] = Counter()
        """Updates drawn since the last choice, by display."""
        self.ended = trio.Event()
        self.renewing = True
        self._choice: tuple[int, ...] = started.chosen
        self._channel = channel
        self._news = trio.Event()

    def choose(self, displays: tuple[int, ...]) -> None:
        """Expect these displays from now on."""
        self._choice = displays
        self.viewer.choose(displays)
        self.updates.clear()

    async def pictures(self, count: int, within: float, display: int = 1) -> None:
        """Wait for so many updates of a display. Raises TimeoutError."""
        with trio.move_on_after(within):
            while self.updates[display] < count:
                await self._news.wait()
            return
        got = self.updates[display]
        raise TimeoutError(f"{got} of {count} pictures of display {display} within {within:g} s")

    async def watch(self) -> None:
        """Draw until the node ends the channel."""
        try:
            while True:
                drawn = self.viewer.feed(await self._channel.receive())
                if drawn is None:
                    continue
                display, _ = parse_drawn(drawn)
                self.updates[display] += display in self._choice
                await self._channel.send(drawn)
                self._news.set()
                self._news = trio.Event()
        except trio.EndOfChannel:
            self.ended.set()

    async def renew(self) -> None:
        """Say each second that somebody looks, while ``renewing``."""
        try:
            while self.renewing:
                await self._channel.send(bytes([RENEW]))
                await trio.sleep(limits.LEASE_EVERY)
        except trio.EndOfChannel:
            pass


@asynccontextmanager
async def viewing(
    node: NodeClient,
    ask: Callable[[StartGlance], Any],
    agent: str,
    displays: tuple[int, ...],
    scale: float = 1.0,
) -> AsyncIterator[Viewing]:
    """A glance at an agent, watched for the length of an ``async with``; ``scale``: of a wall's tile."""
    command = StartGlance(agent=agent, displays=displays, reason="demo", scale=scale)
    started: StartedGlance = await ask(command)
    async with media_of(node, started.session) as channel, trio.open_nursery() as nursery:
        look = Viewing(started, channel)
        nursery.start_soon(look.watch)
        nursery.start_soon(look.renew)
        yield look
        nursery.cancel_scope.cancel()


def pixels_of(display: str, monitor: Monitor) -> npt.NDArray[np.uint8]:
    """What an X display shows in a monitor, read without any of the node's own code: (height, width, RGB)."""
    import xcffib
    from xcffib import xproto

    connection = xcffib.connect(display=display)
    try:
        root = connection.get_setup().roots[connection.pref_screen].root
        plane = 0xFFFFFFFF
        reply = connection.core.GetImage(
            xproto.ImageFormat.ZPixmap, root, monitor.x, monitor.y, monitor.width, monitor.height, plane
        ).reply()
        raw = np.frombuffer(reply.data.buf(), np.uint8)
    finally:
        connection.disconnect()
    return raw.reshape(monitor.height, monitor.width, 4)[:, :, 2::-1]
