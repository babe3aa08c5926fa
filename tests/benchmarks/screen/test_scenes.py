"""Scenes are the same each time, stay on their display, and carry their counter where they say."""

from collections.abc import Callable

import numpy as np
import pytest

from benchmarks.screen import counter
from benchmarks.screen.scenes import HEIGHT, WIDTH, Scene, idle, typing, video


@pytest.mark.parametrize("make", [typing, video, idle])
def test_a_scene_shows_its_counter_at_each_place(make: Callable[[], Scene]) -> None:
    scene = make()
    screen = scene.background.copy()
    assert screen.shape == (HEIGHT, WIDTH, 4)
    for index in range(70):
        for x, y, picture in scene.step(index, 100 + index):
            assert 0 <= y <= HEIGHT - picture.shape[0]
            assert 0 <= x <= WIDTH - picture.shape[1]
            screen[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
        for x, y in scene.places:
            bar = screen[y : y + counter.HEIGHT, x : x + counter.WIDTH]
            assert counter.read(bar) == 100 + index


def test_a_scene_is_the_same_in_each_run() -> None:
    first, second = typing(), typing()
    assert np.array_equal(first.background, second.background)
    for one, other in zip(first.step(5, 5), second.step(5, 5), strict=True):
        assert np.array_equal(one.picture, other.picture)
