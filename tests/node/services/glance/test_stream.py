"""One display's stream and its viewers, over the wire format, without any I/O."""

from collections.abc import Hashable

import numpy as np
import pytest
from hypothesis import given, strategies as st

from lanassist.node.desktop.base import Pixels, Rectangle
from lanassist.node.protocol import limits
from lanassist.node.services.glance import media, stream
from lanassist.node.services.glance.picture import Codec, parse
from lanassist.node.services.glance.sharpening import CALM, SHARPENED_TILES
from lanassist.node.services.glance.stream import DisplayStream
from lanassist.node.services.glance.viewer import Viewer
from tests.support import scenes


class Watching:
    """A display, its stream, and the viewers at the other end."""

    def __init__(self, width: int, height: int) -> None:
        self.stream = DisplayStream(1, width, height)
        self.viewers: dict[Hashable, Viewer] = {}
        self.screen = scenes.flat(width, height, (0, 0, 0))
        self.codecs: list[Codec] = []
        self.sizes: list[int] = []
        self.now = 0.0

    def joins(self, name: str, lossless: bool = False) -> None:
        self.viewers[name] = Viewer([1])
        self.stream.join(name, lossless)

    def shows(self, pixels: Pixels, x: int = 0, y: int = 0) -> None:
        height, width, _ = pixels.shape
        self.screen[y : y + height, x : x + width] = pixels
        self.stream.paint(Rectangle(x, y, width, height), pixels.copy(), self.now)

    def delivers(self, asleep: tuple[str, ...] = ()) -> int:
        """Send what is due; whoever is not asleep draws it at once. The number of updates."""
        count = 0
        for outgoing in self.stream.updates(self.now):
            count += 1
            update = parse(outgoing.data)
            self.codecs += [patch.codec for patch in update.patches]
            self.sizes.append(len(outgoing.data))
            for name in outgoing.viewers:
                self._draws(name, outgoing.data, asleep)
        return count

    def _draws(self, name: Hashable, data: bytes, asleep: tuple[str, ...]) -> None:
        for piece in media.pieces(data):
            assert len(piece) <= limits.MEDIA_MESSAGE_BYTES
            answer = self.viewers[name].feed(piece)
        assert answer is not None
        if name not in asleep:
            assert media.parse_drawn(answer)[0] == 1
            self.stream.drawn(name, media.parse_drawn(answer)[1])

    def sharpens(self) -> None:
        """Nothing changes until there is nothing left to sharpen."""
        while (wake := self.stream.next_wake()) is not None:
            self.now = max(self.now, wake)
            assert self.delivers()

    def quality(self, name: str) -> float:
        frame = self.viewers[name].frame(1)
        assert frame is not None
        return scenes.psnr(frame, self.screen)

    def exact(self, name: str) -> bool:
        return self.viewers[name].exact(1) and self.quality(name) == float("inf")


def test_a_viewer_first_gets_the_whole_display() -> None:
    site = Watching(200, 130)
    site.shows(scenes.text(200, 130))
    site.joins("ana")
    assert site.delivers() == 1
    assert site.exact("ana")
    assert site.delivers() == 0


def test_text_is_exact_at_once_and_never_jpeg() -> None:
    site = Watching(640, 400)
    site.joins("ana")
    site.shows(scenes.text(640, 400))
    site.delivers()
    assert site.exact("ana")
    assert Codec.JPEG not in site.codecs


def test_a_typed_letter_costs_a_few_hundred_bytes() -> None:
    site = Watching(1920, 1080)
    site.joins("ana")
    site.shows(scenes.text(1920, 1080))
    site.delivers()
    site.shows(scenes.text(12, 16, seed=3), 700, 500)
    site.delivers()
    assert site.exact("ana")
    assert site.sizes[-1] < 300


def test_a_photograph_is_close_at_once_and_exact_once_it_stands_still() -> None:
    site = Watching(640, 384)
    site.joins("ana")
    site.shows(scenes.photo(640, 384))
    site.delivers()
    assert Codec.JPEG in site.codecs
    assert 38 <= site.quality("ana") < float("inf")
    assert not site.viewers["ana"].exact(1)

    site.now += CALM - 0.01
    assert site.delivers() == 0
    site.sharpens()
    assert site.exact("ana")
    assert site.now <= 1.0


