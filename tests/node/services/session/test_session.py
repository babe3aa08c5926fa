"""Sessions between a supervisor's node and an agent's: what both ends know, whatever the network does."""

import random

import pytest
from hypothesis import given, settings, strategies as st

from lanassist.node.errors import LanassistError, LedgerUnwritable, ScreenLocked, UnknownDisplay
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import (
    ControlRequest,
    GlanceRequest,
    Message,
    Request,
    SessionAccepted,
    SessionChanged,
    SessionDeclined,
    SessionEnded,
    SessionGranted,
    SessionId,
    SessionIntent,
    SessionRefused,
    SessionRenewed,
)
from lanassist.node.services.base import Effect, Send
from lanassist.node.services.session import (
    Altered,
    Attendance,
    Closed,
    Declined,
    Enter,
    Entered,
    NotEntered,
    Opened,
    Step,
    Supervision,
    ending,
)
from lanassist.node.trust.grants import Grant
from lanassist.node.trust.identity import Identity
from tests.support.entering import SIGNED, SureAttendance, SureSupervision
from tests.support.people import agent, supervisor

DANA, SAM, EVE = agent("Dana"), supervisor("Sam"), supervisor("Eve")
FIRST = GlanceRequest(displays=(1,))
BOTH = GlanceRequest(displays=(1, 2))
S1 = SessionId("s1")


class Pair:
    """Sam's node and Dana's node, and the words that pass between them."""

    def __init__(self) -> None:
        self.refusal: LanassistError | None = None
        self.absent: Request | None = None
        """A request that cannot be had just now."""
        self.sam = SureSupervision("glance")
        self.dana = SureAttendance("glance", self._why_not, lambda: "nonce")
        self.at_sam: list[Effect] = []
        self.at_dana: list[Effect] = []

    def _why_not(self, peer: Identity, request: Request | None) -> LanassistError | None:
        absent = UnknownDisplay(agent="Dana", display=2, available="display 1")
        return (
            self.refusal
            or peer.why_not_grant(Grant.GLANCE)
            or (absent if request and request == self.absent else None)
        )

    def pass_on(self, effects: object, now: float, *, to_dana: bool) -> None:
        """Deliver what was sent, and what is sent in answer, until nobody has anything to say."""
        for effect in list(effects):  # type: ignore[call-overload]
            if not isinstance(effect, Send):
                (self.at_sam if to_dana else self.at_dana).append(effect)
            elif to_dana:
                self.pass_on(self.dana.receive(SAM, effect.message, now), now, to_dana=False)
            else:
                self.pass_on(self.sam.receive(DANA, effect.message, now), now, to_dana=True)

    def from_sam(self, effects: object, now: float) -> None:
        self.pass_on(effects, now, to_dana=True)

    def from_dana(self, effects: object, now: float) -> None:
        self.pass_on(effects, now, to_dana=False)

    def started(self) -> "Pair":
        self.from_sam(self.sam.start(S1, DANA, FIRST, "coaching", 0.0), 0.0)
        return self


def kinds(effects: list[Effect]) -> list[type[Effect]]:
    return [type(effect) for effect in effects]


def test_a_granted_session_opens_at_both_ends_with_the_same_nonce() -> None:
    pair = Pair().started()
    assert kinds(pair.at_sam) == kinds(pair.at_dana) == [Opened]
    assert {effect.session.nonce for effect in (*pair.at_sam, *pair.at_dana)} == {"nonce"}  # type: ignore[attr-defined]


def accepted(session: SessionId = S1) -> SessionAccepted:
    return SessionAccepted(session=session, service="glance", signed=SIGNED)


def test_the_agent_expects_the_channel_before_the_supervisor_hears_that_it_may_come() -> None:
    dana = SureAttendance("glance", lambda peer, request: None, lambda: "nonce")
    asked = SureSupervision("glance").start(S1, DANA, FIRST, "", 0.0)
    assert isinstance(asked[0], Send)
    assert kinds(list(dana.receive(SAM, asked[0].message, 0.0))) == [Send]
    assert not dana.sessions
    assert kinds(list(dana.receive(SAM, accepted(), 0.0))) == [Opened, Send]


