"""Glance under policy and the agent's own say: what is offered, and what the agent's node decides."""

from typing import Any

import trio

from lanassist.node.errors import (
    AgentDeclined,
    LanassistError,
    PolicyOff,
    ReasonRequired,
    WatchingIsPaused,
)
from lanassist.node.protocol.messages import (
    Display,
    GlanceRequest,
    Presence,
    SessionAccepted,
    SessionAsked,
    SessionEnded,
    SessionGranted,
    SessionIntent,
    SessionRefused,
    WatchingPaused,
)
from lanassist.node.services.base import Effect, Publish, Refuse, Send, Tell
from lanassist.node.services.facts import PolicyInForce, Supervised, WatchingPause, WishAnswered, Wishes
from lanassist.node.services.glance.commands import (
    OFFERS,
    WATCHERS,
    GlanceSession,
    Offer,
    StartGlance,
    Watcher,
)
from lanassist.node.services.glance.core import GlanceCore, PictureSent
from lanassist.node.services.glance.seen import TellingChannel
from lanassist.node.services.session import Opened
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


def runs(core: GlanceCore, session: str = "s", now: float = 1.0) -> list[Effect]:
    """Sam's glance begins."""
    core.receive(SAM, intent(session), now)
    return list(core.receive(SAM, SessionAccepted(session=session, service="glance"), now))


def facts(effects: Any) -> list[object]:
    return [each.fact for each in effects if isinstance(each, Tell)]


def watcher(effects: Any) -> Watcher:
    (shown,) = [each.value for each in effects if isinstance(each, Publish) and each.topic == WATCHERS]
    assert isinstance(shown, Watcher)
    return shown


def test_a_pause_ends_what_runs_and_refuses_what_comes() -> None:
    dana = watched()
    runs(dana)
    effects = dana.observe(WatchingPause(until=301.0, minutes=5), 1.0)
    sent = [each.message for each in effects if isinstance(each, Send)]
    (ended,) = [each for each in sent if isinstance(each, SessionEnded)]
    assert (ended.code, ended.text) == ("privacy", "Dana paused watching for 5 minutes")
    assert refused(dana.receive(SAM, intent(), 2.0)).text == "Dana has paused watching: 5 minutes left."
    assert list(dana.observe(WatchingPause(until=None), 3.0)) == []
    assert only(Send, dana.receive(SAM, intent(), 4.0)).message.session == "s"  # type: ignore[attr-defined]


def test_consent_hears_who_waits_and_the_answer_counts() -> None:
    dana = watched()
    rule(dana, glance="ask")
    effects = dana.receive(SAM, intent(reason="coaching"), 1.0)
    assert isinstance(only(Send, effects).message, SessionAsked)
    (told,) = facts(effects)
    assert isinstance(told, Wishes)
    (wish,) = told.wishes
    assert (wish.name, wish.kind, wish.displays, wish.reason) == ("Sam", "glance", (1,), "coaching")
    assert (wish.since, wish.until) == (1.0, 31.0)
    other = WishAnswered(kind="control", session=wish.session, supervisor=SAM.node, allowed=True)
    assert list(dana.observe(other, 4.0)) == []
    answer = WishAnswered(kind="glance", session=wish.session, supervisor=SAM.node, allowed=True)
    effects = dana.observe(answer, 5.0)
    assert isinstance(only(Send, effects).message, SessionGranted)
    assert facts(effects) == [Wishes(kind="glance", wishes=())]
    assert list(dana.observe(answer, 6.0)) == []


def test_consent_hears_who_looks_and_who_looks_no_more() -> None:
    dana = watched()
    (began,) = facts(runs(dana))
    assert isinstance(began, Supervised)
    assert (began.name, began.kind, began.displays, began.end) == ("Sam", "glance", (1,), "")
    ended = dana.receive(SAM, SessionEnded(session="s", service="glance", code="hidden", text=""), 2.0)
    (over,) = facts(ended)
    assert isinstance(over, Supervised)
    assert over.end == "the supervisor switched away from the page"


def test_who_looks_is_only_about_to_until_a_picture_has_left() -> None:
    dana = watched()
    effects = runs(dana)
    assert watcher(effects).shown_since is None
    session = only(Opened, effects).session
    assert watcher(dana.observe(PictureSent(session), 3.0)).shown_since == 3.0
    assert watcher(dana.observe(PictureSent(session), 4.0)).shown_since == 3.0
    dana.receive(SAM, SessionEnded(session="s", service="glance", code="stopped", text=""), 5.0)
    assert list(dana.observe(PictureSent(session), 6.0)) == []


def test_the_supervisor_hears_that_the_agent_is_asked_and_what_came_of_it() -> None:
    sam = watching()
    asked = only(Send, start(sam)).message
    assert isinstance(asked, SessionIntent)
    told = sam.receive(DANA, SessionAsked(session=asked.session, service="glance", within=30.0), 1.1)
    shown = only(Publish, told).value
    assert isinstance(shown, GlanceSession)
    assert shown.state == "asked"
    declined = SessionRefused(
        session=asked.session, service="glance", code="agent-declined", text="Dana was asked and said no."
    )
    why = refusal(list(sam.receive(DANA, declined, 5.0)))
    assert isinstance(why, AgentDeclined)
    assert why.exit_code == 8


async def test_a_channel_tells_once_what_has_really_left_on_it() -> None:
    told: list[int] = []
    near, far = LoopChannel(), LoopChannel()
    near.other, far.other = far, near

    async def sent() -> None:
        await trio.lowlevel.checkpoint()
        told.append(len(far.held))

    channel = TellingChannel(near, sent)
    assert told == []
    await channel.send(b"one")
    await channel.send(b"two")
    assert (told, far.held) == ([1], [b"one", b"two"])
    await far.send(b"drawn")
    assert await channel.receive() == b"drawn"
    await channel.aclose()
    assert near.closed


class LoopChannel:
    """One end of a channel in memory."""

    def __init__(self) -> None:
        self.other: LoopChannel | None = None
        self.held: list[bytes] = []
        self.closed = False

    async def send(self, data: bytes) -> None:
        await trio.lowlevel.checkpoint()
        assert self.other is not None
        self.other.held.append(data)

    async def receive(self) -> bytes:
        await trio.lowlevel.checkpoint()
        return self.held.pop(0)

    async def aclose(self) -> None:
        await trio.lowlevel.checkpoint()
        self.closed = True
