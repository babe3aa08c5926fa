"""The measured process: holds only its own ends of the links and reports what they cost."""

import gc
import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import msgspec
import trio

from benchmarks.links.kinds import KINDS, Tally
from benchmarks.links.people import read_people
from lanassist.node.link.descriptors import raise_file_limit

PATIENCE = 9.0
"""Seconds that dead peers are waited for."""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured of one kind."""

    links: int
    connect_median_ms: float
    connect_p95_ms: float
    rss_kib_each: float
    cpu_percent: float
    """Of one core, at one presence message a second on each link."""
    messages_per_second: float
    dead_noticed_first_s: float | None
    dead_noticed_last_s: float | None
    """After all peers were stopped at once; None: not noticed within PATIENCE."""


async def hold(kind: str, people: Path, links: int, seconds: float) -> Figures:
    """Hold ``links`` links, measure, stop the peers, measure again."""
    holder, _ = read_people(people)
    tally = Tally()
    async with trio.open_nursery() as nursery:
        port = await nursery.start(partial(KINDS[kind].hold, holder, tally))
        before = _rss_kib()
        command = [sys.executable, "-m", "benchmarks.links.callers", kind, str(people), str(port)]
        callers = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: ASYNC220 - it only forks
        try:
            assert callers.stdout is not None
            took = json.loads(await trio.to_thread.run_sync(callers.stdout.readline))
            with trio.fail_after(10):
                while tally.up < links:  # noqa: ASYNC110 - the tally tells no event
                    await trio.sleep(0.01)
            await trio.sleep(2)
            each = (_rss_kib() - before) / links
            cpu, messages = await _running_cost(tally, seconds)
            first, last = await _death(tally, callers, links)
        finally:
            callers.kill()
            callers.wait()
        nursery.cancel_scope.cancel()
    took.sort()
    return Figures(
        links=links,
        connect_median_ms=1000 * took[len(took) // 2],
        connect_p95_ms=1000 * took[int(len(took) * 0.95)],
        rss_kib_each=each,
        cpu_percent=100 * cpu / seconds,
        messages_per_second=messages / seconds,
        dead_noticed_first_s=first,
        dead_noticed_last_s=last,
    )


async def _running_cost(tally: Tally, seconds: float) -> tuple[float, int]:
    """CPU seconds spent, and messages received, over a stretch of time."""
    cpu, messages = time.process_time(), tally.messages
    await trio.sleep(seconds)
    return time.process_time() - cpu, tally.messages - messages


async def _death(
    tally: Tally, callers: "subprocess.Popen[bytes]", links: int
) -> tuple[float | None, float | None]:
    """Stop the peers without a goodbye: when the first and the last of them is noticed, in seconds."""
    callers.send_signal(signal.SIGSTOP)
    stopped = trio.current_time()
    with trio.move_on_after(PATIENCE):
        while len(tally.downs) < links:  # noqa: ASYNC110 - the tally tells no event
            await trio.sleep(0.01)
    noticed = [down - stopped for down in tally.downs]
    return (min(noticed), max(noticed)) if len(noticed) == links else (None, None)


def _rss_kib() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


if __name__ == "__main__":
    raise_file_limit()
    figures = trio.run(hold, sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
    print(msgspec.json.encode(figures).decode())
