"""The wire format of an update, and what a viewer refuses."""

import msgspec
import numpy as np
import pytest
import simplejpeg
import zstandard
from hypothesis import given, strategies as st

from lanassist.node.protocol import limits
from lanassist.node.services.glance import media
from lanassist.node.services.glance.picture import Codec, MalformedUpdate, Patch, Update, build, parse
from lanassist.node.services.glance.viewer import Viewer
from tests.support import scenes

RAW = zstandard.ZstdCompressor().compress(bytes(8 * 8 * 4))
PHOTO = simplejpeg.encode_jpeg(scenes.photo(8, 8), colorspace="BGRX")
GOOD = Update(
    display=1,
    width=100,
    height=60,
    sequence=9,
    reset=True,
    patches=(
        Patch(0, 0, 100, 60, Codec.FILL, b"\x10\x20\x30"),
        Patch(0, 0, 8, 8, Codec.LOSSLESS, RAW),
        Patch(10, 0, 8, 8, Codec.JPEG, PHOTO),
        Patch(50, 50, 8, 8, Codec.COPY, b"\x0a\x00\x00\x00"),
    ),
)


def feed(viewer: Viewer, data: bytes) -> None:
    for piece in media.pieces(data):
        viewer.feed(piece)


def with_patch(patch: Patch) -> bytes:
    return build(msgspec.structs.replace(GOOD, patches=(patch,)))


def test_an_update_comes_out_as_it_went_in() -> None:
    assert parse(build(GOOD)) == GOOD


def test_patches_are_drawn_in_order_and_copies_come_from_before() -> None:
    viewer = Viewer([1])
    feed(viewer, build(GOOD))
    frame = viewer.frame(1)
    assert frame is not None
    assert frame[59, 99, :3].tolist() == [0x30, 0x20, 0x10]
    assert not frame[:8, :8, :3].any()
    assert scenes.psnr(frame[:8, 10:18], scenes.photo(8, 8)) > 30
    assert not frame[50:58, 50:58, :3].any()  # black: that is what was there before the reset's update

    feed(viewer, build(msgspec.structs.replace(GOOD, reset=False, patches=GOOD.patches[3:])))
    again = viewer.frame(1)
    assert again is not None
    assert np.array_equal(again[50:58, 50:58], again[:8, 10:18])


WRONG = {
    "display 0": {"display": 0},
    "display 17": {"display": limits.DISPLAYS + 1},
    "no width": {"width": 0},
    "too wide": {"width": limits.DISPLAY_SIDE + 1},
    "too many pixels": {"width": limits.DISPLAY_SIDE, "height": limits.DISPLAY_SIDE},
    "smaller than its patches": {"width": 99},
    "overdrawn": {"patches": GOOD.patches[:1] * 3},
}


@pytest.mark.parametrize("fields", WRONG.values(), ids=WRONG.keys())
def test_sizes_are_checked(fields: dict[str, object]) -> None:
    with pytest.raises(MalformedUpdate):
        parse(build(msgspec.structs.replace(GOOD, **fields)))


