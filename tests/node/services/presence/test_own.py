"""An agent's own state: what siblings and supervisors hear of it, and when."""

from lanassist.node.protocol.messages import Presence, StatusAnswered, StatusRequested
from lanassist.node.services.base import Done, Effect, Persist, Record, Send, Tell
from lanassist.node.services.facts import Availability
from lanassist.node.services.presence.commands import (
    SetCapacity,
    SetStatus,
    ShowStatus,
    StatusReport,
)
from lanassist.node.services.presence.core import PresenceCore, Surroundings
from lanassist.node.services.presence.records import ChoiceRecord
from lanassist.node.trust.grants import Grant, Role
from tests.node.services.presence.playing import (
    DANA,
    KIM,
    REASONS,
    SAM,
    busy,
    done,
    informed,
    own,
    refused,
    reply,
    sent,
    telling,
)
from tests.support.people import person, supervisor


def told(effects: object) -> Presence:
    (found,) = sent(effects, Presence)  # type: ignore[arg-type]
    return found


def report(dana: PresenceCore, now: float) -> StatusReport:
    found = reply(dana.command(9, ShowStatus(), now), StatusReport)
    assert isinstance(found, StatusReport)
    return found


# --- siblings ------------------------------------------------------------------------------------------


def test_the_first_word_of_an_agents_node_is_whether_clients_may_be_given_to_it() -> None:
    dana = PresenceCore(
        DANA, known=(), records=[ChoiceRecord(status="break", reason="lunch", since=7.0)], capacity=2
    )
    (first, *_) = dana.start(100.0)
    absent = Availability(available=False, why="on break: lunch", capacity=2)
    assert first == Tell("availability", absent)


def test_a_locked_screen_an_idle_desktop_and_a_break_make_absent_and_the_break_is_said_first() -> None:
    dana = telling()
    (locked,) = informed(dana.observe(Surroundings(locked=True), 101.0))
    assert (locked.available, locked.why) == (False, "screen locked")
    assert informed(dana.observe(Surroundings(locked=True, idle=True), 102.0)) == []
    (idle,) = informed(dana.observe(Surroundings(idle=True), 103.0))
    assert idle.why == "idle"
    (on_break,) = informed(dana.command(1, SetStatus(status="break", reason="lunch"), 104.0))
    assert on_break.why == "on break: lunch"
    assert informed(dana.observe(Surroundings(), 105.0)) == []
    (back,) = informed(dana.command(2, SetStatus(status="available"), 106.0))
    assert (back.available, back.why) == (True, "")


def test_the_capacity_is_the_setting_until_the_agent_chooses_one_which_is_kept() -> None:
    dana = telling(capacity=5)
    effects = dana.command(1, SetCapacity(capacity=2), 110.0)
    assert effects[0] == Persist((ChoiceRecord(since=100.0, capacity=2),))
    (chosen,) = informed(effects)
    assert chosen.capacity == own(effects).capacity == 2
    assert reply(effects, Done) == Done()
    kept = ChoiceRecord(since=-50.0, capacity=2)
    again = PresenceCore(DANA, known=(), capacity=5, records=[kept])
    assert informed(again.start(0.0)) == [Availability(capacity=2)]


def test_the_same_choice_again_commits_nothing() -> None:
    dana = telling()
    dana.command(1, SetCapacity(capacity=2), 110.0)
    assert not any(isinstance(each, Persist) for each in dana.command(2, SetCapacity(capacity=2), 111.0))


# --- breaks --------------------------------------------------------------------------------------------


def test_a_break_without_a_reason_is_just_a_break() -> None:
    dana = telling()
    effects = dana.command(1, SetStatus(status="break"), 101.0)
    assert own(effects).reason == "break"
    assert informed(effects)[0].why == "on break"


def test_where_a_reason_must_be_one_of_others_a_break_needs_one() -> None:
    dana = PresenceCore(DANA, known=(), break_reasons=("lunch",))
    dana.start(0.0)
    refusal = refused(dana.command(1, SetStatus(status="break"), 1.0))
    assert refusal.text == "The break reason “” is not usable: choose one of lunch."


