"""A call over a poor network as it really goes: two nodes, TLS, the media channel, then the jitter buffer.

Beside the row that is simulated: there a lost packet stays lost. The channel is TCP: what the network loses
comes later, and so does all that waits behind it.
"""

import os
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.audio.offline import signal_to_noise
from lanassist.node.sound.jitter import JitterBuffer
from lanassist.node.sound.lateness import FRAME
from lanassist.node.sound.opus import OpusDecoder
from lanassist.node.sound.packet import unpack
from lanassist.node.sound.samples import RATE
from tests.support.far_calls import Arrivals, far_call, played
from tests.support.wire import Poor

Figures = dict[str, float]
POOR = Poor(delay=0.005, jitter=0.03, loss=0.01)
SECONDS = 60
NAMES = (
    "snr_db",
    "delay_ms",
    "late_ms",
    "late_most_ms",
    "concealed",
    "recovered",
    "skipped",
    "missing",
    "lost",
)


def possible() -> bool:
    """Whether this user may join machines of their own: root, with /dev/net/tun."""
    return os.geteuid() == 0 and os.access("/dev/net/tun", os.R_OK | os.W_OK)


def far_figures() -> Figures:
    """All of it; NaN where it is not possible."""
    if not possible():
        return {f"far_{name}": float("nan") for name in NAMES}
    with tempfile.TemporaryDirectory(prefix="far-") as folder, far_call(Path(folder), POOR) as call:
        arrivals = call.hear(int((SECONDS + 5) / FRAME))
        there, back = call.network.end()
    lost = (there.lost + back.lost) / (there.passed + there.lost + back.passed + back.lost)
    found = judged(arrivals) | {"lost": 100 * lost}
    return {f"far_{name}": found[name] for name in NAMES}


def judged(arrivals: Arrivals) -> Figures:
    """What a listener would have heard of these, once it has settled for 5 s."""
    buffer = JitterBuffer(OpusDecoder)
    heard = played(arrivals, buffer)[5 * RATE :]
    numbers = [unpack(packet).sequence for _, packet in arrivals]
    offsets = np.array([at for at, _ in arrivals]) - np.array(numbers) * FRAME
    late = 1000 * (offsets - offsets.min())
    return {
        "snr_db": signal_to_noise(heard),
        "delay_ms": 1000 * (buffer.delay + FRAME),
        "late_ms": float(np.percentile(late, 98)),
        "late_most_ms": float(late.max()),
        "concealed": float(buffer.heard.concealed),
        "recovered": float(buffer.heard.recovered),
        "skipped": float(buffer.heard.skipped),
        "missing": float(numbers[-1] - numbers[0] + 1 - len(numbers)),
    }
