"""Which rectangles move like video, told by when their tiles changed."""

from hypothesis import given, strategies as st

from lanassist.node.desktop.base import Pixels, Rectangle
from lanassist.node.protocol import limits
from lanassist.node.services.glance import tiles
from lanassist.node.services.glance.motion import SLOT, SLOTS, Motion, Region
from tests.support import scenes

WIDTH, HEIGHT = 800, 600
FILM = Rectangle(131, 77, 320, 240)


class Display:
    """What is on it, and what of it moves."""

    def __init__(self) -> None:
        self.motion = Motion(WIDTH, HEIGHT)
        self.frame, _ = tiles.black_frame(WIDTH, HEIGHT)
        self.now = 100.0

    def shows(self, pixels: Pixels, area: Rectangle) -> None:
        """New pixels, of which all are taken to have changed."""
        part = self.frame[area.y : area.y + area.height, area.x : area.x + area.width]
        part[:] = pixels.view("uint32")[:, :, 0]
        grid = tiles.clean_grid(WIDTH, HEIGHT)
        tiles.mark(grid, area)
        self.motion.changed(grid, self.now)

    def plays(self, area: Rectangle, seconds: float, rate: float = 25, kind: object = scenes.photo) -> None:
        """Another picture there, so many times a second."""
        pictures = [kind(area.width, area.height, seed) for seed in range(3)]  # type: ignore[operator]
        for step in range(int(seconds * rate)):
            self.shows(pictures[step % 3], area)
            self.regions()
            self.now += 1 / rate

    def waits(self, seconds: float) -> None:
        self.now += seconds

    def regions(self) -> tuple[Region, ...]:
        return self.motion.look(self.frame, self.now)

    def areas(self) -> list[Rectangle]:
        return [region.area for region in self.regions()]


def test_a_film_is_found_within_a_third_of_a_second_with_its_own_bounds() -> None:
    display = Display()
    display.plays(FILM, 0.3)
    assert display.areas() == [FILM]


def test_the_window_that_opens_around_a_film_is_no_part_of_it() -> None:
    display = Display()
    display.shows(scenes.text(WIDTH, HEIGHT), Rectangle(0, 0, WIDTH, HEIGHT))
    display.plays(FILM, 0.5)
    assert display.areas() == [FILM]


def test_a_film_of_ten_frames_a_second_is_found_too() -> None:
    display = Display()
    display.plays(FILM, 1, rate=10)
    assert display.areas() == [FILM]


def test_slides_are_no_film() -> None:
    display = Display()
    display.plays(FILM, 5, rate=2)
    assert display.areas() == []


def test_text_that_keeps_changing_is_no_film() -> None:
    display = Display()
    display.plays(FILM, 2, kind=scenes.text)
    assert display.areas() == []


def test_a_small_spinner_is_no_film() -> None:
    display = Display()
    display.plays(Rectangle(300, 300, 64, 64), 2)
    assert display.areas() == []


def test_a_film_keeps_its_region_while_it_runs() -> None:
    display = Display()
    display.plays(FILM, 0.5)
    (first,) = display.regions()
    for _ in range(4):
        display.plays(FILM, 1)
        assert display.regions() == (first,)


def test_a_film_that_stands_still_is_over_after_a_second() -> None:
    display = Display()
    display.plays(FILM, 1)
    display.waits(0.5)
    assert display.areas() == [FILM]
    display.waits(SLOT * SLOTS)
    assert display.areas() == []


def test_text_in_the_place_of_a_film_ends_it_although_it_keeps_changing() -> None:
    display = Display()
    display.plays(FILM, 1)
    display.plays(FILM, SLOT * 2, kind=scenes.text)
    assert display.areas() == []


def test_a_film_that_becomes_larger_begins_anew_with_its_new_bounds() -> None:
    display = Display()
    display.plays(FILM, 2)
    (small,) = display.regions()
    larger = Rectangle(20, 20, 640, 480)
    display.plays(larger, 2)
    (region,) = display.regions()
    assert (region.area, region.number > small.number) == (larger, True)


def test_a_film_that_becomes_much_smaller_begins_anew() -> None:
    display = Display()
    display.plays(Rectangle(20, 20, 640, 480), 2)
    display.plays(Rectangle(64, 64, 192, 192), 2)
    assert display.areas() == [Rectangle(64, 64, 192, 192)]


def test_two_films_have_a_stream_each() -> None:
    display = Display()
    other = Rectangle(500, 380, 200, 160)
    for _ in range(20):
        display.plays(FILM, 0.04)
        display.now -= 0.04
        display.plays(other, 0.04)
    regions = display.regions()
    assert {region.area for region in regions} == {FILM, other}
    assert len({region.slot for region in regions}) == 2


def test_a_letter_typed_beside_a_film_leaves_it_alone() -> None:
    display = Display()
    display.plays(FILM, 1)
    (before,) = display.regions()
    for _ in range(20):
        display.shows(scenes.text(12, 16), Rectangle(600, 500, 12, 16))
        display.plays(FILM, 0.1)
    assert display.regions() == (before,)


@given(st.data())
def test_whatever_changes_regions_are_few_and_apart_and_on_the_display(data: st.DataObject) -> None:
    display = Display()
    for _ in range(data.draw(st.integers(1, 6))):
        x, y = data.draw(st.integers(0, WIDTH - 96)), data.draw(st.integers(0, HEIGHT - 96))
        area = Rectangle(x, y, data.draw(st.integers(96, WIDTH - x)), data.draw(st.integers(96, HEIGHT - y)))
        display.plays(area, data.draw(st.sampled_from([0.1, 0.4, 1.2])), rate=10, kind=scenes.noise)
        display.waits(data.draw(st.sampled_from([0.0, 0.3, 2.0])))
        regions = display.regions()
        assert len(regions) <= limits.VIDEO_STREAMS
        assert len({region.slot for region in regions}) == len(regions)
        for region in regions:
            assert region.area.within(Rectangle(0, 0, WIDTH, HEIGHT)) == region.area
            others = (other for other in regions if other is not region)
            assert all(region.area.within(other.area) is None for other in others)
