"""A poor network loses, delays and slows down as it was told to, and the same each time."""

from collections.abc import Iterable

import pytest
from hypothesis import given, strategies as st

from tests.support.wire import Poor, Wire

MANY = 20_000


def arrivals(wire: Wire, times: Iterable[float], size: int = 100) -> dict[int, float]:
    """When each of these packets arrived, looked at each tenth of a millisecond."""
    found: dict[int, float] = {}
    for number, at in enumerate(times):
        wire.put(number.to_bytes(4, "big") + bytes(size - 4), at)
    while (at_last := wire.next_at) is not None:
        found |= {int.from_bytes(packet[:4], "big"): at_last for packet in wire.take(at_last)}
    return found


def test_a_good_network_does_nothing() -> None:
    wire = Wire(Poor())
    wire.put(b"packet", 1.0)
    assert wire.take(1.0) == [b"packet"]
    assert wire.next_at is None


def test_each_packet_is_late_by_the_delay_and_some_of_the_jitter() -> None:
    found = arrivals(Wire(Poor(delay=0.05, jitter=0.03)), [number * 0.001 for number in range(MANY)])
    late = [at - number * 0.001 for number, at in found.items()]
    assert 0.05 <= min(late) < 0.051
    assert 0.079 < max(late) <= 0.08
    assert sum(late) / MANY == pytest.approx(0.065, abs=0.001)


def test_one_in_a_hundred_is_lost() -> None:
    wire = Wire(Poor(loss=0.01))
    found = arrivals(wire, [0.0] * MANY)
    assert wire.counts.lost == MANY - len(found)
    assert wire.counts.lost / MANY == pytest.approx(0.01, rel=0.2)


def test_no_more_arrives_than_the_rate_lets_through() -> None:
    """1 Mbit/s: a packet of 1,250 bytes takes 10 ms."""
    found = arrivals(Wire(Poor(rate=1e6)), [0.0] * 20, size=1250)
    assert list(found.values()) == pytest.approx([0.01 * number for number in range(1, 21)])


def test_the_queue_is_bounded() -> None:
    wire = Wire(Poor(rate=1e6, queue=5000))
    found = arrivals(wire, [0.0] * 20, size=1250)
    assert list(found) == [0, 1, 2, 3]
    assert wire.counts.dropped == 16


def test_the_two_directions_differ_and_each_is_the_same_again() -> None:
    poor, times = Poor(jitter=0.1, loss=0.1), [number * 0.001 for number in range(100)]
    assert arrivals(Wire(poor), times) == arrivals(Wire(poor), times)
    assert arrivals(Wire(poor), times) != arrivals(Wire(poor, 1), times)


@given(st.lists(st.tuples(st.integers(1, 1500), st.floats(0, 0.01)), max_size=200), st.floats(0, 0.5))
def test_every_packet_is_counted_once(packets: list[tuple[int, float]], loss: float) -> None:
    wire, now, arrived = Wire(Poor(delay=0.01, jitter=0.01, loss=loss, rate=1e6, queue=10_000)), 0.0, 0
    for size, pause in packets:
        now += pause
        wire.put(bytes(size), now)
        arrived += len(wire.take(now))
    arrived += len(wire.take(now + 10))
    counts = wire.counts
    assert (arrived, counts.passed + counts.lost + counts.dropped) == (counts.passed, len(packets))
