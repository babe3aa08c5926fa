#!/usr/bin/env python3
"""Hold many idle links in one process and print what they cost, beside bare trio-websocket.

    python -m benchmarks.links [--links 500] [--seconds 20] [--json]

Each kind runs in a fresh process; those who dial are in another one. Connecting runs eight at a time.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # for running this file itself

import msgspec  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from benchmarks.links.holder import Figures  # noqa: E402
from benchmarks.links.people import write_people  # noqa: E402

ROWS = (
    ("connect, median (ms)", "connect_median_ms"),
    ("connect, 95th percentile (ms)", "connect_p95_ms"),
    ("memory a link (KiB RSS)", "rss_kib_each"),
    ("CPU at 1 message/s each (% of a core)", "cpu_percent"),
    ("messages received a second", "messages_per_second"),
    ("first dead peer noticed (s)", "dead_noticed_first_s"),
    ("last dead peer noticed (s)", "dead_noticed_last_s"),
)


def measure(kind: str, people: Path, links: int, seconds: float) -> Figures:
    """One kind in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.links.holder", kind, str(people), str(links), str(seconds)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=Figures)


def table(ours: Figures, bare: Figures) -> Table:
    """Both side by side."""
    shown = Table(title=f"{ours.links} idle links over mutual TLS 1.3")
    for heading in ("", "lanassist", "bare trio-websocket", "ratio"):
        shown.add_column(heading, justify="left" if not heading else "right")
    for label, name in ROWS:
        here, there = getattr(ours, name), getattr(bare, name)
        ratio = f"{here / there:.2f}" if here is not None and there else "—"
        shown.add_row(label, _number(here), _number(there), ratio)
    return shown


def _number(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f}"


def main() -> int:
    """Measure and print; 1 if a dead peer was not noticed within 6 s."""
    parser = argparse.ArgumentParser(description="Idle links beside bare trio-websocket.")
    parser.add_argument("--links", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        people = Path(folder) / "people"
        write_people(people, options.links)
        bare = measure("bare", people, options.links, options.seconds)
        ours = measure("lanassist", people, options.links, options.seconds)
    if options.json:
        print(msgspec.json.encode({"lanassist": ours, "bare": bare}).decode())
    else:
        Console().print(table(ours, bare))
    return 0 if ours.dead_noticed_last_s is not None and ours.dead_noticed_last_s <= 6 else 1


if __name__ == "__main__":
    sys.exit(main())
