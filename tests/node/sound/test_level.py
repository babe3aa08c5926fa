"""Readings of how loud a voice is."""

import numpy as np

from lanassist.node.sound.base import SILENCE
from lanassist.node.sound.level import WINDOW, Meter, decibels, level_of
from lanassist.node.sound.samples import BLOCK, silence
from lanassist.node.sound.tones import Tone


def test_decibels_have_a_floor() -> None:
    assert decibels(1.0) == 0
    assert decibels(0.0) == decibels(1e-9) == -120
    assert level_of(silence(0)) == SILENCE


def test_a_meter_reads_what_came_since_the_last_reading() -> None:
    meter, tone = Meter(), Tone(1000, 0.5)
    for _ in range(10):
        meter.hear(tone.speak())
    assert meter.read() == -9.0
    assert meter.read() == SILENCE


def test_a_meter_that_is_not_read_forgets_what_is_older_than_its_window() -> None:
    meter = Meter()
    meter.hear(np.ones(BLOCK, dtype=np.float32))
    for _ in range(WINDOW // BLOCK):
        meter.hear(silence())
    assert meter.read() == SILENCE