def test_a_refusal_reaches_the_supervisor_in_the_agents_own_words() -> None:
    pair = Pair()
    pair.refusal = ScreenLocked(agent="Dana")
    pair.started()
    closed = pair.at_sam[0]
    assert isinstance(closed, Closed)
    assert (closed.ending.code, closed.ending.text) == ("screen-locked", "The screen of Dana is locked.")
    assert pair.at_dana == []
    assert not pair.dana.sessions


def test_other_displays_are_chosen_without_ending() -> None:
    pair = Pair().started()
    pair.from_sam(pair.sam.change(S1, BOTH), 1.0)
    assert kinds(pair.at_sam) == kinds(pair.at_dana) == [Opened, Altered]
    assert pair.dana.sessions[SAM.node, S1].request == BOTH


def test_a_change_that_cannot_be_made_is_declined_and_the_session_goes_on() -> None:
    pair = Pair().started()
    pair.absent = BOTH
    asked, altered = pair.sam.change(S1, BOTH)
    pair.from_sam([asked], 1.0)
    assert kinds(pair.at_dana) == [Opened]
    assert kinds([altered, *pair.at_sam[1:]]) == [Altered, Altered, Declined]
    declined = pair.at_sam[-1]
    assert isinstance(declined, Declined)
    assert declined.why.text == "Dana has no display 2; there is display 1."
    assert pair.sam.sessions[S1].request == pair.dana.sessions[SAM.node, S1].request == FIRST


def test_a_declined_change_does_not_undo_one_that_was_asked_for_since() -> None:
    pair = Pair().started()
    pair.absent = BOTH
    second = GlanceRequest(displays=(2,))
    both, other = (list(pair.sam.change(S1, each)) for each in (BOTH, second))
    pair.from_sam(both, 1.0)
    pair.from_sam(other, 1.0)
    assert pair.sam.sessions[S1].request == pair.dana.sessions[SAM.node, S1].request == second


def test_no_agents_node_makes_another_kind_of_session_of_it_by_declining() -> None:
    pair = Pair().started()
    about = {"session": S1, "service": "glance", "code": "x", "text": "x"}
    declined = SessionDeclined(request=FIRST, kept=ControlRequest(), **about)
    assert list(pair.sam.receive(DANA, declined, 1.0)) == []
    assert pair.sam.sessions[S1].request == FIRST


def test_what_does_not_run_yet_cannot_be_declined() -> None:
    sam = SureSupervision("glance")
    sam.start(S1, DANA, FIRST, "", 0.0)
    declined = SessionDeclined(session=S1, service="glance", request=FIRST, kept=BOTH, code="x", text="x")
    assert list(sam.receive(DANA, declined, 1.0)) == []
    assert sam.sessions[S1].request == FIRST


def test_a_supervisor_without_the_grant_is_not_declined_but_ended() -> None:
    pair = Pair().started()
    pair.refusal = ScreenLocked(agent="Dana")
    pair.from_sam(pair.sam.change(S1, BOTH), 1.0)
    assert Closed in kinds(pair.at_sam)
    assert not pair.dana.sessions


def test_stopping_ends_both_ends_with_the_reason() -> None:
    pair = Pair().started()
    pair.from_sam(pair.sam.end(S1, ending("hidden")), 1.0)
    for closed in (pair.at_sam[-1], pair.at_dana[-1]):
        assert isinstance(closed, Closed)
        assert closed.ending.code == "hidden"
    assert not pair.sam.sessions
    assert not pair.dana.sessions


@pytest.mark.parametrize("code", ["locked", "reclaimed", "privacy", "revoked"])
def test_no_supervisors_word_puts_the_agents_own_doing_into_the_agents_ledger(code: str) -> None:
    pair = Pair().started()
    said = SessionEnded(session=S1, service="glance", code=code, text="made up")
    closed = [each for each in pair.dana.receive(SAM, said, 1.0) if isinstance(each, Closed)]
    assert [each.ending for each in closed] == [ending("stopped")]


