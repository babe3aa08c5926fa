"""Locked or not, asked of real message buses that come and go."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
import trio

from lanassist.node.desktop import lock
from lanassist.node.desktop.choose import open_desktop
from tests.support.dbus import Bus, Logind, ScreenSaver
from tests.support.waiting import until

pytestmark = pytest.mark.e2e

NOWHERE = "unix:path=/nowhere"


class Told:
    """What watch_lock tells."""

    def __init__(self) -> None:
        self.all: list[bool | None] = []

    @property
    def now(self) -> bool | None:
        return self.all[-1]


@pytest.fixture
def bus() -> Iterator[Bus]:
    with Bus() as a_bus:
        yield a_bus


@asynccontextmanager
async def watching(session: str, system: str, nursery: trio.Nursery) -> AsyncIterator[Told]:
    told = Told()
    environ = {"DBUS_SESSION_BUS_ADDRESS": session, "DBUS_SYSTEM_BUS_ADDRESS": system}
    await nursery.start(lock.watch_lock, environ, told.all.append)
    yield told
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
        ("org.freedesktop.ScreenSaver", "/ScreenSaver"),
        ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
    ],
)
async def test_a_screen_saver_locks_and_unlocks(bus: Bus, name: str, path: str) -> None:
    saver = ScreenSaver(bus, name, path)
    async with trio.open_nursery() as nursery:
        await nursery.start(saver.run)
        async with watching(bus.address, NOWHERE, nursery) as told:
            assert told.now is False
            await saver.turns(True)
            await until(lambda: told.now is True)
            await saver.turns(False)
            await until(lambda: told.now is False)


async def test_logind_locks_and_unlocks(bus: Bus) -> None:
    logind = Logind(bus)
    logind.locked = True
    async with trio.open_nursery() as nursery:
        await nursery.start(logind.run)
        async with watching(NOWHERE, bus.address, nursery) as told:
            assert told.now is True
            await logind.turns(False)
            await until(lambda: told.now is False)


async def test_either_bus_is_enough_to_be_locked(bus: Bus) -> None:
    with Bus() as system:
        saver, logind = ScreenSaver(bus), Logind(system)
        async with trio.open_nursery() as nursery:
            await nursery.start(saver.run)
            await nursery.start(logind.run)
            async with watching(bus.address, system.address, nursery) as told:
                await saver.turns(True)
                await until(lambda: told.now is True)
                await logind.turns(True)
                await saver.turns(False)
                await until(lambda: told.all[-1] is True)
                await logind.turns(False)
                await until(lambda: told.now is False)


async def test_a_screen_saver_that_starts_later_and_goes_away(bus: Bus) -> None:
    async with trio.open_nursery() as nursery, watching(bus.address, NOWHERE, nursery) as told:
        assert told.now is None
        async with trio.open_nursery() as saving:
            saver = ScreenSaver(bus)
            saver.locked = True
            await saving.start(saver.run)
            await until(lambda: told.now is True)
            saving.cancel_scope.cancel()
        await until(lambda: told.now is None)


async def test_a_bus_that_goes_away_and_comes_back(bus: Bus) -> None:
    async with trio.open_nursery() as nursery:
        async with trio.open_nursery() as saving:
            saver = ScreenSaver(bus)
            await saving.start(saver.run)
            saving.cancel_scope.cancel()
        async with watching(bus.address, NOWHERE, nursery) as told:
            bus.stop()
            await until(lambda: len(told.all) > 2)
            assert told.now is None
            bus.start()
            saver = ScreenSaver(bus)
            saver.locked = True
            await nursery.start(saver.run)
            await until(lambda: told.now is True)


async def test_without_any_bus_nothing_is_told() -> None:
    async with trio.open_nursery() as nursery, watching(NOWHERE, "nonsense", nursery) as told:
        assert told.now is None


async def test_the_desktop_carries_it(bus: Bus) -> None:
    saver = ScreenSaver(bus)
    async with trio.open_nursery() as nursery:
        await nursery.start(saver.run)
        environ = {"DBUS_SESSION_BUS_ADDRESS": bus.address, "DBUS_SYSTEM_BUS_ADDRESS": NOWHERE}
        async with open_desktop(environ, "linux") as desktop:
            assert desktop.state.locked is False
            await saver.turns(True)
            await until(lambda: desktop.state.locked is True)
        nursery.cancel_scope.cancel()
