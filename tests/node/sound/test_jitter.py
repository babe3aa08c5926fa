"""The jitter buffer on quiet, uneven and bursty networks, made up and recorded; time is the test's."""

import heapq
from collections.abc import Callable

import msgspec
import numpy as np
import pytest

from lanassist.node.sound.jitter import BUFFERED, JitterBuffer
from lanassist.node.sound.lateness import FRAME, TARGET
from lanassist.node.sound.opus import BadOpus, OpusDecoder, OpusEncoder
from lanassist.node.sound.packet import FIRST, SAMPLES, Packet, pack
from lanassist.node.sound.samples import BLOCK_SECONDS, RATE, Samples, silence
from lanassist.node.sound.tones import Tone
from tests.support.delays import Delays, bursts, quiet, recorded, uneven
from tests.support.hearing import tone_levels

MODELS: list[tuple[str, Callable[[int], Delays]]] = [
    ("quiet", quiet),
    ("uneven", uneven),
    ("bursts", bursts),
    ("busy machine", recorded("busy-machine.txt")),
    ("poor network", recorded("poor-network.txt")),
]


class Counting:
    """A decoder for when only the order matters: each packet's samples are its number."""

    def decode(self, data: bytes) -> Samples:
        if data == b"bad":
            raise BadOpus
        return np.full(SAMPLES, float(data), dtype=np.float32)

    def recover(self, following: bytes) -> Samples:
        return np.full(SAMPLES, -2.0, dtype=np.float32)

    def conceal(self) -> Samples:
        return np.full(SAMPLES, -1.0, dtype=np.float32)


class Line:
    """Packets under way to one buffer, and the listener who takes a block every 10 ms."""

    def __init__(self, buffer: JitterBuffer) -> None:
        self.buffer = buffer
        self.now = 0.0
        self._under_way: list[tuple[float, int, bytes]] = []

    def send(self, number: int, opus: bytes, at: float, first: bool = False) -> None:
        packet = Packet(sequence=number, timestamp=number * SAMPLES, flags=first * FIRST, opus=opus)
        heapq.heappush(self._under_way, (at, number, pack(packet)))

    def listen(self, seconds: float) -> Samples:
        given = []
        for _ in range(round(seconds / BLOCK_SECONDS)):
            self.now += BLOCK_SECONDS
            while self._under_way and self._under_way[0][0] <= self.now:
                at, _, data = heapq.heappop(self._under_way)
                self.buffer.put(data, at)
            given.append(self.buffer.take(self.now))
        return np.concatenate(given)


def through(delays: Delays, seconds: float, faster: float = 0.0) -> tuple[JitterBuffer, Samples]:
    """A tone over that network, from a clock that is so much faster; what is heard after 5 s."""
    line, encoder, tone = Line(JitterBuffer(OpusDecoder)), OpusEncoder(), Tone(440)
    for number in range(int(seconds / FRAME)):
        opus, delay = encoder.encode(tone.speak(SAMPLES)), next(delays)
        if delay is not None:
            line.send(number, opus, (number + 1) * FRAME / (1 + faster) + delay, number == 0)
    line.listen(5)
    return line.buffer, line.listen(seconds - 6)


def counted(*packets: tuple[int, float]) -> tuple[JitterBuffer, Samples]:
    """Numbers and when each comes; what is heard in the first second."""
    line = Line(JitterBuffer(Counting))
    for number, at in packets:
        line.send(number, str(number).encode(), at)
    return line.buffer, line.listen(1)


def order(heard: Samples) -> list[int]:
    """The frames in the order in which they were heard; -1: concealed, -2: recovered."""
    whole = heard[np.abs(heard - heard.round()) < 1e-6].astype(int)
    changes = whole[np.concatenate(([True], np.diff(whole) != 0))]
    return [int(number) for number in changes if number]


# --- networks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "model"), MODELS)
def test_a_tone_breaks_only_where_something_was_missing(name: str, model: Callable[[int], Delays]) -> None:
    buffer, heard = through(model(2), 20)
    levels, counts = tone_levels(heard, 440), buffer.heard
    assert np.median(levels) > -13
    assert (levels < -30).sum() <= counts.concealed + counts.recovered + counts.skipped + counts.late
    assert name != "quiet" or levels.min() > -13


def test_a_quiet_network_costs_the_target_and_no_more() -> None:
    buffer, _ = through(quiet(1), 20)
    assert buffer.delay + FRAME == pytest.approx(TARGET)
    assert buffer.heard == msgspec.structs.replace(buffer.heard, concealed=0, recovered=0, late=0, skipped=0)


def test_an_uneven_network_is_waited_for() -> None:
    buffer, heard = through(uneven(1), 20)
    assert 0.03 <= buffer.delay <= 0.05
    assert buffer.heard.late == 0
    levels = tone_levels(heard, 440)
    assert (levels > -20).mean() > 0.97


def test_what_comes_late_for_a_loss_is_waited_for() -> None:
    """Over TCP one lost packet makes those behind it late, too: of a hundred three or four."""
    buffer, delays, too_late = JitterBuffer(Counting), recorded("poor-network.txt")(1), 0
    for number in range(3000):
        delay = next(delays) or 0.0
        too_late += delay > buffer.delay
        buffer.put(pack(Packet(sequence=number, timestamp=0, opus=b"1")), (number + 1) * FRAME + delay)
    assert too_late < 3000 * 0.01


