"""What a listener for hours keeps: when each phrase began, and what was missing in it."""

import numpy as np
import pytest

from benchmarks.audio.flow import PAUSE, SPOKEN, Flow, delays, phrase
from lanassist.node.sound.samples import BLOCK, RATE, Samples

START = 100.0
EACH = SPOKEN + PAUSE


def heard(samples: Samples) -> Flow:
    """All of it, by a clock that begins at START."""
    flow = Flow()
    for place in range(0, samples.size - BLOCK + 1, BLOCK):
        flow.hear(samples[place : place + BLOCK], START + (place + BLOCK) / RATE)
    return flow


def said(count: int) -> Samples:
    """After a pause."""
    return np.roll(np.tile(phrase(440), count), int(PAUSE * RATE))


def without(samples: Samples, at: float, seconds: float) -> Samples:
    """The same with nothing in it there."""
    samples[int(at * RATE) : int((at + seconds) * RATE)] = 0
    return samples


def test_each_phrase_is_found_to_the_millisecond() -> None:
    flow = heard(said(5))
    assert flow.began == pytest.approx([START + PAUSE + EACH * number for number in range(5)], abs=0.001)
    assert flow.gaps == []


def test_a_gap_in_a_phrase_is_a_gap_and_no_phrase() -> None:
    flow = heard(without(said(3), EACH + PAUSE + 1.0, 0.05))
    assert len(flow.began) == 3
    assert [quiet for _, quiet in flow.gaps] == pytest.approx([0.05], abs=0.002)
    assert len(flow.missed()) == 1
    assert not flow.missed(0.06)


def test_a_pause_that_was_shortened_is_a_pause() -> None:
    whole = said(3)
    cut = int((EACH + 0.1) * RATE)
    flow = heard(np.delete(whole, slice(cut, cut + int(0.3 * RATE))))
    assert len(flow.began) == 3
    assert flow.gaps == []


def test_what_rings_after_a_phrase_is_not_the_next_one() -> None:
    rings = said(3)
    place = int((EACH + 0.015) * RATE)
    rings[place : place + 5] = 0.1
    flow = heard(rings)
    assert len(flow.began) == 3
    assert flow.missed() == []


def test_a_phrase_that_ends_far_too_early_misses_the_rest() -> None:
    flow = heard(without(said(3), EACH + PAUSE + 1.0, SPOKEN - 1.0))
    assert len(flow.began) == 3
    assert [quiet for _, quiet in flow.gaps] == pytest.approx([SPOKEN - 1.0], abs=0.002)


def test_delays_are_from_each_phrase_to_the_next_that_is_heard() -> None:
    found = delays([1.0, 5.0, 9.0], [1.08, 9.1])
    assert [at for at, _ in found] == [1.0, 9.0]
    assert [delay for _, delay in found] == pytest.approx([0.08, 0.1])
