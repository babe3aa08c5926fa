"""The page draws what the Python viewer draws, from the same updates, and refuses the same.

Under node and without JPEG and VIDEO, which need a browser's decoders: tests/e2e has those.
"""

import base64
import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from lanassist.node.desktop.base import Pixels, Rectangle
from lanassist.node.services.glance import media
from lanassist.node.services.glance.picture import Codec, MalformedUpdate, Patch, Update, build, parse
from lanassist.node.services.glance.stream import DisplayStream
from lanassist.node.services.glance.viewer import Viewer
from tests.support import scenes
from tests.web.test_page_modules import NODE, TESTS

Vector = dict[str, str | None]
"""An update and what is shown after it (R G B), in base64; None: the update is refused."""


def drawn_by_the_page(vectors: dict[str, list[Vector]], path: Path) -> str:
    """What is wrong with it; ``ok`` if nothing is."""
    path.write_text(json.dumps(vectors))
    done = subprocess.run(
        [NODE, str(TESTS / "surface.mjs"), str(path)], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or done.stderr


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def played(pictures: list[Pixels]) -> tuple[list[Vector], set[Codec]]:
    """The updates of a display that shows these, a second apart, and the codecs among them."""
    height, width, _ = pictures[0].shape
    stream, viewer, made, codecs = DisplayStream(1, width, height), Viewer([1]), list[Vector](), set[Codec]()
    stream.join("page", lossless=True)
    for now, picture in enumerate(pictures):
        if picture.shape[:2] != (height, width):
            height, width, _ = picture.shape
            stream.resize(width, height)
        stream.paint(Rectangle(0, 0, width, height), picture.copy(), float(now))
        for outgoing in stream.updates(float(now)):
            for piece in media.pieces(outgoing.data):
                viewer.feed(piece)
            stream.drawn("page", 2**32 - 1)
            codecs |= {patch.codec for patch in parse(outgoing.data).patches}
            frame = viewer.frame(1)
            assert frame is not None
            made.append({"update": text(outgoing.data), "shown": text(frame[:, :, 2::-1].tobytes())})
    return made, codecs


def test_what_scrolls_comes_back_or_is_a_photograph(tmp_path: Path) -> None:
    page, photo = scenes.text(300, 600, 7), scenes.photo(300, 200)
    shown = [page[top : top + 200] for top in (0, 40, 80, 56)]
    shown += [photo, page[:200], photo, page[:200], np.roll(page[:200], 30, axis=1), scenes.flat(300, 200)]
    vectors, codecs = played(shown)
    assert codecs == {Codec.FILL, Codec.LOSSLESS, Codec.COPY, Codec.CACHED, Codec.KEEP, Codec.GRAIN}
    assert drawn_by_the_page({"a desk's day": vectors}, tmp_path / "vectors.json") == "ok"


@st.composite
def days(draw: st.DrawFn) -> list[Pixels]:
    """Whatever a display shows, one after the other: paint, scroll, switch back, change the size."""
    size = st.tuples(st.integers(1, 270), st.integers(1, 270))
    width, height = draw(size)
    shown = [scenes.text(width, height)]
    for _ in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["roll", "text", "photo", "flat", "size"]))
        if kind == "size":
            width, height = draw(size)
        if kind == "roll":
            by = draw(st.tuples(st.integers(-90, 90), st.sampled_from([0, 0, 24])))
            shown.append(np.roll(shown[-1], by, axis=(0, 1)).copy())
        elif kind in ("photo", "text"):
            scene = scenes.photo if kind == "photo" else scenes.text
            shown.append(scene(width, height, draw(st.integers(0, 1))))
        else:
            shown.append(scenes.flat(width, height))
    return shown


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(days(), min_size=4, max_size=8))
def test_whatever_is_shown(tmp_path: Path, several: list[list[Pixels]]) -> None:
    vectors = {f"day {number}": played(day)[0] for number, day in enumerate(several)}
    assert drawn_by_the_page(vectors, tmp_path / "vectors.json") == "ok"


KEEP = Patch(0, 0, 100, 60, Codec.KEEP, b"\x07\0")
REFUSED = {
    "a slot that holds nothing": Patch(0, 0, 100, 60, Codec.CACHED, b"\0\0"),
    "another tile's size": Patch(64, 0, 36, 60, Codec.CACHED, b"\x07\0"),
    "off the grid": Patch(10, 0, 64, 60, Codec.CACHED, b"\x07\0"),
    "a slot beyond the last": Patch(0, 0, 100, 60, Codec.CACHED, b"\xff\x0f"),
    "two colours and no shares": Patch(0, 0, 8, 8, Codec.BLEND, b"abcdef"),
    "no two colours": Patch(0, 0, 8, 8, Codec.BLEND, b"abc"),
    "no zstd": Patch(0, 0, 8, 8, Codec.GRAIN, b"hello"),
}


@pytest.mark.parametrize("patch", REFUSED.values(), ids=REFUSED.keys())
def test_both_refuse_what_does_not_fit(patch: Patch, tmp_path: Path) -> None:
    viewer = Viewer([1])
    first = Update(display=1, width=100, height=60, sequence=1, reset=True, patches=(KEEP,))
    wrong = Update(display=1, width=100, height=60, sequence=2, patches=(patch,))
    (piece,) = media.pieces(build(first))
    viewer.feed(piece)
    (piece,) = media.pieces(build(wrong))
    with pytest.raises(MalformedUpdate):
        viewer.feed(piece)
    vectors: list[Vector] = [
        {"update": text(build(first)), "shown": text(bytes(100 * 60 * 3))},
        {"update": text(build(wrong)), "shown": None},
    ]
    assert drawn_by_the_page({"refused": vectors}, tmp_path / "vectors.json") == "ok"
