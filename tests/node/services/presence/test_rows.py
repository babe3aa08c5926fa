"""The dashboard's rows on a supervisor's node, and what a supervisor may ask of an agent's."""

import msgspec
import pytest

from lanassist.node.protocol.messages import Presence, StatusAnswered, StatusRequested
from lanassist.node.services.base import Done
from lanassist.node.services.command import Refusal
from lanassist.node.services.presence.commands import AgentRow, SetStatus, SetStatusOf
from lanassist.node.services.presence.core import KnownAgent, PresenceCore, Today
from lanassist.node.trust.grants import Grant
from tests.node.services.presence.playing import (
    DANA,
    KIM,
    SAM,
    refused,
    reply,
    row,
    rows,
    sent,
    watching,
)
from tests.support.people import supervisor

HERE = Presence(
    status="available", total=3, active=1, ongoing=1, completed=4, aht=61.5, break_reasons=("lunch",)
)


def seeing(sam: PresenceCore | None = None, told: Presence = HERE, now: float = 10.0) -> PresenceCore:
    """Sam's node with Dana's on the dashboard."""
    sam = sam or watching()
    sam.peer_up(DANA, now)
    sam.receive(DANA, told, now)
    return sam


def shown(sam: PresenceCore) -> AgentRow:
    (found,) = sam.rows()
    return found


# --- rows ------------------------------------------------------------------------------------------------


def test_a_row_has_every_column() -> None:
    told = msgspec.structs.replace(HERE, waiting=1, waiting_age=5.0, status_age=2.0, activity_age=1.5)
    found = row(watching().receive(DANA, told, 100.0))
    assert (found.active, found.total, found.ongoing, found.waiting) == (1, 3, 1, 1)
    assert (found.waiting_since, found.since, found.last_activity) == (95.0, 98.0, 98.5)
    assert (found.completed, found.aht) == (4, 61.5)
    assert found.break_reasons == ("lunch",)


@pytest.mark.parametrize(
    ("told", "status", "why"),
    [
        (Presence(status="available", active=2, total=3), "available", ""),
        (Presence(status="available", active=3, total=3), "connected", ""),
        (Presence(status="available", active=4, total=3), "connected", ""),
        (Presence(status="available"), "available", ""),
        (Presence(status="available", active=3, total=3, idle=True), "absent", "idle"),
        (Presence(status="available", locked=True, idle=True), "absent", "locked"),
        (Presence(status="break", reason="lunch", locked=True), "absent", "break"),
    ],
)
def test_the_status_of_a_row(told: Presence, status: str, why: str) -> None:
    found = row(watching().receive(DANA, told, 1.0))
    assert (found.status, found.why) == (status, why)


@pytest.mark.parametrize(
    ("told", "code", "text"),
    [
        (
            Presence(status="available", active=3, total=3),
            "agent-at-capacity",
            "Dana is at maximum capacity (3/3).",
        ),
        (Presence(status="available"), "agent-at-capacity", "Dana is at maximum capacity (0/0)."),
        (Presence(status="break", reason="lunch"), "agent-absent", "Dana is absent (on break: lunch)."),
        (Presence(status="break", reason="break"), "agent-absent", "Dana is absent (on break)."),
        (Presence(status="available", locked=True), "agent-absent", "Dana is absent (screen locked)."),
        (Presence(status="available", idle=True), "agent-absent", "Dana is absent (idle)."),
    ],
)
def test_why_an_agent_cannot_be_given_a_client_is_said_with_the_row(
    told: Presence, code: str, text: str
) -> None:
    assert row(watching().receive(DANA, told, 1.0)).assign == Refusal(code=code, text=text)


def test_nothing_stands_against_an_agent_with_room() -> None:
    found = shown(seeing())
    assert (found.assign, found.set_status) == (None, None)


def test_what_this_supervisor_may_not_is_said_with_the_row() -> None:
    wil = PresenceCore(supervisor("Wil", grants=[Grant.OBSERVE]), known=())
    wil.start(0.0)
    found = shown(seeing(wil))
    assert found.assign is not None
    assert found.set_status is not None
    assert (found.assign.code, found.set_status.code) == ("missing-grant", "missing-grant")
    assert "“assign”" in found.assign.text
    assert "“control”" in found.set_status.text


def test_an_agent_who_leaves_keeps_a_row_with_what_was_completed_until_midnight() -> None:
    sam = seeing(watching(today=Today(day="2026-05-31", began=0.0)))
    gone = row(sam.peer_down(DANA.node, 20.0))
    assert (gone.status, gone.why, gone.since, gone.last_heard) == ("absent", "offline", 20.0, 20.0)
    assert (gone.completed, gone.aht, gone.active, gone.ongoing) == (4, 61.5, 0, 0)
    assert gone.assign == gone.set_status == Refusal(code="agent-offline", text="Dana is offline.")
    assert rows(sam.observe(Today(day="2026-05-31", began=0.001), 21.0)) == []
    tomorrow = row(sam.observe(Today(day="2026-06-01", began=30.0), 30.0))
    assert (tomorrow.completed, tomorrow.aht) == (0, None)


def test_the_row_of_who_is_online_stays_at_midnight_until_told() -> None:
    sam = seeing()
    assert rows(sam.observe(Today(day="2026-06-01", began=30.0), 30.0)) == []