def test_who_changes_without_end_is_declined_and_goes_on() -> None:
    pair = Pair().started()
    changed = SessionChanged(session=S1, service="glance", request=BOTH, signed=SIGNED)
    answers = [kinds(list(pair.dana.receive(SAM, changed, 1.0))) for _ in range(limits.CHANGES + 5)]
    assert answers == [[Altered]] * limits.CHANGES + [[Send]] * 5
    assert kinds(list(pair.dana.receive(SAM, changed, 1.0 + limits.CHANGES_WITHIN))) == [Altered]


def test_without_renewals_the_agents_lease_ends_it_after_three_seconds() -> None:
    pair = Pair().started()
    assert pair.dana.deadline() == limits.LEASE
    pair.from_dana(pair.dana.on_deadline(limits.LEASE), limits.LEASE)
    assert isinstance(pair.at_dana[-1], Closed)
    assert pair.at_dana[-1].ending.code == "lease"
    assert isinstance(pair.at_sam[-1], Closed)


def test_renewals_carry_a_session_over_hours() -> None:
    pair = Pair().started()
    for second in range(1, 3 * 3600):
        pair.from_sam(pair.sam.renew(S1, float(second)), float(second))
        assert not list(pair.dana.on_deadline(float(second)))
    assert S1 in pair.sam.sessions


def test_a_supervisor_who_loses_the_grant_loses_the_running_session() -> None:
    pair = Pair().started()
    demoted = supervisor("Sam", grants=[Grant.OBSERVE])
    renewed = [effect.message for effect in pair.sam.renew(S1, 1.0) if isinstance(effect, Send)]
    ended = list(pair.dana.receive(demoted, renewed[0], 1.0))
    assert kinds(ended) == [Send, Closed, Send]
    assert ended[1].ending.code == "missing-grant"  # type: ignore[attr-defined]


def test_nobody_ends_or_changes_somebody_elses_session() -> None:
    pair = Pair().started()
    for effect in (*pair.sam.change(S1, BOTH), *SureSupervision("glance").start(S1, DANA, BOTH, "", 0.0)):
        if isinstance(effect, Send):
            pair.dana.receive(EVE, effect.message, 1.0)
    for effect in pair.sam.end(S1, ending("stopped")):
        if isinstance(effect, Send):
            assert (
                not list(pair.dana.receive(EVE, effect.message, 1.0))
                or (EVE.node, S1) not in pair.dana.sessions
            )
    assert pair.dana.sessions[SAM.node, S1].request == FIRST


def test_an_agent_that_never_answers_is_given_up() -> None:
    sam = SureSupervision("glance")
    sam.start(S1, DANA, FIRST, "", 0.0)
    assert sam.deadline() == limits.SESSION_ANSWER
    effects = list(sam.on_deadline(limits.SESSION_ANSWER))
    assert kinds(effects) == [Send, Closed]
    assert effects[1].ending.code == "no-answer"  # type: ignore[attr-defined]


def test_a_lost_link_ends_every_session_over_it_and_no_other() -> None:
    dana = SureAttendance("glance", lambda peer, request: None, lambda: "nonce")
    for who in (SAM, EVE):
        (asked,) = SureSupervision("glance").start(S1, DANA, FIRST, "", 0.0)
        assert isinstance(asked, Send)
        dana.receive(who, asked.message, 0.0)
        dana.receive(who, accepted(), 0.0)
    assert [effect.session.peer for effect in dana.peer_down(SAM.node) if isinstance(effect, Closed)] == [SAM]
    assert list(dana.sessions) == [(EVE.node, S1)]


