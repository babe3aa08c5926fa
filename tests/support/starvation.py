"""How long processes have waited for a processor, which a busy machine does to them and they cannot help."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


class Starvation:
    """Of some processes and of what they have started so far, at each look."""

    def __init__(self, *pids: int) -> None:
        self._tasks = [Path(f"/proc/{pid}/task") for first in pids for pid in _family(first)]

    def seconds(self) -> float:
        """All that their threads have waited for a processor since they began, added up."""
        return sum(_waited(thread) for task in self._tasks for thread in task.glob("*/schedstat")) / 1e9


def _waited(schedstat: Path) -> int:
    """Nanoseconds; the second of its three figures."""
    with suppress(FileNotFoundError, ProcessLookupError):  # a thread that has just ended
        return int(schedstat.read_text().split()[1])
    return 0


def _family(pid: int) -> Iterator[int]:
    yield pid
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            # The name, in parentheses, may hold anything; the state and the parent come after it.
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            if parent == pid:
                yield from _family(int(stat.parent.name))