def test_where_no_reasons_are_set_any_will_do() -> None:
    dana = PresenceCore(DANA, known=())
    dana.start(0.0)
    assert own(dana.command(1, SetStatus(status="break", reason="beach"), 1.0)).reason == "beach"
    assert own(dana.command(2, SetStatus(status="break"), 2.0)).reason == ""


def test_a_break_goes_on_over_a_restart_and_being_at_work_begins_anew() -> None:
    kept: list[Record] = [ChoiceRecord(status="break", reason="lunch", since=-600.0)]
    dana = PresenceCore(DANA, known=(), records=kept)
    dana.start(5.0)
    assert report(dana, 10.0).status.since == -600.0
    dana.command(1, SetStatus(status="available"), 20.0)
    assert report(dana, 20.0).status.since == 20.0
    other = PresenceCore(DANA, known=())
    other.start(5.0)
    assert report(other, 10.0).status.since == 5.0


# --- set by a supervisor ---------------------------------------------------------------------------------


def test_a_supervisor_with_control_sets_the_status_and_the_agent_sees_who() -> None:
    dana = telling()
    effects = dana.receive(SAM, StatusRequested(id="r", status="break", reason="lunch"), 110.0)
    assert isinstance(effects[0], Persist)
    assert sent(effects, StatusAnswered) == [StatusAnswered(id="r")]
    status = own(effects)
    assert (status.status, status.reason, status.set_by) == ("break", "lunch", "Sam")
    assert own(dana.command(1, SetStatus(status="available"), 120.0)).set_by == ""


def test_what_a_supervisor_sets_is_no_deed_of_the_agents() -> None:
    dana = telling()
    dana.peer_up(SAM, 101.0)
    presence = told(dana.receive(SAM, StatusRequested(id="r", status="break", reason="lunch"), 150.0)[-1:])
    assert (presence.status_age, presence.activity_age) == (0.0, 50.0)
    kept = ChoiceRecord(status="break", since=-40.0, set_by="Sam")
    again = PresenceCore(DANA, known=(), records=[kept])
    again.start(0.0)
    (presence,) = sent(again.peer_up(SAM, 1.0), Presence)
    assert (presence.status_age, presence.activity_age) == (41.0, 1.0)


def test_setting_what_is_already_so_names_nobody() -> None:
    dana = telling()
    effects = dana.receive(SAM, StatusRequested(id="r", status="available"), 110.0)
    assert effects == [Send(SAM.node, StatusAnswered(id="r"))]


def test_an_agent_who_says_again_what_a_supervisor_set_makes_it_their_own() -> None:
    dana = telling()
    dana.receive(SAM, StatusRequested(id="r", status="break", reason="lunch"), 110.0)
    status = own(dana.command(1, SetStatus(status="break", reason="lunch"), 120.0))
    assert (status.set_by, status.since) == ("", 110.0)


def test_the_agents_node_checks_grant_and_reason_of_whoever_asks() -> None:
    dana = telling()
    watcher = supervisor("Wil", grants=[Grant.OBSERVE])
    for peer, code in ((watcher, "missing-grant"), (KIM, "missing-role")):
        (answer,) = sent(dana.receive(peer, StatusRequested(id="r", status="break"), 101.0), StatusAnswered)
        assert answer.code == code
    beach = StatusRequested(id="r", status="break", reason="beach" * 60)
    (answer,) = sent(dana.receive(SAM, beach, 101.0), StatusAnswered)
    assert (answer.code, len(answer.text)) == ("bad-input", 300)
    assert report(dana, 102.0).status.status == "available"


# --- supervisors -----------------------------------------------------------------------------------------


def test_a_supervisor_is_told_every_column() -> None:
    dana = telling(capacity=3)
    dana.observe(busy(2, waiting=1, waiting_since=130.0, active_at=140.0), 141.0)
    dana.observe(done("c1", ended=150.0, seconds=90.0), 150.0)
    dana.observe(done("c2", ended=151.0, seconds=30.0), 151.0)
    (presence,) = sent(dana.peer_up(SAM, 160.0), Presence)
    assert (presence.active, presence.total, presence.ongoing, presence.waiting) == (2, 3, 2, 1)
    assert (presence.waiting_age, presence.activity_age) == (30.0, 20.0)
    assert (presence.completed, presence.aht) == (2, 60.0)
    assert presence.break_reasons == REASONS


