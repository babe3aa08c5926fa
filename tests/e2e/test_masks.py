"""Masks on a real X display: what is masked is never in what leaves the machine, however it moves."""

import random
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from functools import partial

import numpy as np
import pytest
import trio

from lanassist.node.desktop import masked_capture
from lanassist.node.desktop.base import Pixels
from lanassist.node.desktop.concealment import LINGER, Trail
from lanassist.node.desktop.masked_capture import PAINT
from lanassist.node.desktop.masking import MaskedDesktop
from lanassist.node.desktop.windows import WindowWatch
from lanassist.node.errors import ScreenUnavailable
from lanassist.node.services.glance.pump import GlancePump
from lanassist.node.trust.policy import Mask
from tests.support import scenes
from tests.support.desktops import Watcher
from tests.support.paint import Painter
from tests.support.waiting import until
from tests.support.watched_desktop import desktop_of, watched_by
from tests.support.windows import Program, ProgramWindow
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

    def picture(self, display: int) -> Pixels:
        """What it shows."""
        frame = self.viewer.frame(display)
        assert frame is not None
        return frame

    def look(self) -> None:
        """Look for colours; at the end of a test once more."""
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
    """By a witness who has whole pictures."""
    async with watched_by(Witness(*displays), desktop, *displays) as witness:
        await until(lambda: all(witness.viewer.exact(display) for display in displays), seconds=10)
        yield witness


def covers(witness: Witness, display: int, x: int, y: int, width: int, height: int) -> bool:
    """Whether just this rectangle of the picture is masked."""
    frame = witness.picture(display)
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
        witness.look()
        assert not witness.saw_secret


@pytest.mark.parametrize("linger", [LINGER, 0.0])
@pytest.mark.parametrize("pause", [0.0, 0.003])
async def test_a_window_that_moves_all_the_time_never_flashes_through(
    x: XServer, desk: Program, monkeypatch: pytest.MonkeyPatch, pause: float, linger: float
) -> None:
    monkeypatch.setattr(masked_capture, "Trail", partial(Trail, linger))
    vault = desk.window(SECRET, 0, 0, 120, 90, window_class="Vault").show()
    chance = random.Random(7)
    async with desktop_of(x, VAULT) as desktop, watched(desktop, 1, 2) as witness:
        enough = threading.Event()

        def move_about() -> None:
            with Painter(x.display) as painter:
                while not enough.wait(chance.random() * pause):
                    vault.move(chance.randrange(-60, 700), chance.randrange(-60, 400))
                    painter.fill((chance.randrange(256), 20, 20), chance.randrange(WIDTH - 40), 550, 40, 40)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.to_thread.run_sync, move_about)
            try:
                await until(lambda: witness.updates > 25, seconds=30)
            finally:
                enough.set()
        assert witness.saw_painted > 10
        assert not witness.saw_secret
        vault.move(30, 40)
        await until(lambda: covers(witness, 1, 30, 40, 120, 90), seconds=20)
        assert not witness.saw_secret


async def test_windows_that_come_and_go_never_flash_through(x: XServer, desk: Program) -> None:
    chance = random.Random(11)
    async with desktop_of(x, VAULT) as desktop, watched(desktop, 1, 2) as witness:

        def one_after_the_other() -> None:
            with Program(x.display) as vaults, Painter(x.display) as painter:
                while not enough.is_set():
                    place = (chance.randrange(0, 500), chance.randrange(0, 350))
                    vault = vaults.window(SECRET, *place, 120, 90, window_class="Vault").show()
                    painter.fill((chance.randrange(256), 20, 20), chance.randrange(WIDTH - 40), 550, 40, 40)
                    vault.close()

        enough = threading.Event()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.to_thread.run_sync, one_after_the_other)
            try:
                await until(lambda: witness.updates > 25, seconds=30)
            finally:
                enough.set()
        witness.look()
        assert not witness.saw_secret


async def test_a_title_takes_effect_and_ceases_to(x: XServer, desk: Program) -> None:
    page = desk.window((9, 9, 200), 100, 100, 200, 150, title="News").show()
    async with desktop_of(x, Mask(title="*bank*")) as desktop, watched(desktop, 1) as witness:
        assert not shown(witness.picture(1), PAINTED).any()
        page.entitle("My Bank")
        await until(lambda: covers(witness, 1, 100, 100, 200, 150))
        page.entitle("News")
        await until(lambda: not shown(witness.picture(1), PAINTED).any())
        assert shown(witness.picture(1), (200, 9, 9)).sum() == 200 * 150


async def test_a_mask_put_on_and_taken_off_while_somebody_watches(x: XServer, desk: Program) -> None:
    desk.window(SECRET, 100, 100, 200, 150, window_class="Vault").show()
    async with desktop_of(x) as desktop, watched(desktop, 1) as witness:
        desktop.conceal([VAULT])
        await until(lambda: covers(witness, 1, 100, 100, 200, 150))
        desktop.conceal([])
        await until(lambda: shown(witness.picture(1), SECRET[::-1]).sum() == 200 * 150)


async def test_menus_and_dialogs_of_a_masked_program_are_masked(x: XServer, desk: Program) -> None:
    with Program(x.display) as other, Program(x.display) as third:
        vault = desk.window(SECRET, 10, 10, 100, 100, window_class="Vault").show()
        async with desktop_of(x, VAULT) as desktop, watched(desktop, 1, 2) as witness:
            menu = desk.window(SECRET, 200, 10, 50, 80, popup=True).show()
            dialog = other.window(SECRET, 300, 10, 60, 80, title="Save as", dialog_of=vault).show()
            tip = third.window((1, 2, 3), 400, 10, 60, 80, popup=True).show()
            await until(lambda: shown(witness.picture(1), (3, 2, 1)).sum() == 60 * 80)
            await until(lambda: shown(witness.picture(1), PAINTED).sum() == 100 * 100 + 50 * 80 + 60 * 80)
            for each in (menu, dialog, tip):
                each.hide()
            await until(lambda: covers(witness, 1, 10, 10, 100, 100))
            witness.look()
            assert not witness.saw_secret


