"""The agent's own say: who waits for a yes, what the desktop tells, and the privacy pause."""

from collections.abc import Sequence

import msgspec
import pytest

from lanassist.node.errors import AmbiguousName, LanassistError, NobodyAsks, PauseNotAllowed
from lanassist.node.protocol.messages import NodeId, SessionId, WatchingPaused
from lanassist.node.services.base import Done, Effect, Persist, Publish, Refuse, Reply, Send, Tell
from lanassist.node.services.command import Command
from lanassist.node.services.consent.commands import (
    PAUSE,
    REQUESTS,
    Allow,
    Deny,
    ListRequests,
    OwnPause,
    PauseWatching,
    Requests,
    ResumeWatching,
)
from lanassist.node.services.consent.core import ConsentCore
from lanassist.node.services.consent.pause import PauseRecord
from lanassist.node.services.facts import (
    PolicyInForce,
    Supervised,
    SupervisionKind,
    WatchingPause,
    Wish,
    WishAnswered,
    Wishes,
)
from lanassist.node.services.notices import Notify
from lanassist.node.trust.policy import Policy
from tests.support.people import agent, supervisor

DANA, KIM, SAM, MIA = agent("Dana"), agent("Kim"), supervisor("Sam"), supervisor("Mia")


def ruled(minutes: float = 5, *records: PauseRecord, now: float = 0.0) -> ConsentCore:
    """Dana's, under a policy that lets her pause for so many minutes."""
    core = ConsentCore(DANA, records)
    core.start(now)
    core.observe(PolicyInForce(policy=Policy(privacy_pause=minutes)), now)
    return core


def wish(name: str = "Sam", session: str = "s1", kind: SupervisionKind = "glance", **about: object) -> Wish:
    return Wish(
        session=SessionId(session),
        supervisor=NodeId(f"node-{name.lower()}"),
        name=name,
        kind=kind,
        displays=(2,) if kind == "glance" else (),
        since=0.0,
        until=30.0,
        **about,  # type: ignore[arg-type]
    )


def refusal(effects: Sequence[Effect]) -> LanassistError:
    (refused,) = effects
    assert isinstance(refused, Refuse)
    return refused.error


def notices(effects: Sequence[Effect]) -> list[tuple[str, str]]:
    return [(each.summary, each.body) for each in effects if isinstance(each, Notify)]


def asked(core: ConsentCore, command: Command[Requests]) -> Requests:
    (reply,) = core.command(1, command, 1.0)
    assert isinstance(reply, Reply)
    assert isinstance(reply.value, Requests)
    return reply.value


# --- asked first -------------------------------------------------------------------------------------


def test_a_wish_is_shown_on_the_page_and_on_the_desktop() -> None:
    effects = ruled().observe(Wishes(kind="glance", wishes=(wish(reason="coaching"),)), 1.0)
    assert Publish(REQUESTS, "glance/node-sam/s1", wish(reason="coaching")) in effects
    assert notices(effects) == [("Sam asks to view display 2", "Reason: coaching")]


@pytest.mark.parametrize(("command", "allowed"), [(Allow(), True), (Deny(session="s1"), False)])
def test_an_answer_goes_to_whoever_asks_and_is_given_once(command: Command[Done], allowed: bool) -> None:
    core = ruled()
    core.observe(Wishes(kind="glance", wishes=(wish(),)), 1.0)
    effects = core.command(1, command, 2.0)
    answered = WishAnswered(kind="glance", session=SessionId("s1"), supervisor=SAM.node, allowed=allowed)
    assert list(effects) == [
        Tell("answer/glance/node-sam/s1", answered),
        Publish(REQUESTS, "glance/node-sam/s1", None),
        Reply(1, Done()),
    ]
    assert isinstance(refusal(core.command(2, command, 3.0)), NobodyAsks)


def test_two_wishes_of_one_name_are_two_questions() -> None:
    core = ruled()
    glance, control = wish(), wish(kind="control")
    core.observe(Wishes(kind="glance", wishes=(glance,)), 1.0)
    effects = core.observe(Wishes(kind="control", wishes=(control,)), 1.0)
    assert Publish(REQUESTS, "control/node-sam/s1", control) in effects
    assert asked(core, ListRequests()).requests == (glance, control)
    assert isinstance(refusal(core.command(1, Allow(session="s1"), 2.0)), AmbiguousName)


def test_a_name_in_full_is_not_taken_for_the_beginning_of_a_longer_one() -> None:
    core = ruled()
    core.observe(Wishes(kind="glance", wishes=(wish(), wish("Mia", "s12"))), 1.0)
    assert Publish(REQUESTS, "glance/node-sam/s1", None) in core.command(1, Allow(session="s1"), 2.0)


