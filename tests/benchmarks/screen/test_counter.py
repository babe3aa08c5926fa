"""A counter drawn on one display can be read off another, or not at all."""

import numpy as np
import simplejpeg
from hypothesis import example, given, strategies as some

from benchmarks.screen import counter

counts = some.integers(0, 10 * counter.MODULUS)


@given(counts)
def test_what_was_drawn_is_read(count: int) -> None:
    assert counter.read(counter.draw(count)) == count % counter.MODULUS


@given(counts, some.integers(40, 100))
def test_it_is_read_after_jpeg_too(count: int, quality: int) -> None:
    data = simplejpeg.encode_jpeg(counter.draw(count), quality, colorspace="BGRX", colorsubsampling="420")
    assert counter.read(simplejpeg.decode_jpeg(data, colorspace="BGRA")) == count % counter.MODULUS


@given(some.integers(0, 255))
def test_a_plain_area_shows_no_counter(level: int) -> None:
    assert counter.read(np.full((counter.HEIGHT, counter.WIDTH, 4), level, np.uint8)) is None


@given(counts, some.integers(1, counter.CELLS - 1))
@example(counter.MODULUS // 2 - 1, 3)
def test_a_half_drawn_bar_is_never_a_third_number(count: int, cells: int) -> None:
    bar, edge = counter.draw(count), cells * counter.CELL
    bar[:, edge:] = counter.draw(count + 1)[:, edge:]
    assert counter.read(bar) in (None, count % counter.MODULUS, (count + 1) % counter.MODULUS)


def test_a_counter_that_came_round_is_newer() -> None:
    assert counter.reached(3, counter.MODULUS - 2)
    assert not counter.reached(counter.MODULUS - 2, 3)
    assert counter.reached(7, 7)
