"""Help: an agent asks, every supervisor is told, one takes it up."""

import pytest

from lanassist.node.protocol.messages import HelpAction, HelpAnswered
from lanassist.node.services.assist.commands import (
    OFFERS,
    OWN_HELP,
    REQUESTS,
    AcceptHelp,
    BeginCall,
    CancelHelp,
    CloseAssist,
    DismissHelp,
    EndCall,
    FinishHelp,
    HelpRow,
    ListHelp,
    OwnHelp,
    RequestHelp,
    StartAssist,
)
from lanassist.node.services.facts import PolicyInForce
from lanassist.node.services.notices import NoticeTried
from lanassist.node.trust.policy import Policy
from tests.node.services.assist.playing import Player, Site
from tests.support.people import agent, supervisor

DANA, KIM, SAM, EVE = agent("Dana"), agent("Kim"), supervisor("Sam"), supervisor("Eve", grants=[])
INBOUND = BeginCall(direction="inbound", routed=True, number="12", id="c1")


def team() -> tuple[Site, Player, Player, Player]:
    site = Site(DANA, SAM, EVE)
    return site, site[DANA], site[SAM], site[EVE]


def button(player: Player) -> OwnHelp:
    found = player.seen(OWN_HELP)
    assert isinstance(found, OwnHelp)
    return found


def strip(player: Player) -> HelpRow | None:
    found = player.seen(REQUESTS, DANA.node)
    assert found is None or isinstance(found, HelpRow)
    return found


def state(player: Player) -> str:
    row = strip(player)
    return row.state if row else "none"


def test_every_supervisor_is_told_whatever_the_certificate_grants() -> None:
    _, dana, sam, eve = team()
    assert dana.ask(RequestHelp(reason="refund > limit")).supervisors == 2
    assert button(dana).state == "asked"
    for each in (sam, eve):
        row = strip(each)
        assert row is not None
        assert (row.state, row.reason, row.agent_name) == ("asked", "refund > limit", "Dana")


def test_nobody_online_is_told_at_once_and_the_first_who_comes_is_told() -> None:
    site, dana, sam, _ = team()
    site.cut(DANA, SAM)
    site.cut(DANA, EVE)
    assert button(dana).supervisors == 0
    assert dana.ask(RequestHelp()).supervisors == 0
    site.wait(42)
    site.link(DANA, SAM)
    row = strip(sam)
    assert row is not None
    assert row.since == site.now - 42
    assert button(dana).supervisors == 1


def test_asked_again_only_the_reason_changes() -> None:
    _, dana, sam, _ = team()
    first = dana.ask(RequestHelp())
    assert dana.ask(RequestHelp(reason="legal")).id == first.id
    row = strip(sam)
    assert row is not None
    assert (row.reason, row.id) == ("legal", first.id)


def test_a_cancel_closes_it_everywhere() -> None:
    _, dana, sam, eve = team()
    dana.ask(RequestHelp())
    dana.ask(CancelHelp())
    dana.ask(CancelHelp())
    assert (button(dana).state, state(sam), state(eve)) == ("none", "none", "none")


def test_an_assist_takes_it_up_and_closing_it_is_blue_again() -> None:
    _, dana, sam, eve = team()
    dana.ask(INBOUND)
    dana.ask(RequestHelp())
    sam.ask(StartAssist(agent="dana"))
    assert (button(dana).state, button(dana).by_name) == ("accepted", "Sam")
    mine, hers = strip(sam), strip(eve)
    assert mine is not None
    assert hers is not None
    assert (mine.state, mine.mine, hers.state, hers.mine, hers.by_name) == (
        "accepted",
        True,
        "accepted",
        False,
        "Sam",
    )
    sam.ask(CloseAssist(agent="dana"))
    assert (button(dana).state, state(sam), state(eve)) == ("none", "none", "none")


def test_the_calls_end_ends_the_help_in_it() -> None:
    _, dana, sam, _ = team()
    dana.ask(INBOUND)
    dana.ask(RequestHelp())
    sam.ask(StartAssist(agent="dana"))
    dana.ask(EndCall())
    assert button(dana).state == "none"


