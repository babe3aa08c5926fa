"""Masks on a real X display: what is masked is never in what leaves the machine, however it moves."""

import random
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import numpy as np
import pytest
import trio

from lanassist.node.desktop.base import Pixels
from lanassist.node.desktop.choose import open_desktop
from lanassist.node.desktop.masked_capture import PAINT
from lanassist.node.desktop.masking import MaskedDesktop
from lanassist.node.services.glance.pump import GlancePump
from lanassist.node.trust.policy import Mask
from tests.support import scenes
from tests.support.desktops import Watcher
from tests.support.paint import Painter
from tests.support.waiting import until
from tests.support.windows import Program, programs
from tests.support.xserver import Monitor, XServer

pytestmark = pytest.mark.e2e

WIDTH, HEIGHT = 1000, 600
LEFT, RIGHT = Monitor("left", 0, 0, 600, 600), Monitor("right", 600, 0, 400, 600)
SECRET = (255, 0, 200)
"""On nothing else that is drawn here."""
VAULT = Mask(window_class="Vault")
PAINTED = tuple(PAINT.tobytes()[:3])


@pytest.fixture
def x() -> Iterator[XServer]:
    with XServer(WIDTH, HEIGHT, (LEFT, RIGHT)) as server:
        yield server


@pytest.fixture
def desk(x: XServer) -> Iterator[Program]:
    """A text on the desktop, and somebody who works there."""
    with Painter(x.display) as painter, Program(x.display) as program:
        painter.put(scenes.text(WIDTH, HEIGHT))
        yield program


@asynccontextmanager
async def desktop_of(x: XServer, *masks: Mask) -> AsyncIterator[MaskedDesktop]:
    no_bus = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}
    async with open_desktop({"DISPLAY": x.display, **no_bus}) as desktop:
        desktop.conceal(masks)
        yield desktop


class Witness(Watcher):
    """A viewer that looks for the secret in every picture that reaches it."""

    def __init__(self, *displays: int) -> None:
        super().__init__(*displays)
        self._displays = displays
        self.saw_secret = 0
        self.saw_painted = 0

    async def send(self, data: bytes) -> None:
        before = self.updates
        await super().send(data)
        if self.updates > before:
            self.look()

    def look(self) -> None:
        for display in self._displays:
            frame = self.viewer.frame(display)
            if frame is not None:
                self.saw_secret += bool(shown(frame, SECRET[::-1]).any())
                self.saw_painted += bool(shown(frame, PAINTED).any())


def shown(frame: Pixels, bgr: tuple[int, ...]) -> np.ndarray:
    """Where a frame has just this colour."""
    found: np.ndarray = (frame[:, :, :3] == bgr).all(axis=2)
    return found


@asynccontextmanager
async def watched(desktop: MaskedDesktop, *displays: int) -> AsyncIterator[Witness]:
    async with trio.open_nursery() as nursery:
        pump = GlancePump(desktop)
        await nursery.start(pump.run)
        witness = Witness(*displays)
        nursery.start_soon(pump.serve, witness, "session", displays, False)
        await until(lambda: all(witness.viewer.exact(display) for display in displays), seconds=10)
        yield witness
        nursery.cancel_scope.cancel()


def covers(witness: Witness, display: int, x: int, y: int, width: int, height: int) -> bool:
    """Whether just this rectangle of the picture is masked."""
    frame = witness.viewer.frame(display)
    assert frame is not None
    expected = np.zeros(frame.shape[:2], np.bool_)
    expected[y : y + height, x : x + width] = True
    return bool((shown(frame, PAINTED) == expected).all())


async def test_without_a_mask_it_is_seen(x: XServer, desk: Program) -> None:
    desk.window(SECRET, 100, 100, 200, 150, title="Passwords", window_class="Vault").show()
    async with desktop_of(x) as desktop, watched(desktop, 1) as witness:
        await until(lambda: witness.saw_secret)


@pytest.mark.parametrize(
    "mask", [VAULT, Mask(title="*words*"), Mask(title="pass*", window_class="VAULT"), Mask(title="Passwords")]
)
async def test_a_window_is_masked_where_it_is_and_nothing_else(x: XServer, desk: Program, mask: Mask) -> None:
    desk.window(SECRET, 100, 100, 200, 150, title="Passwords", window_class="Vault").show()
    desk.window((1, 2, 3), 400, 300, 100, 100, title="Letters", window_class="Editor").show()
    async with desktop_of(x, mask) as desktop, watched(desktop, 1, 2) as witness:
        assert covers(witness, 1, 100, 100, 200, 150)
        assert not witness.saw_secret


async def test_a_window_that_moves_all_the_time_never_flashes_through(x: XServer, desk: Program) -> None:
    vault = desk.window(SECRET, 0, 0, 120, 90, window_class="Vault").show()
    chance = random.Random(7)
    async with desktop_of(x, VAULT) as desktop, watched(desktop, 1, 2) as witness:
        enough = threading.Event()

        def move_about() -> None:
            with Painter(x.display) as painter:
                while not enough.is_set():
                    vault.move(chance.randrange(-60, 700), chance.randrange(-60, 400))
                    painter.fill((chance.randrange(256), 20, 20), chance.randrange(WIDTH - 40), 550, 40, 40)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.to_thread.run_sync, move_about)
            try:
                await until(lambda: witness.updates > 60, seconds=30)
            finally:
                enough.set()
        assert witness.saw_painted > 10
        assert not witness.saw_secret
        vault.move(30, 40)
        await until(lambda: covers(witness, 1, 30, 40, 120, 90), seconds=20)
        assert not witness.saw_secret
