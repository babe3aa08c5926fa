"""Outcomes in the making: what is committed comes first."""

from lanassist.node.protocol.messages import Heartbeat, NodeId, age_of
from lanassist.node.services.base import Persist, Record, Reply, Send
from lanassist.node.services.command import Done
from lanassist.node.services.conversation import EntryRecord
from lanassist.node.services.decision import Decision

DANA = NodeId("dana")


def entry(seq: int, text: str = "") -> EntryRecord:
    return EntryRecord(conversation="c", seq=seq, id=f"e{seq}", kind="say", text=text, epoch=1, at=10.0)


def persisted(decision: Decision) -> Persist:
    first = decision.effects()[0]
    assert isinstance(first, Persist)
    return first


def test_whatever_was_decided_first_the_commit_leads() -> None:
    decision = Decision()
    decision.send(DANA, Heartbeat())
    decision.reply(1, Done())
    decision.put(entry(1))
    assert [type(effect) for effect in decision.effects()] == [Persist, Send, Reply]
    assert decision.effects() == []


def test_without_anything_to_keep_there_is_no_commit() -> None:
    decision = Decision()
    decision.send(DANA, Heartbeat())
    assert [type(effect) for effect in decision.effects()] == [Send]


def test_the_last_word_on_a_record_is_committed() -> None:
    decision = Decision()
    decision.put(entry(1, "first"))
    decision.put(entry(1, "second"))
    decision.put(entry(2))
    decision.drop(entry(2))
    decision.drop(entry(3))
    decision.put(entry(3))
    persist = persisted(decision)
    assert [(each.key, getattr(each, "text", "")) for each in persist.put] == [
        ("c/000000001", "second"),
        ("c/000000003", ""),
    ]
    assert [each.key for each in persist.drop] == ["c/000000002"]


def test_times_are_converted_and_what_lies_in_the_future_counts_as_now() -> None:
    record: Record = entry(1)
    assert getattr(record.shifted(-4.0, latest=100.0), "at", None) == 6.0
    assert getattr(record.shifted(400.0, latest=100.0), "at", None) == 100.0


def test_an_age_stays_within_what_may_travel() -> None:
    assert [age_of(5.0, 7.0), age_of(9.0, 7.0), age_of(-2e9, 7.0)] == [2.0, 0.0, 1e9]
