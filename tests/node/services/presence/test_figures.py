"""What an agent completed, by day: counted once, whatever clocks and restarts do."""

from datetime import date

from hypothesis import given, strategies as st

from lanassist.node.services.base import Effect, Persist, Record
from lanassist.node.services.facts import Intervention
from lanassist.node.services.presence.commands import DayList, ShowDays
from lanassist.node.services.presence.core import Counted, PresenceCore, Today
from lanassist.node.services.presence.figures import DAY, DAYS
from lanassist.node.services.presence.records import InterventionRecord
from tests.node.services.presence.playing import SAM, done, own, reply, telling

MAY_31 = Today(day="2026-05-31", began=0.0)
JUNE_1 = Today(day="2026-06-01", began=DAY)


def days(core: PresenceCore) -> DayList:
    found = reply(core.command(9, ShowDays(), 0.0), DayList)
    assert isinstance(found, DayList)
    return found


def kept(disk: dict[str, Record], effects: object) -> None:
    """What a commit leaves on the disk."""
    for effect in effects:  # type: ignore[attr-defined]
        if isinstance(effect, Persist):
            disk.update({each.key: each for each in effect.put})
            for each in effect.drop:
                disk.pop(each.key, None)


def test_handling_time_is_the_average_over_what_was_completed_today() -> None:
    dana = telling(today=MAY_31)
    dana.observe(done("c1", ended=110.0, seconds=100.0), 110.0)
    effects = dana.observe(Intervention(id="c2", kind="call", ended=120.0, seconds=50.0), 120.0)
    assert (own(effects).completed, own(effects).aht) == (2, 75.0)
    (today,) = days(dana).days
    assert (today.day, today.completed, today.chat, today.talk, today.hold, today.acw, today.aht) == (
        "2026-05-31",
        2,
        100.0,
        50.0,
        0.0,
        0.0,
        75.0,
    )


def test_a_day_with_nothing_completed_has_no_average() -> None:
    (today,) = days(telling(today=MAY_31)).days
    assert (today.completed, today.aht) == (0, None)


def test_what_is_counted_is_committed_first_and_then_need_not_be_told_again() -> None:
    (commit, counted, *_) = telling(today=MAY_31).observe(done("c1", ended=110.0), 110.0)
    assert commit == Persist((InterventionRecord(id="c1", kind="chat", day="2026-05-31", seconds=60.0),))
    assert counted == Counted(("c1",))


def test_told_again_after_a_restart_it_counts_once() -> None:
    disk: dict[str, Record] = {}
    kept(disk, telling(today=MAY_31).observe(done("c1", ended=110.0), 110.0))
    again = telling(today=MAY_31, records=list(disk.values()))
    effects = again.observe(done("c1", ended=110.0), 115.0)
    assert effects == [Counted(("c1",))]
    assert days(again).days[0].completed == 1


def test_midnight_begins_a_new_day_and_keeps_the_old_one() -> None:
    dana = telling(now=DAY - 60.0, today=MAY_31)
    dana.observe(done("c1", ended=DAY - 10.0), DAY - 10.0)
    effects = dana.observe(JUNE_1, DAY)
    assert (own(effects).completed, own(effects).aht) == (0, None)
    dana.observe(done("c1", ended=DAY - 10.0), DAY + 5.0)  # told again
    dana.observe(done("c2", ended=DAY + 1.0), DAY + 5.0)
    assert [(day.day, day.completed) for day in days(dana).days] == [("2026-06-01", 1), ("2026-05-31", 1)]


def test_what_ended_before_midnight_and_is_heard_of_after_it_belongs_to_the_day_before() -> None:
    dana = telling(now=DAY + 1.0, today=JUNE_1)
    dana.observe(done("c1", ended=DAY - 0.5), DAY + 1.0)
    dana.observe(done("c2", ended=-0.5), DAY + 1.0)
    assert [day.day for day in days(dana).days] == ["2026-06-01", "2026-05-31", "2026-05-30"]


