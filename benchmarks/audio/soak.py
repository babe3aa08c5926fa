"""An hour of an assisted call on a real sound server; the supervisor's sound card runs faster."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import trio

from benchmarks.audio import card
from benchmarks.audio.flow import delays, phrase
from benchmarks.audio.listener import FlowListener
from benchmarks.audio.rig import CUSTOMER, SPEAKER, SUPERVISORS, Rig, rig, sound_server
from lanassist.node.sound.supervised import ChildHeadset
from tests.support.hearing import PhrasesMouth
from tests.support.soundserver import HEADSET, SoundServer

Figures = dict[str, float]
PPM = 100.0
"""How much faster the supervisor's sound card runs, in millionths; cheap ones differ by 300 at most."""
EDGE = 300.0
"""Seconds that are the begin and the end; a quarter of a short one."""
SETTLED = 60.0
"""Seconds after which memory is looked at first, and what had to be made up is counted from."""
LOOK = 2.0
NEAR = 2.0
"""Seconds: a gap that has none at the mouth or the agent's ear so near is not the sound server's."""


async def soak(
    server_name: str, minutes: float, ppm: float, progress: Callable[[float, str], None]
) -> Figures:
    """All of it. ``progress`` is told the share that is done, and how it stands."""
    with sound_server(server_name) as server, tempfile.TemporaryDirectory(prefix="soak-") as folder:
        counts = Path(folder) / "counts.json"
        async with rig(ChildHeadset(card.command(counts, ppm))) as ends:
            return await _heard(ends, server, counts, minutes * 60, progress) | {
                "minutes": minutes,
                "card_ppm": ppm,
            }


async def _heard(
    ends: Rig, server: SoundServer, counts: Path, seconds: float, progress: Callable[[float, str], None]
) -> Figures:
    mouth, agent, ear = (
        FlowListener(source)
        for source in (f"{SPEAKER}.monitor", f"{HEADSET}.monitor", f"{SUPERVISORS}.monitor")
    )
    with ExitStack() as stack:
        stack.enter_context(PhrasesMouth(server.environ, SPEAKER, phrase(CUSTOMER)))
        for listener in (mouth, agent, ear):
            stack.enter_context(listener)
        await ends.engine.set_mode("listen")
        began, settled, loads = time.monotonic(), Settled(), []
        while (gone := time.monotonic() - began) < seconds:
            await trio.sleep(min(LOOK, seconds - gone + 0.01))
            loads.append(os.getloadavg()[0])
            now = card.read_counts(counts)
            if settled.memory is None and gone >= min(SETTLED, seconds / 4):
                settled = Settled(memory=_memory(ends), counts=now)
            shown = f"held {now.held_ms:.0f} ms, {len(ear.flow.missed())} gaps, {now.learnt_ppm:+.0f} ppm"
            progress(gone / seconds, shown)
        memory = _memory(ends)
    found = _delays(mouth, ear, began, seconds) | _gaps(mouth, agent, ear)
    found |= _counts(settled.counts, card.read_counts(counts))
    found |= {"load": statistics.mean(loads), "crashes": float(_crashed(ends, memory))}
    for name, before, after in zip(("engine", "headset"), settled.memory or memory, memory, strict=True):
        found |= {f"{name}_memory_begin_mb": before, f"{name}_memory_end_mb": after}
    return found


class Settled:
    """How it stood when everything had been opened."""

    def __init__(self, memory: tuple[float, float] | None = None, counts: card.Counts | None = None) -> None:
        self.memory = memory
        self.counts = counts or card.Counts()


def _memory(ends: Rig) -> tuple[float, float]:
    """MB that the engine and the headset's process hold."""
    sizes = []
    for pid in (ends.engine.pid, ends.headset.pid):
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) if pid else 0
        sizes.append(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
    return sizes[0], sizes[1]


def _crashed(ends: Rig, memory: tuple[float, float]) -> bool:
    return ends.engine.state.mode != "listen" or not all(memory)


def _delays(mouth: FlowListener, ear: FlowListener, began: float, seconds: float) -> Figures:
    """Of the begin, the end, and all of it; when the longest was."""
    pairs = delays(mouth.flow.began, ear.flow.began)
    edge = min(EDGE, seconds / 4)
    first = [delay for at, delay in pairs if at - began < edge]
    last = [delay for at, delay in pairs if at - began > seconds - edge]
    every = [delay for _, delay in pairs]
    late = max(pairs, key=lambda pair: pair[1], default=(began, float("nan")))
    return {
        "phrases": float(len(mouth.flow.began)),
        "phrases_heard": float(len(pairs)),
        "delay_begin_ms": 1000 * _median(first),
        "delay_end_ms": 1000 * _median(last),
        "delay_median_ms": 1000 * _median(every),
        "delay_p95_ms": 1000 * float(np.percentile(every, 95)) if every else float("nan"),
        "delay_most_ms": 1000 * late[1],
        "delay_most_at_minute": (late[0] - began) / 60,
    }


def _median(values: list[float]) -> float:
    return statistics.median(values) if values else float("nan")


def _gaps(mouth: FlowListener, agent: FlowListener, ear: FlowListener) -> Figures:
    found: Figures = {}
    for name, listener in (("mouth", mouth), ("agent", agent), ("ear", ear)):
        missed = listener.flow.missed()
        found |= {f"{name}_gaps": float(len(missed)), f"{name}_gap_most_ms": 1000 * max(missed, default=0.0)}
    stalls = [at for listener in (mouth, agent) for at, _ in listener.flow.gaps]
    own = [
        at for at, quiet in ear.flow.gaps if quiet > 0.04 and all(abs(at - stall) > NEAR for stall in stalls)
    ]
    return found | {"ear_gaps_own": float(len(own))}


def _counts(first: card.Counts, last: card.Counts) -> Figures:
    """What was made up or left out once it had settled."""
    names = ("received", "late", "recovered", "concealed", "skipped")
    return {name: float(getattr(last.heard, name) - getattr(first.heard, name)) for name in names} | {
        "learnt_ppm": last.learnt_ppm,
        "held_end_ms": last.held_ms,
    }
