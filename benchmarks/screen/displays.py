"""X displays: the agent's, with two monitors of 1920x1080 side by side, and the viewer's, with one."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from benchmarks.screen.programs import BenchmarkFailed, started, wait_until
from benchmarks.screen.scenes import HEIGHT, WIDTH

READY_WITHIN = 15.0
DESKTOP = f"{2 * WIDTH}x{HEIGHT}"


class Display(NamedTuple):
    """A running X server."""

    name: str
    """For example ``:7``."""
    pid: int


@contextmanager
def display(arguments: Sequence[str], log: Path) -> Iterator[Display]:
    """Run an X server on the first free display number."""
    reader, writer = os.pipe()
    try:
        with started([*arguments, "-displayfd", str(writer)], log=log, inherit=[writer]) as process:
            os.set_blocking(reader, False)
            told = bytearray()

            def ready() -> bool:
                if process.poll() is not None:
                    raise BenchmarkFailed(f"{arguments[0]} ended at once: {log.read_text()[-300:].strip()}")
                with suppress(BlockingIOError):
                    told.extend(os.read(reader, 64))
                return told.endswith(b"\n")

            wait_until(ready, READY_WITHIN, f"{arguments[0]} did not start.")
            yield Display(f":{int(told)}", process.pid)
    finally:
        os.close(reader)
        os.close(writer)


@contextmanager
def agents_display(work: Path) -> Iterator[Display]:
    """Run an Xvfb with two monitors, each 1920x1080."""
    arguments = ["Xvfb", "-screen", "0", f"{DESKTOP}x24", "-nolisten", "tcp", "-noreset"]
    with display(arguments, work / "agent-display.log") as made:
        split_in_two(made.name)
        yield made


@contextmanager
def viewers_display(work: Path) -> Iterator[Display]:
    """Run an Xvfb with one monitor of 1920x1080."""
    arguments = ["Xvfb", "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp", "-noreset"]
    with display(arguments, work / "viewer-display.log") as made:
        yield made


def split_in_two(name: str) -> None:
    """Tell the X server ``name`` that its wide screen is two monitors."""
    outputs = re.search(r"^(\S+) connected", _xrandr(name, "--query"), re.MULTILINE)
    if outputs is None:
        raise BenchmarkFailed(f"xrandr finds no monitor on {name}.")
    size = f"{WIDTH}/508x{HEIGHT}/286"
    _xrandr(name, "--setmonitor", "left", f"{size}+0+0", outputs[1])
    _xrandr(name, "--setmonitor", "right", f"{size}+{WIDTH}+0", "none")
    if "Monitors: 2" not in _xrandr(name, "--listmonitors"):
        raise BenchmarkFailed(f"xrandr could not make two monitors on {name}.")


def _xrandr(name: str, *arguments: str) -> str:
    ran = subprocess.run(
        ["xrandr", "-display", name, *arguments], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise BenchmarkFailed(f"xrandr failed on {name}: {ran.stderr.strip()}")
    return ran.stdout
