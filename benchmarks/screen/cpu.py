"""Processor time of processes, from /proc."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def seconds(pids: Iterable[int]) -> float:
    """Return the processor seconds, user and system, that these processes and all below them have used."""
    return sum(_own_seconds(pid) for root in pids for pid in _tree(root))


def _own_seconds(pid: int) -> float:
    fields = _stat(pid)
    return sum(int(field) for field in fields[11:15]) / TICKS if fields else 0.0  # utime stime cutime cstime


def _stat(pid: int) -> list[str]:
    """Return the fields after the process's name; none when it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _tree(root: int) -> Iterator[int]:
    yield root
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (fields := _stat(int(entry))) and int(fields[1]) == root:
            yield from _tree(int(entry))
