"""A real glance, recorded: the updates that a viewer was sent of one display, in order."""

from functools import cache
from typing import Final

from lanassist.node.desktop.base import Pixels, Rectangle
from lanassist.node.services.glance import media
from lanassist.node.services.glance.stream import DisplayStream
from lanassist.node.services.glance.viewer import Viewer
from tests.support import scenes

WIDTH: Final = 600
HEIGHT: Final = 410
"""Neither is a multiple of a tile."""


@cache
def recorded() -> tuple[bytes, ...]:
    """Text, a photograph that sharpens, scrolling, and windows that come back."""
    stream, viewer, updates = DisplayStream(1, WIDTH, HEIGHT), Viewer([1]), list[bytes]()
    stream.join("viewer")
    now = 0.0

    def goes_on(seconds: float) -> None:
        nonlocal now
        now += seconds
        for outgoing in stream.updates(now):
            updates.append(outgoing.data)
            for piece in media.pieces(outgoing.data):
                answer = viewer.feed(piece)
            assert answer is not None
            stream.drawn("viewer", media.parse_drawn(answer)[1])

    def shows(pixels: Pixels, x: int = 0, y: int = 0) -> None:
        height, width, _ = pixels.shape
        stream.paint(Rectangle(x, y, width, height), pixels.copy(), now)
        goes_on(0.0)

    text, other = scenes.text(WIDTH, HEIGHT), scenes.text(WIDTH, HEIGHT, 1)
    page = scenes.text(WIDTH, HEIGHT + 96, 2)
    for pixels in (text, other, text, other):
        shows(pixels)
        goes_on(1.0)
    shows(scenes.flat(200, 100), 30, 40)
    for top in (0, 32, 64, 96):
        shows(page[top : top + HEIGHT])
        goes_on(0.1)
    shows(scenes.photo(300, 200), 64, 64)
    for _ in range(3):
        goes_on(1.0)
    return tuple(updates)
