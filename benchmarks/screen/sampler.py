"""Reads the counter off the viewer's display, in a process of its own, and notes when each number appears."""

from __future__ import annotations

import multiprocessing
import select
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import NamedTuple

import xcffib
import xcffib.damage
import xcffib.xproto

from benchmarks.screen import counter
from benchmarks.screen.painter import grab
from benchmarks.screen.programs import BenchmarkFailed
from benchmarks.screen.scenes import Place

LOOK_EVERY = 0.02
"""Seconds; the display is also looked at without a damage event, should one be missed."""
ANSWER_WITHIN = 10.0


class Sighting(NamedTuple):
    """A change of what the viewer shows: for each place its counter, None where none can be read."""

    at: float
    """Monotonic seconds."""
    counts: tuple[int | None, ...]


class Sampler:
    """The near end of the sampling process."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def begin(self, places: Sequence[Place]) -> None:
        """Forget what was seen and watch ``places``."""
        self._ask(("begin", tuple(places)))

    def seen(self) -> list[Sighting]:
        """Return everything seen since ``begin``, oldest first."""
        sightings: list[Sighting] = self._ask(("seen", ()))
        return sightings

    def _ask(self, question: tuple[str, tuple[Place, ...]]) -> list[Sighting]:
        try:
            self._pipe.send(question)
            if not self._pipe.poll(ANSWER_WITHIN):
                raise EOFError
            answer: list[Sighting] = self._pipe.recv()
        except (EOFError, OSError) as gone:
            raise BenchmarkFailed("The process that reads the viewer's display has ended.") from gone
        return answer


@contextmanager
def sampling(display: str) -> Iterator[Sampler]:
    """Run a sampler of ``display``'s root window for as long as the block lasts."""
    context = multiprocessing.get_context("spawn")
    near, far = context.Pipe()
    process = context.Process(target=_sample, args=(display, far), daemon=True)
    process.start()
    far.close()
    try:
        yield Sampler(near)
    finally:
        near.close()
        process.join(2)
        if process.is_alive():
            process.kill()
            process.join()


def _sample(display: str, pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one ends it
    connection = xcffib.connect(display)
    damage = connection(xcffib.damage.key)
    damage.QueryVersion(1, 1).reply()
    changes = connection.generate_id()
    root = connection.get_setup().roots[0].root
    damage.Create(changes, root, xcffib.damage.ReportLevel.NonEmpty)
    connection.flush()
    places: tuple[Place, ...] = ()
    sightings: list[Sighting] = []
    while True:
        if connection.poll_for_event() is None:
            ready, _, _ = select.select([connection.get_file_descriptor(), pipe], [], [], LOOK_EVERY)
            if pipe in ready:
                try:
                    question, asked = pipe.recv()
                except EOFError:
                    return
                if question == "begin":
                    places, sightings = asked, []
                pipe.send(sightings)
                continue
        damage.Subtract(changes, xcffib.xproto.Atom._None, xcffib.xproto.Atom._None)
        counts = tuple(_count(connection, place) for place in places)
        if places and (not sightings or sightings[-1].counts != counts):
            sightings.append(Sighting(time.monotonic(), counts))


def _count(connection: xcffib.Connection, place: Place) -> int | None:
    return counter.read(grab(connection, place.x, place.y, counter.WIDTH, counter.HEIGHT))
