"""A minute of an assisted call with a faster sound card at the supervisor's; the benchmark has an hour."""

import pytest
import trio

from benchmarks.audio.soak import PPM, soak

pytestmark = pytest.mark.e2e

MINUTES = 1.0
MOST_GROWTH = 8.0
"""MB that a process may hold more at the end than once it had settled."""


def test_a_minute_of_one_call_is_heard_to_its_end_and_nothing_piles_up() -> None:
    told: list[float] = []
    found = trio.run(soak, "pulseaudio", MINUTES, PPM, lambda share, _: told.append(share))
    assert told == sorted(told)
    assert not found["crashes"]
    assert found["phrases"] >= 10
    assert found["phrases_heard"] > 0.5 * found["phrases"]
    for process in ("engine", "headset"):
        assert found[f"{process}_memory_end_mb"] - found[f"{process}_memory_begin_mb"] < MOST_GROWTH
