#!/usr/bin/env python3
"""The agent's half of a glance, step by step: ``python -m benchmarks.pipeline --help``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

if __package__ in (None, ""):  # started as a script
    sys.path[0] = str(Path(__file__).resolve().parents[2])

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.pipeline import live, steps
from benchmarks.pipeline.compared import Compared, compared
from benchmarks.pipeline.masks import Masks, masks
from benchmarks.screen.report import Machine, this_machine
from benchmarks.screen.scenes import SCENES, TITLES

PARTS = ("steps", "codecs", "masks", "live")


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that one call found; what ``--json`` prints. Parts that were not asked for are empty."""

    machine: Machine
    steps: list[steps.Steps] = []
    codecs: list[Compared] = []
    masks: Masks | None = None
    live: list[live.Line] = []


def main(
    parts: Annotated[str, typer.Option(help="What to measure, separated by commas.")] = ",".join(PARTS),
    scenes: Annotated[str, typer.Option(help="Scenes of the steps, separated by commas.")] = ",".join(SCENES),
    seconds: Annotated[float, typer.Option(help="Length of each scene.", min=1, max=60)] = 4,
    viewers: Annotated[int, typer.Option(help="Viewers, in the part “live”.", min=1, max=50)] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Processor time of each step, codecs beside each other, the cost of masks, and the whole pump."""
    wanted, chosen = _names(parts, PARTS), _names(scenes, tuple(SCENES))
    report = Report(
        machine=this_machine(),
        steps=list(steps.steps(chosen, seconds, (False, True))) if "steps" in wanted else [],
        codecs=list(compared(round(seconds * 25))) if "codecs" in wanted else [],
        masks=masks() if "masks" in wanted else None,
        live=list(live.live(live.SCENES, seconds, viewers)) if "live" in wanted else [],
    )
    if json:
        print(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
    else:
        show(report)


def show(report: Report) -> None:
    """Print tables for people."""
    console, machine = Console(), report.machine
    console.print(
        f"{machine.processor}, {machine.cores} cores; {machine.system}; load before {machine.load_before}",
        highlight=False,
    )
    if report.steps:
        console.print(_steps_table(report.steps))
        for each in report.steps:
            sent = ", ".join(f"{count} {codec}" for codec, count in each.codecs.items())
            console.print(f"{_scene(each)}: {sent}", highlight=False)
    if report.codecs:
        console.print(_codecs_table(report.codecs))
    if (found := report.masks) is not None:
        console.print(
            f"Masks, {found.windows} windows open: a look at them {found.look_ms:.2f} ms; reading 64×64 "
            f"pixels {found.read_ms:.2f} ms, with a mask of windows {found.masked_ms:.2f} ms",
            highlight=False,
        )
    if report.live:
        console.print(_live_table(report.live))


def _steps_table(lines: list[steps.Steps]) -> Table:
    table = Table(title="Processor time for each drawing, ms")
    table.add_column("scene")
    for heading in (*steps.STEPS, "all", "KB/s"):
        table.add_column(heading, justify="right")
    for line in lines:
        spent = (f"{line.milliseconds[step]:.2f}" for step in (*steps.STEPS, "all"))
        table.add_row(_scene(line), *spent, f"{line.kb_per_s:.1f}")
    return table


def _scene(line: steps.Steps) -> str:
    return TITLES[line.scene] + (", VP8" if line.video else "")


def _codecs_table(lines: list[Compared]) -> Table:
    table = Table(title="Codecs (KB: of a picture; of a film each second)")
    for heading in ("content", "codec", "settings"):
        table.add_column(heading)
    for heading in ("encode ms", "KB", "dB", "decode ms"):
        table.add_column(heading, justify="right")
    for line in lines:
        loss = "exact" if line.psnr is None else f"{line.psnr:.1f}"
        numbers = (f"{line.encode_ms:.2f}", f"{line.kilobytes:.4g}", loss, f"{line.decode_ms:.2f}")
        table.add_row(line.content, line.codec, line.settings, *numbers)
    return table


def _live_table(lines: list[live.Line]) -> Table:
    table = Table(title="From the last stroke to the Python viewer's frame")
    table.add_column("scene")
    for heading in ("p50 ms", "p95 ms", "missed", "KB/s", "cores"):
        table.add_column(heading, justify="right")
    for line in lines:
        late = ("—" if value is None else f"{value:.1f}" for value in (line.p50_ms, line.p95_ms))
        table.add_row(line.scene, *late, str(line.missed), f"{line.kb_per_s:.1f}", f"{line.cores:.2f}")
    return table


def _names(given: str, known: tuple[str, ...]) -> list[str]:
    names = [name.strip() for name in given.split(",") if name.strip()]
    for name in names:
        if name not in known:
            raise typer.BadParameter(f"there is no {name!r}; there are {', '.join(known)}")
    return names


if __name__ == "__main__":
    typer.run(main)
