"""Pictures that the scenes show: text, windows and photographs, all made here, the same in each run."""

from __future__ import annotations

import random
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.screen.counter import Picture

WORDS = [
    "the", "customer", "asked", "about", "an", "order", "that", "was", "delivered", "late", "and", "wants",
    "a", "refund", "to", "the", "same", "card", "we", "checked", "account", "status", "invoice", "shipping",
    "address", "phone", "number", "confirmed", "ticket", "escalated", "priority", "queue", "waiting",
    "agent", "transfer", "billing", "team", "password", "reset", "link", "sent", "resolved", "follow", "up",
    "tomorrow", "morning", "router", "firmware", "update", "signal", "cable", "restart", "connection",
    "speed", "test", "packet", "loss", "upgrade", "plan", "monthly", "contract", "renewal", "discount",
    "applied",
]  # fmt: skip

INK = (32, 36, 44)
PAPER = (255, 255, 255)


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Return the font that Pillow ships, antialiased, ``size`` pixels high."""
    found = ImageFont.load_default(size)
    assert isinstance(found, ImageFont.FreeTypeFont)
    return found


def to_picture(image: Image.Image) -> Picture:
    """Return an RGB image as rows x columns x (blue, green, red, 255)."""
    rgb = np.asarray(image.convert("RGB"))
    picture = np.full((*rgb.shape[:2], 4), 255, dtype=np.uint8)
    picture[:, :, :3] = rgb[:, :, ::-1]
    return picture


def page_of_text(width: int, height: int, *, seed: int, size: int = 15, leading: int = 22) -> Image.Image:
    """Return a page of prose: paragraphs, headings and a few coloured words."""
    chance = random.Random(seed)
    page = Image.new("RGB", (width, height), PAPER)
    brush = ImageDraw.Draw(page)
    for line in range(height // leading):
        top = line * leading + 3
        kind = chance.random()
        if kind < 0.06:
            continue
        if kind < 0.12:
            heading = " ".join(chance.choices(WORDS, k=5)).capitalize()
            brush.text((16, top - 1), heading, font=font(size + 3), fill=(20, 60, 140))
            continue
        _line(brush, chance, top, 16 + 24 * chance.randrange(3), width - 24, size)
    return page


def _line(
    brush: ImageDraw.ImageDraw, chance: random.Random, top: int, x: float, right: int, size: int
) -> None:
    while True:
        word = chance.choice(WORDS)
        length = font(size).getlength(word + " ")
        if x + length > right:
            return
        ink = INK if chance.random() < 0.94 else (170, 40, 40)
        brush.text((x, top), word, font=font(size), fill=ink)
        x += length


def desktop(width: int, height: int) -> Image.Image:
    """Return a plain desktop: a soft gradient and a panel along the bottom."""
    column = np.linspace(0, 1, height)[:, None, None]
    shade = np.array([46, 74, 98]) * (1 - column) + np.array([24, 38, 60]) * column
    image = Image.fromarray(np.broadcast_to(shade, (height, width, 3)).astype(np.uint8), "RGB")
    brush = ImageDraw.Draw(image)
    brush.rectangle((0, height - 40, width, height), fill=(30, 33, 40))
    for slot in range(6):
        brush.rounded_rectangle(
            (12 + slot * 150, height - 34, 150 + slot * 150, height - 7), 5, fill=(52, 57, 68)
        )
        brush.text(
            (24 + slot * 150, height - 29), WORDS[slot * 7].capitalize(), font=font(14), fill=(220, 224, 230)
        )
    return image


def window(width: int, height: int, *, seed: int) -> Image.Image:
    """Return a program's window: title bar, side list, toolbar; text (even seeds) or a table (odd seeds)."""
    chance = random.Random(seed)
    accent = (chance.randrange(40, 120), chance.randrange(60, 140), chance.randrange(90, 190))
    image = Image.new("RGB", (width, height), (246, 247, 249))
    brush = ImageDraw.Draw(image)
    brush.rectangle((0, 0, width, 31), fill=accent)
    brush.text((14, 7), " ".join(chance.choices(WORDS, k=4)).title(), font=font(15), fill=PAPER)
    brush.rectangle((0, 32, 259, height), fill=(232, 235, 240))
    for row in range((height - 60) // 34):
        brush.ellipse((14, 50 + row * 34, 30, 66 + row * 34), fill=accent)
        brush.text((42, 49 + row * 34), " ".join(chance.choices(WORDS, k=3)), font=font(14), fill=INK)
    for button in range(7):
        left = 276 + button * 118
        brush.rounded_rectangle((left, 42, left + 106, 70), 4, fill=PAPER, outline=(190, 196, 206))
        brush.text((left + 12, 48), chance.choice(WORDS).capitalize(), font=font(14), fill=INK)
    body = (width - 276, height - 96)
    inside = _table(*body, chance) if seed % 2 else page_of_text(*body, seed=seed)
    image.paste(inside, (268, 84))
    return image


def _table(width: int, height: int, chance: random.Random) -> Image.Image:
    image = Image.new("RGB", (width, height), PAPER)
    brush = ImageDraw.Draw(image)
    for row in range(height // 28):
        top = row * 28
        if row % 2:
            brush.rectangle((0, top, width, top + 27), fill=(243, 246, 250))
        for column in range(width // 150):
            text = chance.choice(WORDS) if column % 3 else f"{chance.randrange(10**6):,}"
            brush.text((10 + column * 150, top + 6), text, font=font(14), fill=INK)
        brush.line((0, top, width, top), fill=(222, 226, 232))
    return image


def photograph(width: int, height: int, *, seed: int) -> Picture:
    """Return a picture with the statistics of a photograph: 1/f detail, soft light, sharp subjects."""
    source = np.random.default_rng(seed)
    light = _cloud(source, width, height, slope=1.9) * 70
    detail = _cloud(source, width, height, slope=1.15) * 26
    scene = np.stack([light * tint + detail for tint in source.uniform(0.5, 1.2, 3)], axis=2)
    scene += source.uniform(90, 150, 3) + np.linspace(30, -30, height)[:, None, None]
    for _ in range(9):
        _subject(scene, detail, source)
    scene += source.normal(0, 1.2, (height, width, 1))  # what a sensor adds
    picture = np.full((height, width, 4), 255, dtype=np.uint8)
    picture[:, :, :3] = scene.clip(0, 255)
    return picture


def _subject(scene: np.ndarray, detail: np.ndarray, source: np.random.Generator) -> None:
    """Lay one shaded, textured oval with a sharp edge over ``scene``, in place."""
    height, width = detail.shape
    middle_x, middle_y = source.uniform(0, width), source.uniform(0, height)
    radius_x, radius_y = source.uniform(0.04, 0.16) * width, source.uniform(0.06, 0.25) * height
    left, right = max(0, int(middle_x - radius_x)), min(width, int(middle_x + radius_x))
    top, bottom = max(0, int(middle_y - radius_y)), min(height, int(middle_y + radius_y))
    rows, columns = np.mgrid[top:bottom, left:right]
    distance = (((columns - middle_x) / radius_x) ** 2 + ((rows - middle_y) / radius_y) ** 2)[:, :, None]
    cover = np.clip((1 - distance) * radius_x / 3, 0, 1)
    texture = detail[top:bottom, left:right, None] * source.uniform(0.2, 1.6)
    colour = (source.uniform(20, 230, 3) + texture) * (1 - 0.35 * distance.clip(0, 1))
    scene[top:bottom, left:right] += (colour - scene[top:bottom, left:right]) * cover


def _cloud(source: np.random.Generator, width: int, height: int, *, slope: float) -> np.ndarray:
    """Return noise whose amplitude falls as 1/frequency^slope, height x width, mean 0, deviation 1."""
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :])
    frequency[0, 0] = np.inf
    spectrum = np.fft.rfft2(source.normal(size=(height, width))) / frequency**slope
    cloud = np.fft.irfft2(spectrum, s=(height, width))
    return np.asarray((cloud - cloud.mean()) / cloud.std())