def test_a_helper_who_is_lost_leaves_the_request_open() -> None:
    site, dana, sam, eve = team()
    dana.ask(INBOUND)
    dana.ask(RequestHelp())
    sam.ask(StartAssist(agent="dana"))
    site.cut(DANA, SAM)
    assert (button(dana).state, state(eve)) == ("asked", "asked")
    row = strip(sam)
    assert row is not None
    assert not row.online
    site.link(DANA, SAM)
    assert state(sam) == "asked"


def test_it_may_be_taken_up_without_a_call_and_finished() -> None:
    _, dana, sam, eve = team()
    dana.ask(RequestHelp())
    eve.ask(AcceptHelp(agent="dana"))
    assert (button(dana).state, button(dana).by_name) == ("accepted", "Eve")
    refusal = sam.why_not(AcceptHelp(agent="dana"))
    assert (refusal.code, refusal.text) == ("help-taken", "Eve is helping Dana already.")
    eve.ask(AcceptHelp(agent="dana"))
    eve.ask(FinishHelp(agent="dana"))
    assert button(dana).state == "none"
    assert eve.why_not(FinishHelp(agent="dana")).code == "no-help-asked"


def test_a_helper_who_goes_offline_gives_it_back() -> None:
    site, dana, sam, eve = team()
    dana.ask(RequestHelp())
    eve.ask(AcceptHelp(agent="dana"))
    site.cut(DANA, EVE)
    assert (button(dana).state, state(sam)) == ("asked", "asked")


def test_dismissed_is_for_this_supervisor_and_this_request() -> None:
    site, dana, sam, eve = team()
    dana.ask(RequestHelp())
    sam.ask(DismissHelp(agent="dana"))
    mine, hers = strip(sam), strip(eve)
    assert mine is not None
    assert hers is not None
    assert (mine.dismissed, hers.dismissed) == (True, False)
    site.restart(SAM)
    mine = strip(sam)
    assert mine is not None
    assert mine.dismissed
    dana.ask(CancelHelp())
    assert not sam.records
    dana.ask(RequestHelp())
    mine = strip(sam)
    assert mine is not None
    assert not mine.dismissed


def test_it_survives_a_restart_of_the_agent_and_keeps_its_time() -> None:
    site, dana, sam, _ = team()
    dana.ask(RequestHelp(reason="legal"))
    before = strip(sam)
    site.wait(30)
    site.restart(DANA)
    assert (button(dana).state, button(dana).reason) == ("asked", "legal")
    assert strip(sam) == before


def test_taken_up_before_a_restart_it_is_open_again() -> None:
    site, dana, sam, _ = team()
    dana.ask(RequestHelp())
    sam.ask(AcceptHelp(agent="dana"))
    site.restart(DANA)
    assert (button(dana).state, state(sam)) == ("asked", "asked")


def test_an_agent_who_is_gone_for_five_minutes_is_not_shown_any_more() -> None:
    site, dana, sam, _ = team()
    dana.ask(RequestHelp())
    site.cut(DANA, SAM)
    assert sam.why_not(AcceptHelp(agent="dana")).code == "agent-offline"
    site.wait(301)
    assert strip(sam) is None
    site.link(DANA, SAM)
    assert state(sam) == "asked"


def test_the_list_has_the_oldest_first_and_those_taken_up_last() -> None:
    site = Site(DANA, KIM, SAM)
    site[DANA].ask(RequestHelp())
    site.wait(5)
    site[KIM].ask(RequestHelp())
    assert [row.agent_name for row in site[SAM].ask(ListHelp()).requests] == ["Dana", "Kim"]
    site[SAM].ask(AcceptHelp(agent="dana"))
    assert [row.agent_name for row in site[SAM].ask(ListHelp()).requests] == ["Kim", "Dana"]


def test_who_asks_for_help_lets_listen_in_to_this_call() -> None:
    _, dana, sam, _ = team()
    dana.observe(PolicyInForce(policy=Policy(listen_in_required=True)))
    dana.ask(INBOUND)
    assert sam.seen(OFFERS, DANA.node).listen.code == "listen-in-required"
    dana.ask(RequestHelp())
    assert sam.seen(OFFERS, DANA.node).listen is None


