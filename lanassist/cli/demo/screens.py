"""Virtual displays with two monitors, where there is no display of the user's own."""

import contextlib
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from lanassist.cli.demo.processes import Process, clean_environ
from lanassist.node.errors import MachineError

START_DEADLINE: Final = 20.0


class Monitor(NamedTuple):
    """In pixels of the screen."""

    name: str
    x: int
    y: int
    width: int
    height: int


MONITORS: Final = (Monitor("left", 0, 0, 1600, 900), Monitor("right", 1600, 0, 1280, 1024))


class VirtualScreen(NamedTuple):
    """A running X server and the program that draws a desk on it."""

    display: str
    desk: Process


@contextlib.contextmanager
def virtual_screen(name: str, folder: Path) -> Iterator[VirtualScreen]:
    """A display with MONITORS and moving sample windows. Raises MachineError."""
    with contextlib.ExitStack() as stack:
        display = _start_server(stack, folder / f"xvfb-{name}.log")
        for monitor in MONITORS:
            _add_monitor(display, monitor)
        words = [sys.executable, "-m", "lanassist.cli.demo.desk", name]
        desk = Process(words, clean_environ() | {"DISPLAY": display}, folder / f"desk-{name}.log")
        stack.callback(desk.end)
        yield VirtualScreen(display, desk)


def _start_server(stack: contextlib.ExitStack, log: Path) -> str:
    width = max(monitor.x + monitor.width for monitor in MONITORS)
    height = max(monitor.y + monitor.height for monitor in MONITORS)
    reading, writing = os.pipe()
    stack.callback(os.close, reading)
    words = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
    try:
        server = Process([*words, "-noreset"], clean_environ(), log, keep=(writing,))
    except FileNotFoundError as error:
        raise MachineError(why="Xvfb is not installed (Debian package xvfb)") from error
    finally:
        os.close(writing)
    stack.callback(server.end)
    number = b""
    while not number.endswith(b"\n") and select.select([reading], [], [], START_DEADLINE)[0]:
        if not (piece := os.read(reading, 16)):
            break
        number += piece
    if not number.strip():
        server.check_alive()
        raise MachineError(why="Xvfb did not start in time")
    return f":{int(number)}"


def _add_monitor(display: str, monitor: Monitor) -> None:
    across, down = round(monitor.width * 0.2646), round(monitor.height * 0.2646)  # millimetres at 96 dpi
    geometry = f"{monitor.width}/{across}x{monitor.height}/{down}+{monitor.x}+{monitor.y}"
    output = "screen" if monitor is MONITORS[0] else "none"
    words = ["xrandr", "--display", display, "--setmonitor", monitor.name, geometry, output]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=START_DEADLINE)
    except FileNotFoundError as error:
        raise MachineError(why="xrandr is not installed (Debian package x11-xserver-utils)") from error
    if done.returncode:
        raise MachineError(why=f"xrandr could not add a monitor: {done.stderr.strip()}")
