"""An agent's calls: begin, hold, end, the work after them, and what they come to."""

import pytest

from lanassist.node.config import CallsSettings
from lanassist.node.services.assist.commands import (
    OWN_CALL,
    BeginCall,
    EndAcw,
    EndCall,
    HoldCall,
    ResumeCall,
    ShowCalls,
)
from lanassist.node.services.assist.sources import source_of
from lanassist.node.services.facts import CallState, Intervention
from lanassist.node.sound.base import Softphone, Source, Synthetic
from tests.node.services.assist.playing import Player, Site
from tests.support.people import agent

DANA = agent("Dana")
INBOUND = BeginCall(direction="inbound", routed=True, number="+49 30 1234", category="Billing")


def counted(player: Player) -> list[Intervention]:
    return [each for each in player.facts.values() if isinstance(each, Intervention)]


def told(player: Player) -> CallState:
    fact = player.facts["call"]
    assert isinstance(fact, CallState)
    return fact


def test_a_call_is_on_until_it_ends_and_then_its_work_counts_down() -> None:
    site = Site(DANA)
    dana = site[DANA]
    dana.ask(INBOUND)
    assert (dana.seen(OWN_CALL).state, dana.seen(OWN_CALL).number) == ("talking", "+49 30 1234")
    site.wait(30)
    dana.ask(EndCall())
    assert (dana.seen(OWN_CALL).state, dana.seen(OWN_CALL).until) == ("acw", site.now + 60)
    assert counted(dana) == []
    site.wait(61)
    assert dana.seen(OWN_CALL) is None
    (done,) = counted(dana)
    assert (done.kind, done.seconds, done.hold, done.acw) == ("call", 90, 0, 60)
    assert told(dana).call is None


def test_talk_hold_and_work_after_are_told_apart() -> None:
    site = Site(DANA)
    dana = site[DANA]
    dana.ask(INBOUND)
    site.wait(10)
    dana.ask(HoldCall())
    site.wait(20)
    dana.ask(ResumeCall())
    site.wait(5)
    dana.ask(EndCall())
    site.wait(7)
    dana.ask(EndAcw())
    (past,) = dana.ask(ShowCalls()).past
    assert (past.talk, past.hold, past.acw) == (15, 20, 7)
    assert (counted(dana)[0].seconds, counted(dana)[0].hold, counted(dana)[0].acw) == (42, 20, 7)


def test_the_next_call_ends_the_work_after_the_one_before() -> None:
    site = Site(DANA)
    dana = site[DANA]
    dana.ask(INBOUND)
    dana.ask(EndCall())
    site.wait(4)
    dana.ask(BeginCall(direction="outbound", number="12"))
    assert [each.acw for each in counted(dana)] == [4]
    assert dana.seen(OWN_CALL).inbound is False


def test_with_no_work_after_calls_an_agent_is_free_at_once() -> None:
    site = Site(DANA, acw=0)
    dana = site[DANA]
    dana.ask(INBOUND)
    site.wait(10)
    dana.ask(EndCall())
    assert dana.seen(OWN_CALL) is None
    assert [each.seconds for each in counted(dana)] == [10]


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (HoldCall(), "There is no call to put on hold."),
        (ResumeCall(), "There is no call to resume."),
        (EndCall(), "There is no call to end."),
        (EndAcw(), "There is no call to finish the work after."),
    ],
)
def test_without_a_call_there_is_nothing_to_do_with_one(
    command: HoldCall | ResumeCall | EndCall | EndAcw, text: str
) -> None:
    refusal = Site(DANA)[DANA].why_not(command)
    assert (refusal.text, refusal.exit_code) == (text, 7)


def test_a_second_call_is_refused_but_the_same_one_may_be_told_twice() -> None:
    site = Site(DANA)
    dana = site[DANA]
    mine = BeginCall(routed=True, id="sip-1", number="12")
    assert dana.ask(mine).call == "sip-1"
    assert dana.ask(mine).call == "sip-1"
    assert dana.why_not(INBOUND).text == "A call is on already with 12. End it first: `lanassist call end`."
    dana.ask(EndCall(id="another"))
    assert dana.seen(OWN_CALL).state == "talking"
    dana.ask(EndCall(id="sip-1"))
    dana.ask(EndCall(id="sip-1"))
    assert dana.seen(OWN_CALL).state == "acw"


def test_a_call_goes_on_over_a_restart_and_what_was_done_is_told_again() -> None:
    site = Site(DANA)
    dana = site[DANA]
    dana.ask(INBOUND)
    dana.ask(EndCall())
    dana.ask(EndAcw())
    dana.ask(INBOUND)
    site.wait(50)
    dana.facts.clear()
    site.restart(DANA)
    assert dana.seen(OWN_CALL).state == "talking"
    assert told(dana).call == dana.seen(OWN_CALL)
    assert len(counted(dana)) == 1
    site.wait(10)
    dana.ask(EndCall())
    dana.ask(EndAcw())
    assert dana.ask(ShowCalls()).past[0].talk == 60


def test_work_after_a_call_ends_by_itself_also_while_the_node_is_down() -> None:
    site = Site(DANA)
    dana = site[DANA]
    dana.ask(INBOUND)
    dana.ask(EndCall())
    site.now += 500
    site.restart(DANA)
    assert dana.seen(OWN_CALL) is None
    assert dana.ask(ShowCalls()).past[0].acw == 60


def test_a_call_that_nobody_ended_is_forgotten_after_half_a_day() -> None:
    site = Site(DANA)
    dana = site[DANA]
    dana.ask(INBOUND)
    site.now += 13 * 3600
    site.restart(DANA)
    assert dana.seen(OWN_CALL) is None
    assert counted(dana) == []
    assert not dana.records


def test_calls_of_long_ago_are_not_told_again() -> None:
    site = Site(DANA)
    dana = site[DANA]
    dana.ask(INBOUND)
    dana.ask(EndCall())
    dana.ask(EndAcw())
    site.now += 40 * 3600
    dana.facts.clear()
    site.restart(DANA)
    assert counted(dana) == []
    assert not dana.records


@pytest.mark.parametrize(
    ("chosen", "source"),
    [
        (CallsSettings(), None),
        (CallsSettings(source="softphone", headset="h"), Softphone(headset="h")),
        (
            CallsSettings(source="synthetic", synthetic_customer="silence"),
            Synthetic(customer="silence", agent="tone:620"),
        ),
    ],
)
def test_the_settings_say_where_sound_comes_from(chosen: CallsSettings, source: Source | None) -> None:
    assert source_of(chosen) == source
