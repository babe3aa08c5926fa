"""Medians over the runs, ratios between peers, and the tables that show them."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import msgspec
from rich.table import Table

from benchmarks.screen.measure import Figures
from benchmarks.screen.watchers import Crowd

OURS = "lanassist"


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What the figures were taken on."""

    processor: str
    cores: int
    memory_gb: float
    system: str
    load_before: float
    """Load average over one minute as the benchmark started."""


class Ratio(msgspec.Struct, frozen=True, kw_only=True):
    """Ours divided by a peer's, for one scene; below 1 is better than the peer."""

    scene: str
    peer: str
    latency: float
    traffic: float
    cores: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that one call of the benchmark found; what ``--json`` prints."""

    machine: Machine
    seconds: float
    runs: int
    figures: list[Figures]
    """Medians over the runs."""
    ratios: list[Ratio]
    crowd: list[Crowd] = []


def this_machine() -> Machine:
    """Describe the machine that this runs on."""
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    release = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Machine(
        processor=names[0].partition(": ")[2] if names else platform.machine(),
        cores=os.cpu_count() or 0,
        memory_gb=round(memory / 1e9, 1),
        system=f"{release}, Linux {platform.release()}",
        load_before=round(os.getloadavg()[0], 2),
    )


def medians(runs: Sequence[Figures]) -> list[Figures]:
    """Return one line of figures for each scene and peer, in the order in which they first came."""
    groups: dict[tuple[str, str], list[Figures]] = {}
    for figures in runs:
        groups.setdefault((figures.scene, figures.peer), []).append(figures)
    return [_median(group) for group in groups.values()]


def _median(group: Sequence[Figures]) -> Figures:
    numbers = {
        name: median(getattr(figures, name) for figures in group)
        for name in Figures.__struct_fields__
        if name not in ("scene", "peer")
    }
    return Figures(scene=group[0].scene, peer=group[0].peer, **numbers)


def ratios(figures: Sequence[Figures], ours: str = OURS) -> list[Ratio]:
    """Return our figures divided by those of each peer, scene by scene."""
    own = {line.scene: line for line in figures if line.peer == ours}
    return [
        Ratio(
            scene=peer.scene,
            peer=peer.peer,
            latency=_divide(own[peer.scene].p50_ms, peer.p50_ms),
            traffic=_divide(own[peer.scene].kb_per_s, peer.kb_per_s),
            cores=_divide(own[peer.scene].cores, peer.cores),
        )
        for peer in figures
        if peer.peer != ours and peer.scene in own
    ]


def _divide(ours: float, theirs: float) -> float:
    return ours / theirs if theirs else math.nan


def figures_table(figures: Sequence[Figures], titles: dict[str, str]) -> Table:
    """Return the figures, a line for each scene and peer."""
    table = Table(title="Glass to glass")
    for heading in ("scene", "peer"):
        table.add_column(heading)
    for heading in ("p50 ms", "p95 ms", "shown", "KB/s", "cores", "cores idle", "dB at once", "dB after 1 s"):
        table.add_column(heading, justify="right")
    last = None
    for line in figures:
        if last not in (None, line.scene):
            table.add_section()
        scene = titles.get(line.scene, line.scene) if line.scene != last else ""
        last = line.scene
        table.add_row(
            scene, line.peer, f"{line.p50_ms:.0f}", f"{line.p95_ms:.0f}", f"{line.shown:.0%}",
            f"{line.kb_per_s:.1f}",
            f"{line.cores:.3f}", f"{line.idle_cores:.3f}",
            _decibel(line.psnr_at_once), _decibel(line.psnr_still),
        )  # fmt: skip
    return table


def _decibel(value: float) -> str:
    return "exact" if math.isinf(value) else f"{value:.0f}"


def crowd_table(lines: Sequence[Crowd], titles: dict[str, str]) -> Table:
    """Return what viewers cost the agent's node."""
    table = Table(title=f"Cores of the agent's node ({OURS})")
    table.add_column("scene")
    many = max(line.viewers for line in lines)
    for heading in ("no viewer", "one", f"{many} viewers", "ratio"):
        table.add_column(heading, justify="right")
    for line in lines:
        numbers = (f"{line.none:.3f}", f"{line.one:.3f}", f"{line.many:.3f}")
        table.add_row(titles[line.scene], *numbers, f"{_divide(line.many, line.one):.2f}")
    return table


def ratios_table(lines: Sequence[Ratio], titles: dict[str, str]) -> Table:
    """Return our figures as multiples of each peer's."""
    table = Table(title=f"{OURS} divided by the peer (below 1 is better)")
    for heading in ("scene", "peer"):
        table.add_column(heading)
    for heading in ("latency", "bytes", "cores"):
        table.add_column(heading, justify="right")
    for line in lines:
        scene = titles.get(line.scene, line.scene)
        table.add_row(scene, line.peer, f"{line.latency:.2f}", f"{line.traffic:.3f}", f"{line.cores:.2f}")
    return table
