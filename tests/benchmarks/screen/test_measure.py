"""Latencies from what was drawn and what was seen, and how far a picture is from the true one."""

import math

import numpy as np
import pytest

from benchmarks.screen.measure import latencies, psnr, share_shown
from benchmarks.screen.sampler import Sighting


def test_a_step_counts_from_its_drawing_until_every_corner_shows_it() -> None:
    seen = [Sighting(1.02, (1, 0)), Sighting(1.05, (1, 1)), Sighting(2.03, (2, 2))]
    assert latencies([(1, 1.0), (2, 2.0)], seen) == pytest.approx([50, 30])


def test_a_skipped_step_counts_until_a_newer_one_is_shown() -> None:
    steps, seen = [(1, 1.0), (2, 1.1)], [Sighting(1.2, (2,))]
    assert latencies(steps, seen) == pytest.approx([200, 100])
    assert share_shown(steps, seen) == 0.5


def test_a_step_that_never_came_has_no_latency() -> None:
    assert latencies([(1, 1.0), (2, 2.0)], [Sighting(1.01, (1,)), Sighting(2.5, (None,))]) == pytest.approx(
        [10]
    )


def test_equal_pictures_are_exact_and_others_have_a_distance() -> None:
    black = np.zeros((4, 4, 4), np.uint8)
    grey = black.copy()
    grey[:, :, :3] = 255
    assert psnr(black, black) == math.inf
    assert psnr(black, grey) == pytest.approx(0)
