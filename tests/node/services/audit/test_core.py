"""Heads are asked for when there is something to sign; who has watched is shown from the ledger."""

import pytest

from lanassist.node.ledger.record import read_record
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import HeadAsked, HeadWitnessed, Message, NodeId, Signed
from lanassist.node.services.audit.commands import ALARMS, WATCHED, WATCHED_SHOWN, Alarm, Watched
from lanassist.node.services.audit.core import (
    Agreed,
    Appended,
    AuditCore,
    Contradicted,
    HeadKept,
    TellHead,
)
from lanassist.node.services.base import Effect, Publish, Send
from tests.node.ledger.pair import DANA, SAM, WHAT, Ledgers
from tests.support.people import agent, supervisor

WITNESSED = HeadWitnessed(signed=Signed(), peer_signature=b"", owner_certificate=b"", peer_certificate=b"")
ZOE, EVE = agent("Zoe"), agent("Eve")


def sent(effects: object) -> list[tuple[NodeId, Message]]:
    return [(each.to, each.message) for each in effects if isinstance(each, Send)]  # type: ignore[attr-defined]


def appended(pair: Ledgers, first: int = 0) -> Appended:
    entries = pair.dana.copy().chains[SAM.identity.node][first:]
    records = tuple(read_record(each.body) for each in entries)
    return Appended(SAM.identity.node, records, {SAM.identity.node: "Sam Reed"}, -1_700_000_000.0)


def test_a_peer_is_asked_at_link_up_and_each_minute_in_which_something_was_written() -> None:
    core = AuditCore(DANA.identity, {SAM.identity.node: 4})
    assert sent(core.peer_up(SAM.identity, 0.0)) == [(SAM.identity.node, HeadAsked(since=4))]
    assert sent(core.peer_up(ZOE, 0.0)) == []  # no chain with her
    assert core.deadline() is None
    core.observe(appended(Ledgers().live(1)), 5.0)
    assert core.deadline() == 5.0 + limits.HEADS_EVERY
    core.observe(HeadKept(SAM.identity.node, 8), 6.0)
    assert sent(core.on_deadline(65.0)) == [(SAM.identity.node, HeadAsked(since=8))]
    assert core.deadline() is None


def test_a_head_is_witnessed_by_somebody_else_and_not_always_the_same() -> None:
    core = AuditCore(DANA.identity, {})
    assert sent(core.observe(Agreed(SAM.identity.node, WITNESSED), 0.0)) == []
    for peer in (SAM.identity, ZOE, EVE):
        core.peer_up(peer, 0.0)
    found = {sent(core.observe(Agreed(SAM.identity.node, WITNESSED), 0.0))[0][0] for _ in range(4)}
    assert found == {ZOE.node, EVE.node}


def test_a_peer_that_asks_without_end_is_passed_over() -> None:
    core = AuditCore(DANA.identity, {})
    sam = supervisor("Sam")
    answers = [list(core.receive(sam, HeadAsked(since=0), 1.0)) for _ in range(limits.HEADS_PER_PEER + 50)]
    assert sum(bool(each) for each in answers) == limits.HEADS_PER_PEER
    assert core.receive(sam, HeadAsked(since=0), 62.0) == [TellHead(sam.node, 0)]


def test_a_contradiction_is_on_the_board() -> None:
    core = AuditCore(DANA.identity, {})
    (shown,) = core.observe(Contradicted(SAM.identity.node, "Sam Reed", "it ends too early"), 3.0)
    assert isinstance(shown, Publish)
    assert (shown.topic, shown.key) == (ALARMS, SAM.identity.node)
    assert isinstance(shown.value, Alarm)


def rows(effects: object) -> list[Watched]:
    found: list[Watched] = []
    for each in effects:  # type: ignore[attr-defined]
        if isinstance(each, Publish) and each.topic == WATCHED and isinstance(each.value, Watched):
            found.append(each.value)
    return found


def test_who_watches_is_shown_from_the_opening_to_the_end() -> None:
    pair = Ledgers()
    session = pair.start(stop_after=2)
    core = AuditCore(DANA.identity, {})
    assert rows(core.observe(appended(pair), 1.0)) == []  # granted, and nothing has left yet
    pair = Ledgers()
    session = pair.start()
    core = AuditCore(DANA.identity, {})
    (row,) = rows(core.observe(appended(pair), 1.0))
    assert (row.name, row.what, row.displays, row.end) == ("Sam Reed", "glance", (1,), None)
    pair.change(session, 1, 2)
    pair.end(session)
    (row,) = rows(core.observe(appended(pair, 2), 2.0))
    assert row.end is not None
    assert (row.displays, row.end.code, row.lost) == ((1, 2), "stopped", False)
    assert row.ended is not None
    assert 0 <= row.since < row.ended


@pytest.mark.parametrize(("scale", "wall"), [(1.0, False), (0.95, False), (0.5, True), (0.1, True)])
def test_who_saw_nearly_all_of_it_was_not_on_the_wall(scale: float, wall: bool) -> None:
    pair = Ledgers()
    pair.start(what={**WHAT, "scale": scale})
    (row,) = rows(AuditCore(DANA.identity, {}).observe(appended(pair), 1.0))
    assert row.wall is wall


def test_the_supervisors_own_ledger_tells_nobody_that_they_were_watched() -> None:
    assert rows(AuditCore(SAM.identity, {}).observe(appended(Ledgers().live(1)), 1.0)) == []


def test_the_board_keeps_the_newest() -> None:
    core = AuditCore(DANA.identity, {})
    shown: dict[str, object] = {}
    effects: list[Effect] = list(core.observe(appended(Ledgers().live(WATCHED_SHOWN + 7)), 1.0))
    for each in effects:
        if isinstance(each, Publish):
            shown[each.key] = each.value
    assert sum(value is not None for value in shown.values()) == WATCHED_SHOWN