def test_the_first_change_is_told_at_once_and_those_that_follow_together_a_moment_later() -> None:
    dana = telling()
    dana.peer_up(SAM, 100.0)
    assert told(dana.observe(busy(1), 110.0)).ongoing == 1
    for count in range(50):
        assert sent(dana.observe(busy(1, waiting=count), 110.001 + count / 1000), Presence) == []
    assert dana.deadline() == 110.25
    assert told(dana.on_deadline(110.25)).waiting == 49
    assert dana.deadline() is None


def test_never_more_than_four_messages_a_second_however_fast_it_changes() -> None:
    dana, messages, now = telling(), 0, 200.0
    dana.peer_up(SAM, 100.0)
    for step in range(1000):
        now = 200.0 + step / 100
        deadline = dana.deadline()
        effects: list[Effect] = []
        if deadline is not None and deadline <= now:
            effects.extend(dana.on_deadline(now))
        effects.extend(dana.observe(busy(1, waiting=step), now))
        messages += len(sent(effects, Presence))
    assert 39 <= messages <= 41


def test_a_change_of_status_does_not_wait() -> None:
    dana = telling(capacity=2)
    dana.peer_up(SAM, 100.0)
    dana.observe(busy(1), 110.0)
    assert told(dana.observe(busy(2), 110.01)).status_age == 0.0
    assert told(dana.observe(Surroundings(locked=True), 110.02)).locked is True
    assert dana.deadline() is None


def test_nothing_is_told_if_it_is_as_before() -> None:
    dana = telling(capacity=9)
    dana.peer_up(SAM, 100.0)
    dana.observe(busy(1), 110.0)
    assert dana.observe(busy(1), 120.0) == []
    dana.observe(busy(2), 120.1)
    dana.observe(busy(3), 120.2)
    assert dana.deadline() is not None
    assert sent(dana.observe(busy(2), 120.3), Presence) == []
    assert dana.deadline() is None


def test_a_supervisor_who_comes_while_a_change_waits_does_not_know_more_than_the_others() -> None:
    dana, sue = telling(capacity=9), supervisor("Sue")
    dana.peer_up(SAM, 100.0)
    dana.observe(busy(1), 110.0)
    dana.observe(busy(1, waiting=1), 110.1)
    effects = dana.peer_up(sue, 110.15)
    assert [each.waiting for each in sent(effects, Presence)] == [1, 1]
    dana.observe(busy(1), 110.2)
    assert [each.waiting for each in sent(dana.on_deadline(110.4), Presence)] == [0, 0]


def test_the_clock_of_a_status_starts_exactly_when_the_status_changes() -> None:
    dana = telling(capacity=2)
    dana.peer_up(SAM, 100.0)
    since = []
    for at, event in (
        (110.0, busy(1)),  # still available
        (120.0, busy(2)),  # connected
        (130.0, busy(3)),  # still, at 3/2
        (140.0, busy(1)),  # available again
        (150.0, Surroundings(idle=True)),
        (160.0, Surroundings(idle=True, locked=True)),  # absent for another reason
        (170.0, Surroundings(locked=True)),
    ):
        since.append(at - told(dana.observe(event, at)).status_age)
    assert since == [100.0, 120.0, 120.0, 140.0, 150.0, 160.0, 160.0]


def test_who_has_no_capacity_at_all_is_not_full() -> None:
    dana = telling(capacity=0)
    assert report(dana, 101.0).status.available


def test_an_agent_who_supervises_too_is_told_of_themselves() -> None:
    both = person("Bo", Role.AGENT, Role.SUPERVISOR)
    bo = PresenceCore(both, known=(), break_reasons=REASONS)
    bo.start(0.0)
    (told_self,) = [each for each in bo.peer_up(both, 0.0) if isinstance(each, Send)]
    assert told_self.to == both.node
    bo.receive(both, told_self.message, 0.1)
    (shown,) = bo.rows()
    assert (shown.name, shown.status, shown.online) == ("Bo", "available", True)
