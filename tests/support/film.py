"""A film to show on a display: a camera that pans over a photograph, each frame with its number in it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import numpy as np

from benchmarks.screen import counter
from lanassist.node.desktop.base import Pixels
from tests.support import scenes
from tests.support.paint import Painter

FRAMES: Final = 40
"""Until it begins again."""
A_SECOND: Final = 25


class Film:
    """Frames of one size, made once. The number stands in the top left corner, if it fits."""

    def __init__(self, width: int, height: int, seed: int = 0) -> None:
        self.width, self.height = width, height
        self._wide = scenes.photo(width + 3 * FRAMES, height + FRAMES, seed)

    def frame(self, number: int) -> Pixels:
        """Shape (height, width, 4), B G R X."""
        step = number % FRAMES
        pixels = self._wide[step : step + self.height, 3 * step : 3 * step + self.width].copy()
        if self.width >= counter.WIDTH:
            pixels[: counter.HEIGHT, : counter.WIDTH] = counter.draw(number)
        return pixels

    def number(self, pixels: Pixels) -> int | None:
        """The number of the frame that this shows, or nearly shows; None if none can be read."""
        return counter.read(pixels)


@contextmanager
def playing(film: Film, display: str, x: int, y: int) -> Iterator[None]:
    """The film on an X display, at that place, for the length of a ``with``. Then its last frame stays."""
    over = threading.Event()

    def play() -> None:
        with Painter(display) as painter:
            for number in range(1, 1_000_000):
                painter.put(np.ascontiguousarray(film.frame(number)), x, y)
                if over.wait(1 / A_SECOND):
                    return

    player = threading.Thread(target=play)
    player.start()
    try:
        yield
    finally:
        over.set()
        player.join()
