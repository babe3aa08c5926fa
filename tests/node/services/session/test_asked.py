"""Asked first: between the supervisor's intent and the grant stands the agent's own yes."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, strategies as st

from lanassist.node.errors import LanassistError, ScreenLocked
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import (
    GlanceRequest,
    Message,
    Request,
    SessionAccepted,
    SessionAsked,
    SessionChanged,
    SessionEnded,
    SessionGranted,
    SessionId,
    SessionIntent,
    SessionMessage,
    SessionRefused,
    SessionRenewed,
)
from lanassist.node.services.base import Effect, Send
from lanassist.node.services.facts import WatchingPause
from lanassist.node.services.permission import Permission
from lanassist.node.services.session import (
    AgentAsked,
    Attendance,
    Closed,
    Enter,
    Entered,
    Opened,
    Supervision,
    ending,
)
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.policy import Policy
from tests.support.entering import SIGNED, entered
from tests.support.people import agent, supervisor

DANA, SAM, MIA = agent("Dana"), supervisor("Sam"), supervisor("Mia")
REQUEST = GlanceRequest(displays=(1,))
S1, S2 = SessionId("s1"), SessionId("s2")


class Asked:
    """Dana's node, under a policy by which she is asked first."""

    def __init__(self, **policy: object) -> None:
        self.refusal: LanassistError | None = None
        self.permission = Permission("glance", "Dana")
        self.permission.rule(Policy(glance="ask", **policy))  # type: ignore[arg-type]
        self.node = Attendance("glance", self._why_not, lambda: "nonce", self.permission)

    def _why_not(self, peer: Identity, request: Request | None) -> LanassistError | None:
        return self.refusal

    def intent(
        self, peer: Identity = SAM, session: SessionId = S1, reason: str = "", now: float = 0.0
    ) -> list[Effect]:
        message = SessionIntent(
            session=session, service="glance", request=REQUEST, reason=reason, signed=SIGNED
        )
        return list(self.node.receive(peer, message, now))


def said(effects: list[Effect]) -> Message:
    (sent,) = [effect for effect in effects if isinstance(effect, Send)]
    return sent.message


def why(effects: object) -> SessionRefused:
    message = said(list(effects))  # type: ignore[call-overload]
    assert isinstance(message, SessionRefused)
    return message


# --- at the agent's node -----------------------------------------------------------------------------


def test_nothing_is_written_and_nothing_runs_before_the_agents_yes() -> None:
    dana = Asked()
    effects = dana.intent()
    assert said(effects) == SessionAsked(session=S1, service="glance", within=limits.CONSENT)
    assert len(effects) == 1
    assert [session.id for session in dana.node.asked] == [S1]
    assert dana.node.sessions == {}
    assert list(dana.node.receive(SAM, SessionAccepted(session=S1, service="glance"), 1.0)) == []


def test_after_a_yes_it_is_granted_as_any_other() -> None:
    dana = Asked()
    dana.intent()
    (grant,) = dana.node.answered(SAM.node, S1, True, 5.0)
    assert isinstance(grant, Enter)
    assert (grant.step.kind, grant.step.theirs) == ("grant", SIGNED)
    assert dana.node.asked == []
    (sent,) = dana.node.entered(Entered(grant.step, SIGNED), 5.1)
    assert isinstance(sent, Send)
    assert isinstance(sent.message, SessionGranted)


def test_a_no_is_told_in_its_own_words() -> None:
    dana = Asked()
    dana.intent()
    refused = why(dana.node.answered(SAM.node, S1, False, 5.0))
    assert (refused.code, refused.text) == ("agent-declined", "Dana was asked and said no.")
    assert not dana.node.pending


def test_no_answer_within_30_seconds_is_a_no() -> None:
    dana = Asked()
    dana.intent()
    assert dana.node.deadline() == 30.0
    assert list(dana.node.on_deadline(29.9)) == []
    refused = why(dana.node.on_deadline(30.0))
    assert refused.code == "agent-silent"
    assert refused.text == "Dana was asked and did not answer within 30 seconds."
    assert list(dana.node.answered(SAM.node, S1, True, 31.0)) == []


