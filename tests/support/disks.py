"""A disk of a test's own: small, so that it can be full, and made read-only at will. Needs root."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

CHUNK: Final = bytes(16 * 1024)


class SmallDisk:
    """What is mounted at a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Until not a byte more fits."""
        with self._filler.open("ab", buffering=0) as filler:
            try:
                while True:
                    filler.write(CHUNK)
            except OSError:
                return

    def free(self) -> None:
        """There is room again."""
        self._filler.unlink()

    def read_only(self, wanted: bool) -> None:
        """While no program has a file open for writing."""
        subprocess.run(["mount", "-o", f"remount,{'ro' if wanted else 'rw'}", self._folder], check=True)


@contextmanager
def small_disk(folder: Path, size: str = "2M") -> Iterator[SmallDisk]:
    """At ``folder``, which is made, for the length of a ``with``."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", folder], check=True)
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", folder], check=True)
