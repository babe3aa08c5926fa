"""Measures one peer: draws each scene on its server's display and watches what comes out of its viewer."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count as counting
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from benchmarks.screen import cpu
from benchmarks.screen.counter import MODULUS, Picture, reached
from benchmarks.screen.displays import viewers_display
from benchmarks.screen.painter import Painter, look, painting
from benchmarks.screen.peers.base import Peer, Served
from benchmarks.screen.programs import BenchmarkFailed
from benchmarks.screen.relay import Relay, relaying
from benchmarks.screen.sampler import Sampler, Sighting, sampling
from benchmarks.screen.scenes import Patch, Scene, calibration

SHOWN_WITHIN = 40.0
LAST_WITHIN = 3.0
SETTLE = 1.0
QUIET_BYTES, QUIET_FOR, QUIET_WITHIN = 2000, 0.7, 12.0
"""A hop is quiet when it passes at most so many bytes in so many seconds; so long is waited for it."""
STILL = 1.0

Progress = Callable[[str], None]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What one run of one scene through one peer gave."""

    scene: str
    peer: str
    p50_ms: float
    p95_ms: float
    shown: float
    """Share of the steps that were seen at all, 0 to 1."""
    kb_per_s: float
    """Both ways, in thousands of bytes."""
    down_kb_per_s: float
    cores: float
    """Of screen server and X server together, less the X server's with nobody watching."""
    idle_cores: float
    """Of the screen server while the scene plays and nobody watches; 0 where it is the X server itself."""
    psnr_at_once: float
    """Of the whole display against the agent's, dB, when the last step was first seen.

    Infinity, which is null in JSON, is exact.
    """
    psnr_still: float
    """The same, once it has stood still for a second."""


class Drawn(msgspec.Struct, frozen=True):
    """What was drawn in one stretch: the count of each step and when it stood on the agent's display."""

    steps: list[tuple[int, float]]
    seconds: float


class Stretch:
    """Draws scenes step by step, in time, with counts that go on from scene to scene."""

    def __init__(self, painter: Painter) -> None:
        self._painter = painter
        self._counts = counting(1)

    def background(self, scene: Scene) -> None:
        """Draw everything that the scene's steps leave alone."""
        self._painter.draw([Patch(0, 0, scene.background)])

    def draw(self, scene: Scene, steps: int, first: int = 0) -> Drawn:
        """Draw ``steps`` steps at the scene's rate, beginning with step ``first``."""
        drawn: list[tuple[int, float]] = []
        start = time.monotonic()
        for index in range(steps):
            count = next(self._counts)
            patches = scene.step(first + index, count)
            time.sleep(max(0.0, start + index / scene.rate - time.monotonic()))
            drawn.append((count % MODULUS, self._painter.draw(patches)))
        time.sleep(max(0.0, start + steps / scene.rate - time.monotonic()))
        return Drawn(drawn, time.monotonic() - start)


def measure(
    peer: Peer, scenes: Sequence[Scene], seconds: float, work: Path, progress: Progress
) -> Iterator[Figures]:
    """Run every scene through ``peer``, each for ``seconds``; yield the figures of each as known."""
    with peer.serve(work) as served, painting(served.display.name) as painter:
        stretch = Stretch(painter)
        unwatched = {}
        for scene in scenes:
            progress(f"{scene.name}, nobody watching")
            unwatched[scene.name] = _unwatched(stretch, served, scene, seconds / 2)
        with (
            relaying(served.port) as relay,
            viewers_display(work) as viewer,
            sampling(viewer.name) as sampler,
            peer.watch(served, relay.port, viewer, work),
        ):
            progress("waiting for the first picture")
            _await_picture(peer, stretch, sampler)
            for scene in scenes:
                progress(scene.name)
                watched = Watched(peer, served, stretch, sampler, relay, viewer.name)
                yield watched.figures(scene, seconds, unwatched[scene.name])


class Unwatched(NamedTuple):
    """Cores used while a scene plays and nobody watches."""

    server: float
    x_server: float


def _unwatched(stretch: Stretch, served: Served, scene: Scene, seconds: float) -> Unwatched:
    stretch.background(scene)
    time.sleep(SETTLE / 2)
    server, x_server = cpu.seconds(_apart(served)), cpu.seconds([served.display.pid])
    drawn = stretch.draw(scene, max(1, round(seconds * scene.rate)))
    return Unwatched(
        (cpu.seconds(_apart(served)) - server) / drawn.seconds,
        (cpu.seconds([served.display.pid]) - x_server) / drawn.seconds,
    )


