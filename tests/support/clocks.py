"""A wall clock of a test's own, for processes: it can be set while they run. The monotonic clock stays."""

import os
import subprocess
from pathlib import Path
from typing import Final

LIBRARY: Final = Path("faketime", "libfaketime.so.1")


class WallClock:
    """A file that says how far off the clock is; all processes with its environment go by it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.days_off(0)

    def days_off(self, days: int) -> None:
        """From now on it shows so many days later (or, below zero, earlier) than it is."""
        beside = self._path.with_suffix(".new")
        beside.write_text(f"{days:+}d\n")
        beside.replace(self._path)

    def environ(self) -> dict[str, str]:
        """What a process needs to go by it."""
        return {
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._path),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
        }


def _library() -> Path:
    listed = subprocess.run(["dpkg", "-L", "libfaketime"], capture_output=True, text=True, check=True)
    paths = [Path(line) for line in listed.stdout.splitlines()]
    found = next(path for path in paths if path.parts[-2:] == LIBRARY.parts)
    assert os.access(found, os.R_OK)
    return found
