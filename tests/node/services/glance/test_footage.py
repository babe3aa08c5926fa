"""A film on a display and its viewers, over the wire format, without any I/O."""

import pytest
from hypothesis import given, settings, strategies as st

from lanassist.node.protocol import limits
from lanassist.node.services.glance import footage, video
from lanassist.node.services.glance.codecs import Codecs, codecs
from lanassist.node.services.glance.picture import Codec
from lanassist.node.services.glance.stream import DisplayStream
from lanassist.node.services.glance.tiles import Frame
from lanassist.node.services.glance.viewer import Viewer
from tests.node.services.glance.test_stream import Watching
from tests.support import scenes
from tests.support.effort import many
from tests.support.film import A_SECOND, Film

X, Y = 70, 50
FILM = Film(320, 240)


class Cinema(Watching):
    """A display of 640×400 with a film of 320×240 on text."""

    def __init__(self, codecs: Codecs | None = None, *, sharpens: bool = True) -> None:
        super().__init__(640, 400)
        if codecs is not None:
            self.stream = DisplayStream(1, 640, 400, codecs, sharpens=sharpens)
        self.film = FILM
        self.number = 0
        self.shows(scenes.text(640, 400))

    def comes(self, name: str, video: bool = True, lossless: bool = False) -> None:
        self.viewers[name] = Viewer([1])
        self.stream.join(name, lossless, video)
        self.delivers()

    def plays(self, frames: int, asleep: tuple[str, ...] = ()) -> None:
        for _ in range(frames):
            self.now += 1 / A_SECOND
            self.number += 1
            self.shows(self.film.frame(self.number), X, Y)
            self.delivers(asleep)

    def last(self) -> set[Codec]:
        """Codecs of what was sent since the last call."""
        codecs, self.codecs = self.codecs, []
        return set(codecs)

    def wakes(self, name: str) -> None:
        """Whoever was asleep has drawn all that it got."""
        self.stream.drawn(name, 2**32 - 1)
        self.delivers()


def test_a_film_soon_goes_as_video_alone_and_looks_right() -> None:
    cinema = Cinema()
    cinema.comes("ana")
    cinema.plays(12)
    cinema.last()
    cinema.plays(20)
    assert cinema.last() == {Codec.VIDEO}
    assert cinema.quality("ana") >= 36
    assert not cinema.viewers["ana"].exact(1)


def test_video_takes_a_quarter_of_the_bytes_of_jpeg_at_most() -> None:
    sizes = []
    for film in (True, False):
        cinema = Cinema()
        cinema.comes("ana", video=film)
        cinema.plays(12)
        cinema.sizes.clear()
        cinema.plays(25)
        sizes.append(sum(cinema.sizes))
    assert sizes[0] * 4 < sizes[1]


def bytes_without_video(
    moving_quality: int, seconds_each: float = 1 / A_SECOND, sharpens: bool = True
) -> int:
    """Of twenty frames, each so long, once it is known whether they are a film."""
    cinema = Cinema(codecs(85, moving_quality), sharpens=sharpens)
    cinema.comes("ana", video=False)
    for each in range(32):
        if each == 12:
            cinema.sizes.clear()
        cinema.now += seconds_each - 1 / A_SECOND
        cinema.plays(1)
    return sum(cinema.sizes)


def test_without_video_a_film_goes_at_a_quality_of_its_own() -> None:
    low, usual, same = (bytes_without_video(quality) for quality in (40, 55, 85))
    assert low < usual < 0.8 * same


def test_the_quality_of_what_moves_is_never_above_that_of_what_stands_still() -> None:
    assert bytes_without_video(100) == bytes_without_video(85)


def test_slides_and_walls_go_at_the_quality_of_what_stands_still() -> None:
    """A wall is not sharpened later."""
    assert bytes_without_video(40, seconds_each=0.5) == bytes_without_video(85, seconds_each=0.5)
    assert bytes_without_video(40, sharpens=False) == bytes_without_video(85, sharpens=False)


@pytest.mark.parametrize("video", [True, False])
def test_a_film_that_stands_still_becomes_exact(video: bool) -> None:
    cinema = Cinema()
    cinema.comes("ana", video)
    cinema.plays(30)
    cinema.sharpens()
    assert cinema.exact("ana")


def test_a_film_is_not_sharpened_while_it_runs() -> None:
    cinema = Cinema()
    cinema.comes("ana")
    cinema.plays(12)
    cinema.last()
    for _ in range(40):
        cinema.plays(1)
        cinema.delivers()
        cinema.delivers()
    assert cinema.last() == {Codec.VIDEO}


def test_a_film_goes_on_after_a_pause() -> None:
    cinema = Cinema()
    cinema.comes("ana")
    cinema.plays(30)
    cinema.sharpens()
    cinema.now += 5
    cinema.plays(30)
    assert cinema.last() >= {Codec.VIDEO}
    assert cinema.quality("ana") >= 36


