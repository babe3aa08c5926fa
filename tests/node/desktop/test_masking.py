"""A desktop under masks: what its captures hand out, when they wake, and what if it cannot be masked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from lanassist.node.desktop import masking
from lanassist.node.desktop.base import Capture, DesktopState, Pixels, Rectangle
from lanassist.node.desktop.choose import open_desktop
from lanassist.node.desktop.concealment import Client, Seen, Window, WindowsUnknown
from lanassist.node.desktop.masked_capture import PAINT
from lanassist.node.desktop.masking import MaskedDesktop
from lanassist.node.errors import ScreenUnavailable, ScreenUnmaskable
from lanassist.node.trust.policy import Mask
from tests.support import scenes
from tests.support.desktops import FakeDesktop
from tests.support.waiting import until

WHOLE = Rectangle(0, 0, 300, 200)
VAULT = Mask(window_class="Vault")
CORNER = Mask(display=1, x=290, y=190, width=50, height=50)


def vault(x: int, y: int, name: str = "Vault") -> Window:
    return Window(id=1, area=Rectangle(x, y, 40, 30), clients=(Client(id=1, classes=(name,)),))


class Windows:
    """What stands where the X server's windows do."""

    def __init__(self) -> None:
        self.now: tuple[Window, ...] = ()
        self.passed: tuple[Window, ...] = ()
        self.refuses = ""
        self.open = 0
        self._news = trio.Event()

    def __call__(self) -> "Windows":
        if self.refuses:
            raise WindowsUnknown(self.refuses)
        self.open += 1
        return self

    def move(self, *now: Window, passed: tuple[Window, ...] = ()) -> None:
        self.now, self.passed = now, passed
        self._news.set()

    def fail(self, why: str) -> None:
        self.refuses = why
        self._news.set()

    async def readable(self) -> None:
        await self._news.wait()

    def look(self) -> Seen:
        if self.refuses:
            raise WindowsUnknown(self.refuses)
        self._news = trio.Event()
        passed, self.passed = self.passed, ()
        return Seen(self.now, passed)

    def close(self) -> None:
        self.open -= 1


@pytest.fixture
def plain() -> FakeDesktop:
    desktop = FakeDesktop((300, 200))
    desktop.paint(scenes.noise(300, 200))
    return desktop


@asynccontextmanager
async def masked(
    plain: FakeDesktop, windows: Windows | None, *masks: Mask
) -> AsyncIterator[tuple[MaskedDesktop, Capture]]:
    async with running(plain, windows, *masks) as desktop:
        capture = await desktop.open_capture()
        capture.take()
        yield desktop, capture
        await trio.to_thread.run_sync(capture.close)


@asynccontextmanager
async def running(plain: FakeDesktop, windows: Windows | None, *masks: Mask) -> AsyncIterator[MaskedDesktop]:
    async with trio.open_nursery() as nursery:
        desktop = MaskedDesktop(plain, windows)
        desktop.conceal(masks)
        await nursery.start(desktop.run)
        yield desktop
        nursery.cancel_scope.cancel()


def painted(pixels: Pixels) -> np.ndarray:
    found: np.ndarray = pixels.view(np.uint32)[:, :, 0] == PAINT
    return found


def places(*areas: Rectangle) -> np.ndarray:
    expected = np.zeros((200, 300), np.bool_)
    for area in areas:
        expected[area.y : area.y + area.height, area.x : area.x + area.width] = True
    return expected


# --- pixels


async def test_without_masks_a_capture_is_the_desktops_own(plain: FakeDesktop) -> None:
    async with masked(plain, None) as (_, capture):
        assert capture is plain.captures[0]


async def test_windows_and_areas_are_painted_over_and_the_rest_is_as_it_is(plain: FakeDesktop) -> None:
    windows = Windows()
    windows.move(vault(-10, 150), Window(id=2, area=WHOLE, clients=(Client(id=2, classes=("Editor",)),)))
    async with masked(plain, windows, VAULT, CORNER) as (_, capture):
        pixels = capture.grab(WHOLE)
        expected = places(Rectangle(0, 150, 30, 30), Rectangle(290, 190, 10, 10))
        assert (painted(pixels) == expected).all()
        assert (pixels[~expected] == plain.shown(1)[~expected]).all()
        part = capture.grab(Rectangle(20, 140, 50, 20))
        assert (painted(part) == expected[140:160, 20:70]).all()


async def test_what_appears_while_pixels_are_read_is_painted_over(plain: FakeDesktop) -> None:
    windows = Windows()
    async with masked(plain, windows, VAULT) as (_, capture):
        plain.grabbing = lambda: windows.move(vault(100, 100), passed=(vault(50, 50), vault(0, 0)))
        pixels = capture.grab(WHOLE)
        where = [Rectangle(x, x, 40, 30) for x in (0, 50, 100)]
        assert (painted(pixels) == places(*where)).all()


async def test_a_hidden_window_covers_nothing(plain: FakeDesktop) -> None:
    windows = Windows()
    windows.move(Window(id=1, area=WHOLE, shown=False, clients=(Client(id=1, classes=("Vault",)),)))
    async with masked(plain, windows, VAULT) as (_, capture):
        assert not painted(capture.grab(WHOLE)).any()


# --- waking


async def test_a_window_that_moves_wakes_the_capture_with_both_places(plain: FakeDesktop) -> None:
    windows = Windows()
    windows.move(vault(0, 0))
    async with masked(plain, windows, VAULT) as (_, capture), trio.open_nursery() as nursery:
        nursery.start_soon(capture.changed)
        await wait_all_tasks_blocked()
        windows.move(vault(100, 100), passed=(vault(0, 0),))
        with trio.fail_after(5):
            await capture.changed()
        assert set(capture.take()) == {Rectangle(100, 100, 40, 30)}  # the other place is covered as before
        nursery.cancel_scope.cancel()