def test_what_ended_before_the_days_that_are_kept_does_not_count() -> None:
    dana = telling(today=JUNE_1)
    assert dana.observe(done("c1", ended=-401.0 * DAY), DAY) == [Counted(("c1",))]
    assert dana.observe(done("c2", ended=-1e300), DAY) == [Counted(("c2",))]


def test_so_many_days_are_kept_and_the_oldest_goes() -> None:
    disk: dict[str, Record] = {}
    old = [
        InterventionRecord(id=f"c{at}", kind="chat", day=f"1{at:03}-01-01", seconds=1.0) for at in range(DAYS)
    ]
    disk.update({each.key: each for each in old})
    dana = telling(today=JUNE_1, records=old)
    kept(disk, dana.observe(done("new", ended=DAY + 1.0), DAY + 1.0))
    assert len(disk) == DAYS
    assert "c0" not in disk
    assert len(days(dana).days) == DAYS


def test_a_clock_set_back_a_year_shows_that_days_figures_and_loses_nothing() -> None:
    dana = telling(today=JUNE_1)
    dana.observe(done("c1", ended=DAY + 1.0), DAY + 1.0)
    status = own(dana.observe(Today(day="2025-06-01", began=DAY), DAY + 2.0))
    assert status.completed == 0
    dana.observe(done("c2", ended=DAY + 3.0), DAY + 3.0)
    assert [day.day for day in days(dana).days] == ["2025-06-01", "2026-06-01"]
    dana.observe(JUNE_1, DAY + 4.0)
    assert [(day.day, day.completed) for day in days(dana).days] == [("2026-06-01", 1), ("2025-06-01", 1)]


def test_a_handling_time_that_clocks_made_impossible_is_bounded() -> None:
    dana = telling(today=JUNE_1)
    dana.observe(done("c1", ended=DAY, seconds=-3e7), DAY)
    assert days(dana).days[0].aht == 0.0
    dana.observe(done("c2", ended=DAY, seconds=1e300), DAY)
    assert days(dana).days[0].chat == 1e9


def test_a_node_that_is_no_agents_counts_nothing() -> None:
    sam = PresenceCore(SAM, known=())
    sam.start(0.0)
    assert sam.observe(done("c1", ended=1.0), 1.0) == []


# --- anything may happen ---------------------------------------------------------------------------------

moments = st.floats(-1e10, 1e10)
names = st.sampled_from("abcdefgh")
interventions = st.builds(
    Intervention, id=names, kind=st.sampled_from(["chat", "call"]), ended=moments, seconds=moments
)

todays = st.builds(Today, day=st.dates(min_value=date(1970, 1, 1)).map(str), began=moments)
events = st.lists(interventions | todays | st.sampled_from(["crash", "disk full"]), max_size=60)


@given(events)
def test_whatever_clocks_and_crashes_do_each_counts_once_and_nothing_is_negative(story: list[object]) -> None:
    disk: dict[str, Record] = {}
    today, full = MAY_31, False
    dana = telling(today=today)
    for event in story:
        if isinstance(event, str):
            full = event == "disk full"
            dana = telling(today=today, records=list(disk.values()))
            continue
        effects: list[Effect] = list(dana.observe(event, 200.0))
        if full and effects and isinstance(effects[0], Persist):  # nothing of it is done
            full = False
            dana = telling(today=today, records=list(disk.values()))
            continue
        kept(disk, effects)
        if isinstance(event, Today):
            today = event
        shown = days(dana).days
        assert shown[0].day == today.day
        assert len({day.day for day in shown}) == len(shown)
        assert sum(day.completed for day in shown) == len(disk)
        assert all(
            day.chat >= 0 and day.talk >= 0 and (day.aht is None) == (not day.completed) for day in shown
        )
        for day in shown:
            if day.aht is not None:
                assert abs(day.aht * day.completed - (day.chat + day.talk + day.hold + day.acw)) <= 1e-3
