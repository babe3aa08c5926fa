"""How long nobody touched key or mouse, asked of a real X server and of services on a real bus."""

from collections.abc import Iterator
from typing import Any

import pytest
import trio
from jeepney import HeaderFields, new_method_return

from lanassist.node.desktop import idle
from lanassist.node.desktop.choose import open_desktop
from tests.support.dbus import Bus, LockService, ScreenSaver
from tests.support.waiting import until
from tests.support.xserver import XServer

pytestmark = pytest.mark.e2e


class IdleService(LockService):
    """Something on the session bus that is asked how long nobody was there, and counts up by itself."""

    def __init__(self, bus: Bus, name: str, path: str, method: str, *answers: int) -> None:
        super().__init__(bus, name, path)
        self._method = method
        self.answers = list(answers)

    def answer(self, call: Any) -> Any:
        fields = call.header.fields
        if (fields[HeaderFields.member], fields[HeaderFields.path]) != (self._method, self._path):
            return None
        return new_method_return(call, "t", (self.answers.pop(0),))


@pytest.fixture
def bus() -> Iterator[Bus]:
    with Bus() as a_bus:
        yield a_bus


async def idle_with(service: LockService, bus: Bus) -> float | None:
    async with trio.open_nursery() as nursery:
        await nursery.start(service.run)
        found = await idle.idle_on_bus({"DBUS_SESSION_BUS_ADDRESS": bus.address})
        nursery.cancel_scope.cancel()
    return found


async def test_an_x_server_counts_until_somebody_moves_the_mouse() -> None:
    with XServer(640, 480) as x:
        no_bus = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}
        async with open_desktop({"DISPLAY": x.display, **no_bus}, "linux") as desktop:

            async def seconds() -> float:
                found = await desktop.idle_for()
                assert found is not None
                return found

            first = await seconds()
            await trio.sleep(0.6)  # this time is what is measured
            later = await seconds()
            assert later >= first + 0.5
            await trio.run_process(["xdotool", "mousemove", "10", "10"], env=x.environ)
            assert await seconds() < later
            before = x.clients()
            await seconds()
            await until(lambda: x.clients() <= before)
        x.stop()
        assert await idle.idle_on_x11(x.display) is None


async def test_gnomes_compositor_counts_milliseconds(bus: Bus) -> None:
    monitor = IdleService(bus, idle.MONITOR, idle.MONITOR_PATH, "GetIdletime", 12_500)
    assert await idle_with(monitor, bus) == 12.5


@pytest.mark.parametrize("path", idle.SAVER_PATHS)
@pytest.mark.parametrize("answers", [(901, 902), (901_000, 902_100)], ids=["seconds", "milliseconds"])
async def test_a_screen_saver_may_count_seconds_or_milliseconds(
    bus: Bus, path: str, answers: tuple[int, int]
) -> None:
    saver = IdleService(bus, idle.SAVER, path, "GetSessionIdleTime", *answers)
    found = await idle_with(saver, bus)
    assert found is not None
    assert 902 <= found <= 902.1


async def test_a_screen_saver_that_does_not_count_tells_nothing(bus: Bus) -> None:
    assert await idle_with(ScreenSaver(bus), bus) is None


async def test_without_a_bus_nothing_is_told() -> None:
    assert await idle.idle_on_bus({}) is None
    assert await idle.idle_on_bus({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}) is None


async def test_with_a_bus_that_goes_away_meanwhile_nothing_is_told(bus: Bus) -> None:
    saver = IdleService(bus, idle.SAVER, idle.SAVER_PATHS[0], "GetSessionIdleTime", 901)
    found: list[float | None] = []

    async def ask() -> None:
        found.append(await idle.idle_on_bus({"DBUS_SESSION_BUS_ADDRESS": bus.address}))

    async with trio.open_nursery() as nursery:
        async with trio.open_nursery() as serving:
            await serving.start(saver.run)
            nursery.start_soon(ask)
            await until(lambda: not saver.answers)
            serving.cancel_scope.cancel()
        bus.stop()
    assert found == [None]


async def test_a_machine_without_a_screen_asks_the_session_bus(bus: Bus) -> None:
    monitor = IdleService(bus, idle.MONITOR, idle.MONITOR_PATH, "GetIdletime", 3_000)
    nowhere = {"DBUS_SESSION_BUS_ADDRESS": bus.address, "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}
    async with trio.open_nursery() as nursery:
        await nursery.start(monitor.run)
        async with open_desktop({**nowhere, "WAYLAND_DISPLAY": "wayland-0"}, "linux") as desktop:
            assert await desktop.idle_for() == 3.0
        nursery.cancel_scope.cancel()
