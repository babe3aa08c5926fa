"""A real X server of our own, with as many monitors as a test wants, on a display number that was free."""

import os
import select
import subprocess
from collections.abc import Sequence
from types import TracebackType
from typing import NamedTuple, Self

START_DEADLINE = 20.0
"""Seconds."""


class Monitor(NamedTuple):
    """In pixels of the screen."""

    name: str
    x: int
    y: int
    width: int
    height: int

    @property
    def geometry(self) -> str:
        """As xrandr wants it, at about 96 dots an inch."""
        across, down = round(self.width * 0.2646), round(self.height * 0.2646)
        return f"{self.width}/{across}x{self.height}/{down}+{self.x}+{self.y}"


SIDE_BY_SIDE = (Monitor("left", 0, 0, 1920, 1080), Monitor("right", 1920, 0, 1920, 1080))


class XServer:
    """``with XServer(3840, 1080, SIDE_BY_SIDE) as x: … x.display``."""

    def __init__(
        self, width: int, height: int, monitors: Sequence[Monitor] = (), number: int | None = None
    ) -> None:
        self._size = f"{width}x{height}x24"
        self._monitors = tuple(monitors)
        self._number = number
        self._process: subprocess.Popen[bytes] | None = None
        self.display = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def environ(self) -> dict[str, str]:
        """The environment of a program that is to run on this display."""
        return {**os.environ, "DISPLAY": self.display}

    def start(self) -> None:
        """Start it; after ``stop`` again on the same number."""
        reading, writing = os.pipe()
        number = [] if self._number is None else [f":{self._number}"]
        options = [
            "-displayfd",
            str(writing),
            "-screen",
            "0",
            self._size,
            "-nolisten",
            "tcp",
            "-ac",
            "-noreset",
        ]
        try:
            self._process = subprocess.Popen(
                ["Xvfb", *number, *options],
                pass_fds=[writing],
                stdin=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            os.close(writing)
            answer = b""
            while not answer.endswith(b"\n") and select.select([reading], [], [], START_DEADLINE)[0]:
                answer += os.read(reading, 16) or b"\n"
        finally:
            os.close(reading)
        if not answer.strip():
            self.stop()
            raise RuntimeError("Xvfb did not start")
        self._number = int(answer)
        self.display = f":{self._number}"
        try:
            for monitor in self._monitors:
                self.set_monitor(monitor)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End it; to its clients this is as a crash. It gives its number back itself."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def set_monitor(self, monitor: Monitor, output: str | None = None) -> None:
        """Add a monitor, or move or resize the one of that name. The first of all gets the real output."""
        self.remove_monitor(monitor.name, missing_ok=True)
        if output is None:
            output = "screen" if monitor.name == self._monitors[0].name else "none"
        self._xrandr("--setmonitor", monitor.name, monitor.geometry, output)

    def remove_monitor(self, name: str, missing_ok: bool = False) -> None:
        """Unplug it."""
        self._xrandr("--delmonitor", name, check=not missing_ok)

    def resize(self, width: int, height: int) -> None:
        """Give the whole screen another size."""
        self._xrandr("--output", "screen", "--off", "--fb", f"{width}x{height}")

    def clients(self) -> int:
        """How many programs are connected."""
        assert self._process is not None
        return len(os.listdir(f"/proc/{self._process.pid}/fd"))

    def _xrandr(self, *arguments: str, check: bool = True) -> None:
        done = subprocess.run(
            ["xrandr", *arguments], env=self.environ, check=False, capture_output=True, text=True
        )
        if check and done.returncode:
            raise RuntimeError(f"xrandr {' '.join(arguments)}: {done.stderr}")
