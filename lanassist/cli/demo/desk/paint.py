"""What the sample windows show, as pictures: the same for the same tick."""

import math
import time
from collections.abc import Sequence
from functools import cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
INK: Final = (30, 36, 48)
PALE: Final = (112, 122, 138)
PAPER: Final = (252, 252, 253)
LINE: Final = (226, 230, 236)
BAR: Final = (38, 50, 72)
ACCENT: Final = (34, 110, 200)
GREEN: Final = (32, 138, 84)
AMBER: Final = (196, 128, 20)

SUBJECTS: Final = (
    ("Order 48213 was delivered twice", "Orders", "new"),
    ("Cannot sign in since the update", "Access", "open"),
    ("Invoice from March shows the wrong VAT number", "Billing", "open"),
    ("Router restarts every evening at nine", "Network", "waiting"),
    ("Please change the address of my contract", "Contract", "open"),
    ("Refund for a cancelled appointment", "Billing", "waiting"),
    ("Speed is a tenth of what was promised", "Network", "open"),
    ("Card was charged two times", "Billing", "new"),
    ("Where is my parcel?", "Orders", "waiting"),
    ("Second user for our company account", "Access", "open"),
    ("Headset does not pair with the phone", "Devices", "open"),
    ("Question about the notice period", "Contract", "new"),
)
STATES: Final = {"new": ACCENT, "open": GREEN, "waiting": AMBER}
TALK: Final = (
    ("client", "Hello, my order 48213 came twice and I was charged twice."),
    ("agent", "Good morning! I am sorry about that. Let me look it up."),
    ("client", "Thank you. The second parcel is still closed."),
    ("agent", "I can see both. I send you a label, the return is free of charge."),
    ("client", "And the money?"),
    ("agent", "The second charge goes back to your card today."),
    ("client", "Perfect, thanks a lot for the quick help!"),
    ("agent", "You are welcome. Is there anything else I can do for you?"),
)
TICKS_A_MESSAGE: Final = 60
TICKS_A_ROUND: Final = TICKS_A_MESSAGE * len(TALK)


@cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own font, so that no Debian package is needed."""
    return ImageFont.load_default(size)


def wallpaper(width: int, height: int) -> Image.Image:
    """Dusk over a few hills."""
    down = Image.linear_gradient("L").resize((width, height))
    picture = Image.composite(
        Image.new("RGB", (width, height), (94, 138, 166)),
        Image.new("RGB", (width, height), (34, 52, 84)),
        down,
    )
    draw = ImageDraw.Draw(picture)
    for depth, colour in enumerate(((52, 84, 108), (40, 68, 92), (28, 50, 72))):
        waves = [(x, _hill(x, depth, height)) for x in range(0, width + 8, 8)]
        draw.polygon([(0, height), *waves, (width, height)], fill=colour)
    return picture


def _hill(x: int, depth: int, height: int) -> float:
    base = height * (0.62 + 0.13 * depth)
    return base + 46 * math.sin(x / (230 + 70 * depth) + depth * 2) + 18 * math.sin(x / 90 + depth)


def _window(title: str, width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, width, 34), fill=BAR)
    draw.text((14, 8), title, font=font(15), fill=(236, 240, 246))
    for slot, colour in enumerate(((232, 96, 84), (238, 188, 72), (98, 186, 96))):
        left = width - 24 - slot * 22
        draw.ellipse((left, 11, left + 12, 23), fill=colour)
    draw.rectangle((0, 0, width - 1, height - 1), outline=(70, 80, 98))
    return picture, draw


def tickets(name: str, turn: int) -> Image.Image:
    """The list of tickets; with each turn the newest comes in on top and the choice moves on."""
    picture, draw = _window(f"Tickets of {name}", 860, 640)
    columns = (24, 116, 560, 700)
    for left, word in zip(columns, ("Ticket", "Subject", "Category", "State"), strict=True):
        draw.text((left, 50), word, font=font(14), fill=PALE)
    for row in range(13):
        number = turn + 13 - row
        subject, category, state = SUBJECTS[number % len(SUBJECTS)]
        top = 78 + row * 42
        if row == turn % 13:
            draw.rectangle((8, top, 851, top + 40), fill=(222, 236, 252))
        draw.line((16, top + 41, 843, top + 41), fill=LINE)
        _texts(draw, top + 11, zip(columns, (f"#{4100 + number}", subject, category), strict=False))
        draw.rounded_rectangle((700, top + 8, 796, top + 33), 12, fill=STATES[state])
        draw.text((748, top + 20), state, font=font(14), fill=PAPER, anchor="mm")
    return picture


def _texts(draw: ImageDraw.ImageDraw, top: int, cells: "zip[tuple[int, str]]") -> None:
    for left, text in cells:
        draw.text((left, top), text, font=font(15), fill=INK)


def chat(name: str, tick: int) -> Image.Image:
    """A conversation in which messages come one by one; the agent's are typed letter by letter."""
    picture, draw = _window(f"Chat · {name} and a client", 540, 640)
    position = tick % TICKS_A_ROUND
    said, typed = divmod(position, TICKS_A_MESSAGE)
    top = 52
    for who, words in TALK[:said]:
        top = _bubble(draw, top, who, words)
    who, words = TALK[said]
    draw.rectangle((12, 586, 527, 626), outline=LINE, fill=(246, 248, 251))
    if who == "agent":
        draft = words[: typed * len(words) // (TICKS_A_MESSAGE - 10)] + ("|" if tick % 10 < 5 else "")
        draw.text((22, 598), draft[-62:], font=font(14), fill=INK)
    else:
        draw.text((22, 560), "The client is typing" + "." * (tick // 3 % 4), font=font(13), fill=PALE)
    return picture


def _bubble(draw: ImageDraw.ImageDraw, top: int, who: str, words: str) -> int:
    lines = _wrapped(words, 44)
    width = max(int(draw.textlength(line, font=font(15))) for line in lines) + 28
    left = 16 if who == "client" else 524 - width
    bottom = top + 14 + 21 * len(lines)
    fill, ink = ((234, 238, 244), INK) if who == "client" else (ACCENT, PAPER)
    draw.rounded_rectangle((left, top, left + width, bottom), 12, fill=fill)
    for number, line in enumerate(lines):
        draw.text((left + 14, top + 7 + 21 * number), line, font=font(15), fill=ink)
    return bottom + 10


def _wrapped(words: str, length: int) -> Sequence[str]:
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) >= length:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def clock(now: float) -> Image.Image:
    """The time of day."""
    picture, draw = _window("Clock", 420, 260)
    local = time.localtime(now)
    draw.text((210, 125), time.strftime("%H:%M:%S", local), font=font(68), fill=INK, anchor="mm")
    draw.text((210, 196), time.strftime("%A, %d %B %Y", local), font=font(18), fill=PALE, anchor="mm")
    return picture


def figures(tick: int) -> Image.Image:
    """Contacts a minute, as a curve that moves to the left."""
    picture, draw = _window("Contacts a minute", 420, 300)
    points = [(20 + 4 * step, _contacts(tick + step)) for step in range(96)]
    for level in range(4):
        draw.line((20, 80 + level * 55, 400, 80 + level * 55), fill=LINE)
    draw.polygon([(20, 270), *points, (400, 270)], fill=(214, 230, 248))
    draw.line(points, fill=ACCENT, width=3)
    return picture


def _contacts(step: int) -> float:
    return 170 + 52 * math.sin(step / 17) + 24 * math.sin(step / 5.3) + 9 * math.sin(step / 2.1)