def test_sessions_of_one_node_are_bounded() -> None:
    dana = SureAttendance("glance", lambda peer, request: None, lambda: "nonce")
    for number in range(limits.SESSIONS_PER_NODE + 5):
        (asked,) = SureSupervision("glance").start(SessionId(f"s{number}"), DANA, FIRST, "", 0.0)
        assert isinstance(asked, Send)
        who = supervisor(f"Sam{number // limits.SESSIONS_PER_PEER}")
        dana.receive(who, asked.message, 0.0)
        if number % 2:
            dana.receive(who, accepted(SessionId(f"s{number}")), 0.0)
    assert len(dana.sessions) + len(dana.pending) == limits.SESSIONS_PER_NODE


def intent(name: str) -> SessionIntent:
    return SessionIntent(session=name, service="glance", request=FIRST, signed=SIGNED)


def granted(effects: object) -> bool:
    return [type(each.message) for each in effects] == [SessionGranted]  # type: ignore[attr-defined]


def test_one_supervisor_leaves_room_for_the_others() -> None:
    dana = SureAttendance("glance", lambda peer, request: None, lambda: "nonce")
    let_in = [granted(dana.receive(EVE, intent(f"s{number}"), 0.0)) for number in range(20)]
    assert let_in == [True] * limits.SESSIONS_PER_PEER + [False] * (20 - limits.SESSIONS_PER_PEER)
    assert granted(dana.receive(SAM, intent("s1"), 0.0))


def test_who_begins_and_ends_without_end_is_slowed_down() -> None:
    dana = SureAttendance("glance", lambda peer, request: None, lambda: "nonce")
    let_in = 0
    for number in range(limits.BEGINNINGS + 20):
        let_in += granted(dana.receive(EVE, intent(f"s{number}"), 1.0))
        ended = SessionEnded(session=f"s{number}", service="glance", code="stopped", text="")
        dana.receive(EVE, ended, 1.0)
    assert let_in == limits.BEGINNINGS
    assert granted(dana.receive(EVE, intent("later"), 1.0 + limits.BEGINNINGS_WITHIN))


@pytest.mark.parametrize("name", ["", "a/b", "x" * 8 + "\x1b[2J", "ü", "a b", "s1\n"])
def test_a_session_has_a_plain_name(name: str) -> None:
    dana = SureAttendance("glance", lambda peer, request: None, lambda: "nonce")
    (refused,) = dana.receive(SAM, intent(name), 0.0)
    assert isinstance(refused, Send)
    assert isinstance(refused.message, SessionRefused)
    assert not dana.pending


@settings(max_examples=200)
@given(st.integers(0, 2**32 - 1))
def test_on_any_network_the_agent_never_shows_longer_than_the_lease_allows(seed: int) -> None:
    """Messages are dropped, repeated and delayed; both ends agree again once it is quiet."""
    chance = random.Random(seed)
    pair = Pair()
    now, viewer_left_at = 0.0, chance.uniform(1.0, 15.0)
    wire: list[tuple[float, bool, Message]] = []

    def send(effects: object, *, to_dana: bool) -> None:
        for effect in list(effects):  # type: ignore[call-overload]
            if isinstance(effect, Send):
                for _ in range(chance.choice([0, 1, 1, 1, 1, 2])):
                    wire.append((now + chance.expovariate(5.0), to_dana, effect.message))

    send(pair.sam.start(S1, DANA, FIRST, "", now), to_dana=True)
    while now < 40.0:
        now += 0.25
        if now < viewer_left_at and now % 1.0 == 0.0:
            send(pair.sam.renew(S1, now), to_dana=True)
        if now < viewer_left_at and chance.random() < 0.05:
            send(pair.sam.change(S1, chance.choice([FIRST, BOTH])), to_dana=True)
        due = [item for item in wire if item[0] <= now]
        wire[:] = [item for item in wire if item[0] > now]
        for _, to_dana, message in sorted(due, key=lambda item: item[0]):
            answer = pair.dana.receive(SAM, message, now) if to_dana else pair.sam.receive(DANA, message, now)
            send(answer, to_dana=not to_dana)
        send(pair.sam.on_deadline(now), to_dana=True)
        send(pair.dana.on_deadline(now), to_dana=False)
        newest_delay = max((at for at, _, _ in wire), default=now) - now
        assert not pair.dana.sessions or now <= viewer_left_at + 2 * limits.LEASE + newest_delay + 3.0
    assert not pair.dana.sessions
    assert not pair.sam.sessions


