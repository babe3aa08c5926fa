"""Notices on a desktop, over a real message bus."""

from collections.abc import Iterator

import pytest
import trio

from lanassist.node.desktop import notify
from lanassist.node.desktop.notify import DesktopNotices
from tests.support.dbus import Bus
from tests.support.notices import NoticeServer

pytestmark = pytest.mark.e2e


@pytest.fixture
def bus() -> Iterator[Bus]:
    with Bus() as a_bus:
        yield a_bus


def notices(address: str) -> DesktopNotices:
    return DesktopNotices({"DBUS_SESSION_BUS_ADDRESS": address})


async def test_a_notice_takes_the_place_of_the_last_of_its_key(bus: Bus) -> None:
    server, desktop = NoticeServer(bus), notices(bus.address)
    async with trio.open_nursery() as nursery:
        await nursery.start(server.run)
        await desktop.show("sam", "Sam is viewing display 2", "Reason: coaching")
        await desktop.show("mia", "Mia is viewing display 1", "")
        await desktop.show("sam", "Sam no longer sees your screen", "Stopped by the supervisor")
        nursery.cancel_scope.cancel()
    assert server.shown == [
        ("Sam is viewing display 2", "Reason: coaching", 0),
        ("Mia is viewing display 1", "", 0),
        ("Sam no longer sees your screen", "Stopped by the supervisor", 1),
    ]


async def test_a_lasting_notice_stays_until_it_is_taken_down_or_the_node_goes(bus: Bus) -> None:
    server, desktop = NoticeServer(bus), notices(bus.address)
    async with trio.open_nursery() as nursery:
        await nursery.start(server.run)
        assert await desktop.show("sam", "Sam is viewing display 2", "")
        for name in ("Dana", "Kim", "Ada"):
            assert await desktop.show(name, f"{name} asks for help", "", lasting=True)
        assert len(server.standing) == 3
        await desktop.withdraw("Kim")
        await desktop.withdraw("Kim")
        assert list(server.standing.values()) == ["Dana asks for help", "Ada asks for help"]
        await desktop.close()
        assert server.standing == {}
        nursery.cancel_scope.cancel()


async def test_what_people_wrote_is_inert(bus: Bus) -> None:
    marked_up, desktop = NoticeServer(bus, "body-markup"), notices(bus.address)
    async with trio.open_nursery() as nursery:
        await nursery.start(marked_up.run)
        await desktop.show("a", "Eve\n\x1b[2J\u202e", "<b>bold</b> & so on")
        await desktop.show("b", "x" * 1000, "")
        nursery.cancel_scope.cancel()
    assert marked_up.shown[0] == ("Eve  [2J ", "&lt;b&gt;bold&lt;/b&gt; &amp; so on", 0)
    assert len(marked_up.shown[1][0]) == notify.TEXT


async def test_only_so_many_are_remembered(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "KEPT", 2)
    server, desktop = NoticeServer(bus), notices(bus.address)
    async with trio.open_nursery() as nursery:
        await nursery.start(server.run)
        for key in ("a", "b", "c", "a", "c"):
            await desktop.show(key, key, "")
        nursery.cancel_scope.cancel()
    assert [replaced for _, _, replaced in server.shown] == [0, 0, 0, 0, 3]


async def test_nothing_breaks_where_nobody_shows_notices(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    for desktop in (notices(bus.address), notices("unix:path=/nowhere"), DesktopNotices({})):
        assert not await desktop.show("a", "Sam is viewing display 2", "", lasting=True)
        await desktop.withdraw("a")
        await desktop.close()
    monkeypatch.setattr(notify, "PATIENCE", 0.05)
    async with trio.open_nursery() as nursery:
        await nursery.start(NoticeServer(bus, silent=True).run)
        assert not await notices(bus.address).show("a", "Sam is viewing display 2", "")
        nursery.cancel_scope.cancel()
