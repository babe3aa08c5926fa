"""Frames of VP8: there and back, and what is refused of them."""

import struct
import sys

import numpy as np
import pytest
from hypothesis import given, strategies as st

from lanassist.node.desktop.base import Pixels
from lanassist.node.protocol import limits
from lanassist.node.services.glance import media, video
from lanassist.node.services.glance.picture import Codec, MalformedUpdate, Patch, Update, build
from lanassist.node.services.glance.tiles import Frame
from lanassist.node.services.glance.viewer import Viewer
from tests.support import scenes
from tests.support.film import Film

SIZES = [(320, 240), (321, 243), (324, 240), (97, 130)]


def words(pixels: Pixels) -> Frame:
    return np.ascontiguousarray(pixels).view(np.uint32)[:, :, 0]


def encoded(film: Film, count: int, keys: tuple[int, ...] = (0,)) -> list[video.Coded]:
    encoder = video.Encoder(film.width, film.height)
    return [encoder.encode(words(film.frame(number)), number in keys) for number in range(count)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_frames_come_back_nearly_as_they_were(width: int, height: int) -> None:
    film, decoder = Film(width, height), video.Decoder()
    for number, coded in enumerate(encoded(film, 8)):
        clip = video.parse(video.build(3, [coded]), width, height)
        assert clip == video.Clip(3, (coded,))
        shown = decoder.decode(clip, width, height)
        assert scenes.psnr(shown, film.frame(number)) >= 34


def test_what_stands_still_costs_next_to_nothing() -> None:
    film = Film(320, 240)
    encoder = video.Encoder(320, 240)
    still = [encoder.encode(words(film.frame(0)), False) for _ in range(10)]
    assert len(still[-1].data) < 200


def test_several_frames_in_one_payload_show_the_last() -> None:
    film = Film(320, 240)
    coded = encoded(film, 5)
    one_by_one, at_once = video.Decoder(), video.Decoder()
    for each in coded:
        shown = one_by_one.decode(video.Clip(0, (each,)), 320, 240)
    clip = video.parse(video.build(0, coded), 320, 240)
    assert np.array_equal(at_once.decode(clip, 320, 240), shown)


def test_a_key_frame_needs_none_before_it() -> None:
    film = Film(320, 240)
    coded = encoded(film, 5, keys=(0, 3))
    assert [each.key for each in coded] == [True, False, False, True, False]
    shown = video.Decoder().decode(video.Clip(0, tuple(coded[3:])), 320, 240)
    assert scenes.psnr(shown, film.frame(4)) >= 34


def test_a_stream_cannot_go_on_without_having_begun() -> None:
    _, second = encoded(Film(320, 240), 2)
    with pytest.raises(MalformedUpdate, match="without having begun"):
        video.Decoder().decode(video.Clip(0, (second,)), 320, 240)


def payload(**changes: object) -> bytes:
    """A right one of two frames, but for what is changed."""
    first, second = encoded(Film(96, 96), 2)
    parts = {"stream": 0, "flags": video.KEY, "tag": 1, "frames": [first.data, second.data], **changes}
    frames = parts["frames"]
    assert isinstance(frames, list)
    body = b"".join(struct.pack("<I", len(data)) + data for data in frames)
    return struct.pack("<BBB", parts["stream"], parts["flags"], parts["tag"]) + body


def test_a_right_payload_is_taken() -> None:
    assert len(video.parse(payload(), 96, 96).frames) == 2


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\0\1",
        b"\0\1\1",
        payload(stream=limits.VIDEO_STREAMS),
        payload(flags=0),
        payload(flags=3),
        payload(tag=2),
        payload(frames=[]),
        payload(frames=[b""]),
        payload(frames=[b"\0"]),
        payload(frames=[b"\0" * 12]),
        payload()[:-1],
        payload() + b"\1",
        payload() + b"\0\0\0\0",
        payload(frames=[b"\1" * 20] * 2),
        payload(flags=0, frames=[b"\1" * 20] * (limits.VIDEO_FRAMES + 1)),
    ],
)
def test_what_breaks_the_format_is_refused(broken: bytes) -> None:
    with pytest.raises(MalformedUpdate):
        video.parse(broken, 96, 96)


def test_a_key_frame_of_another_size_is_refused() -> None:
    with pytest.raises(MalformedUpdate, match="96×96 for 96×97"):
        video.parse(payload(), 96, 97)


@given(data=st.data())
def test_damaged_frames_are_refused_or_shown_never_worse(data: st.DataObject) -> None:
    whole = bytearray(payload())
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    decoder = video.Decoder()
    try:
        shown = decoder.decode(video.parse(bytes(whole), 96, 96), 96, 96)
    except MalformedUpdate:
        return
    assert shown.shape == (96, 96, 4)


def test_without_the_extra_nothing_is_filmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(video.VideoFailed):
        video.Encoder(320, 240)
    with pytest.raises(video.VideoFailed):
        video.Decoder()


def test_without_the_extra_a_viewer_refuses_what_it_did_not_ask_for(monkeypatch: pytest.MonkeyPatch) -> None:
    patch = Patch(0, 0, 96, 96, Codec.VIDEO, payload())
    update = build(
        Update(display=1, width=96, height=96, sequence=1, patches=(patch,), exact=False, reset=True)
    )
    monkeypatch.setitem(sys.modules, "av", None)
    (message,) = media.pieces(update)
    with pytest.raises(MalformedUpdate, match="nobody asked for"):
        Viewer([1]).feed(message)