def test_a_picture_that_keeps_moving_is_not_sharpened() -> None:
    site = Watching(320, 192)
    site.joins("ana")
    for step in range(20):
        site.now = step * 0.04
        site.shows(scenes.photo(320, 192, seed=step))
        site.delivers()
    assert set(site.codecs) == {Codec.JPEG}


def test_sharpening_goes_in_portions() -> None:
    site = Watching(1920, 1080)
    site.joins("ana")
    site.shows(scenes.photo(1920, 1080))
    site.delivers()
    updates = site.stream.encodes
    site.sharpens()
    assert site.exact("ana")
    assert site.stream.encodes - updates == -(-30 * 17 // SHARPENED_TILES)


def test_a_lossless_viewer_never_gets_a_jpeg() -> None:
    site = Watching(320, 200)
    site.joins("ana", lossless=True)
    site.shows(scenes.photo(320, 200))
    site.delivers()
    assert site.exact("ana")
    assert Codec.JPEG not in site.codecs


def test_ten_viewers_in_step_cost_one_encode() -> None:
    site = Watching(640, 400)
    names = [f"viewer-{number}" for number in range(10)]
    for name in names:
        site.joins(name)
    for step in range(5):
        site.shows(scenes.text(300, 100, seed=step), 10, 10)
        assert site.delivers() == 1
    assert site.stream.encodes == 5
    assert all(site.exact(name) for name in names)


def test_a_laggard_gets_two_updates_then_only_the_newest_state() -> None:
    site = Watching(640, 400)
    site.joins("quick")
    site.joins("slow")
    for step in range(30):
        site.shows(scenes.text(64, 64, seed=step), 64 * (step % 5), 0)
        site.delivers(asleep=("slow",))
    assert site.exact("quick")
    assert site.quality("slow") < float("inf")
    encodes = site.stream.encodes
    assert encodes == 30  # none of them for the slow one alone

    site.stream.drawn("slow", 2)
    site.delivers()
    assert site.exact("slow")
    assert site.stream.encodes == encodes + 1


def scrolled(page: Pixels, top: int) -> Pixels:
    return page[top : top + 400].copy()


def test_scrolled_text_is_moved_and_only_what_comes_in_is_sent() -> None:
    site, page = Watching(640, 400), scenes.text(640, 1000)
    site.joins("ana")
    site.shows(scrolled(page, 0))
    site.delivers()
    site.codecs.clear()
    for step in range(1, 6):
        site.shows(scrolled(page, 48 * step))
        site.delivers()
        assert site.exact("ana")
    assert site.codecs.count(Codec.COPY) == 5
    assert max(site.sizes[-5:]) < site.sizes[-6] / 4


def test_a_photograph_that_is_scrolled_while_lossy_is_still_sharpened() -> None:
    site = Watching(640, 400)
    site.joins("ana")
    page = scenes.text(640, 1000)
    page[100:300, 100:400] = scenes.photo(300, 200)
    site.shows(scrolled(page, 0))
    site.delivers()
    site.codecs.clear()
    site.shows(scrolled(page, 48))
    site.delivers()
    assert Codec.COPY in site.codecs
    assert Codec.JPEG not in site.codecs
    assert not site.viewers["ana"].exact(1)
    site.now += 1.0
    site.sharpens()
    assert site.exact("ana")


def test_only_who_shows_what_was_there_before_moves_it() -> None:
    site, page = Watching(640, 400), scenes.text(640, 1000)
    site.joins("quick")
    site.joins("slow")
    for step in range(6):
        site.shows(scrolled(page, 48 * step))
        site.delivers(asleep=("slow",))
        assert site.exact("quick")
    site.codecs.clear()
    site.stream.drawn("slow", 2)
    site.delivers()
    assert Codec.COPY in site.codecs  # the first move that it missed, which the rest is painted over
    assert site.exact("slow")


def test_a_late_one_gets_pixels_while_the_others_move_theirs() -> None:
    site, page = Watching(640, 400), scenes.text(640, 1000)
    site.joins("early")
    site.shows(scrolled(page, 0))
    site.delivers()
    site.joins("late")
    site.codecs.clear()
    site.shows(scrolled(page, 48))
    assert site.delivers() == 2
    assert site.codecs.count(Codec.COPY) == 1
    assert site.exact("early")
    assert site.exact("late")


def switched(site: Watching, seed: int, asleep: tuple[str, ...] = ()) -> None:
    """One of some windows comes to the front and stays there for a while."""
    site.now += stream.SETTLED
    site.shows(scenes.text(400, 300, seed), 50, 40)
    site.delivers(asleep)


def test_a_window_that_comes_back_costs_next_to_nothing() -> None:
    site = Watching(640, 400)
    site.joins("ana")
    for seed in (1, 2, 3):
        switched(site, seed)
    for seed in (1, 2, 3, 1):
        site.codecs.clear()
        switched(site, seed)
        assert site.exact("ana")
        assert Codec.CACHED in site.codecs
        assert Codec.LOSSLESS not in site.codecs
        assert site.sizes[-1] < 400


def test_a_photograph_that_comes_back_is_exact_at_once() -> None:
    site = Watching(640, 384)
    site.joins("ana")
    for seed in (1, 2, 1):
        site.shows(scenes.photo(640, 384, seed))
        site.delivers()
        close = site.quality("ana")
        site.sharpens()
        site.now += 1.0
    assert close == float("inf")


def test_a_black_tile_is_none_of_those_cut_off_by_the_edge() -> None:
    site = Watching(600, 410)
    site.joins("ana")
    corner = scenes.text(600, 410)
    corner[:64, :64] = (0, 0, 0, 255)
    for picture in (corner, scenes.text(600, 410, 2), scenes.flat(600, 410, (0, 0, 0)), corner):
        site.shows(picture)
        site.delivers()
        site.now += 1.0
        assert site.exact("ana")


def test_what_changes_all_the_time_is_not_kept() -> None:
    site = Watching(640, 400)
    site.joins("ana")
    switched(site, 0)
    for step in range(20):
        site.now += stream.SETTLED / 3
        site.codecs.clear()
        site.shows(scenes.noise(640, 400, step % 2))
        site.delivers()
    assert set(site.codecs) == {Codec.JPEG}


def test_who_joins_late_gets_pixels_once_and_keeps_them_too() -> None:
    site = Watching(640, 400)
    site.joins("early")
    for seed in (1, 2):
        switched(site, seed)
    site.joins("late")
    for seed in (1, 2, 1, 2):
        switched(site, seed)
        assert site.exact("early")
        assert site.exact("late")
    encodes = site.stream.encodes
    for seed in (1, 2):
        switched(site, seed)
        assert site.exact("late")
    assert site.stream.encodes == encodes + 2


def test_a_laggard_is_never_shown_what_it_does_not_keep() -> None:
    site = Watching(640, 400)
    site.joins("quick")
    site.joins("slow")
    for step in range(8):
        switched(site, step % 3, asleep=("slow",) if step < 6 else ())
        if step == 5:
            site.stream.drawn("slow", 2**32 - 1)
        assert site.exact("quick")
    assert site.exact("slow")


def test_a_full_cache_forgets_what_it_kept_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CACHED_TILES", 100)
    site = Watching(640, 400)
    site.joins("ana")
    for seed in [*range(5), *range(5), 3, 4, 3]:
        site.codecs.clear()
        switched(site, seed)
        assert site.exact("ana")
    assert Codec.LOSSLESS not in site.codecs


def test_without_a_credit_there_is_nothing_to_capture_for() -> None:
    site = Watching(64, 64)
    credited = [site.stream.credited]
    site.joins("ana")
    for step in range(limits.UPDATES_IN_FLIGHT):
        credited.append(site.stream.credited)
        site.shows(scenes.noise(64, 64, seed=step))
        site.delivers(asleep=("ana",))
    credited.append(site.stream.credited)
    site.stream.drawn("ana", 1)
    credited.append(site.stream.credited)
    assert credited == [False, True, True, False, True]


def test_one_who_joins_later_does_not_disturb_the_others() -> None:
    site = Watching(320, 200)
    site.joins("ana")
    site.shows(scenes.text(320, 200))
    site.delivers()
    site.joins("ben")
    assert site.delivers() == 1
    assert site.exact("ben")
    site.shows(scenes.flat(50, 50), 5, 5)
    assert site.delivers() == 1
    assert site.exact("ana")
    assert site.exact("ben")


def test_a_resize_starts_every_viewer_anew() -> None:
    site = Watching(320, 200)
    site.joins("ana")
    site.shows(scenes.text(320, 200))
    site.delivers()
    site.stream.resize(500, 300)
    site.screen = scenes.flat(500, 300)
    site.shows(scenes.photo(500, 300))
    site.delivers()
    site.sharpens()
    assert site.exact("ana")


def test_who_left_gets_nothing() -> None:
    site = Watching(64, 64)
    site.joins("ana")
    site.stream.leave("ana")
    site.stream.leave("ana")
    site.stream.drawn("ana", 1)
    assert not site.stream.watched
    assert site.delivers() == 0


def test_the_undefined_byte_of_pixels_makes_no_change() -> None:
    site = Watching(64, 64)
    site.joins("ana")
    site.delivers()
    pixels = site.screen.copy()
    pixels[:, :, 3] = 77
    assert not site.stream.paint(Rectangle(0, 0, 64, 64), pixels, 0.0)


def test_a_huge_display_goes_in_several_updates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UPDATE_RAW_BYTES", 64 * 64 * 4 * 3)
    site = Watching(320, 320)
    for index in range(25):
        kind = scenes.text if index % 2 else scenes.noise
        site.shows(kind(64, 64, seed=index), index % 5 * 64, index // 5 * 64)
    site.joins("ana")
    portions = 0
    while site.delivers():
        portions += 1
    assert portions == 9
    site.sharpens()
    assert site.exact("ana")


@st.composite
def paintings(draw: st.DrawFn, width: int, height: int) -> tuple[int, int, Pixels]:
    x = draw(st.integers(0, width - 1))
    y = draw(st.integers(0, height - 1))
    w = draw(st.integers(1, width - x))
    h = draw(st.integers(1, height - y))
    scene = draw(st.sampled_from([scenes.flat, scenes.text, scenes.photo, scenes.noise]))
    if scene is scenes.flat:
        return x, y, scenes.flat(w, h, draw(st.tuples(*[st.sampled_from([0, 1, 255])] * 3)))
    return x, y, scene(w, h, draw(st.integers(0, 9)))  # type: ignore[operator]


@st.composite
def scrollings(draw: st.DrawFn) -> tuple[int, int]:
    """How far down and to the right."""
    return draw(st.sampled_from([-64, -37, -1, 0, 1, 16, 50, 90])), draw(st.sampled_from([-40, 0, 0, 23]))


@given(data=st.data(), width=st.integers(1, 260), height=st.integers(1, 260))
def test_whatever_is_painted_arrives(data: st.DataObject, width: int, height: int) -> None:
    """Anything is painted or moves, anyone sleeps: lossless viewers are exact, others once sharpened."""
    site = Watching(width, height)
    site.joins("sharp", lossless=True)
    site.joins("usual")
    for step in range(data.draw(st.integers(1, 8))):
        site.now += data.draw(st.sampled_from([0.0, 0.1, 0.6]))
        kind = data.draw(st.sampled_from(["move", "paint", "switch"]))
        if kind == "switch":
            window = data.draw(st.sampled_from([scenes.text, scenes.photo]))
            site.shows(window(width, height, data.draw(st.integers(0, 1))))
        elif kind == "move":
            down, across = data.draw(scrollings())
            site.shows(np.roll(site.screen, (down, across), axis=(0, 1)).copy())
        else:
            x, y, pixels = data.draw(paintings(width, height))
            site.shows(pixels, x, y)
        asleep = tuple(data.draw(st.sets(st.sampled_from(["sharp", "usual", "late"]))))
        if step == 2:
            site.joins("late")
        site.delivers(asleep=asleep)
        if "sharp" not in asleep:
            site.stream.drawn("sharp", 2**32 - 1)
            site.delivers()
            assert site.exact("sharp")
    for name in site.viewers:
        site.stream.drawn(name, 2**32 - 1)
    site.delivers()
    site.sharpens()
    assert all(site.exact(str(name)) for name in site.viewers)


@given(
    width=st.integers(1, 300),
    height=st.integers(1, 300),
    seeds=st.lists(st.integers(0, 999), min_size=1, max_size=4),
)
def test_any_photograph_is_close_at_once_and_then_exact(width: int, height: int, seeds: list[int]) -> None:
    site = Watching(width, height)
    site.joins("ana")
    for seed in seeds:
        site.shows(scenes.photo(width, height, seed))
        site.delivers()
        assert site.quality("ana") >= 38
    site.sharpens()
    assert site.exact("ana")
