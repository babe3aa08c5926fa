"""Glance under policy and the agent's own say: what is offered, and what the agent's node decides."""

from typing import Any

from lanassist.node.errors import LanassistError, PolicyOff, ReasonRequired, WatchingIsPaused
from lanassist.node.protocol.messages import (
    Display,
    GlanceRequest,
    Presence,
    SessionEnded,
    SessionIntent,
    SessionRefused,
    WatchingPaused,
)
from lanassist.node.services.base import Effect, Publish, Refuse, Send
from lanassist.node.services.facts import PolicyInForce
from lanassist.node.services.glance.commands import OFFERS, Offer, StartGlance
from lanassist.node.services.glance.core import GlanceCore
from lanassist.node.trust.policy import Policy
from tests.node.services.glance.test_core import BOTH, DANA, SAM, looks, only, watched, watching

assert isinstance(BOTH[0], Display)


def rule(core: GlanceCore, now: float = 0.0, **policy: Any) -> list[Effect]:
    return list(core.observe(PolicyInForce(policy=Policy(**policy)), now))


def intent(session: str = "s", reason: str = "") -> SessionIntent:
    return SessionIntent(
        session=session, service="glance", request=GlanceRequest(displays=(1,)), reason=reason
    )


def offers(effects: list[Effect]) -> list[Offer]:
    found = [each.value for each in effects if isinstance(each, Publish) and each.topic == OFFERS]
    assert all(isinstance(each, Offer) for each in found)
    return found  # type: ignore[return-value]


def start(core: GlanceCore, reason: str = "", now: float = 1.0) -> list[Effect]:
    return list(core.command(1, StartGlance(agent="dana", reason=reason), now))


def refusal(effects: list[Effect]) -> LanassistError:
    return only(Refuse, effects).error


# --- on the supervisor's node ------------------------------------------------------------------------


def test_what_policy_does_not_allow_is_not_offered() -> None:
    sam = watching()
    (offer,) = offers(rule(sam, glance="off"))
    assert offer.refusal is not None
    assert offer.refusal.code == "policy-off"
    assert offer.refusal.text == "The policy of your site does not allow viewing agents' screens."
    why = refusal(start(sam))
    assert isinstance(why, PolicyOff)
    assert why.exit_code == 8
    (offer,) = offers(rule(sam, glance="ask", reason_required=True))
    assert (offer.refusal, offer.asks, offer.reason_required) == (None, True, True)


def test_a_reason_that_policy_wants_is_wanted_before_anything_is_sent() -> None:
    sam = watching()
    rule(sam, reason_required=True)
    assert isinstance(refusal(start(sam, "  ")), ReasonRequired)
    assert isinstance(only(Send, start(sam, "refund")).message, SessionIntent)


def test_a_pause_is_offered_with_what_is_left_of_it() -> None:
    sam = watching()
    (offer,) = offers(list(sam.receive(DANA, WatchingPaused(left=150.0), 10.0)))
    assert offer.refusal is not None
    assert offer.refusal.text == "Dana has paused watching: 3 minutes left."
    assert isinstance(refusal(start(sam, now=11.0)), WatchingIsPaused)
    assert sam.deadline() == 40.0
    (offer,) = offers(list(sam.on_deadline(40.0)))
    assert offer.refusal is not None
    assert "2 minutes left" in offer.refusal.text
    (offer,) = offers(list(sam.receive(DANA, Presence(status="available", displays=BOTH), 101.0)))
    assert offer.refusal is not None
    assert "less than a minute left" in offer.refusal.text
    (offer,) = offers(list(sam.receive(DANA, WatchingPaused(left=0.0), 102.0)))
    assert offer.refusal is None
    assert sam.deadline() is None


def test_a_pause_of_which_nothing_more_is_heard_is_over_in_time() -> None:
    sam = watching()
    sam.receive(DANA, WatchingPaused(left=30.0), 10.0)
    assert sam.deadline() == 40.0
    (offer,) = offers(list(sam.on_deadline(40.0)))
    assert (offer.refusal, sam.deadline()) == (None, None)


def test_pauses_of_strangers_mean_nothing() -> None:
    assert list(watching().receive(SAM, WatchingPaused(left=30.0), 10.0)) == []


# --- on the agent's node -----------------------------------------------------------------------------


def test_a_policy_that_turns_it_off_ends_what_runs() -> None:
    dana = watched()
    looks(dana, SAM, 1, now=1.0)
    assert rule(dana, 2.0, glance="notify") == []
    ended, _settled = (each.message for each in rule(dana, 3.0, glance="off") if isinstance(each, Send))
    assert isinstance(ended, SessionEnded)
    assert (ended.code, ended.text) == ("policy", "stopped by the site's policy")
    assert dana.attendance.sessions == {}


def refused(effects: Any) -> SessionRefused:
    message = only(Send, effects).message
    assert isinstance(message, SessionRefused)
    return message
