"""A disk that fails at its n-th operation, and what a folder held before and after."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_OPERATIONS = ("fsync", "link", "rename", "replace", "mkdir")


class FailingDisk:
    """Each write, link or rename counts; the one of number ``at`` says that the disk is full."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.seen = 0

    @property
    def struck(self) -> bool:
        """Whether the failure has happened."""
        return self.seen >= self.at

    def _counted(self, name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def operation(*given: Any, **named: Any) -> Any:
            if _needs_space(name, given):
                self.seen += 1
                if self.seen == self.at:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*given, **named)

        return operation

    @contextmanager
    def working(self) -> Iterator[None]:
        """While this lasts the disk is this one."""
        with pytest.MonkeyPatch.context() as patch:
            for name in (*_OPERATIONS, "open"):
                patch.setattr(os, name, self._counted(name))
            yield


def _needs_space(name: str, given: tuple[Any, ...]) -> bool:
    """Not: reading, syncing the names in a folder (best effort anyway), a folder that is there."""
    match name:
        case "open":
            return bool(given[1] & os.O_CREAT)
        case "fsync":
            return not stat.S_ISDIR(os.fstat(given[0]).st_mode)
        case "mkdir":
            return not os.path.isdir(given[0])
    return True


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Everything below ``folder``: mode and content by path."""
    return {
        str(path.relative_to(folder)): (
            stat.S_IMODE(path.lstat().st_mode),
            path.read_bytes() if path.is_file() else b"",
        )
        for path in folder.rglob("*")
    }
