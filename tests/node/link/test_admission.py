"""A flood evicts itself, never a newcomer from elsewhere."""

from functools import partial

from hypothesis import given, strategies as st

from lanassist.node.link.admission import Admission


def test_the_oldest_of_the_same_address_makes_room() -> None:
    evicted: list[int] = []
    admission = Admission(per_address=3, total=100)
    for number in range(5):
        admission.arrive("10.0.0.1", partial(evicted.append, number))
    assert evicted == [0, 1]
    assert len(admission) == 3


def test_the_busiest_address_makes_room_for_a_quiet_one() -> None:
    evicted: list[str] = []
    admission = Admission(per_address=10, total=5)
    for number in range(5):
        admission.arrive("10.0.0.1" if number else "10.0.0.2", partial(evicted.append, f"flood {number}"))
    admission.arrive("10.0.0.3", partial(evicted.append, "honest"))
    assert evicted == ["flood 1"]


def test_who_has_left_is_never_evicted() -> None:
    evicted: list[int] = []
    admission = Admission(per_address=1, total=1)
    known = admission.arrive("10.0.0.1", partial(evicted.append, 0))
    admission.leave(known)
    admission.leave(known)
    admission.arrive("10.0.0.1", partial(evicted.append, 1))
    assert evicted == []
    assert len(admission) == 1


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5))))
def test_no_cap_is_ever_exceeded_and_every_newcomer_gets_in(events: list[tuple[bool, int]]) -> None:
    admission = Admission(per_address=3, total=7)
    inside: dict[int, str] = {}
    tickets = {}
    for number, (arrives, host) in enumerate(events):
        if arrives:
            address = f"10.0.0.{host}"
            inside[number] = address
            tickets[number] = admission.arrive(address, partial(inside.pop, number))
            assert number in inside
        elif inside:
            first = min(inside)
            del inside[first]
            admission.leave(tickets[first])
        assert len(admission) == len(inside) <= 7
        assert all(list(inside.values()).count(address) <= 3 for address in inside.values())