def framed(manager: Program, client: ProgramWindow, x: int, y: int) -> ProgramWindow:
    """As window managers do it: a frame with a wrapper in it, and the program's window in that."""
    frame = manager.window(SECRET, x, y, 220, 190)
    wrapper = manager.window((0, 0, 0), 10, 30, 200, 150, inside=frame).show()
    client.goes_into(wrapper)
    client.put(manager.atom("WM_STATE"), (1).to_bytes(8, "little"), bits=32)
    client.show()
    return frame.show()


async def test_a_framed_window_is_masked_with_its_frame(x: XServer, desk: Program) -> None:
    with Program(x.display) as manager:
        early = desk.window(SECRET, 0, 0, 200, 150, window_class="Vault")
        framed(manager, early, 50, 50)
        async with desktop_of(x, VAULT, Mask(title="Late")) as desktop, watched(desktop, 1) as witness:
            await until(lambda: covers(witness, 1, 50, 50, 220, 190))
            late = desk.window(SECRET, 0, 0, 200, 150, title="Early")
            late.entitle("Late")
            frame = framed(manager, late, 300, 300)
            await until(lambda: shown(witness.picture(1), PAINTED).sum() == 2 * 220 * 190)
            frame.move(20, 380)
            await until(lambda: shown(witness.picture(1), PAINTED)[380:570, 20:240].all())
            early.close()
            late.entitle("Not any more")
            await until(
                lambda: shown(witness.picture(1), SECRET[::-1]).any()
            )  # the frames are plain ones now


@contextmanager
def window_manager(x: XServer) -> Iterator[None]:
    """A real one, which has taken the desktop over."""
    process = subprocess.Popen(["openbox"], env=x.environ, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def has_frame(window: ProgramWindow, watch: WindowWatch) -> bool:
    """Whether the window manager has put it into one. It is asked again: while it begins, it may forget."""
    window.show()
    return any(window.id in {client.id for client in each.clients} - {each.id} for each in watch.look().now)


async def test_under_a_real_window_manager_the_frame_goes_along(x: XServer, desk: Program) -> None:
    with window_manager(x):
        async with desktop_of(x, VAULT) as desktop, watched(desktop, 1, 2) as witness:
            vault = desk.window(SECRET, 20, 30, 200, 150, title="Passwords", window_class="Vault")
            with closing(WindowWatch(x.display)) as watch:
                await until(lambda: has_frame(vault, watch), seconds=20)
            for place in ((40, 300), (300, 200), (10, 10)):
                vault.move(*place)
                await until(lambda: 200 * 150 < int(shown(witness.picture(1), PAINTED).sum()) < 220 * 200)
            witness.look()
            assert not witness.saw_secret


async def test_what_lies_above_a_masked_window_is_masked_with_it(x: XServer, desk: Program) -> None:
    vault = desk.window(SECRET, 100, 100, 200, 150, window_class="Vault").show()
    desk.window((1, 2, 3), 150, 150, 300, 300).show()
    async with desktop_of(x, VAULT) as desktop, watched(desktop, 1) as witness:
        assert covers(witness, 1, 100, 100, 200, 150)
        vault.above_all()
        vault.resize(260, 150)
        await until(lambda: covers(witness, 1, 100, 100, 260, 150))
        vault.hide()
        await until(lambda: not shown(witness.picture(1), PAINTED).any())
        witness.look()
        assert not witness.saw_secret


async def test_an_area_of_a_display_is_masked_on_that_display_alone(x: XServer, desk: Program) -> None:
    area = Mask(display=2, x=300, y=500, width=500, height=500)
    async with desktop_of(x, area) as desktop, watched(desktop, 1, 2) as witness:
        assert covers(witness, 2, 300, 500, 100, 100)
        assert not shown(witness.picture(1), PAINTED).any()
        with Painter(x.display) as painter:
            painter.fill(SECRET, 900, 500, 100, 100)
            painter.fill((1, 2, 3), 0, 0, 10, 10)
        await until(lambda: shown(witness.picture(1), (3, 2, 1)).sum() == 100)
        witness.look()
        assert not witness.saw_secret
        x.set_monitor(Monitor("right", 500, 0, 400, 600))
        await until(lambda: covers(witness, 2, 300, 500, 100, 100))


async def test_an_x_server_that_goes_away_under_a_mask_and_comes_back(x: XServer, desk: Program) -> None:
    async with desktop_of(x, VAULT) as desktop, trio.open_nursery() as nursery:
        pump = GlancePump(desktop)
        await nursery.start(pump.run)
        ended: list[str] = []

        async def watch() -> None:
            try:
                await pump.serve(Witness(1), "session", [1], False)
            except ScreenUnavailable as failure:
                ended.append(failure.text)

        nursery.start_soon(watch)
        await until(lambda: x.clients() > 3)
        x.stop()
        await until(lambda: ended)
        assert "cannot be shown" in ended[0]
        x.start()
        await until(lambda: len(desktop.state.displays) == 2 and not desktop.state.error, seconds=20)
        with Program(x.display) as program:
            program.window(SECRET, 10, 10, 100, 100, window_class="Vault").show()
            witness = Witness(1)
            nursery.start_soon(pump.serve, witness, "again", [1], False)
            await until(lambda: witness.viewer.exact(1))
            assert covers(witness, 1, 10, 10, 100, 100)
        nursery.cancel_scope.cancel()
