"""Medians over the runs, and our figures as multiples of a peer's."""

import math

import msgspec
import pytest

from benchmarks.screen import report
from benchmarks.screen.measure import Figures

RUN = Figures(
    scene="typing",
    peer="lanassist",
    p50_ms=10,
    p95_ms=20,
    shown=1,
    kb_per_s=2,
    down_kb_per_s=1,
    cores=0.1,
    idle_cores=0,
    psnr_at_once=math.inf,
    psnr_still=math.inf,
)


def test_one_bad_run_of_three_is_left_out() -> None:
    runs = [RUN, msgspec.structs.replace(RUN, p50_ms=900), msgspec.structs.replace(RUN, p50_ms=12)]
    (line,) = report.medians(runs)
    assert line.p50_ms == 12
    assert line.psnr_still == math.inf


def test_ratios_are_ours_divided_by_theirs() -> None:
    peer = msgspec.structs.replace(RUN, peer="novnc", p50_ms=40, kb_per_s=20, cores=0)
    (ratio,) = report.ratios([RUN, peer])
    assert (ratio.scene, ratio.peer) == ("typing", "novnc")
    assert ratio.latency == pytest.approx(0.25)
    assert ratio.traffic == pytest.approx(0.1)
    assert math.isnan(ratio.cores)


def test_a_peer_alone_has_no_ratio() -> None:
    assert report.ratios([msgspec.structs.replace(RUN, peer="novnc")]) == []