def test_the_networks_own_delays_are_no_news() -> None:
    sam = watching()
    told = msgspec.structs.replace(HERE, status_age=50.0, online_age=50.0, activity_age=5.0, waiting_age=2.0)
    sam.receive(DANA, told, 100.0)
    assert rows(sam.receive(DANA, told, 100.4)) == []
    moved = row(sam.receive(DANA, msgspec.structs.replace(told, activity_age=0.0), 100.4))
    assert (moved.since, moved.last_activity, moved.waiting_since) == (50.0, 100.4, 98.0)
    assert row(sam.receive(DANA, told, 102.0)).since == 52.0


def test_a_status_that_changes_within_the_networks_delay_has_a_clock_of_its_own() -> None:
    sam = watching()
    sam.receive(DANA, Presence(status="available", status_age=0.0), 100.0)
    assert row(sam.receive(DANA, Presence(status="available", idle=True), 100.3)).since == 100.3


def test_rows_are_listed_by_name() -> None:
    sam = watching()
    for agent in (KIM, DANA):
        sam.receive(agent, HERE, 1.0)
    assert [each.name for each in sam.rows()] == ["Dana", "Kim"]


def test_a_core_that_must_begin_again_has_the_dashboard_back_as_soon_as_it_knows_the_links() -> None:
    sam = watching()
    for agent in (KIM, DANA):
        seeing(sam) if agent is DANA else sam.receive(agent, HERE, 1.0)
    sam.peer_down(KIM.node, 5.0)
    again = PresenceCore(SAM, known=(), heard=sam.rows())
    dana, kim = rows(again.start(12.0))
    assert (dana.status, dana.since, kim.since) == ("absent", 12.0, 5.0)
    assert row(again.peer_up(DANA, 12.0)).status == "available"
    assert rows(again.peer_up(DANA, 13.0)) == []


# --- asking an agent's node ------------------------------------------------------------------------------


def test_a_supervisor_sets_an_agents_status_by_asking_the_agents_node() -> None:
    sam = seeing()
    (asked,) = sent(
        sam.command(1, SetStatusOf(agent="dana", status="break", reason="lunch"), 20.0), StatusRequested
    )
    assert (asked.status, asked.reason) == ("break", "lunch")
    assert reply(sam.receive(DANA, StatusAnswered(id=asked.id), 20.1), Done) == Done()
    assert sam.receive(DANA, StatusAnswered(id=asked.id), 20.2) == []
    assert sam.deadline() is None


def test_the_agents_nodes_own_words_refuse_it() -> None:
    sam = seeing()
    (asked,) = sent(sam.command(1, SetStatusOf(agent="Dana", status="break"), 20.0), StatusRequested)
    said = StatusAnswered(id=asked.id, code="bad-input", text="The break reason is not usable.")
    refusal = refused(sam.receive(DANA, said, 20.1))
    assert (refusal.code, refusal.exit_code, refusal.text) == ("bad-input", 2, said.text)


def test_only_who_was_asked_can_answer() -> None:
    sam = seeing()
    (asked,) = sent(sam.command(1, SetStatusOf(agent="Dana", status="break"), 20.0), StatusRequested)
    assert sam.receive(KIM, StatusAnswered(id=asked.id), 20.1) == []
    assert sam.receive(DANA, StatusAnswered(id="other"), 20.1) == []


def test_no_answer_in_time_and_a_lost_link_are_said() -> None:
    sam = seeing()
    sam.command(1, SetStatusOf(agent="Dana", status="break"), 20.0)
    assert sam.deadline() == 25.0
    assert sam.on_deadline(24.0) == []
    assert refused(sam.on_deadline(25.0)).code == "no-reply"
    sam.command(2, SetStatusOf(agent="Dana", status="break"), 30.0)
    assert refused(sam.peer_down(DANA.node, 31.0)).code == "link-lost"
    assert sam.deadline() is None


def test_a_lost_link_to_another_agent_leaves_the_question_open() -> None:
    sam = seeing()
    sam.peer_up(KIM, 11.0)
    sam.command(1, SetStatusOf(agent="Dana", status="break"), 20.0)
    assert sam.peer_down(KIM.node, 21.0) == []
    assert sam.deadline() == 25.0


def test_whom_to_set_must_be_known_online_and_meant_clearly() -> None:
    known = [
        KnownAgent(node=each.node, name=each.name, email=each.email, teams=(), last_heard=-5.0)
        for each in (DANA, KIM)
    ]
    sam = PresenceCore(SAM, known=known)
    sam.start(0.0)
    sam.peer_up(KIM, 1.0)
    for text, code in (("nobody", "unknown-agent"), ("", "ambiguous-agent"), ("Dana", "agent-offline")):
        assert refused(sam.command(1, SetStatusOf(agent=text, status="break"), 2.0)).code == code
    for text in ("kim@acme.example", KIM.node, "k"):
        assert sent(sam.command(1, SetStatusOf(agent=text, status="break"), 2.0), StatusRequested)


def test_without_the_grant_nobody_is_asked() -> None:
    wil = PresenceCore(supervisor("Wil", grants=[Grant.OBSERVE]), known=())
    wil.start(0.0)
    effects = seeing(wil).command(1, SetStatusOf(agent="Dana", status="break"), 20.0)
    assert refused(effects).code == "missing-grant"
    assert sent(effects, StatusRequested) == []


def test_an_agents_own_commands_are_refused_where_no_agent_works() -> None:
    assert refused(watching().command(1, SetStatus(status="break"), 1.0)).code == "missing-role"