def test_what_is_held_back_shrinks_again_when_the_network_is_quiet_again() -> None:
    line = Line(JitterBuffer(Counting))
    calm, rough = quiet(1), bursts(1)
    for number in range(3000):
        delay = next(rough if number < 1000 else calm)
        line.send(number, b"1", (number + 1) * FRAME + (delay or 0.0))
    line.listen(18)
    rough_delay = line.buffer.delay
    line.listen(30)
    assert rough_delay > 0.1
    assert line.buffer.delay + FRAME == pytest.approx(TARGET)


@pytest.mark.parametrize("faster", [-200e-6, 200e-6])
def test_two_clocks_need_no_skip_and_no_guess(faster: float) -> None:
    """Two minutes; in the benchmark it is an hour."""
    line, delays = Line(JitterBuffer(Counting)), quiet(1)
    for number in range(120 * 50):
        line.send(number, b"1", (number + 1) * FRAME / (1 + faster) + (next(delays) or 0.0))
    line.listen(60)
    start = line.buffer.heard
    line.listen(50)
    end = line.buffer.heard
    assert (end.concealed, end.skipped, end.late) == (start.concealed, start.skipped, start.late)
    assert line.buffer.ratio_learnt == pytest.approx(faster, abs=100e-6)


# --- packets -----------------------------------------------------------------------------------------


def test_packets_are_heard_in_their_order() -> None:
    _, heard = counted((1, 0.02), (3, 0.041), (2, 0.042), (4, 0.08), (5, 0.1))
    assert order(heard)[:5] == [1, 2, 3, 4, 5]


def test_a_lost_packet_is_recovered_from_the_next() -> None:
    buffer, heard = counted((1, 0.02), (2, 0.04), (4, 0.06), (5, 0.1))
    assert order(heard)[:5] == [1, 2, -2, 4, 5]
    assert buffer.heard.recovered == 1


def test_a_repeated_packet_is_heard_once_and_counted() -> None:
    line = Line(JitterBuffer(Counting))
    for number in (1, 2, 2, 1, 3):
        line.send(number, str(number).encode(), 0.02 * number)
    assert order(line.listen(1))[:3] == [1, 2, 3]
    assert line.buffer.heard.repeated == 2


def test_a_packet_that_comes_after_its_time_is_not_heard() -> None:
    line = Line(JitterBuffer(Counting))
    for number in (1, 2, 3, 5, 6, 7, 8, 9):
        line.send(number, str(number).encode(), 0.02 * number)
    line.listen(0.19)
    line.send(4, b"4", 0.2)
    assert 4 not in order(line.listen(0.2))
    assert line.buffer.heard.late == 1


def test_malformed_packets_are_counted_and_nothing_else() -> None:
    buffer = JitterBuffer(Counting)
    for data in (b"", b"x" * 9, bytes(3000), bytes(8) + b"\x80x"):
        assert not buffer.put(data, 0.0)
    assert buffer.heard.malformed == 4
    assert buffer.last is None
    assert not buffer.take(1.0).any()


def test_a_packet_that_is_no_opus_is_concealed() -> None:
    line = Line(JitterBuffer(Counting))
    for number, opus in enumerate((b"1", b"2", b"bad", b"4")):
        line.send(number, opus, 0.02 * (number + 1))
    assert order(line.listen(1))[:4] == [1, 2, -1, 4]


def test_silence_after_the_last_packet() -> None:
    _, heard = counted((1, 0.02), (2, 0.04))
    assert not heard[-RATE // 2 :].any()


def test_a_new_stretch_begins_anew() -> None:
    line = Line(JitterBuffer(Counting))
    line.send(1, b"1", 0.02, first=True)
    line.send(2, b"2", 0.04)
    line.listen(1)
    line.send(3, b"3", 1.02, first=True)
    line.send(4, b"4", 1.04)
    assert order(line.listen(1))[:2] == [3, 4]


def test_after_a_rest_it_begins_with_what_is_due_and_not_with_what_was_kept() -> None:
    line = Line(JitterBuffer(Counting))
    for number in range(1, 100):
        line.send(number, str(number).encode(), 0.02 * number)
    line.listen(0.2)
    line.buffer.rest()
    line.now = 1.5
    heard = order(line.listen(0.2))
    assert 70 <= heard[0] <= 75


def test_a_listener_whose_device_stood_still_hears_what_is_said_now() -> None:
    line = Line(JitterBuffer(Counting))
    for number in range(1, 300):
        line.send(number, str(number).encode(), 0.02 * number)
    line.listen(0.2)
    for _ in range(200):  # two seconds in which packets come and nothing is taken
        line.now += BLOCK_SECONDS
        while line._under_way and line._under_way[0][0] <= line.now:
            at, _, data = heapq.heappop(line._under_way)
            line.buffer.put(data, at)
    heard = order(line.listen(0.2))
    assert 105 <= heard[0] <= 112
    assert -1 not in heard


def test_what_is_kept_is_bounded() -> None:
    buffer = JitterBuffer(Counting)
    for number in range(2000):
        opus = str(number).encode()
        buffer.put(pack(Packet(sequence=number, timestamp=0, opus=opus)), number * 0.0001)
    assert len(buffer._packets) <= BUFFERED


def test_taking_never_fails_before_the_first_packet() -> None:
    assert np.array_equal(JitterBuffer(Counting).take(5.0), silence())
