"""A real X server with two monitors: what is told of it, and that its pixels arrive exactly."""

import os
from collections.abc import Iterator

import pytest
import trio
import trio.testing

from lanassist.node.desktop.base import DesktopState
from lanassist.node.desktop.choose import open_desktop
from lanassist.node.errors import ScreenUnavailable
from lanassist.node.services.glance.pump import GlancePump
from tests.support import scenes
from tests.support.desktops import Watcher
from tests.support.paint import Painter
from tests.support.waiting import until
from tests.support.watched_desktop import desktop_of, watched
from tests.support.xserver import SIDE_BY_SIDE, Monitor, XServer

pytestmark = pytest.mark.e2e

START = scenes.text(3840, 1080)


@pytest.fixture
def x() -> Iterator[XServer]:
    with XServer(3840, 1080, SIDE_BY_SIDE) as server:
        yield server


async def serve_until_failed(pump: GlancePump, watcher: Watcher, ended: list[str]) -> None:
    try:
        await pump.serve(watcher, "ana", [1], False)
    except ScreenUnavailable as failure:
        ended.append(failure.text)


def layout(state: DesktopState) -> dict[int, tuple[str, int, int, int, int]]:
    return {
        display.number: (display.name, display.x, display.y, display.width, display.height)
        for display in state.displays
    }


async def test_both_monitors_are_told(x: XServer) -> None:
    async with desktop_of(x) as desktop:
        assert desktop.state.error == ""
        assert layout(desktop.state) == {1: ("left", 0, 0, 1920, 1080), 2: ("right", 1920, 0, 1920, 1080)}


async def test_a_monitor_unplugged_and_another_added_keep_their_numbers(x: XServer) -> None:
    async with desktop_of(x) as desktop:
        x.remove_monitor("right")
        await until(lambda: set(layout(desktop.state)) == {1})
        x.set_monitor(Monitor("third", 2000, 0, 800, 600))
        await until(lambda: layout(desktop.state).get(3) == ("third", 2000, 0, 800, 600))
        x.set_monitor(SIDE_BY_SIDE[1])
        await until(lambda: set(layout(desktop.state)) == {1, 2, 3})


async def test_what_is_drawn_arrives_pixel_for_pixel_on_its_own_display(x: XServer) -> None:
    with Painter(x.display) as painter:
        painter.put(START)
        async with desktop_of(x) as desktop, watched(desktop, 1, 2) as ana:
            await ana.until_shows(1, START[:, :1920])
            await ana.until_shows(2, START[:, 1920:])
            screen = START.copy()
            for seed in range(5):
                patch = scenes.text(301, 97, seed)
                painter.put(patch, 1800, 100 * seed)
                screen[100 * seed : 100 * seed + 97, 1800:2101] = patch
                await ana.until_shows(1, screen[:, :1920])
                await ana.until_shows(2, screen[:, 1920:])


async def test_a_photograph_becomes_exact_while_nothing_moves(x: XServer) -> None:
    photo = scenes.photo(640, 360)
    with Painter(x.display) as painter:
        async with desktop_of(x) as desktop, watched(desktop, 1) as ana:
            with trio.fail_after(20):
                await ana.next_update()
            painter.put(photo, 64, 64)
            screen = scenes.flat(1920, 1080, (0, 0, 0))
            screen[64 : 64 + 360, 64 : 64 + 640] = photo
            await ana.until_shows(1, screen)


async def test_nobody_watching_costs_no_cpu_and_no_connection(x: XServer) -> None:
    with Painter(x.display) as painter:
        async with desktop_of(x) as desktop, trio.open_nursery() as nursery:
            await nursery.start(GlancePump(desktop).run)
            before = os.times()
            clients = x.clients()
            for seed in range(20):
                painter.fill((seed, 0, 0), 0, 0, 1000, 1000)
            await trio.testing.wait_all_tasks_blocked(0.2)
            after = os.times()
            assert x.clients() == clients
            assert after.user + after.system - before.user - before.system < 0.1
            nursery.cancel_scope.cancel()


async def test_a_monitor_is_resized_under_a_viewer(x: XServer) -> None:
    with Painter(x.display) as painter:
        painter.put(START)
        async with desktop_of(x) as desktop, watched(desktop, 2) as ana:
            await ana.until_shows(2, START[:, 1920:])
            x.set_monitor(Monitor("right", 1920, 0, 1000, 700))
            await ana.until_shows(2, START[:700, 1920:2920])


async def test_the_screen_shrinks_and_grows_under_a_viewer(x: XServer) -> None:
    with Painter(x.display) as painter:
        async with desktop_of(x) as desktop, watched(desktop, 1) as ana:
            with trio.fail_after(20):
                await ana.next_update()
            x.resize(1280, 1024)
            await until(lambda: layout(desktop.state).get(1) == ("left", 0, 0, 1280, 1024))
            painter.put(START[:1024, :1280])
            await ana.until_shows(1, START[:1024, :1280])


async def test_the_server_dies_and_comes_back_and_the_node_lives(x: XServer) -> None:
    async with desktop_of(x) as desktop, trio.open_nursery() as nursery:
        pump = GlancePump(desktop)
        await nursery.start(pump.run)
        ana = Watcher(1)
        ended: list[str] = []
        nursery.start_soon(serve_until_failed, pump, ana, ended)
        with trio.fail_after(20):
            await ana.next_update()
        x.stop()
        await until(lambda: ended)
        assert "X " in ended[0]
        await until(lambda: desktop.state.error)
        assert desktop.state.displays == ()
        with pytest.raises(ScreenUnavailable):
            await pump.serve(Watcher(1), "ben", [1], False)
        x.start()
        await until(lambda: len(desktop.state.displays) == 2, seconds=10)
        assert desktop.state.error == ""
        cleo = Watcher(1)
        nursery.start_soon(pump.serve, cleo, "cleo", [1], False)
        with trio.fail_after(20):
            await cleo.next_update()
        nursery.cancel_scope.cancel()


async def test_a_display_that_cannot_be_reached_says_so() -> None:
    async with open_desktop({"DISPLAY": ":9876", "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}) as desktop:
        assert desktop.state.displays == ()
        assert ":9876 cannot be reached" in desktop.state.error
        with pytest.raises(ScreenUnavailable):
            await desktop.open_capture()