async def test_a_title_that_changes_is_enough(plain: FakeDesktop) -> None:
    windows = Windows()
    windows.move(vault(0, 0, name="Editor"))
    async with masked(plain, windows, VAULT) as (_, capture):
        windows.move(vault(0, 0))
        with trio.fail_after(5):
            await capture.changed()
        assert Rectangle(0, 0, 40, 30) in capture.take()
        assert (painted(capture.grab(WHOLE)) == places(Rectangle(0, 0, 40, 30))).all()


async def test_a_place_that_was_left_is_shown_again_after_a_while(plain: FakeDesktop) -> None:
    windows = Windows()
    windows.move(vault(0, 0))
    async with masked(plain, windows, VAULT) as (_, capture):
        windows.move(vault(100, 100), passed=(vault(0, 0),))
        capture.grab(WHOLE)
        capture.take()
        with trio.fail_after(10):
            await capture.changed()
        assert capture.take() == [Rectangle(0, 0, 40, 30)]
        assert (painted(capture.grab(WHOLE)) == places(Rectangle(100, 100, 40, 30))).all()


async def test_a_look_during_a_reading_wakes_the_capture_too(plain: FakeDesktop) -> None:
    windows = Windows()
    async with masked(plain, windows, VAULT) as (_, capture), trio.open_nursery() as nursery:
        woken = trio.Event()

        async def wait() -> None:
            await capture.changed()
            woken.set()

        nursery.start_soon(wait)
        await wait_all_tasks_blocked()
        windows.now = (vault(0, 0),)
        await trio.to_thread.run_sync(capture.grab, Rectangle(0, 0, 1, 1))
        with trio.fail_after(5):
            await woken.wait()
        assert capture.take() == [Rectangle(0, 0, 40, 30)]


async def test_what_is_drawn_wakes_it_as_ever(plain: FakeDesktop) -> None:
    async with masked(plain, Windows(), VAULT) as (_, capture):
        plain.paint(scenes.flat(5, 5), 7, 8)
        with trio.fail_after(5):
            await capture.changed()
        assert capture.take() == [Rectangle(7, 8, 5, 5)]


# --- when it cannot be masked


async def test_where_windows_cannot_be_listed_a_mask_of_windows_bars_the_screen(plain: FakeDesktop) -> None:
    async with running(plain, None, VAULT) as desktop:
        assert desktop.state.unmaskable
        assert "to be masked, and they cannot be listed (this system" in desktop.state.error
        with pytest.raises(ScreenUnmaskable, match="cannot be shown: some of its windows"):
            await desktop.open_capture()
        desktop.conceal([CORNER])
        assert (desktop.state.error, desktop.state.unmaskable) == ("", False)
        (await desktop.open_capture()).close()


async def test_a_screen_that_cannot_be_shown_anyway_says_why_not(plain: FakeDesktop) -> None:
    async with running(plain, None, VAULT) as desktop:
        plain.states.change(error="there is none")
        await until(lambda: desktop.state.error == "there is none")
        assert not desktop.state.unmaskable


async def test_windows_that_cannot_be_listed_any_more_end_the_capture_until_they_can(
    plain: FakeDesktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(masking, "RETRY", 0.01)
    windows = Windows()
    async with masked(plain, windows, VAULT) as (desktop, capture):
        windows.refuses = "the server is cross"
        with pytest.raises(ScreenUnmaskable, match="the server is cross"):
            await trio.to_thread.run_sync(capture.grab, WHOLE)
        await until(lambda: desktop.state.unmaskable)
        with pytest.raises(ScreenUnavailable):
            await desktop.open_capture()
        windows.refuses = ""
        await until(lambda: not desktop.state.unmaskable)
        (await desktop.open_capture()).close()


async def test_one_that_waits_is_told_too(plain: FakeDesktop) -> None:
    windows = Windows()
    async with masked(plain, windows, VAULT) as (_, capture):
        windows.fail("gone")
        with pytest.raises(ScreenUnmaskable, match="gone"), trio.fail_after(5):
            await capture.changed()


async def test_a_capture_that_cannot_begin_leaves_nothing_open(plain: FakeDesktop) -> None:
    windows = Windows()
    async with running(plain, windows, VAULT) as desktop:
        await until(lambda: not desktop.state.unmaskable)
        windows.refuses = "not now"
        with pytest.raises(ScreenUnmaskable):
            await desktop.open_capture()
        assert plain.open == 0
        assert desktop.state.unmaskable


async def test_the_state_follows_the_desktop_and_tells_the_masks(plain: FakeDesktop) -> None:
    async with running(plain, Windows(), VAULT) as desktop:
        assert desktop.state.masks == (VAULT,)
        plain.states.change(locked=True)
        await until(
            lambda: desktop.state == DesktopState(displays=plain.state.displays, locked=True, masks=(VAULT,))
        )
        desktop.conceal([])
        assert not desktop.state.masks


async def test_no_desktop_and_wayland_have_no_windows_to_list() -> None:
    no_bus = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}
    for environ in ({}, {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}):
        async with open_desktop({**no_bus, **environ}, "linux") as desktop:
            why = desktop.state.error
            desktop.conceal([VAULT])
            assert desktop.state.error == why != ""
            with pytest.raises(ScreenUnavailable):
                await desktop.open_capture()
