"""A call that is heard over a network that loses one packet in a hundred and delays each by up to 30 ms.

The channel is TCP: what the network loses comes later, and so does what waits behind it. Nothing is missing,
and the jitter buffer has to make up little.
"""

from pathlib import Path

import pytest

from lanassist.node.sound.jitter import JitterBuffer
from lanassist.node.sound.opus import OpusDecoder
from lanassist.node.sound.packet import unpack
from lanassist.node.sound.samples import RATE
from tests.support.far_calls import far_call, played
from tests.support.hearing import tone_levels
from tests.support.wire import Poor

pytestmark = pytest.mark.e2e

POOR = Poor(delay=0.005, jitter=0.03, loss=0.01)
PACKETS = 1500
"""Half a minute."""
FEW = 0.1
"""The share of it that a machine which does much else may spoil."""
CUSTOMER = 440.0


def test_a_call_over_a_poor_network_does_not_break(tmp_path: Path) -> None:
    with far_call(tmp_path, POOR) as call:
        arrivals = call.hear(PACKETS)
        there, back = call.network.end()
    assert there.lost > 0
    assert back.lost > 0

    numbers = [unpack(packet).sequence for _, packet in arrivals]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] - numbers[0] < PACKETS * (1 + FEW)

    buffer = JitterBuffer(OpusDecoder)
    levels = tone_levels(played(arrivals, buffer)[RATE:], CUSTOMER)
    made_up = buffer.heard.concealed + buffer.heard.recovered + buffer.heard.skipped + buffer.heard.late
    assert made_up < FEW * PACKETS
    assert (levels < -30).sum() < FEW * levels.size
    assert buffer.heard.malformed == buffer.heard.repeated == 0
