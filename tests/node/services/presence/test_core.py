"""Presence as a supervisor sees it and as an agent's node tells it."""

from collections.abc import Sequence

from lanassist.node.protocol.codec import decode, encode
from lanassist.node.protocol.messages import Display, Presence
from lanassist.node.services.base import Effect, Persist, Publish, Refuse, Reply, Send
from lanassist.node.services.peers.commands import ListPeers
from lanassist.node.services.presence.commands import (
    AGENTS,
    AgentList,
    AgentRow,
    ListAgents,
    SetStatus,
    ShowStatus,
    StatusReport,
)
from lanassist.node.services.presence.core import (
    KnownAgent,
    PresenceCore,
    Surroundings,
)
from lanassist.node.services.presence.records import ChoiceRecord
from lanassist.node.trust.grants import Grant
from tests.support.people import agent, supervisor

DANA, KIM, SAM = agent("Dana"), agent("Kim"), supervisor("Sam")
LEFT = Display(number=1, x=0, y=0, width=1920, height=1080, primary=True)
REASONS = ("lunch", "training")


def telling(now: float = 100.0) -> PresenceCore:
    core = PresenceCore(DANA, known=(), break_reasons=REASONS)
    core.start(now)
    return core


def watching() -> PresenceCore:
    core = PresenceCore(SAM, known=())
    core.start(0.0)
    return core


def told(effects: Sequence[Effect]) -> list[Presence]:
    return [each.message for each in effects if isinstance(each, Send) and isinstance(each.message, Presence)]


def row(effects: Sequence[Effect]) -> AgentRow:
    (found,) = [each.value for each in effects if isinstance(each, Publish) and each.topic == AGENTS]
    assert isinstance(found, AgentRow)
    return found


def test_a_supervisor_who_connects_is_told_at_once_and_in_full() -> None:
    dana = telling()
    dana.observe(Surroundings(displays=(LEFT,), locked=False), 101.0)
    (presence,) = told(dana.peer_up(SAM, 160.0))
    assert presence.status == "available"
    assert presence.displays == (LEFT,)
    assert presence.online_age == 60.0


def test_nobody_without_the_observe_grant_is_told_anything() -> None:
    dana = telling()
    assert told(dana.peer_up(KIM, 101.0)) == []
    assert told(dana.peer_up(supervisor("Eve", grants=[Grant.GLANCE]), 101.0)) == []
    assert told(dana.observe(Surroundings(locked=True), 102.0)) == []


def test_a_break_reaches_every_supervisor_with_its_reason_and_is_kept() -> None:
    dana = telling()
    dana.peer_up(SAM, 101.0)
    effects = dana.command(1, SetStatus(status="break", reason="lunch"), 160.0)
    (presence,) = told(effects)
    assert (presence.status, presence.reason, presence.status_age) == ("break", "lunch", 0.0)
    assert effects[0] == Persist((ChoiceRecord(status="break", reason="lunch", since=160.0),))


def test_a_reason_that_the_site_does_not_know_is_refused_with_the_choices() -> None:
    (refusal,) = telling().command(1, SetStatus(status="break", reason="beach"), 101.0)
    assert isinstance(refusal, Refuse)
    assert refusal.error.text == "The break reason “beach” is not usable: choose one of lunch, training."


def test_saying_break_twice_does_not_restart_its_clock() -> None:
    dana = telling()
    dana.command(1, SetStatus(status="break", reason="lunch"), 110.0)
    dana.command(2, SetStatus(status="break", reason="lunch"), 150.0)
    (reply,) = dana.command(3, ShowStatus(), 151.0)
    assert isinstance(reply, Reply)
    assert isinstance(reply.value, StatusReport)
    assert (reply.value.now, reply.value.status.since) == (151.0, 110.0)


def test_an_agent_goes_from_available_to_locked_to_break_to_offline_on_the_dashboard() -> None:
    sam = watching()
    sam.peer_up(DANA, 49.0)
    available = row(sam.receive(DANA, Presence(status="available", status_age=5.0), 50.0))
    assert (available.status, available.since, available.online) == ("available", 45.0, True)
    locked = row(sam.receive(DANA, Presence(status="available", locked=True), 60.0))
    assert (locked.status, locked.why) == ("absent", "locked")
    on_break = row(sam.receive(DANA, Presence(status="break", reason="lunch", locked=True), 70.0))
    assert (on_break.status, on_break.why, on_break.reason) == ("absent", "break", "lunch")
    offline = row(sam.peer_down(DANA.node, 80.0))
    assert (offline.status, offline.why, offline.since, offline.last_heard) == (
        "absent",
        "offline",
        80.0,
        80.0,
    )


def test_an_agent_seen_before_keeps_its_row() -> None:
    known = KnownAgent(node=DANA.node, name="Dana", email=DANA.email, teams=(), last_heard=-3600.0)
    sam = PresenceCore(SAM, known=[known])
    assert row(sam.start(0.0)).why == "offline"
    (reply,) = sam.command(1, ListAgents(), 10.0)
    assert isinstance(reply, Reply)
    assert isinstance(reply.value, AgentList)
    assert [each.name for each in reply.value.agents] == ["Dana"]


def test_presence_from_somebody_who_is_no_agent_is_ignored() -> None:
    assert list(watching().receive(supervisor("Eve"), Presence(status="available"), 1.0)) == []


def test_an_agents_own_node_keeps_no_rows_of_colleagues() -> None:
    assert list(telling().receive(KIM, Presence(status="available"), 101.0)) == []


def test_a_clock_that_was_decades_off_does_not_make_a_message_that_ends_the_link() -> None:
    dana = PresenceCore(DANA, known=(), records=[ChoiceRecord(status="break", reason="lunch", since=-2e9)])
    dana.start(0.0)
    (presence,) = told(dana.peer_up(SAM, 1.0))
    assert decode(encode(presence)) == presence


def test_a_command_of_another_service_is_not_answered_here() -> None:
    assert list(telling().command(1, ListPeers(), 101.0)) == []
