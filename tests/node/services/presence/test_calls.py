"""Calls on the dashboard: who is on one, work after it as a status of its own, and the day's figures."""

from lanassist.node.protocol.messages import Presence
from lanassist.node.services.call import Call
from lanassist.node.services.facts import CallState, Intervention
from lanassist.node.services.presence.commands import DayList, ShowDays
from lanassist.node.services.presence.core import PresenceCore, Surroundings
from lanassist.node.services.presence.standing import standing
from tests.node.services.presence.playing import (
    DANA,
    SAM,
    informed,
    own,
    reply,
    row,
    sent,
    telling,
    watching,
)


def calling(state: str, *, since: float = 100.0, until: float | None = None) -> CallState:
    call = Call(
        id="c1",
        state=state,  # type: ignore[arg-type]
        routed=True,
        number="12",
        began=100.0,
        since=since,
        until=until,
    )
    return CallState(call=call, active_at=since)


NO_CALL = CallState(call=None, active_at=200.0)


def told(core: PresenceCore, state: CallState, now: float) -> Presence:
    """What Dana's node tells Sam's of it."""
    core.peer_up(SAM, now)
    effects = [*core.observe(state, now), *core.on_deadline(now + 1.0)]
    return sent(effects, Presence)[-1]


def test_work_after_a_call_is_a_status_of_its_own_with_its_time() -> None:
    dana, sam = telling(), watching()
    message = told(dana, calling("acw", since=150.0, until=210.0), 150.0)
    shown = row([*sam.peer_up(DANA, 0.0), *sam.receive(DANA, message, 500.0)])
    assert (shown.status, shown.since) == ("acw", 500.0)
    assert shown.call is not None
    assert (shown.call.state, shown.call.number, shown.call.until) == ("acw", "12", 560.0)
    assert shown.assign is not None
    assert shown.assign.text == "Dana is absent (after call work)."


def test_who_works_after_a_call_gets_no_clients_until_it_is_over() -> None:
    dana = telling()
    (availability,) = informed(dana.observe(calling("acw"), 150.0))
    assert (availability.available, availability.why) == (False, "after call work")
    assert not own(dana.observe(calling("acw", since=151.0), 151.0)).available
    (availability,) = informed(dana.observe(NO_CALL, 160.0))
    assert availability.available


def test_a_call_is_shown_beside_the_status() -> None:
    dana, sam = telling(), watching()
    message = told(dana, calling("talking"), 130.0)
    shown = row([*sam.peer_up(DANA, 0.0), *sam.receive(DANA, message, 500.0)])
    assert shown.status == "available"
    assert shown.call is not None
    assert shown.call.state == "talking"
    assert sam.receive(DANA, message, 500.2) == [], "told again, it says the same"


def test_whoever_is_on_the_telephone_is_not_idle() -> None:
    dana = telling()
    dana.observe(calling("talking"), 110.0)
    assert own(dana.observe(Surroundings(idle=True), 900.0)).available
    assert not own(dana.observe(NO_CALL, 901.0)).available


def test_what_outranks_what() -> None:
    def of(status: str, *, locked: bool = False, idle: bool = False, call: str = "") -> tuple[str, str]:
        found = standing(
            status=status,  # type: ignore[arg-type]
            reason="",
            locked=locked,
            idle=idle,
            active=0,
            total=3,
            call=call,  # type: ignore[arg-type]
        )
        return found.status, found.why

    assert of("break", locked=True, call="acw") == ("absent", "break")
    assert of("available", locked=True, call="acw") == ("absent", "locked")
    assert of("available", idle=True, call="acw") == ("acw", "")
    assert of("available", idle=True, call="taken") == ("absent", "idle")


def test_talk_hold_and_work_after_add_up_to_the_average_handling_time() -> None:
    dana = telling()
    dana.observe(Intervention(id="call/c1/1", kind="call", ended=200.0, seconds=100, hold=20, acw=30), 200.0)
    dana.observe(Intervention(id="m1", ended=210.0, seconds=50), 210.0)
    days = reply(dana.command(1, ShowDays(), 220.0), DayList)
    assert isinstance(days, DayList)
    today = days.days[0]
    assert (today.completed, today.chat, today.talk, today.hold, today.acw) == (2, 50, 50, 20, 30)
    assert today.aht == 75