# --- on the supervisor's desktop ---------------------------------------------------------------------


def test_the_desktop_tells_who_asks_until_somebody_takes_it_up() -> None:
    _, dana, sam, eve = team()
    dana.ask(RequestHelp())
    assert list(sam.notices.values()) == list(eve.notices.values()) == ["Dana asks for help"]
    dana.ask(RequestHelp(reason="legal"))
    assert list(sam.notices.values()) == ["Dana asks for help: legal"]
    eve.ask(AcceptHelp(agent="dana"))
    assert (sam.notices, eve.notices, sam.notified) == ({}, {}, 2)


def test_it_names_the_call_and_goes_when_the_agent_cancels() -> None:
    _, dana, sam, _ = team()
    dana.ask(INBOUND)
    dana.ask(RequestHelp(reason="refund"))
    assert list(sam.notices.values()) == ["Dana asks for help in a call: refund"]
    dana.ask(EndCall())
    assert sam.notified == 1
    dana.ask(CancelHelp())
    assert sam.notices == {}


def test_who_is_not_interested_has_no_notice_of_it_any_more() -> None:
    _, dana, sam, eve = team()
    dana.ask(RequestHelp())
    sam.ask(DismissHelp(agent="dana"))
    assert (sam.notices, list(eve.notices.values())) == ({}, ["Dana asks for help"])


def test_it_is_told_anew_when_a_helper_is_lost_and_when_another_is_asked_for() -> None:
    site, dana, sam, eve = team()
    dana.ask(RequestHelp())
    eve.ask(AcceptHelp(agent="dana"))
    site.cut(DANA, EVE)
    assert (list(sam.notices.values()), sam.notified) == (["Dana asks for help"], 2)
    site.cut(DANA, SAM)
    dana.ask(CancelHelp())
    dana.ask(RequestHelp())
    site.link(DANA, SAM)
    assert (list(sam.notices.values()), sam.notified) == (["Dana asks for help"], 3)
    site.cut(DANA, SAM)
    site.wait(301)
    assert sam.notices == {}


def test_what_the_desktop_cannot_show_is_left_to_the_page() -> None:
    _, dana, sam, _ = team()

    def untold() -> bool:
        row = strip(sam)
        assert row is not None
        return row.untold

    dana.ask(RequestHelp())
    assert not untold()
    key = next(iter(sam.notices))
    sam.observe(NoticeTried(key, False))
    assert untold()
    dana.ask(RequestHelp(reason="legal"))
    assert untold()
    sam.observe(NoticeTried(key, True))
    assert not untold()
    sam.observe(NoticeTried("help/nobody", False))


# --- what the network does to it ---------------------------------------------------------------------


def test_an_answer_that_does_not_come_is_told_after_a_while() -> None:
    site, dana, sam, _ = team()
    dana.ask(RequestHelp())
    ticket = sam.give(AcceptHelp(agent="dana"))
    site.queue.clear()
    site.wait(6)
    assert getattr(sam.answers[ticket], "code", "") == "no-reply"


def test_the_links_end_is_an_answer() -> None:
    site, dana, sam, _ = team()
    dana.ask(RequestHelp())
    ticket = sam.give(AcceptHelp(agent="dana"))
    site.cut(DANA, SAM)
    assert getattr(sam.answers[ticket], "code", "") == "link-lost"


@pytest.mark.parametrize("act", ["accept", "finish"])
def test_nobody_but_a_supervisor_takes_it_up(act: str) -> None:
    site = Site(DANA, KIM)
    dana = site[DANA]
    asked = dana.ask(RequestHelp())
    action = HelpAction(id="a", help=asked.id, act=act)  # type: ignore[arg-type]
    effects = dana.core.receive(KIM, action, site.now)
    (answer,) = [each.message for each in effects]  # type: ignore[attr-defined]
    assert isinstance(answer, HelpAnswered)
    assert answer.code == "missing-role"
    assert button(dana).state == "asked"
