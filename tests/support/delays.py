"""How long packets take on networks of several kinds, for jitter buffers."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

TRACES = Path(__file__).parent / "traces"
Delays = Iterator[float | None]
"""Seconds for each packet in turn; None: lost."""


def quiet(seed: int) -> Delays:
    """A wired LAN: within 2 ms."""
    chance = random.Random(seed)
    while True:
        yield chance.uniform(0, 0.002)


def uneven(seed: int) -> Delays:
    """30 ms of jitter, 1 % lost."""
    chance = random.Random(seed)
    while True:
        yield None if chance.random() < 0.01 else chance.uniform(0, 0.03)


def bursts(seed: int) -> Delays:
    """Now and then nothing for 150 ms, then all of it at once: a radio that retries, or TCP after a loss."""
    chance = random.Random(seed)
    while True:
        for _ in range(chance.randint(80, 200)):
            yield chance.uniform(0, 0.004)
        for late in range(8):
            yield 0.16 - late * 0.02


def recorded(name: str) -> Callable[[int], Delays]:
    """A trace of tests/support/traces: one delay in milliseconds a line, ``-`` for lost; over and over."""
    delays = [
        None if line == "-" else float(line) / 1000
        for line in (TRACES / name).read_text().split("\n")
        if line and not line.startswith("#")
    ]

    def again(_: int) -> Delays:
        while True:
            yield from delays

    return again
