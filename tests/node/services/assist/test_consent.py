"""What the site's policy has to say: the agent is asked first, a reason is wanted, nobody assists at all."""

from typing import Any

from lanassist.node.services.assist.commands import (
    OFFERS,
    SESSIONS,
    BeginCall,
    CloseAssist,
    RequestHelp,
    StartAssist,
)
from lanassist.node.services.base import GaveUp
from lanassist.node.services.facts import PolicyInForce, Supervised, SupervisionKind, WishAnswered, Wishes
from lanassist.node.trust.policy import Policy
from tests.node.services.assist.playing import Player, Site
from tests.support.people import agent, supervisor

DANA, SAM = agent("Dana"), supervisor("Sam")


def ruled(policy: Policy) -> tuple[Site, Player, Player]:
    """Dana has a call that could be assisted but for the policy."""
    site = Site(DANA, SAM)
    site[DANA].ask(BeginCall(direction="inbound", routed=True, id="c1"))
    for player in site.players.values():
        player.observe(PolicyInForce(policy=policy))
    return site, site[DANA], site[SAM]


def wish(player: Player) -> Any:
    told = player.facts["wishes/assist"]
    assert isinstance(told, Wishes)
    return told.wishes[0]


def asked(site: Site) -> tuple[int, Any]:
    """Sam has asked, and Dana's node asks Dana."""
    ticket = site[SAM].give(StartAssist(agent="dana"))
    site.settle()
    return ticket, wish(site[DANA])


def answer(waits: Any, *, kind: SupervisionKind = "assist", allowed: bool = True) -> WishAnswered:
    return WishAnswered(kind=kind, session=waits.session, supervisor=SAM.node, allowed=allowed)


def test_the_agent_is_asked_first_and_says_yes() -> None:
    site, dana, sam = ruled(Policy(assist="ask"))
    ticket, waits = asked(site)
    row = sam.seen(SESSIONS, waits.session)
    assert (row.state, row.agent_asked, dana.sound.mode) == ("ringing", True, "normal")
    dana.observe(answer(waits, kind="glance"))
    assert ticket not in sam.answers, "a yes to a glance of that name opens no call"
    dana.observe(answer(waits))
    assert ticket in sam.answers
    assert sam.seen(SESSIONS, waits.session).state == "listening"


def test_who_does_not_wait_any_more_withdraws_the_question() -> None:
    site, dana, sam = ruled(Policy(assist="ask"))
    ticket, waits = asked(site)
    sam.observe(GaveUp(ticket))
    told = dana.facts["wishes/assist"]
    assert isinstance(told, Wishes)
    assert told.wishes == ()
    assert sam.seen(SESSIONS, waits.session).state == "ended"
    sam.observe(GaveUp(ticket))


def test_a_no_and_no_answer_are_refusals() -> None:
    site, dana, sam = ruled(Policy(assist="ask"))
    ticket, waits = asked(site)
    dana.observe(answer(waits, allowed=False))
    assert getattr(sam.answers[ticket], "exit_code", 0) == 8
    ticket, waits = asked(site)
    site.wait(31)
    assert getattr(sam.answers[ticket], "exit_code", 0) == 8
    assert sam.seen(SESSIONS, waits.session).state == "ended"
    assert dana.sound.mode == "normal"


def test_whoever_asks_for_help_is_not_asked_whether_it_may_come() -> None:
    _, dana, sam = ruled(Policy(assist="ask"))
    dana.ask(RequestHelp())
    started = sam.ask(StartAssist(agent="dana"))
    assert sam.seen(SESSIONS, started.session).state == "listening"


def test_a_reason_is_wanted_before_the_click_and_at_the_agents_node() -> None:
    _, _dana, sam = ruled(Policy(reason_required=True))
    assert sam.seen(OFFERS, DANA.node).reason_required
    assert sam.why_not(StartAssist(agent="dana")).code == "reason-required"
    sam.observe(PolicyInForce(policy=Policy()))
    assert sam.why_not(StartAssist(agent="dana")).code == "reason-required", "Dana's node has the new policy"
    assert sam.ask(StartAssist(agent="dana", reason="coaching"))


def test_a_policy_that_turns_assist_off_ends_it() -> None:
    _, dana, sam = ruled(Policy())
    started = sam.ask(StartAssist(agent="dana"))
    dana.observe(PolicyInForce(policy=Policy(assist="off")))
    assert sam.seen(SESSIONS, started.session).end.code == "policy"
    assert sam.why_not(StartAssist(agent="dana")).code == "policy-off"


def test_the_agents_desktop_is_told_who_assists_and_that_it_is_over() -> None:
    _, dana, sam = ruled(Policy())
    started = sam.ask(StartAssist(agent="dana", reason="coaching"))
    told = dana.facts[f"supervised/assist/{SAM.node}/{started.session}"]
    assert isinstance(told, Supervised)
    assert (told.kind, told.name, told.reason, told.end) == ("assist", "Sam", "coaching", "")
    sam.ask(CloseAssist(session=started.session))
    told = dana.facts[f"supervised/assist/{SAM.node}/{started.session}"]
    assert isinstance(told, Supervised)
    assert told.end == "stopped by the supervisor"
