"""Packets: what is taken apart, what is malformed, and what is heard once only."""

import pytest
from hypothesis import given, strategies as st

from lanassist.node.sound.packet import (
    FIRST,
    LEAP,
    OPUS_BYTES,
    REMEMBERED,
    WRAP,
    MalformedPacket,
    Packet,
    Window,
    ahead,
    pack,
    unpack,
)


def packet(sequence: int) -> Packet:
    return Packet(sequence=sequence % WRAP, timestamp=0, opus=b"x")


def admitted(window: Window, *sequences: int) -> list[int]:
    return [sequence for sequence in sequences if window.admits(packet(sequence))]


@given(
    st.integers(0, WRAP - 1),
    st.integers(0, WRAP - 1),
    st.sampled_from([0, FIRST]),
    st.binary(min_size=1, max_size=OPUS_BYTES),
)
def test_a_packet_survives_the_wire(sequence: int, timestamp: int, flags: int, opus: bytes) -> None:
    sent = Packet(sequence=sequence, timestamp=timestamp, flags=flags, opus=opus)
    assert unpack(pack(sent)) == sent


@given(st.binary(max_size=1400))
def test_anything_else_is_malformed_and_says_so(data: bytes) -> None:
    try:
        found = unpack(data)
    except MalformedPacket:
        return
    assert pack(found) == data


@pytest.mark.parametrize("data", [b"", bytes(9), bytes(8) + b"\x02x", bytes(10 + OPUS_BYTES)])
def test_too_short_too_long_and_unknown_flags_are_malformed(data: bytes) -> None:
    with pytest.raises(MalformedPacket):
        unpack(data)


def test_packets_in_order_are_all_new() -> None:
    assert admitted(Window(), *range(100)) == list(range(100))


def test_a_repeated_packet_is_heard_once() -> None:
    assert admitted(Window(), 5, 5, 6, 5, 6, 7) == [5, 6, 7]


def test_a_late_packet_is_new_until_it_is_too_old() -> None:
    window = Window()
    assert admitted(window, 100, 98, 98, 100 - REMEMBERED + 1, 100 - REMEMBERED) == [
        100,
        98,
        100 - REMEMBERED + 1,
    ]


def test_numbers_go_round() -> None:
    assert admitted(Window(), WRAP - 2, WRAP - 1, WRAP, WRAP - 1, WRAP + 1) == [
        WRAP - 2,
        WRAP - 1,
        WRAP,
        WRAP + 1,
    ]
    assert ahead(1, WRAP - 1) == 2
    assert ahead(WRAP - 1, 1) == -2


def test_a_leap_is_believed_when_two_follow_each_other_there() -> None:
    far = 10 + LEAP + 1
    assert admitted(Window(), 10, far, 11, far + 1, far + 2, 12) == [10, 11, far + 1, far + 2]


@given(st.lists(st.integers(0, 200), max_size=300))
def test_nothing_is_ever_heard_twice(sequences: list[int]) -> None:
    heard = admitted(Window(), *sequences)
    assert len(heard) == len(set(heard))
