"""Glances in trouble: viewers that stop, a poor network, displays that change under the grab, 4K."""

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import trio
from PIL import Image

from lanassist.cli.channels import Channel, media_of
from lanassist.cli.client import NodeClient, connect
from lanassist.node.desktop.base import Capture, Desktop, DesktopState, Pixels, Rectangle
from lanassist.node.protocol import limits
from lanassist.node.services.glance.commands import StartGlance
from lanassist.node.services.glance.media import RENEW
from lanassist.node.services.glance.viewer import Viewer
from tests.support import scenes
from tests.support.dbus import Bus, Logind
from tests.support.impaired import impaired
from tests.support.nodes import LiveNode, LiveSite, eventually
from tests.support.paint import Painter
from tests.support.waiting import until
from tests.support.watched_desktop import desktop_of, watched
from tests.support.wire import Poor
from tests.support.xserver import Monitor, XServer

pytestmark = pytest.mark.e2e

WIDTH, HEIGHT = 800, 600
MOST_GROWTH = 96 * 2**20
"""Bytes that the agent's node may grow by while one of ten viewers takes nothing."""


@pytest.fixture
def x() -> Iterator[XServer]:
    with XServer(1280, 1024, (Monitor("only", 0, 0, WIDTH, HEIGHT),)) as server:
        yield server


@pytest.fixture
def painter(x: XServer) -> Iterator[Painter]:
    with Painter(x.display) as painter:
        painter.put(scenes.text(WIDTH, HEIGHT))
        yield painter


# --- viewers of real nodes, as programs of the supervisor's machine ------------------------------------


class Looker:
    """One viewer in a session of its own."""

    def __init__(self) -> None:
        self.viewer = Viewer([1])
        self.updates = 0
        self.reading = trio.Event()
        self.reading.set()
        self.rests = False
        """Whether it takes nothing: what it had begun to wait for has come."""
        self.over = False

    async def look(self, node: NodeClient) -> None:
        """Until the session ends."""
        started = await trio.to_thread.run_sync(node.ask, StartGlance(agent="dana", displays=(1,)))
        async with media_of(node, started.session) as channel, trio.open_nursery() as nursery:
            nursery.start_soon(_renew, channel)
            try:
                while True:
                    self.rests = not self.reading.is_set()
                    await self.reading.wait()
                    if (reply := self.viewer.feed(await channel.receive())) is not None:
                        self.updates += 1
                        await channel.send(reply)
            except trio.EndOfChannel:
                self.over = True
            nursery.cancel_scope.cancel()

    def shows(self, pixels: Pixels) -> bool:
        frame = self.viewer.frame(1)
        return frame is not None and self.viewer.exact(1) and np.array_equal(frame[..., :3], pixels[..., :3])


async def _renew(channel: Channel) -> None:
    while True:
        await channel.send(bytes([RENEW]))
        await trio.sleep(limits.LEASE_EVERY)


def got_more(lookers: list[Looker]) -> Callable[[], bool]:
    """Whether each has got something more since now."""
    before = [looker.updates for looker in lookers]
    return lambda: all(looker.updates > had for looker, had in zip(lookers, before, strict=True))


def memory(node: LiveNode) -> int:
    """Bytes of a node's process that are in memory."""
    return int(Path(f"/proc/{node.pid}/statm").read_text().split()[1]) * 4096


@pytest.fixture
def pair(tmp_path: Path, x: XServer) -> Iterator[tuple[LiveNode, LiveNode]]:
    """Sam, who supervises Dana."""
    with LiveSite(tmp_path) as site:
        sam, dana = (
            site.node("Sam", "supervisor"),
            site.node("Dana", "agent", settings={"DISPLAY": x.display}),
        )
        dana.launch()
        sam.start().meet(dana.ready())
        sam.sees(dana, online=True)
        yield sam, dana


async def test_of_ten_viewers_one_takes_nothing_and_nobody_notices(
    pair: tuple[LiveNode, LiveNode], painter: Painter
) -> None:
    sam, dana = pair
    node = connect(sam.home)
    lookers = [Looker() for _ in range(10)]
    slow, others = lookers[0], lookers[1:]
    async with trio.open_nursery() as nursery:
        for looker in lookers:
            nursery.start_soon(looker.look, node)
        await until(lambda: all(looker.viewer.exact(1) for looker in lookers), seconds=60)
        slow.reading = trio.Event()
        await trio.to_thread.run_sync(painter.put, scenes.noise(WIDTH, HEIGHT, 99))
        await until(lambda: slow.rests, seconds=60)
        held, drawn = memory(dana), slow.updates
        for seed in range(40):
            content = scenes.noise(WIDTH, HEIGHT, seed)  # nothing makes it small
            more = got_more(others)
            await trio.to_thread.run_sync(painter.put, content)
            await until(more, seconds=60)
        assert memory(dana) - held < MOST_GROWTH
        assert slow.updates == drawn
        content = scenes.text(WIDTH, HEIGHT, 7)
        await trio.to_thread.run_sync(painter.put, content)
        await until(lambda: all(looker.shows(content) for looker in others), seconds=60)
        slow.reading.set()
        await until(lambda: slow.shows(content), seconds=60)
        assert slow.updates - drawn <= limits.UPDATES_IN_FLIGHT + 4  # no queue had been kept for it
        nursery.cancel_scope.cancel()