def test_of_several_one_is_named() -> None:
    core = ruled()
    both = (wish(), wish("Mia", "m1", "control"))
    core.observe(Wishes(kind="glance", wishes=both[:1]), 1.0)
    core.observe(Wishes(kind="control", wishes=both[1:]), 1.0)
    assert asked(core, ListRequests()).requests == both
    assert isinstance(refusal(core.command(1, Allow(), 2.0)), AmbiguousName)
    assert Publish(REQUESTS, "control/node-mia/m1", None) in core.command(1, Allow(session="mia"), 2.0)
    assert asked(core, ListRequests()).requests == both[:1]


def test_what_comes_of_a_question_takes_its_place_on_the_desktop() -> None:
    core = ruled()
    asked = core.observe(Wishes(kind="glance", wishes=(wish(),)), 1.0)
    seen = Supervised(session=SessionId("s1"), supervisor=SAM.node, name="Sam", kind="glance")
    keys = [each.key for each in (*asked, *core.observe(seen, 2.0)) if isinstance(each, Notify)]
    assert keys == ["glance/node-sam", "glance/node-sam"]


def test_a_wish_of_which_nobody_tells_any_more_goes_when_its_time_is_over() -> None:
    core = ruled()
    core.observe(Wishes(kind="glance", wishes=(wish(),)), 1.0)
    at = core.deadline()
    assert at is not None
    assert 30.0 < at < 35.0
    assert list(core.on_deadline(30.0)) == []
    assert list(core.on_deadline(at)) == [Publish(REQUESTS, "glance/node-sam/s1", None)]
    assert core.deadline() is None


def test_a_wish_that_is_gone_is_taken_down_and_the_others_stay() -> None:
    core = ruled()
    core.observe(Wishes(kind="glance", wishes=(wish(), wish("Mia", "m1"))), 1.0)
    core.observe(Wishes(kind="control", wishes=(wish(session="c1", kind="control"),)), 1.0)
    effects = core.observe(Wishes(kind="glance", wishes=(wish("Mia", "m1"),)), 2.0)
    assert list(effects) == [Publish(REQUESTS, "glance/node-sam/s1", None)]
    assert [each.session for each in asked(core, ListRequests()).requests] == ["m1", "c1"]


# --- told --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "displays", "began", "ended"),
    [
        ("glance", (1, 2, 3), "Sam is viewing displays 1, 2 and 3", "Sam no longer sees your screen"),
        ("glance", (), "Sam is viewing your screen", "Sam no longer sees your screen"),
        (
            "control",
            (),
            "Sam has taken control of your conversations",
            "Sam no longer controls your conversations",
        ),
        ("assist", (), "Sam is assisting your call", "Sam no longer assists your call"),
    ],
)
def test_the_desktop_tells_when_supervision_begins_and_ends(
    kind: SupervisionKind, displays: tuple[int, ...], began: str, ended: str
) -> None:
    core = ruled()
    seen = Supervised(
        session=SessionId("s"), supervisor=SAM.node, name="Sam", kind=kind, displays=displays, reason="why"
    )
    assert notices(core.observe(seen, 1.0)) == [(began, "Reason: why")]
    over = Supervised(session=seen.session, supervisor=SAM.node, name="Sam", kind=kind, end="the lease")
    assert notices(core.observe(over, 2.0)) == [(ended, "The lease")]


def test_the_desktop_tells_a_tile_of_a_wall_from_a_glance() -> None:
    core = ruled()
    seen = Supervised(
        session=SessionId("s"), supervisor=SAM.node, name="Sam", kind="glance", displays=(1,), wall=True
    )
    assert notices(core.observe(seen, 1.0)) == [("Sam has you on the wall", "")]
    over = msgspec.structs.replace(seen, end="it went out of sight")
    assert notices(core.observe(over, 2.0)) == [("Sam no longer has you on the wall", "It went out of sight")]


@pytest.mark.parametrize(("kind", "words"), [("control", "take control of"), ("assist", "assist your call")])
def test_each_kind_is_asked_for_in_its_own_words(kind: SupervisionKind, words: str) -> None:
    ((summary, body),) = notices(ruled().observe(Wishes(kind=kind, wishes=(wish(kind=kind),)), 1.0))
    assert words in summary
    assert body == ""


# --- the pause ---------------------------------------------------------------------------------------


