"""Times at which a core wants to be called."""

from hypothesis import given, strategies as st

from lanassist.node.services.alarms import Alarms


def test_alarms_ring_in_order_and_once() -> None:
    alarms: Alarms[str] = Alarms()
    alarms.set("late", 9.0)
    alarms.set("soon", 3.0)
    assert alarms.next() == 3.0
    assert alarms.due(2.9) == []
    assert alarms.due(10.0) == ["soon", "late"]
    assert alarms.next() is None


def test_an_alarm_that_is_set_again_rings_at_the_new_time_only() -> None:
    alarms: Alarms[str] = Alarms()
    alarms.set("tell", 1.0)
    alarms.set("tell", 5.0)
    assert alarms.due(4.0) == []
    alarms.cancel("tell")
    assert alarms.next() is None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 50), st.booleans()), max_size=400))
def test_whatever_is_set_and_cancelled_the_earliest_is_next(steps: list[tuple[str, int, bool]]) -> None:
    alarms: Alarms[str] = Alarms()
    expected: dict[str, float] = {}
    for name, at, cancel in steps:
        if cancel:
            alarms.cancel(name)
            expected.pop(name, None)
        else:
            alarms.set(name, float(at))
            expected[name] = float(at)
        assert alarms.next() == min(expected.values(), default=None)
    assert sorted(alarms.due(100.0)) == sorted(expected)