def test_who_cannot_decode_video_and_who_wants_no_loss_get_none() -> None:
    cinema = Cinema()
    cinema.comes("plain", video=False)
    cinema.comes("exact", lossless=True)
    cinema.plays(30)
    assert Codec.VIDEO not in cinema.last()
    assert cinema.exact("exact")
    cinema.comes("ana")
    cinema.plays(60)
    assert {Codec.VIDEO, Codec.JPEG} <= cinema.last()
    assert cinema.exact("exact")
    assert min(cinema.quality("ana"), cinema.quality("plain")) >= 34


def test_a_frame_is_encoded_once_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = []

    class Counting(video.Encoder):
        def encode(self, pixels: Frame, key: bool) -> video.Coded:
            coded = super().encode(pixels, key)
            frames.append(coded)
            return coded

    monkeypatch.setattr(video, "Encoder", Counting)
    cinema = Cinema()
    for name in ("ana", "ben", "cleo"):
        cinema.comes(name)
    cinema.plays(12)
    frames.clear()
    cinema.plays(20)
    assert len(frames) == 20


def test_who_missed_some_frames_is_sent_those_too() -> None:
    cinema = Cinema()
    cinema.comes("quick")
    cinema.comes("slow")
    cinema.plays(12)
    cinema.last()
    cinema.plays(limits.UPDATES_IN_FLIGHT + limits.VIDEO_FRAMES - 1, asleep=("slow",))
    cinema.wakes("slow")
    assert cinema.last() == {Codec.VIDEO}
    assert cinema.quality("slow") == cinema.quality("quick")


def test_who_missed_too_many_gets_pictures_until_the_next_key_frame() -> None:
    cinema = Cinema()
    cinema.comes("quick")
    cinema.comes("slow")
    cinema.plays(12)
    cinema.plays(limits.UPDATES_IN_FLIGHT + limits.VIDEO_FRAMES + 1, asleep=("slow",))
    cinema.last()
    cinema.wakes("slow")
    assert Codec.VIDEO not in cinema.last()
    assert cinema.quality("slow") >= 34
    cinema.plays(int(footage.KEYS_EVERY * A_SECOND) + 1)
    cinema.last()
    cinema.plays(5)
    assert cinema.last() == {Codec.VIDEO}
    assert cinema.quality("slow") >= 36


def test_who_comes_later_gets_pictures_until_the_next_key_frame() -> None:
    cinema = Cinema()
    cinema.comes("ana")
    cinema.plays(40)
    cinema.comes("ben")
    assert cinema.quality("ben") >= 34
    cinema.plays(int(footage.KEYS_EVERY * A_SECOND) + 1)
    cinema.last()
    cinema.plays(5)
    assert cinema.last() == {Codec.VIDEO}
    assert cinema.quality("ben") >= 36


def test_key_frames_for_those_who_come_late_become_rare(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = []

    class Counting(video.Encoder):
        def encode(self, pixels: Frame, key: bool) -> video.Coded:
            keys.append(key)
            return super().encode(pixels, key)

    monkeypatch.setattr(video, "Encoder", Counting)
    cinema = Cinema()
    cinema.comes("ana")
    for second in range(10):
        cinema.plays(A_SECOND)
        cinema.comes(f"late-{second}")
        cinema.stream.leave(f"late-{second}")
    assert sum(keys) <= 5


def test_a_display_of_another_size_begins_anew() -> None:
    cinema = Cinema()
    cinema.comes("ana")
    cinema.plays(20)
    cinema.stream.resize(800, 500)
    cinema.screen = scenes.flat(800, 500, (0, 0, 0))
    cinema.shows(scenes.text(800, 500))
    cinema.plays(20)
    assert cinema.quality("ana") >= 36
    cinema.sharpens()
    assert cinema.exact("ana")


def test_an_encoder_that_fails_leaves_jpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise video.VideoFailed("there is none")

    monkeypatch.setattr(video, "Encoder", fail)
    cinema = Cinema()
    cinema.comes("ana")
    cinema.plays(30)
    assert Codec.VIDEO not in cinema.last()
    assert cinema.quality("ana") >= 34


@settings(max_examples=many(30))
@given(data=st.data())
def test_whoever_sleeps_whenever_sees_the_film_and_then_all_of_it(data: st.DataObject) -> None:
    cinema = Cinema()
    names = ["ana", "ben", "cleo"]
    for name in names:
        cinema.comes(name, video=data.draw(st.booleans()))
    for _ in range(data.draw(st.integers(1, 4))):
        asleep = tuple(data.draw(st.sets(st.sampled_from(names), max_size=2)))
        cinema.plays(data.draw(st.integers(1, 16)), asleep)
        if data.draw(st.booleans()):
            cinema.shows(scenes.photo(200, 60, cinema.number), data.draw(st.integers(0, 440)), 100)
            cinema.delivers(asleep)
        cinema.now += data.draw(st.sampled_from([0.0, 0.6, 1.5]))
        for name in asleep:
            cinema.wakes(name)
            assert cinema.quality(name) >= 34
    cinema.sharpens()
    assert all(cinema.exact(name) for name in names)