async def test_logind_says_locked_and_both_sides_are_told(
    tmp_path: Path, x: XServer, painter: Painter
) -> None:
    with Bus() as bus, LiveSite(tmp_path) as site:
        logind = Logind(bus)
        own = {"DISPLAY": x.display, "DBUS_SYSTEM_BUS_ADDRESS": bus.address}
        sam, dana = site.node("Sam", "supervisor"), site.node("Dana", "agent", settings=own)
        async with trio.open_nursery() as nursery:
            await nursery.start(logind.run)
            dana.launch()
            await trio.to_thread.run_sync(lambda: sam.start().meet(dana.ready()))
            await trio.to_thread.run_sync(lambda: sam.sees(dana, online=True, locked=False))
            looker = Looker()
            nursery.start_soon(looker.look, connect(sam.home))
            await until(lambda: looker.viewer.exact(1), seconds=60)
            await logind.turns(True)
            await until(lambda: looker.over, seconds=30)
            assert await trio.to_thread.run_sync(dana.unwatched) == "the agent's screen was locked"
            await trio.to_thread.run_sync(lambda: sam.sees(dana, locked=True))
            refused = await trio.to_thread.run_sync(lambda: sam.api("glance.start", agent="dana"))
            assert refused["text"] == "The screen of Dana is locked."
            nursery.cancel_scope.cancel()


# --- the network ----------------------------------------------------------------------------------------


POOR = Poor(rate=50e6, loss=0.01)
"""50 Mbit/s, and of a hundred packets one is lost, both ways."""


def test_over_a_network_that_loses_packets_the_picture_arrives_whole(
    tmp_path: Path, x: XServer, painter: Painter
) -> None:
    with impaired(POOR) as network, LiveSite(tmp_path) as site:
        one, other = network.near, network.far
        sam = site.node("Sam", "supervisor", within=one, settings={"LANASSIST_LINK_BIND": one.address})
        own = {"LANASSIST_LINK_BIND": other.address, "DISPLAY": x.display}
        dana = site.node("Dana", "agent", within=other, settings=own)
        sam.start()
        sam.api("peers.add", address=f"{other.address}:{dana.start().port}")
        sam.sees(dana, online=True)
        for seed in range(3):
            painter.put(scenes.noise(WIDTH, HEIGHT, seed))
            out = tmp_path / f"{seed}.png"
            saved = sam.cli("glance", "save", "dana", out)
            assert saved.returncode == 0, saved.stderr
            assert np.array_equal(picture(out), scenes.noise(WIDTH, HEIGHT, seed)[:, :, 2::-1])
        eventually(dana.watchers, lambda watchers: watchers == [])
        assert all(direction.lost > 0 for direction in network.end())


def picture(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"))


# --- the display -----------------------------------------------------------------------------------------


class Interrupted:
    """A desktop on which something happens right after pixels were read, before they are encoded."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        self.between: Callable[[], object] = lambda: None

    @property
    def state(self) -> DesktopState:
        return self._desktop.state

    def changes(self) -> AsyncIterator[DesktopState]:
        return self._desktop.changes()

    async def idle_for(self) -> float | None:
        return await self._desktop.idle_for()

    async def open_capture(self) -> Capture:
        capture, around = await self._desktop.open_capture(), self

        class Between:
            changed = capture.changed
            take = capture.take
            close = capture.close

            def grab(self, area: Rectangle) -> Pixels:
                pixels = capture.grab(area)
                happens, around.between = around.between, lambda: None
                happens()
                return pixels

        return Between()


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (640, 480)])
async def test_a_display_that_changes_size_between_grab_and_encoding(
    x: XServer, painter: Painter, width: int, height: int
) -> None:
    async with desktop_of(x) as real:
        desktop = Interrupted(real)
        async with watched(desktop, 1) as ana:
            await until(lambda: ana.viewer.exact(1), seconds=20)
            happened = threading.Event()

            def resize() -> None:
                if width < WIDTH:
                    x.resize(width, height)  # the whole screen, with all that is on it
                x.set_monitor(Monitor("only", 0, 0, width, height))
                happened.set()

            desktop.between = resize
            painter.fill((200, 10, 10), 5, 5, 20, 20)
            await until(happened.is_set, seconds=20)
            content = scenes.text(width, height, 3)
            painter.put(content)
            await ana.until_shows(1, content, deadline=30)


async def test_a_display_that_changes_size_all_the_time_never_ends_the_session(
    x: XServer, painter: Painter
) -> None:
    sizes = [(1024, 768), (640, 480), (1280, 1024), (320, 200), (WIDTH, HEIGHT)]
    async with desktop_of(x) as desktop, watched(desktop, 1) as ana:
        await until(lambda: ana.viewer.exact(1), seconds=20)
        for width, height in sizes * 2:
            await trio.to_thread.run_sync(x.resize, width, height)
            await trio.to_thread.run_sync(x.set_monitor, Monitor("only", 0, 0, width, height))
            painter.fill((width % 256, 10, 10), 5, 5, 20, 20)
        content = scenes.text(WIDTH, HEIGHT, 4)
        await until(lambda: [each.width for each in desktop.state.displays] == [WIDTH], seconds=20)
        painter.put(content)
        await ana.until_shows(1, content, deadline=30)


async def test_a_4k_display_is_exact_and_every_update_keeps_to_the_limits() -> None:
    with XServer(3840, 2160) as big, Painter(big.display) as painter:
        async with desktop_of(big) as desktop, watched(desktop, 1) as ana:
            for content in (scenes.noise(3840, 2160), scenes.text(3840, 2160)):
                await trio.to_thread.run_sync(painter.put, content)
                await ana.until_shows(1, content, deadline=120)
        assert ana.received < 6 * 3840 * 2160 * 4