@pytest.mark.parametrize("peer", [MIA, SAM])
def test_an_answer_to_somebody_who_does_not_wait_does_nothing(peer: Identity) -> None:
    dana = Asked()
    dana.intent()
    assert list(dana.node.answered(peer.node, S2, True, 5.0)) == []
    assert len(dana.node.asked) == 1


def test_what_stands_against_it_by_then_is_said_instead_of_a_yes() -> None:
    dana = Asked()
    dana.intent()
    dana.refusal = ScreenLocked(agent="Dana")
    assert why(dana.node.answered(SAM.node, S1, True, 5.0)).code == "screen-locked"
    dana.refusal = None
    dana.intent(session=S2)
    dana.permission.pause(WatchingPause(until=100.0, minutes=5))
    refused = why(dana.node.answered(SAM.node, S2, True, 5.0))
    assert (refused.code, refused.text) == ("watching-paused", "Dana has paused watching: 2 minutes left.")


def test_the_supervisor_withdraws() -> None:
    dana = Asked()
    dana.intent()
    withdrawn = SessionEnded(session=S1, service="glance", code="stopped", text="")
    assert list(dana.node.receive(SAM, withdrawn, 5.0)) == []
    assert dana.node.asked == []
    assert list(dana.node.answered(SAM.node, S1, True, 6.0)) == []


def test_whoever_asks_again_asks_in_the_place_of_what_was_asked_before() -> None:
    dana = Asked()
    dana.intent()
    dana.intent(MIA, S1)
    refused, asked = dana.intent(SAM, S2)
    assert why([refused]).code == "withdrawn"
    assert isinstance(said([asked]), SessionAsked)
    assert [(each.peer.name, each.id) for each in dana.node.asked] == [("Mia", S1), ("Sam", S2)]


def test_a_yes_means_what_the_agent_has_read() -> None:
    dana = Asked()
    dana.intent()
    dana.node.receive(SAM, SessionEnded(session=S1, service="glance", code="stopped", text=""), 1.0)
    more = SessionIntent(session=S1, service="glance", request=GlanceRequest(displays=(1, 2)), signed=SIGNED)
    assert why(dana.node.receive(SAM, more, 1.1)).code == "bad-input"
    assert list(dana.node.answered(SAM.node, S1, True, 1.2)) == []


def test_a_lost_link_a_lock_and_a_policy_that_forbids_end_the_asking() -> None:
    dana = Asked()
    dana.intent()
    assert list(dana.node.peer_down(SAM.node)) == []
    assert dana.node.asked == []
    dana.intent(session=S2)
    assert why(dana.node.end_all(ending("policy"))).code == "policy"
    assert dana.node.asked == []


@pytest.mark.parametrize(
    ("policy", "reason", "code"),
    [
        ({"glance": "off"}, "refund", "policy-off"),
        ({"glance": "notify", "reason_required": True}, " ", "reason-required"),
    ],
)
def test_what_policy_refuses_is_not_even_asked(policy: dict[str, object], reason: str, code: str) -> None:
    dana = Asked()
    dana.permission.rule(Policy(**policy))  # type: ignore[arg-type]
    assert why(dana.intent(reason=reason)).code == code


def test_a_pause_is_refused_with_the_time_left_and_then_over() -> None:
    dana = Asked()
    dana.permission.rule(Policy())
    dana.permission.pause(WatchingPause(until=100.0, minutes=5))
    assert why(dana.intent(now=50.0)).text == "Dana has paused watching: less than a minute left."
    assert isinstance(dana.intent(now=100.0)[0], Enter)


# --- at the supervisor's node ------------------------------------------------------------------------


def started() -> Supervision:
    sam = Supervision("glance")
    (enter,) = sam.start(S1, DANA, REQUEST, "", 0.0)
    assert isinstance(enter, Enter)
    sam.entered(Entered(enter.step, SIGNED), 0.0)
    return sam


