#!/usr/bin/env python3
"""A large team on one supervisor's dashboard.

    python -m benchmarks.fleet [--agents 300] [--conversations 2000] [--words 70] [--changes 10] [--runs 3]
        [--json]

Every agent has a link of its own over TLS; a desk tells of the conversations; one agent is a real node,
whose drafts are followed to the supervisor's page. Beside it, a bare relay of the same to a plain page.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # for running this file itself

import msgspec  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from benchmarks.fleet.measure import Figures, Load, bare, ours  # noqa: E402
from benchmarks.screen.programs import BenchmarkFailed, require  # noqa: E402
from benchmarks.screen.report import this_machine  # noqa: E402

ROWS = (
    ("node, dashboard open (% of a core)", "node_cpu", 30.0),
    ("node, no page open (% of a core)", "node_cpu_alone", None),
    ("node, memory (MiB RSS)", "node_rss", None),
    ("page, main thread (% of a core)", "page_cpu", None),
    ("page, event messages a second", "updates", None),
    ("page, KB a second", "page_bytes", None),
    ("page, main thread for one update (ms)", "update_busy", 100.0),
    ("page, update arrived → painted, p95 (ms)", "update_p95", 100.0),
    ("page, the same, slowest (ms)", "update_worst", None),
    ("page, longest task (ms; 0: none over 50)", "longest_task", 100.0),
    ("status changed → painted, p50 (ms)", "status_p50", None),
    ("status changed → painted, p95 (ms)", "status_p95", 1000.0),
    ("draft typed → painted, p50 (ms)", "draft_p50", None),
    ("draft typed → painted, p95 (ms)", "draft_p95", 300.0),
    ("links lost meanwhile", "links_lost", 0.0),
)
"""What it is called, where it stands, and the goal."""
KINDS = {"lanassist": ours, "bare relay, plain page": bare}


class Report(msgspec.Struct, frozen=True):
    """What ``--json`` prints."""

    load: Load
    runs: int
    medians: dict[str, Figures]


def median(runs: list[Figures]) -> Figures:
    """Of each figure apart."""
    values = {}
    for field in Figures.__struct_fields__:
        told = [value for run in runs if (value := getattr(run, field)) is not None]
        values[field] = statistics.median(told) if told else None
    return msgspec.convert(values, type=Figures)


def table(medians: dict[str, Figures], load: Load, runs: int) -> Table:
    """Side by side."""
    people = f"{load.agents} agents, {load.conversations} open conversations"
    traffic = f"{load.words:g} words of presence and {load.changes:g} changes of conversations a second"
    shown = Table(title=f"{people}; {traffic}; medians of {runs}")
    for heading in ("", "goal", *medians):
        shown.add_column(heading, justify="right" if heading else "left")
    for label, name, goal in ROWS:
        values = [getattr(figures, name) for figures in medians.values()]
        told = ["—" if value is None else f"{value:.1f}" for value in values]
        shown.add_row(label, "" if goal is None else f"{goal:g}", *told)
    return shown


def main() -> int:
    """Measure and print; 1 if it could not be done."""
    parser = argparse.ArgumentParser(description="A large team on one supervisor's dashboard.")
    parser.add_argument("--agents", type=int, default=300)
    parser.add_argument("--conversations", type=int, default=2000)
    parser.add_argument("--words", type=float, default=70.0, help="of presence, of all agents, a second")
    parser.add_argument("--changes", type=float, default=10.0, help="of conversations, a second")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", choices=list(KINDS), help="one of the two")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    load = Load(
        agents=options.agents,
        conversations=options.conversations,
        words=options.words,
        changes=options.changes,
    )
    before = this_machine()
    kinds = {name: measure for name, measure in KINDS.items() if options.only in (None, name)}
    figures: dict[str, list[Figures]] = {name: [] for name in kinds}
    try:
        require(["chromium"])
        for _ in range(options.runs):
            for name, measure in kinds.items():
                with tempfile.TemporaryDirectory() as folder:
                    figures[name].append(measure(Path(folder), load))
    except BenchmarkFailed as failed:
        print(f"benchmarks.fleet: {failed}", file=sys.stderr)
        return 1
    medians = {name: median(runs) for name, runs in figures.items()}
    if options.json:
        print(msgspec.json.encode(Report(load, options.runs, medians)).decode())
    else:
        print(f"{before.processor}, {before.cores} cores; {before.system}; load before {before.load_before}")
        Console(width=120).print(table(medians, load, options.runs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
