#!/usr/bin/env python3
"""How late, how clean and how dear the sound of an assisted call is, on real sound servers.

python -m benchmarks.audio [--servers pulseaudio,pipewire] [--runs 5] [--minutes 20] [--json]
python -m benchmarks.audio --soak MINUTES [--ppm 100] [--servers pulseaudio] [--json]
"""

import argparse
import math
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # for running this file itself

import msgspec  # noqa: E402
import trio  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn  # noqa: E402
from rich.table import Table  # noqa: E402

from benchmarks.audio.far import far_figures  # noqa: E402
from benchmarks.audio.figures import measure  # noqa: E402
from benchmarks.audio.offline import drift, loss_and_jitter  # noqa: E402
from benchmarks.audio.rig import SERVERS  # noqa: E402
from benchmarks.audio.soak import PPM, soak  # noqa: E402

Figures = dict[str, float]
ROWS = (
    ("a loopback of the server alone (ms)", "loopback_ms", None),
    ("two telephones, baresip, mouth to ear (ms)", "telephones_ms", None),
    ("customer's mouth to supervisor's ear (ms)", "mouth_to_ear_ms", None),
    ("the same, 95th percentile (ms)", "mouth_to_ear_p95_ms", 100),
    ("talk pressed until the agent hears it (ms)", "talk_pressed_ms", 120),
    ("talk released until the agent does not (ms)", "talk_released_ms", 60),
    ("take over until the customer hears it (ms)", "take_over_ms", 100),
    ("the customer hears nobody in take over (ms)", "take_over_gap_ms", 40),
    ("gap in the call while it is assisted (ms)", "call_gap_ms", 40),
    ("gap in the call when the engine is killed (ms)", "engine_killed_gap_ms", 40),
    ("supervisor in the customer's ear (dBFS)", "isolation_dbfs", -72),
    ("engine while listening (% of a core)", "cpu_listen_percent", 6),
    ("engine while talking (% of a core)", "cpu_talk_percent", 6),
    ("one of the two telephones, baresip (% of a core)", "cpu_telephone_percent", None),
    ("sound server more, while talking (% of a core)", "cpu_talk_server_percent", None),
)
OFFLINE = (
    ("1 % loss, 30 ms jitter, real network: SNR (dB)", "far_snr_db", 15),
    ("… packets lost on the way (%)", "far_lost", None),
    ("… in hand after a packet (ms)", "far_delay_ms", None),
    ("… packets late by, 98th percentile (ms)", "far_late_ms", None),
    ("… at most (ms)", "far_late_most_ms", None),
    ("… packets missing in a minute", "far_missing", None),
    ("… packets recovered in a minute", "far_recovered", None),
    ("… packets concealed in a minute", "far_concealed", None),
    ("1 % loss, 30 ms jitter, simulated: SNR (dB)", "lossy_snr_db", 15),
    ("… in hand after a packet (ms)", "lossy_delay_ms", None),
    ("… packets recovered in a minute", "lossy_recovered", None),
    ("… packets concealed in a minute", "lossy_concealed", None),
    ("two clocks, 100 ppm apart (minutes)", "drift_minutes", None),
    ("… packets guessed or left out", "drift_guessed_packets", 0),
    ("… difference learnt (ppm)", "drift_learnt_ppm", None),
    ("… largest error (ms)", "drift_error_most_ms", None),
)
SOAK = (
    ("minutes", "minutes", None),
    ("supervisor's sound card faster by (ppm)", "card_ppm", None),
    ("… learnt (ppm; negative is faster)", "learnt_ppm", None),
    ("mouth to ear, at the begin, median (ms)", "delay_begin_ms", None),
    ("… at the end, median (ms)", "delay_end_ms", None),
    ("… all of it, 95th percentile (ms)", "delay_p95_ms", 100),
    ("… longest (ms)", "delay_most_ms", None),
    ("… in minute", "delay_most_at_minute", None),
    ("phrases spoken", "phrases", None),
    ("phrases heard by the supervisor", "phrases_heard", None),
    ("gaps over 40 ms at the supervisor's ear", "ear_gaps", 0),
    ("… while the server itself had none", "ear_gaps_own", None),
    ("… longest (ms)", "ear_gap_most_ms", None),
    ("gaps over 40 ms at the agent's ear", "agent_gaps", 0),
    ("gaps over 40 ms in what the customer says", "mouth_gaps", None),
    ("packets concealed", "concealed", None),
    ("packets recovered", "recovered", None),
    ("packets left out to catch up", "skipped", None),
    ("packets of", "received", None),
    ("engine's memory at the begin (MB)", "engine_memory_begin_mb", None),
    ("… at the end (MB)", "engine_memory_end_mb", None),
    ("headset's memory at the begin (MB)", "headset_memory_begin_mb", None),
    ("… at the end (MB)", "headset_memory_end_mb", None),
    ("the machine's load meanwhile", "load", None),
)


