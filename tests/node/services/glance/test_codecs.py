"""What the settings change about what leaves the machine."""

import numpy as np
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

from lanassist.node.desktop.base import Rectangle
from lanassist.node.services.glance.codecs import CODECS, codecs
from lanassist.node.services.glance.damage import BURST, Pace
from lanassist.node.services.glance.picture import Codec
from lanassist.node.services.glance.stream import DisplayStream
from lanassist.node.services.glance.tiles import OPAQUE, Frame
from tests.support import scenes


def bytes_of_a_photograph(jpeg_quality: int) -> int:
    stream = DisplayStream(1, 640, 384, codecs(jpeg_quality))
    stream.join("ana")
    stream.paint(Rectangle(0, 0, 640, 384), scenes.photo(640, 384), 0.0)
    return sum(len(update.data) for update in stream.updates(0.0))


def test_a_lower_quality_costs_fewer_bytes() -> None:
    low, usual, high = (bytes_of_a_photograph(quality) for quality in (40, 85, 97))
    assert low < usual < high


def test_quality_changes_nothing_about_text() -> None:
    text = np.ascontiguousarray(scenes.text(640, 384)).view(np.uint32)[..., 0]
    assert codecs(40).still[Codec.LOSSLESS].encode(text) == codecs(97).still[Codec.LOSSLESS].encode(text)


def letters(ink: tuple[int, int, int], paper: tuple[int, int, int]) -> Frame:
    """Smooth letters as toolkits draw them: each pixel so much of the one colour, the rest of the other."""
    random = np.random.default_rng(7)
    edges = random.integers(0, 256, (20, 10))
    share = np.where(random.random((20, 10)) < 0.6, edges > 90, edges / 255)[..., None] * 255 // 1
    mixed = (np.array(ink) * share + np.array(paper) * (255 - share) + 127) // 255
    pixels = np.dstack((mixed[..., ::-1], np.full((20, 10), 255))).astype(np.uint8)
    return np.ascontiguousarray(pixels).view(np.uint32)[..., 0]


def test_a_letter_takes_three_quarters_of_the_bytes_as_shares_of_its_two_colours() -> None:
    for ink, paper in (
        ((32, 36, 44), (255, 255, 255)),
        ((230, 232, 236), (30, 33, 40)),
        ((200, 0, 0), (9, 9, 99)),
    ):
        pixels = letters(ink, paper)
        shares, plain = (len(CODECS.still[codec].encode(pixels)) for codec in (Codec.BLEND, Codec.LOSSLESS))
        assert shares * 4 < plain * 3


@given(
    arrays(np.uint32, st.tuples(st.integers(1, 70), st.integers(1, 70)), elements=st.integers(0, 2**32 - 1)),
    st.sampled_from([Codec.BLEND, Codec.GRAIN, Codec.LOSSLESS]),
)
def test_whatever_is_written_without_loss_is_read_without_loss(pixels: Frame, codec: Codec) -> None:
    pixels |= OPAQUE
    height, width = pixels.shape
    read = CODECS.still[codec].decode(CODECS.still[codec].encode(pixels), width, height)
    assert np.array_equal(np.ascontiguousarray(read).view(np.uint32)[..., 0], pixels)


def test_captures_come_in_short_bursts_and_then_at_the_chosen_pace() -> None:
    pace = Pace(interval=0.1)
    times = [pace.next(0.0) for _ in range(3 * BURST)]
    assert times[:BURST] == [0.0] * BURST
    assert times[-1] <= (3 * BURST - 1) * 0.1
    assert sum(0.0 <= time < 0.3 for time in times) == BURST