def test_a_pause_is_kept_and_told_to_siblings_page_and_supervisors() -> None:
    core = ruled()
    core.peer_up(SAM, 0.0)
    core.peer_up(KIM, 0.0)
    effects = core.command(1, PauseWatching(), 10.0)
    own = OwnPause(allowed=5, until=310.0, minutes=5)
    assert list(effects) == [
        Persist(put=(PauseRecord(began=10.0, minutes=5),)),
        Tell("pause", WatchingPause(until=310.0, minutes=5)),
        Publish(PAUSE, "self", own),
        Send(SAM.node, WatchingPaused(left=300.0)),
        Reply(1, own),
    ]
    assert list(core.peer_up(MIA, 70.0)) == [Send(MIA.node, WatchingPaused(left=240.0))]
    assert asked(core, ListRequests()).pause == own


def test_it_ends_by_itself() -> None:
    core = ruled()
    core.peer_up(SAM, 0.0)
    core.command(1, PauseWatching(minutes=1), 10.0)
    assert core.deadline() == 70.0
    assert list(core.on_deadline(69.0)) == []
    effects = core.on_deadline(70.0)
    assert effects[0] == Persist(drop=(PauseRecord(began=10.0, minutes=1),))
    assert Tell("pause", WatchingPause(until=None)) in effects
    assert Send(SAM.node, WatchingPaused(left=0.0)) in effects
    assert core.deadline() is None


def test_it_ends_when_the_agent_says_so() -> None:
    core = ruled()
    core.command(1, PauseWatching(minutes=2), 10.0)
    core.peer_up(SAM, 10.0)
    core.peer_down(SAM.node, 11.0)
    effects = core.command(2, ResumeWatching(), 20.0)
    assert effects[0] == Persist(drop=(PauseRecord(began=10.0, minutes=2),))
    assert [each for each in effects if isinstance(each, Send)] == []
    assert list(core.command(3, ResumeWatching(), 21.0)) == [Reply(3, OwnPause(allowed=5))]


def test_a_second_pause_does_not_prolong_the_first() -> None:
    core = ruled()
    core.command(1, PauseWatching(minutes=1), 10.0)
    assert list(core.command(2, PauseWatching(), 40.0)) == [
        Reply(2, OwnPause(allowed=5, until=70.0, minutes=1))
    ]


def test_only_for_as_long_as_policy_allows() -> None:
    why = refusal(ruled(5).command(1, PauseWatching(minutes=6), 1.0))
    assert isinstance(why, PauseNotAllowed)
    assert why.text == "The policy of your site lets agents pause for 5 minutes at most."
    assert "for 90 seconds at most" in refusal(ruled(1.5).command(1, PauseWatching(minutes=6), 1.0)).text
    assert "for 1 minute at most" in refusal(ruled(1).command(1, PauseWatching(minutes=6), 1.0)).text
    assert "does not let agents pause" in refusal(ruled(0).command(1, PauseWatching(), 1.0)).text
    assert "does not let agents pause" in refusal(ConsentCore(DANA).command(1, PauseWatching(), 1.0)).text


def test_a_policy_that_allows_less_cuts_it_short() -> None:
    core = ruled(5)
    core.command(1, PauseWatching(), 0.0)
    effects = core.observe(PolicyInForce(policy=Policy(privacy_pause=2)), 60.0)
    assert effects[0] == Persist(put=(PauseRecord(began=0.0, minutes=2),))
    assert Tell("pause", WatchingPause(until=120.0, minutes=2)) in effects
    effects = core.observe(PolicyInForce(policy=Policy()), 70.0)
    assert effects[0] == Persist(drop=(PauseRecord(began=0.0, minutes=0),))
    assert Tell("pause", WatchingPause(until=None)) in effects


def test_it_goes_on_over_a_restart_and_is_not_cut_before_the_policy_is_known() -> None:
    record = PauseRecord(began=100.0, minutes=5)
    core = ConsentCore(DANA, [record])
    assert Tell("pause", WatchingPause(until=400.0, minutes=5)) in core.start(150.0)
    assert Tell("pause", WatchingPause(until=400.0, minutes=5)) in core.observe(
        PolicyInForce(policy=Policy(privacy_pause=5)), 150.0
    )
    late = ConsentCore(DANA, [record]).start(401.0)
    assert late[0] == Persist(drop=(record,))
    assert Tell("pause", WatchingPause(until=None)) in late


def test_who_is_no_agent_has_nothing_to_say() -> None:
    core = ConsentCore(SAM)
    assert list(core.start(0.0)) == []
    assert list(core.peer_up(MIA, 0.0)) == []
    assert list(core.observe(PolicyInForce(policy=Policy(privacy_pause=5)), 0.0)) == []
    assert list(core.observe("anything", 0.0)) == []
    assert list(ruled().observe("anything", 0.0)) == []
