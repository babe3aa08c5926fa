"""How often is too often, and how many at once."""

from hypothesis import given, strategies as st

from lanassist.web.chat.bounds import Rate
from lanassist.web.chat.rates import Buckets, Seats


def test_a_burst_and_then_one_each_so_many_seconds() -> None:
    buckets = Buckets(Rate(3, 2.0))
    assert [buckets.wait("a", 0.0) for _ in range(4)] == [0.0, 0.0, 0.0, 2.0]
    assert buckets.wait("a", 1.0) == 1.0
    assert buckets.wait("a", 2.0) == 0.0
    assert buckets.wait("b", 2.0) == 0.0


def test_a_full_bucket_holds_no_more_than_its_burst() -> None:
    buckets = Buckets(Rate(2, 1.0))
    assert buckets.wait("a", 0.0) == 0.0
    assert [buckets.wait("a", 1000.0) > 0 for _ in range(3)] == [False, False, True]


def test_the_memory_is_bounded_whoever_comes() -> None:
    buckets = Buckets(Rate(1, 60.0), keys=10)
    for number in range(1000):
        assert buckets.wait(f"2001:db8::{number:x}", 0.0) == 0.0
    assert len(buckets) == 10


@given(
    st.integers(1, 9),
    st.floats(0.01, 60),
    st.lists(st.floats(0, 30, allow_nan=False), max_size=60),
)
def test_never_more_than_the_rate(burst: int, seconds: float, gaps: list[float]) -> None:
    buckets, now, taken = Buckets(Rate(burst, seconds)), 0.0, 0
    for gap in gaps:
        now += gap
        wait = buckets.wait("a", now)
        if wait:
            assert buckets.wait("a", now + wait * 0.99) > 0
        else:
            taken += 1
        assert taken <= burst + now / seconds + 1e-6


def test_seats_are_counted_for_each_key_and_in_all() -> None:
    seats = Seats(4, 3, 2)
    assert [seats.take("home", "eve") for _ in range(3)] == [True, True, False]
    assert seats.take("home", "ada")
    assert not seats.take("home", "zoe")
    assert seats.take("work", "eve2")
    assert not seats.take("cafe", "new")
    seats.leave("home", "eve")
    assert seats.take("cafe", "new")
    assert len(seats) == 4
