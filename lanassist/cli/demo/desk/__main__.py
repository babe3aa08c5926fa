"""``python -m lanassist.cli.demo.desk NAME``: NAME's desk on the display of the environment, until ended."""

import sys
import time

from lanassist.cli.demo.desk import paint
from lanassist.cli.demo.desk.windows import Desktop

TICK = 0.1
"""Seconds."""


def main(name: str) -> None:
    """Show the desk and keep it moving."""
    with Desktop() as desktop:
        width, height = desktop.size
        desktop.window(0, 0, paint.wallpaper(width, height))
        tickets = desktop.window(60, 70, paint.tickets(name, 0))
        chat = desktop.window(1000, 120, paint.chat(name, 0))
        clock = desktop.window(1700, 90, paint.clock(time.time()))
        figures = desktop.window(1700, 400, paint.figures(0))
        tick = 0
        while True:
            time.sleep(TICK)
            tick += 1
            chat.show(paint.chat(name, tick))
            if tick % 2 == 0:
                figures.show(paint.figures(tick))
            if tick % 10 == 0:
                clock.show(paint.clock(time.time()))
            if tick % 20 == 0:
                tickets.show(paint.tickets(name, tick // 20))


main(sys.argv[1])