def test_the_supervisor_waits_as_long_as_the_agent_has() -> None:
    sam = started()
    (asked,) = sam.receive(DANA, SessionAsked(session=S1, service="glance", within=30.0), 1.0)
    assert isinstance(asked, AgentAsked)
    assert asked.session.state == "asked"
    assert sam.deadline() == 1.0 + 30.0 + limits.SESSION_ANSWER
    assert list(sam.receive(DANA, SessionAsked(session=S1, service="glance", within=30.0), 2.0)) == []
    (accept,) = sam.receive(DANA, SessionGranted(session=S1, service="glance", signed=SIGNED), 20.0)
    assert isinstance(accept, Enter)
    assert accept.step.kind == "acceptance"


def test_no_node_can_keep_a_supervisor_waiting_for_ever() -> None:
    sam = started()
    sam.receive(DANA, SessionAsked(session=S1, service="glance", within=1e9), 1.0)
    assert sam.deadline() == 1.0 + limits.CONSENT + limits.SESSION_ANSWER
    farewell, closed = sam.on_deadline(50.0)
    assert isinstance(farewell, Send)
    assert isinstance(closed, Closed)
    assert closed.ending.code == "no-answer"


def test_the_supervisor_can_give_up_waiting() -> None:
    sam = started()
    sam.receive(DANA, SessionAsked(session=S1, service="glance", within=30.0), 1.0)
    farewell, closed = sam.end(S1, ending("stopped"))
    assert isinstance(said([farewell]), SessionEnded)
    assert isinstance(closed, Closed)
    assert not isinstance(closed, Opened)


# --- whatever supervisors say, and in whatever order ---------------------------------------------------


class Fuss:
    """Two supervisors who say anything, an agent who answers now and then; Dana's ledger takes everything."""

    def __init__(self) -> None:
        self.dana = Asked()
        self.yes: set[tuple[str, str]] = set()
        """To whom the agent said yes since they asked last."""
        self.now = 0.0

    def heed(self, outcome: Iterable[Effect]) -> None:
        for effect in entered(list(outcome), lambda what: self.dana.node.entered(what, self.now)):
            if isinstance(effect, Opened):
                assert (effect.session.peer.node, effect.session.id) in self.yes
        assert len({each.peer.node for each in self.dana.node.asked}) == len(self.dana.node.asked)

    def say(self, peer: Identity, message: SessionMessage) -> None:
        key = (peer.node, SessionId(message.session))
        known = self.dana.node.pending.get(key) or self.dana.node.sessions.get(key)
        if isinstance(message, SessionIntent) and known is None:
            self.yes.discard(key)
        self.heed(self.dana.node.receive(peer, message, self.now))

    def answer(self, peer: Identity, session: SessionId, allowed: bool) -> None:
        if allowed and any((each.peer, each.id) == (peer, session) for each in self.dana.node.asked):
            self.yes.add((peer.node, session))
        self.heed(self.dana.node.answered(peer.node, session, allowed, self.now))

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.heed(self.dana.node.on_deadline(self.now))
        assert all(each.until > self.now for each in self.dana.node.asked)


peers, sessions = (
    st.sampled_from([SAM, MIA]),
    st.sampled_from([SessionId(f"s{number}") for number in range(8)]),
)
words = st.builds(
    lambda kind, session: kind(session=session, service="glance"),
    st.sampled_from(
        [
            SessionAccepted,
            SessionRenewed,
            lambda **about: SessionIntent(**about, request=REQUEST),
            lambda **about: SessionChanged(**about, request=REQUEST),
            lambda **about: SessionEnded(**about, code="stopped", text=""),
        ]
    ),
    sessions,
)
deeds = st.one_of(
    st.tuples(st.just("say"), peers, words),
    st.tuples(st.just("say"), peers, words),
    st.tuples(st.just("answer"), peers, sessions, st.booleans()),
    st.tuples(st.just("wait"), st.floats(0, 20)),
)


@given(st.lists(deeds, max_size=40))
def test_nothing_ever_runs_without_the_agents_yes(all_deeds: list[tuple[Any, ...]]) -> None:
    fuss = Fuss()
    for name, *about in all_deeds:
        getattr(fuss, name)(*about)
    fuss.wait(limits.CONSENT)
    assert fuss.dana.node.asked == []