def medians(runs: list[Figures]) -> Figures:
    """Of each figure."""
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def _number(value: float) -> str:
    """A dash for what could not be measured."""
    return "–" if math.isnan(value) else f"{value:.1f}".removesuffix(".0")


def table(results: dict[str, Figures], offline: Figures) -> Table:
    """Servers side by side, then what needs none."""
    shown = Table(title="An assisted call's sound, medians")
    for heading in ("", *results, "goal"):
        shown.add_column(heading, justify="left" if not heading else "right")
    for label, name, goal in ROWS:
        wanted = "" if goal is None else f"≤ {goal}"
        shown.add_row(label, *(_number(figures[name]) for figures in results.values()), wanted)
    for label, name, goal in OFFLINE:
        wanted = "" if goal is None else (f"≥ {goal}" if name.endswith("db") else f"≤ {goal}")
        shown.add_row(label, _number(offline[name]), *("" for _ in list(results)[1:]), wanted)
    return shown


def soaked(names: list[str], minutes: float, ppm: float) -> dict[str, Figures]:
    """Each server, with a bar of how far it is."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[how]}"),
    )
    results: dict[str, Figures] = {}
    with Progress(*columns, console=Console(stderr=True)) as bar:
        for name in names:
            task = bar.add_task(name, total=1.0, how="")

            def tell(share: float, how: str, task: TaskID = task) -> None:
                bar.update(task, completed=share, how=how)

            results[name] = trio.run(soak, name, minutes, ppm, tell)
    return results


def soak_table(results: dict[str, Figures]) -> Table:
    """Servers side by side."""
    shown = Table(title="One assisted call without end")
    for heading in ("", *results, "goal"):
        shown.add_column(heading, justify="left" if not heading else "right")
    for label, name, goal in SOAK:
        values = (_number(figures[name]) for figures in results.values())
        shown.add_row(label, *values, "" if goal is None else f"≤ {goal}")
    return shown


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="An assisted call's sound.")
    parser.add_argument("--servers", default=",".join(SERVERS))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--minutes", type=float, default=20.0, help="of the two clocks, simulated")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="only this: one call, that long")
    parser.add_argument("--ppm", type=float, default=PPM, help="how much faster the supervisor's card runs")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    names = options.servers.split(",")
    if unknown := [name for name in names if name not in SERVERS]:
        parser.error(f"there is no sound server {unknown[0]}; there is {', '.join(SERVERS)}")
    if options.soak is not None:
        lasted = soaked(names, options.soak, options.ppm)
        print(msgspec.json.encode(lasted).decode()) if options.json else Console().print(soak_table(lasted))
        return 0
    results = {name: medians([trio.run(measure, name) for _ in range(options.runs)]) for name in names}
    offline = far_figures() | loss_and_jitter() | drift(options.minutes)
    if options.json:
        print(msgspec.json.encode({**results, "offline": offline}).decode())
    else:
        Console().print(table(results, offline))
    return 0


if __name__ == "__main__":
    sys.exit(main())