def _apart(served: Served) -> list[int]:
    """Return the screen server's processes other than the X server."""
    return [pid for pid in served.servers if pid != served.display.pid]


def _await_picture(peer: Peer, stretch: Stretch, sampler: Sampler) -> None:
    scene = calibration()
    stretch.background(scene)
    sampler.begin(scene.places)
    end = time.monotonic() + SHOWN_WITHIN
    while time.monotonic() < end:
        drawn = stretch.draw(scene, 2)
        if any(seen.counts == (drawn.steps[-1][0],) * len(scene.places) for seen in sampler.seen()):
            return
    raise BenchmarkFailed(
        f"{peer.title} never showed the agent's first display at 1:1 from the top left corner."
    )


class Watched(NamedTuple):
    """One scene played while the viewer shows it."""

    peer: Peer
    served: Served
    stretch: Stretch
    sampler: Sampler
    relay: Relay
    viewer: str

    def figures(self, scene: Scene, seconds: float, unwatched: Unwatched) -> Figures:
        """Play the scene, and work out what it gave."""
        self.stretch.background(scene)
        self.stretch.draw(scene, scene.round)
        self._await_quiet()
        self.sampler.begin(scene.places)
        traffic, used = self.relay.traffic(), self._cpu()
        drawn = self.stretch.draw(scene, max(2, round(seconds * scene.rate)), scene.round)
        passed, used = self.relay.traffic().since(traffic), self._cpu() - used
        self._await_last(drawn)
        at_once = look(self.viewer)
        time.sleep(STILL)
        truth, seen = look(self.served.display.name), self.sampler.seen()
        late = latencies(drawn.steps, seen)
        return Figures(
            scene=scene.name,
            peer=self.peer.name,
            p50_ms=percentile(late, 50),
            p95_ms=percentile(late, 95),
            shown=share_shown(drawn.steps, seen),
            kb_per_s=(passed.up + passed.down) / drawn.seconds / 1e3,
            down_kb_per_s=passed.down / drawn.seconds / 1e3,
            cores=max(0.0, used / drawn.seconds - unwatched.x_server),
            idle_cores=unwatched.server,
            psnr_at_once=psnr(truth, at_once),
            psnr_still=psnr(truth, look(self.viewer)),
        )

    def _cpu(self) -> float:
        return cpu.seconds({self.served.display.pid, *self.served.servers})

    def _await_quiet(self) -> None:
        """Wait until nothing of what was drawn before is still being sent, such as finer pictures."""
        end, passed = time.monotonic() + QUIET_WITHIN, QUIET_BYTES + 1
        time.sleep(SETTLE)
        while passed > QUIET_BYTES and time.monotonic() < end:
            before = self.relay.traffic()
            time.sleep(QUIET_FOR)
            passed = sum(self.relay.traffic().since(before))

    def _await_last(self, drawn: Drawn) -> None:
        """Wait until the last step is shown; latencies tell of it when it never is."""
        end = time.monotonic() + LAST_WITHIN
        while time.monotonic() < end:
            if len(latencies(drawn.steps[-1:], self.sampler.seen())) == 1:
                return
            time.sleep(0.02)


def latencies(steps: Sequence[tuple[int, float]], seen: Sequence[Sighting]) -> list[float]:
    """Return for each step the milliseconds until every place showed it, or something newer.

    A step that was skipped counts until a newer one is shown; steps that were never reached are left out.
    """
    late: list[float] = []
    at = 0
    for count, drawn in steps:
        while at < len(seen) and not _all_reached(seen[at], count):
            at += 1
        if at == len(seen):
            break
        late.append(max(0.0, seen[at].at - drawn) * 1e3)
    return late


def _all_reached(sighting: Sighting, count: int) -> bool:
    return bool(sighting.counts) and all(
        seen is not None and reached(seen, count) for seen in sighting.counts
    )


def share_shown(steps: Sequence[tuple[int, float]], seen: Sequence[Sighting]) -> float:
    """Return the share of the steps that stood on the viewer's display, whole, at some time."""
    whole = {sighting.counts[0] for sighting in seen if len(set(sighting.counts)) == 1}
    return sum(count in whole for count, _ in steps) / len(steps)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return a percentile of ``values``; NaN when there are none."""
    return float(np.percentile(values, percent)) if values else math.nan


def psnr(truth: Picture, shown: Picture) -> float:
    """Return the peak signal-to-noise ratio of a picture against the true one, in dB; infinity when equal."""
    difference = truth[:, :, :3].astype(np.int16) - shown[:, :, :3]
    error = float(np.mean(np.square(difference, dtype=np.float64)))
    return 10 * math.log10(255**2 / error) if error else math.inf