PATCHES = {
    "empty": Patch(0, 0, 0, 8, Codec.FILL, b"abc"),
    "outside": Patch(93, 0, 8, 8, Codec.FILL, b"abc"),
    "a fill of two bytes": Patch(0, 0, 8, 8, Codec.FILL, b"ab"),
    "no payload": Patch(0, 0, 8, 8, Codec.JPEG, b""),
    "a copy from outside": Patch(0, 0, 8, 8, Codec.COPY, b"\x5d\x00\x00\x00"),
    "tiles off the grid": Patch(10, 0, 64, 60, Codec.KEEP, b"\0\0"),
    "tiles that end off the grid": Patch(0, 0, 70, 60, Codec.KEEP, b"\0\0"),
    "a part of a tile": Patch(0, 0, 64, 50, Codec.CACHED, b"\0\0"),
    "a slot beyond the last": Patch(0, 0, 100, 60, Codec.KEEP, b"\xff\x0f"),
    "a slot of one byte": Patch(0, 0, 100, 60, Codec.KEEP, b"\0"),
    "a slot that holds nothing": Patch(0, 0, 100, 60, Codec.CACHED, b"\0\0"),
    "zstd of more": Patch(0, 0, 8, 7, Codec.LOSSLESS, RAW),
    "zstd of less": Patch(0, 0, 8, 9, Codec.LOSSLESS, RAW),
    "zstd with a tail": Patch(0, 0, 8, 8, Codec.LOSSLESS, RAW + b"tail"),
    "two colours and no shares": Patch(0, 0, 8, 8, Codec.BLEND, b"abcdef"),
    "shares of less": Patch(0, 0, 8, 9, Codec.BLEND, b"abcdef" + RAW),
    "zstd cut off": Patch(0, 0, 8, 8, Codec.LOSSLESS, RAW[:-2]),
    "zstd that does not say its size": Patch(
        0, 0, 8, 8, Codec.LOSSLESS, zstandard.ZstdCompressor(write_content_size=False).compress(bytes(256))
    ),
    "not zstd": Patch(0, 0, 8, 8, Codec.LOSSLESS, b"hello"),
    "a JPEG of another size": Patch(0, 0, 8, 9, Codec.JPEG, PHOTO),
    "a JPEG cut off": Patch(0, 0, 8, 8, Codec.JPEG, PHOTO[: len(PHOTO) // 2]),
    "not a JPEG": Patch(0, 0, 8, 8, Codec.JPEG, b"hello"),
}


@pytest.mark.parametrize("patch", PATCHES.values(), ids=PATCHES.keys())
def test_a_viewer_refuses_what_does_not_fit(patch: Patch) -> None:
    with pytest.raises(MalformedUpdate):
        feed(Viewer([1]), with_patch(patch))


def test_tiles_are_kept_as_they_were_and_shown_where_they_fit() -> None:
    viewer = Viewer([1])
    feed(viewer, build(GOOD))
    first = viewer.frame(1)
    assert first is not None
    before = first.copy()
    keep = Patch(0, 0, 100, 60, Codec.KEEP, b"\x07\0")
    fill = Patch(0, 0, 100, 60, Codec.FILL, b"abc")
    feed(viewer, build(msgspec.structs.replace(GOOD, reset=False, patches=(keep, fill))))
    assert first[0, 0, 0] == ord("c")
    again = msgspec.structs.replace(
        GOOD, reset=False, patches=(Patch(0, 0, 100, 60, Codec.CACHED, b"\x07\0"),)
    )
    feed(viewer, build(again))
    assert np.array_equal(first, before)
    with pytest.raises(MalformedUpdate, match="slot 8 holds no tile of 64×60"):
        feed(
            viewer,
            build(
                msgspec.structs.replace(again, patches=(Patch(0, 0, 64, 60, Codec.CACHED, b"\x08\0"),)),
            ),
        )
    with pytest.raises(MalformedUpdate, match="slot 7"):
        feed(viewer, build(msgspec.structs.replace(again, reset=True)))


@pytest.mark.parametrize(
    "patches",
    [
        (Patch(0, 0, 8, 8, Codec.FILL, b"abc"), Patch(0, 0, 100, 60, Codec.KEEP, b"\0\0")),
        (Patch(0, 0, 100, 60, Codec.KEEP, b"\0\0"),) * 2,
    ],
    ids=["after something was drawn", "the display twice"],
)
def test_tiles_are_kept_once_and_first(patches: tuple[Patch, ...]) -> None:
    with pytest.raises(MalformedUpdate):
        parse(build(msgspec.structs.replace(GOOD, patches=patches)))


def test_unknown_flags_and_codecs_are_refused() -> None:
    data = bytearray(build(GOOD))
    data[1] |= 0x80
    with pytest.raises(MalformedUpdate, match="flags"):
        parse(bytes(data))
    data = bytearray(build(GOOD))
    data[12 + 8] = 9
    with pytest.raises(MalformedUpdate, match="codec"):
        parse(bytes(data))


def test_a_new_size_needs_a_reset() -> None:
    viewer = Viewer([1])
    feed(viewer, build(GOOD))
    with pytest.raises(MalformedUpdate, match="reset"):
        feed(viewer, build(msgspec.structs.replace(GOOD, reset=False, width=101)))


def test_a_display_that_is_not_chosen_is_not_shown() -> None:
    viewer = Viewer([2])
    feed(viewer, build(GOOD))
    assert viewer.frame(1) is None
    viewer.choose([1, 2])
    feed(viewer, build(GOOD))
    assert viewer.frame(1) is not None
    viewer.choose([2])
    assert viewer.frame(1) is None


@given(st.binary(max_size=200))
def test_garbage_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedUpdate):
        parse(data)


@given(
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=8),
    st.integers(0, 40),
)
def test_a_damaged_update_is_drawn_or_refused_and_nothing_else(
    damage: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(build(GOOD))
    for position, value in damage:
        data[position % len(data)] = value
    viewer = Viewer([1])
    try:
        feed(viewer, bytes(data[: len(data) - cut]))
    except MalformedUpdate:
        return
