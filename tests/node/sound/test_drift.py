"""Two clocks that differ: what is bent stays a tone, and what is buffered stays what it was."""

import numpy as np
import pytest

from lanassist.node.sound.drift import Pace, Resampler, Track
from lanassist.node.sound.samples import BLOCK, RATE
from lanassist.node.sound.tones import Tone
from tests.support.hearing import tone_levels


@pytest.mark.parametrize("ratio", [0.985, 0.9997, 1.0, 1.0003, 1.015])
def test_a_bent_tone_is_a_tone(ratio: float) -> None:
    resampler, tone = Resampler(), Tone(1000)
    given = []
    for _ in range(100):
        resampler.push(tone.speak())
        while resampler.holds(BLOCK, ratio):
            given.append(resampler.pull(BLOCK, ratio))
    samples = np.concatenate(given)[BLOCK:]
    assert abs(len(given) * BLOCK * ratio - 100 * BLOCK) < 2 * BLOCK
    assert np.abs(tone_levels(samples, 1000 * ratio) - -12).max() < 0.5
    assert tone_levels(samples, 3000).max() < -60


@pytest.mark.parametrize("difference", [-300e-6, -20e-6, 0.0, 150e-6, 300e-6])
def test_an_hour_of_two_clocks(difference: float) -> None:
    """Uncorrected, 150 ppm would be half a second in an hour."""
    pace, surplus, elapsed = Pace(), 0.0, 0.01
    largest = 0.0
    for tick in range(3600 * 100):
        surplus += elapsed * (difference - (pace.ratio(surplus, elapsed) - 1))
        if tick > 6000:
            largest = max(largest, abs(surplus))
    assert pace.lasting == pytest.approx(difference, abs=1e-6)
    assert largest < 0.0005


def test_five_minutes_of_a_fast_device_lose_nothing() -> None:
    """Its blocks are whole, so what is held jumps by one whenever it is a block ahead."""
    track, block = Track(), np.ones(BLOCK, dtype=np.float32)
    ready, held, silent = 0.0, [], 0
    for tick in range(300 * 100):
        ready += 1 + 300e-6
        while ready >= 1:
            ready -= 1
            track.put(block)
        silent += not track.take().all() and tick > 100
        held.append(track.held)
    assert not silent
    assert max(held[6000:]) < 0.04


def test_packets_that_come_late_say_nothing_of_the_clocks() -> None:
    """Each that had to be concealed puts 20 ms more into the buffer; taken for a clock, it would empty it."""
    pace, surplus, elapsed = Pace(), 0.0, 0.01
    least = 0.0
    for tick in range(60 * 100):
        surplus += elapsed * (1 - pace.ratio(surplus, elapsed)) + (0.02 if tick % 1000 == 0 else 0.0)
        least = min(least, surplus)
    assert abs(pace.lasting) < 400e-6
    assert least > -0.002


def test_a_pace_is_bounded_whatever_is_buffered() -> None:
    pace = Pace()
    assert all(0.98 <= pace.ratio(surplus, 0.01) <= 1.02 for surplus in [10.0, -10.0] * 500)


def test_a_track_waits_for_its_cushion_and_drops_what_is_too_much() -> None:
    track = Track()
    assert not track.take().any()
    for _ in range(100):
        track.put(Tone(500).speak())
    assert track.held <= 0.13
    assert track.take().any()
    for _ in range(20):
        track.take()
    assert not track.take().any()
    assert RATE * track.held < BLOCK + 5


def test_a_track_begins_with_what_is_newest() -> None:
    track = Track(cushion=0.04)
    for number in range(12):
        track.put(np.full(BLOCK, number, dtype=np.float32))
    begun = track.take()
    assert track.held == pytest.approx(0.03, abs=0.001)
    assert begun[0] >= 7
    assert begun[-1] <= 9