# --- when the ledger cannot be written ---------------------------------------------------------------

NO_ROOM = LedgerUnwritable(who="Dana", why="the disk is full")


def steps(effects: object) -> list[Step]:
    return [effect.step for effect in effects if isinstance(effect, Enter)]  # type: ignore[attr-defined]


def granting() -> tuple[Supervision, Attendance, Step]:
    """Sam has asked, and Dana's node is about to write it."""
    sam = Supervision("glance")
    dana = Attendance("glance", lambda peer, request: None, lambda: "nonce")
    (intent,) = steps(sam.start(S1, DANA, FIRST, "coaching", 0.0))
    (asked,) = sam.entered(Entered(intent, SIGNED), 0.0)
    assert isinstance(asked, Send)
    (grant,) = steps(dana.receive(SAM, asked.message, 0.0))
    return sam, dana, grant


def test_nothing_is_sent_before_it_is_written() -> None:
    sam = Supervision("glance")
    assert kinds(list(sam.start(S1, DANA, FIRST, "coaching", 0.0))) == [Enter]
    _, dana, _ = granting()
    assert not dana.sessions


def test_without_room_at_the_agents_node_the_supervisor_reads_why() -> None:
    sam, dana, grant = granting()
    (no,) = dana.entered(NotEntered(grant, NO_ROOM), 0.0)
    assert isinstance(no, Send)
    (closed,) = sam.receive(DANA, no.message, 0.0)
    assert isinstance(closed, Closed)
    assert (closed.ending.code, closed.ending.text) == ("ledger-unwritable", NO_ROOM.text)
    assert not dana.pending


def test_without_room_at_the_supervisors_node_the_agent_shows_nothing() -> None:
    sam, dana, grant = granting()
    (granted,) = dana.entered(Entered(grant, SIGNED), 0.0)
    assert isinstance(granted, Send)
    (acceptance,) = steps(sam.receive(DANA, granted.message, 0.0))
    farewell, closed = sam.entered(NotEntered(acceptance, NO_ROOM), 0.0)
    assert isinstance(farewell, Send)
    assert isinstance(closed, Closed)
    ended = list(dana.receive(SAM, farewell.message, 0.0))
    assert [each.kind for each in steps(ended)] == ["end"]
    assert Closed not in kinds(ended)
    assert not dana.pending


def test_what_cannot_be_written_while_it_runs_ends_it() -> None:
    pair = Pair().started()
    session = pair.dana.sessions[SAM.node, S1]
    step = Step(kind="renewed", service="glance", session=session)
    pair.from_dana(pair.dana.entered(NotEntered(step, NO_ROOM), 1.0), 1.0)
    for closed in (pair.at_sam[-1], pair.at_dana[-1]):
        assert isinstance(closed, Closed)
        assert closed.ending.code == "ledger-unwritable"


def test_who_renews_without_ever_signing_is_ended() -> None:
    pair = Pair().started()
    now = 0.0
    while pair.dana.sessions and now < 60.0:
        now += 1.0
        bare = SessionRenewed(session=S1, service="glance")
        pair.from_dana(pair.dana.receive(SAM, bare, now), now)
        pair.from_dana(pair.dana.on_deadline(now), now)
    assert now == limits.SIGNED_LEASE
    closed = pair.at_dana[-1]
    assert isinstance(closed, Closed)
    assert closed.ending.code == "unsigned"


def test_the_end_of_a_session_never_waits_for_the_ledger() -> None:
    pair = Pair().started()
    ended = list(Attendance.end(pair.dana, pair.dana.sessions[SAM.node, S1], ending("locked")))
    assert kinds(ended) == [Send, Closed, Enter]
