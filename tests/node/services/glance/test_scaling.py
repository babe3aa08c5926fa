"""Smaller pictures for a wall."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from lanassist.node.desktop.base import Rectangle
from lanassist.node.services.glance import scaling
from tests.support import scenes


@pytest.mark.parametrize(
    ("scale", "by"), [(1.0, 1), (0.9, 1), (0.5, 2), (0.25, 4), (0.2, 5), (0.05, 16), (1e-310, 16), (0, 16)]
)
def test_a_scale_becomes_a_whole_divisor(scale: float, by: int) -> None:
    assert scaling.divisor(scale) == by


@given(by=st.integers(2, 16), rows=st.integers(1, 6), columns=st.integers(1, 6), seed=st.integers(0, 99))
def test_each_pixel_is_the_average_of_its_square(by: int, rows: int, columns: int, seed: int) -> None:
    pixels = scenes.noise(columns * by, rows * by, seed)
    small = scaling.scaled(pixels, by)
    exact = pixels.reshape(rows, by, columns, by, 4).astype(float).mean(axis=(1, 3))
    assert small.shape == (rows, columns, 4)
    assert np.abs(small[:, :, :3] - exact[:, :, :3]).max() <= 0.5
    assert (small[:, :, 3] == 255).all()


@given(
    by=st.integers(2, 16),
    width=st.integers(1, 90),
    height=st.integers(1, 90),
    corners=st.tuples(*[st.floats(0, 1, exclude_max=True)] * 4),
)
def test_a_part_is_scaled_as_it_would_be_with_the_whole(
    by: int, width: int, height: int, corners: tuple[float, float, float, float]
) -> None:
    pixels, whole = scenes.photo(width, height), Rectangle(0, 0, width, height)
    x, y = int(corners[0] * width), int(corners[1] * height)
    part = Rectangle(x, y, 1 + int(corners[2] * (width - x)), 1 + int(corners[3] * (height - y)))
    area = scaling.aligned(part, by, whole)
    assert part.within(area) == part
    small, to = scaling.scaled(pixels, by), scaling.scaled_area(area, by)
    assert small.shape[1::-1] == scaling.scaled_size(width, height, by)
    assert np.array_equal(
        small[to.y : to.y + to.height, to.x : to.x + to.width],
        scaling.scaled(pixels[area.y : area.y + area.height, area.x : area.x + area.width], by),
    )
