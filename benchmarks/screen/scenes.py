"""The frozen list of scenes: what is drawn on the agent's display, how often, and where its counter stands.

Each scene is drawn with PutImage, as most toolkits and browsers draw: a server is told where pixels changed,
never why. A scene that repaints a big area carries its counter at the area's first and last corner, so that a
viewer which shows an update piece by piece counts as done only with its last piece.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.screen import counter, pictures
from benchmarks.screen.counter import Picture

WIDTH, HEIGHT = 1920, 1080
"""Of one display, in pixels."""

LETTERS = 64
"""Typed on a line before it starts over."""
SCROLL_BY = 66
PHOTOGRAPHS = 6
VIDEO_FRAMES = 50


class Place(NamedTuple):
    """Where the top left corner of a counter stands on the display, in pixels."""

    x: int
    y: int


class Patch(NamedTuple):
    """Pixels that a scene puts at one place of the display."""

    x: int
    y: int
    picture: Picture


class Scene(NamedTuple):
    """One scene, ready to be drawn: ``step(i, count)`` returns what is put on the display for step ``i``."""

    name: str
    rate: float
    """Steps a second."""
    round: int
    """Steps until everything has been shown once; drawn before the measurement starts."""
    places: tuple[Place, ...]
    background: Picture
    step: Callable[[int, int], list[Patch]]


class Area(NamedTuple):
    """The rectangle that a scene repaints."""

    x: int
    y: int
    width: int
    height: int

    def corners(self) -> tuple[Place, Place]:
        """Return the places of a counter at the first and the last corner."""
        last = Place(self.x + self.width - counter.WIDTH, self.y + self.height - counter.HEIGHT)
        return Place(self.x, self.y), last

    def stamped(self, picture: Picture, count: int) -> list[Patch]:
        """Return one patch: a copy of ``picture`` with the counter in both corners."""
        picture, bar = picture.copy(), counter.draw(count)
        picture[: counter.HEIGHT, : counter.WIDTH] = bar
        picture[-counter.HEIGHT :, -counter.WIDTH :] = bar
        return [Patch(self.x, self.y, picture)]


def typing() -> Scene:
    """Ten letters a second into a page of text."""
    line, place = Place(140, 420), Place(140, 460)
    screen = pictures.desktop(WIDTH, HEIGHT)
    screen.paste(pictures.page_of_text(1300, 900, seed=11), (100, 60))
    ImageDraw.Draw(screen).rectangle((120, 410, 1380, 480), fill=pictures.PAPER)
    text = "".join(random.Random(12).choices("abcdefghiklmnoprstuvwxyz ,.", k=LETTERS))
    font, blank = pictures.font(17), Image.new("RGB", (1240, 26), pictures.PAPER)

    def step(index: int, count: int) -> list[Patch]:
        typed = text[: index % LETTERS + 1]
        end = int(font.getlength(typed))
        start = 0 if len(typed) == 1 else int(font.getlength(typed[:-1]))
        strip = blank.copy()
        brush = ImageDraw.Draw(strip)
        brush.text((0, 2), typed, font=font, fill=pictures.INK)
        brush.line((end + 1, 2, end + 1, 22), fill=pictures.INK)
        width = 1240 if start == 0 else end + 4 - start
        letter = pictures.to_picture(strip.crop((start, 0, start + width, 26)))
        return [Patch(line.x + start, line.y, letter), Patch(*place, counter.draw(count))]

    return Scene("typing", 10, 3, (place,), pictures.to_picture(screen), step)


def scroll() -> Scene:
    """A page of text that scrolls by three lines, ten times a second."""
    area, steps = Area(120, 60, 1200, 900), 80
    page = pictures.to_picture(pictures.page_of_text(area.width, area.height + SCROLL_BY * steps, seed=21))

    def step(index: int, count: int) -> list[Patch]:
        top = index % steps * SCROLL_BY
        return area.stamped(page[top : top + area.height], count)

    background = pictures.to_picture(pictures.desktop(WIDTH, HEIGHT))
    return Scene("scroll", 10, 5, area.corners(), background, step)


def switch() -> Scene:
    """Four big windows that come to the front in turn, two a second."""
    area = Area(60, 30, 1760, 980)
    windows = [pictures.to_picture(pictures.window(area.width, area.height, seed=30 + n)) for n in range(4)]
    background = pictures.to_picture(pictures.desktop(WIDTH, HEIGHT))

    def step(index: int, count: int) -> list[Patch]:
        return area.stamped(windows[index % len(windows)], count)

    return Scene("switch", 2, len(windows), area.corners(), background, step)


def video() -> Scene:
    """A moving picture of 640x360 on a page of text, 25 frames a second."""
    area = Area(300, 200, 640, 360)
    screen = pictures.desktop(WIDTH, HEIGHT)
    screen.paste(pictures.page_of_text(1300, 900, seed=41), (100, 60))
    wide = pictures.photograph(area.width + 4 * VIDEO_FRAMES, area.height + 60, seed=42)
    actor = pictures.photograph(160, 200, seed=43)
    frames = [_frame(wide, actor, number, area) for number in range(VIDEO_FRAMES)]

    def step(index: int, count: int) -> list[Patch]:
        return area.stamped(frames[index % VIDEO_FRAMES], count)

    return Scene("video", 25, 25, area.corners(), pictures.to_picture(screen), step)


def _frame(wide: Picture, actor: Picture, number: int, area: Area) -> Picture:
    """Return one frame: the camera pans over ``wide`` while ``actor`` walks the other way."""
    left, top = 4 * number, 30 + int(25 * np.sin(number / 8))
    frame = wide[top : top + area.height, left : left + area.width].copy()
    at = area.width - 200 - 8 * number
    frame[120:320, at : at + 160] = actor
    return frame


def photos() -> Scene:
    """A slide show: a photograph over the whole display each second."""
    area = Area(0, 0, WIDTH, HEIGHT)
    slides = [pictures.photograph(WIDTH, HEIGHT, seed=50 + n) for n in range(PHOTOGRAPHS)]

    def step(index: int, count: int) -> list[Patch]:
        return area.stamped(slides[index % PHOTOGRAPHS], count)

    return Scene("photos", 1, 2, area.corners(), slides[-1], step)


def idle() -> Scene:
    """A still desktop whose clock ticks once a second."""
    clock, place = Place(1800, 1049), Place(1560, 1054)
    screen = pictures.desktop(WIDTH, HEIGHT)
    screen.paste(pictures.window(1500, 900, seed=61), (100, 60))

    def step(index: int, count: int) -> list[Patch]:
        face = Image.new("RGB", (100, 22), (30, 33, 40))
        time = f"09:{index // 60 % 60:02}:{index % 60:02}"
        ImageDraw.Draw(face).text((8, 2), time, font=pictures.font(15), fill=(230, 232, 236))
        return [Patch(*clock, pictures.to_picture(face)), Patch(*place, counter.draw(count))]

    return Scene("idle", 1, 2, (place,), pictures.to_picture(screen), step)


TITLES = {
    "typing": "typing 10/s",
    "scroll": "scroll text 10/s",
    "switch": "switch windows 2/s",
    "video": "video 640x360 25/s",
    "photos": "photo slides 1/s",
    "idle": "idle clock 1/s",
}

SCENES: dict[str, Callable[[], Scene]] = {
    made.__name__: made for made in (typing, scroll, switch, video, photos, idle)
}


def calibration() -> Scene:
    """A counter alone, drawn until a viewer shows it at its place."""
    places = (Place(0, 0), Place(WIDTH - counter.WIDTH, HEIGHT - counter.HEIGHT))
    background = pictures.to_picture(pictures.desktop(WIDTH, HEIGHT))

    def step(index: int, count: int) -> list[Patch]:
        bar = partial(Patch, picture=counter.draw(count))
        return [bar(*place) for place in places]

    return Scene("calibration", 5, 1, places, background, step)
