"""What the settings change about what leaves the machine."""

import numpy as np

from lanassist.node.desktop.base import Rectangle
from lanassist.node.services.glance.codecs import codecs
from lanassist.node.services.glance.picture import Codec
from lanassist.node.services.glance.pump import BURST, _Pace
from lanassist.node.services.glance.stream import DisplayStream
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


def test_captures_come_in_short_bursts_and_then_at_the_chosen_pace() -> None:
    pace = _Pace(interval=0.1)
    times = [pace.next(0.0) for _ in range(3 * BURST)]
    assert times[:BURST] == [0.0] * BURST
    assert times[-1] <= (3 * BURST - 1) * 0.1
    assert sum(0.0 <= time < 0.3 for time in times) == BURST
