"""One desktop, watched by nobody, by one, by many, and what goes wrong meanwhile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio
import trio.testing

from lanassist.node.desktop.base import Rectangle
from lanassist.node.errors import ScreenUnavailable
from lanassist.node.services.glance import media
from lanassist.node.services.glance.outbox import UNTAKEN
from lanassist.node.services.glance.pump import GlancePump
from lanassist.node.services.glance.scaling import scaled
from lanassist.node.services.glance.studio import SCALED_EVERY, STALE_AREAS, merged
from tests.support import scenes
from tests.support.desktops import FakeDesktop, Watcher
from tests.support.waiting import until


class Room:
    """A desktop, its pump, and those who watch."""

    def __init__(self, desktop: FakeDesktop, nursery: trio.Nursery) -> None:
        self.desktop = desktop
        self.sent: dict[str, int] = {}
        self.pump = GlancePump(desktop, self._sent)
        self.ended: dict[str, ScreenUnavailable | None] = {}
        self.scopes: dict[str, trio.CancelScope] = {}
        self.nursery = nursery

    def _sent(self, session: str, size: int) -> None:
        self.sent[session] = self.sent.get(session, 0) + size

    def watches(self, session: str, *displays: int, lossless: bool = False, scale: float = 1.0) -> Watcher:
        watcher = Watcher(*displays)
        self.nursery.start_soon(self._serve, watcher, session, displays, lossless, scale)
        return watcher

    async def _serve(
        self, watcher: Watcher, session: str, displays: tuple[int, ...], lossless: bool, scale: float
    ) -> None:
        error = None
        with trio.CancelScope() as self.scopes[session]:
            try:
                await self.pump.serve(watcher, session, displays, lossless, scale=scale)
            except ScreenUnavailable as failure:
                error = failure
        self.ended[session] = error

    async def until_ended(self, session: str) -> ScreenUnavailable | None:
        await until(lambda: session in self.ended)
        return self.ended[session]

    async def until_closed(self) -> None:
        await until(lambda: self.desktop.open == 0)


@asynccontextmanager
async def room(*sizes: tuple[int, int]) -> AsyncIterator[Room]:
    async with trio.open_nursery() as nursery:
        a_room = Room(FakeDesktop(*sizes), nursery)
        await nursery.start(a_room.pump.run)
        yield a_room
        nursery.cancel_scope.cancel()


async def test_nobody_watches_and_nothing_is_captured() -> None:
    async with room((320, 200)) as site:
        for seed in range(3):
            site.desktop.paint(scenes.noise(320, 200, seed))
            await trio.testing.wait_all_tasks_blocked()
        assert site.desktop.grabs == 0
        assert site.desktop.open == 0


async def test_one_watches_what_changes_and_the_capture_ends_when_it_leaves() -> None:
    async with room((320, 200)) as site:
        ana = site.watches("ana", 1)
        await ana.until_shows(1, site.desktop.shown(1))
        for seed in range(5):
            site.desktop.paint(scenes.text(60, 40, seed), 20 * seed, 30)
            await ana.until_shows(1, site.desktop.shown(1))
        assert site.sent["ana"] == ana.received
        site.scopes["ana"].cancel()
        await site.until_closed()
        grabs = site.desktop.grabs
        site.desktop.paint(scenes.noise(320, 200))
        await trio.testing.wait_all_tasks_blocked()
        assert site.desktop.grabs == grabs


async def test_a_viewer_that_hangs_up_ends_its_service() -> None:
    async with room((320, 200)) as site:
        ana = site.watches("ana", 1)
        await ana.until_shows(1, site.desktop.shown(1))
        ana.hangs_up()
        assert await site.until_ended("ana") is None
        await site.until_closed()


async def test_a_viewer_that_talks_nonsense_ends_its_service_only() -> None:
    async with room((320, 200)) as site:
        ana, ben = site.watches("ana", 1), site.watches("ben", 1)
        await ana.answers.send(b"nonsense")
        assert await site.until_ended("ana") is None
        await ben.until_shows(1, site.desktop.shown(1))


async def test_a_viewer_that_confirms_what_it_does_not_take_is_shown_nothing_more() -> None:
    async with room((320, 200)) as site:
        ana, liar = site.watches("ana", 1), site.watches("liar", 1)
        await liar.until_shows(1, site.desktop.shown(1))
        liar.falls_asleep()
        for seed in range(2 * UNTAKEN):
            liar.answers.send_nowait(media.drawn(1, 2**32 - 1))
            site.desktop.paint(scenes.text(60, 40, seed), 20, 30)
            await ana.until_shows(1, site.desktop.shown(1))
        assert await site.until_ended("liar") is None
        assert "ana" not in site.ended


async def test_ten_watch_for_the_price_of_one() -> None:
    async with room((320, 200)) as site:
        viewers = [site.watches(f"viewer-{number}", 1) for number in range(10)]
        for viewer in viewers:
            await viewer.until_shows(1, site.desktop.shown(1))
        grabs, encodes = site.desktop.grabs, site.pump.encodes
        for seed in range(5):
            site.desktop.paint(scenes.text(60, 40, seed), 20, 30)
            for viewer in viewers:
                await viewer.until_shows(1, site.desktop.shown(1))
        assert site.desktop.grabs - grabs == 5
        assert site.pump.encodes - encodes == 5


async def test_who_sleeps_slows_nobody_and_wakes_up_to_the_newest() -> None:
    async with room((320, 200)) as site:
        quick, slow = site.watches("quick", 1), site.watches("slow", 1)
        await quick.until_shows(1, site.desktop.shown(1))
        await slow.until_shows(1, site.desktop.shown(1))
        slow.falls_asleep()
        for seed in range(20):
            site.desktop.paint(scenes.text(320, 200, seed))
            await quick.until_shows(1, site.desktop.shown(1))
        before = slow.updates
        slow.wakes_up()
        await slow.until_shows(1, site.desktop.shown(1))
        assert slow.updates - before <= 4


async def test_the_choice_changes_during_the_session() -> None:
    async with room((320, 200), (200, 320)) as site:
        ana = site.watches("ana", 1)
        await ana.until_shows(1, site.desktop.shown(1))
        ana.viewer.choose([1, 2])
        site.pump.choose("ana", [1, 2])
        await ana.until_shows(2, site.desktop.shown(2))
        site.pump.choose("ana", [2])
        received = ana.viewer.frame(1)
        site.desktop.paint(scenes.text(520, 200))
        await ana.until_shows(2, site.desktop.shown(2))
        assert ana.viewer.frame(1) is received
        assert not ana.shows(1, site.desktop.shown(1))
        site.pump.choose("nobody", [1])


async def test_a_display_changes_its_size_and_the_session_goes_on() -> None:
    async with room((320, 200)) as site:
        ana = site.watches("ana", 1)
        await ana.until_shows(1, site.desktop.shown(1))
        site.desktop.arrange((640, 480))
        site.desktop.paint(scenes.text(640, 480))
        await ana.until_shows(1, site.desktop.shown(1))


async def test_a_display_is_unplugged_and_plugged_in_again() -> None:
    async with room((320, 200), (200, 320)) as site:
        ana = site.watches("ana", 1, 2)
        await ana.until_shows(1, site.desktop.shown(1))
        await ana.until_shows(2, site.desktop.shown(2))
        site.desktop.arrange((320, 200))
        site.desktop.paint(scenes.text(320, 200))
        await ana.until_shows(1, site.desktop.shown(1))
        site.desktop.arrange((320, 200), (200, 320))
        site.desktop.paint(scenes.text(520, 320))
        await ana.until_shows(2, site.desktop.shown(2))
        assert not site.ended


async def test_a_photograph_is_sharpened_though_nothing_happens_any_more() -> None:
    async with room((320, 200)) as site:
        ana = site.watches("ana", 1)
        await ana.until_shows(1, site.desktop.shown(1))
        site.desktop.paint(scenes.photo(320, 200))
        await ana.until_shows(1, site.desktop.shown(1), deadline=1.5)


async def test_a_wall_gets_small_pictures_and_few_of_them() -> None:
    async with room((640, 400)) as site:
        wall, ana = site.watches("wall", 1, lossless=True, scale=0.25), site.watches("ana", 1)
        await ana.until_shows(1, site.desktop.shown(1))
        await wall.until_shows(1, scaled(site.desktop.shown(1), 4))
        assert wall.viewer.frame(1).shape == (100, 160, 4)  # type: ignore[union-attr]
        begin, updates = trio.current_time(), wall.updates
        for seed in range(30):
            site.desktop.paint(scenes.text(203, 101, seed), 33, 21)
            await ana.until_shows(1, site.desktop.shown(1))
        await wall.until_shows(1, scaled(site.desktop.shown(1), 4))
        spent = trio.current_time() - begin
        assert wall.updates - updates <= spent / SCALED_EVERY + 2


async def test_a_small_photograph_is_not_sharpened() -> None:
    async with room((640, 400)) as site:
        site.desktop.paint(scenes.photo(640, 400))
        wall = site.watches("wall", 1, scale=0.5)
        with trio.fail_after(5):
            while wall.viewer.frame(1) is None:
                await wall.next_update()
        assert not wall.viewer.exact(1)
        assert site.pump._studio.next_wake(trio.current_time() + SCALED_EVERY) is None


async def test_a_lossless_viewer_beside_a_usual_one() -> None:
    async with room((320, 200)) as site:
        site.desktop.paint(scenes.photo(320, 200))
        ana, save = site.watches("ana", 1), site.watches("save", 1, lossless=True)
        with trio.fail_after(5):
            while save.updates == 0:
                await save.next_update()
        assert save.shows(1, site.desktop.shown(1))
        await ana.until_shows(1, site.desktop.shown(1))


async def test_a_refused_capture_ends_every_session_with_the_reason() -> None:
    async with room((320, 200)) as site:
        site.desktop.refuses = "no permission"
        site.watches("ana", 1)
        failure = await site.until_ended("ana")
        assert failure is not None
        assert failure.text == "The screen cannot be shown: no permission."
        site.desktop.refuses = ""
        ben = site.watches("ben", 1)
        await ben.until_shows(1, site.desktop.shown(1))


async def test_a_desktop_that_goes_away_ends_the_session_with_its_reason() -> None:
    async with room((320, 200)) as site:
        ana = site.watches("ana", 1)
        await ana.until_shows(1, site.desktop.shown(1))
        site.desktop.states.change(displays=(), error="it burned down")
        failure = await site.until_ended("ana")
        assert failure is not None
        assert "it burned down" in failure.text
        await site.until_closed()


async def test_pixels_refused_in_the_middle_end_the_session() -> None:
    async with room((320, 200)) as site:
        ana = site.watches("ana", 1)
        await ana.until_shows(1, site.desktop.shown(1))
        site.desktop.refuses = "not any more"
        site.desktop.paint(scenes.text(320, 200))
        failure = await site.until_ended("ana")
        assert failure is not None
        assert "not any more" in failure.text


@pytest.mark.parametrize(
    ("areas", "expected"),
    [
        ([Rectangle(0, 0, 10, 10), Rectangle(10, 0, 10, 10)], [Rectangle(0, 0, 20, 10)]),
        (
            [Rectangle(0, 0, 10, 10), Rectangle(900, 900, 10, 10)],
            [Rectangle(0, 0, 10, 10), Rectangle(900, 900, 10, 10)],
        ),
        ([Rectangle(0, 0, 100, 100), Rectangle(50, 50, 10, 10)], [Rectangle(0, 0, 100, 100)]),
    ],
)
def test_damage_is_joined_where_that_wastes_little(areas: list[Rectangle], expected: list[Rectangle]) -> None:
    assert merged(areas) == expected


def test_damage_all_over_a_display_is_looked_at_as_one() -> None:
    specks = [Rectangle(50 * (n % 20), 50 * (n // 20), 2, 2) for n in range(STALE_AREAS + 1)]
    assert len(merged(specks[:-1])) == STALE_AREAS
    assert len(merged(specks)) == 1
