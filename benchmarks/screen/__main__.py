#!/usr/bin/env python3
"""Screen sharing measured glass to glass: ``python -m benchmarks.screen --help``."""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

if __package__ in (None, ""):  # started as a script
    sys.path[0] = str(Path(__file__).resolve().parents[2])

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks.screen import report
from benchmarks.screen.measure import Figures, measure
from benchmarks.screen.peers import PEERS
from benchmarks.screen.peers.base import Peer
from benchmarks.screen.programs import BenchmarkFailed, require
from benchmarks.screen.scenes import SCENES, TITLES, Scene
from benchmarks.screen.watchers import Crowd, measure_crowd

LONGEST = 60.0


def main(
    scenes: Annotated[str, typer.Option(help="Scenes, separated by commas.")] = ",".join(SCENES),
    peers: Annotated[str, typer.Option(help="Peers, separated by commas.")] = ",".join(PEERS),
    seconds: Annotated[float, typer.Option(help="Length of each scene.", min=2, max=LONGEST)] = 10,
    runs: Annotated[int, typer.Option(help="Runs, of which medians are printed.", min=1, max=20)] = 3,
    crowd: Annotated[bool, typer.Option("--crowd", help="Also measure ten viewers of lanassist.")] = False,
    save: Annotated[Path | None, typer.Option(help="Also write the JSON to this file.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Draw scenes on one display, read them back off another, and compare what is in between."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        chosen = [PEERS[name] for name in _names(peers, PEERS, "peer")]
        names = _names(scenes, SCENES, "scene")
        for peer in chosen:
            require(peer.needs)
        machine = report.this_machine()
        found, viewers = run(chosen, names, seconds, runs, crowd)
    except BenchmarkFailed as failed:
        print(failed, file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        print("Stopped; everything that was started has been ended.", file=sys.stderr)
        raise SystemExit(130) from None
    order = {name: place for place, name in enumerate(names)}
    figures = sorted(report.medians(found), key=lambda line: order[line.scene])
    whole = report.Report(
        machine=machine,
        seconds=seconds,
        runs=runs,
        figures=figures,
        ratios=report.ratios(figures),
        crowd=viewers,
    )
    if save is not None:
        save.write_bytes(as_json(whole))
    show(whole, json)


def run(
    peers: Sequence[Peer], names: Sequence[str], seconds: float, runs: int, crowd: bool
) -> tuple[list[Figures], list[Crowd]]:
    """Measure every peer ``runs`` times, in turn, then the crowd; the progress goes to standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    found: list[Figures] = []
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("making the scenes", total=(runs * len(peers) + crowd) * len(names))
        scenes: list[Scene] = [SCENES[name]() for name in names]
        for _ in range(runs):
            for peer in peers:

                def tell(what: str, peer: Peer = peer) -> None:
                    bar.update(task, description=f"{peer.name}: {what}")

                with tempfile.TemporaryDirectory(prefix="screen-", ignore_cleanup_errors=True) as work:
                    for figures in measure(peer, scenes, seconds, Path(work), tell):
                        found.append(figures)
                        bar.advance(task)
        if not crowd:
            return found, []
        with tempfile.TemporaryDirectory(prefix="screen-", ignore_cleanup_errors=True) as work:
            viewers = measure_crowd(
                scenes, seconds, Path(work), lambda what: bar.update(task, description=what)
            )
            bar.advance(task, len(names))
    return found, viewers


def as_json(whole: report.Report) -> bytes:
    """Return the report as JSON; infinity and what is unknown are null."""
    return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"


def show(whole: report.Report, json: bool) -> None:
    """Print the report: tables for people, or JSON."""
    if json:
        print(as_json(whole).decode(), end="")
        return
    console, machine = Console(), whole.machine
    console.print(
        f"{machine.processor}, {machine.cores} cores, {machine.memory_gb} GB; {machine.system}; "
        f"load before {machine.load_before}; {whole.seconds:g} s a scene, medians of {whole.runs}",
        highlight=False,
    )
    console.print(report.figures_table(whole.figures, TITLES))
    if whole.ratios:
        console.print(report.ratios_table(whole.ratios, TITLES))
    if whole.crowd:
        console.print(report.crowd_table(whole.crowd, TITLES))


def _names(given: str, known: Any, what: str) -> list[str]:
    names = [name.strip() for name in given.split(",") if name.strip()]
    for name in names:
        if name not in known:
            raise BenchmarkFailed(f"There is no {what} {name!r}; there are {', '.join(known)}.")
    return names


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    typer.run(main)
