"""What is asked of a desk: who may, what they are told, and that nothing comes of it."""

from typing import TypeVar

import pytest

from lanassist.node.errors import LanassistError
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import HistoryTold, LogAsked
from lanassist.node.services.conversations.commands import (
    Assign,
    Colleagues,
    DoAct,
    History,
    ListColleagues,
    Log,
    ReadLog,
    ShowHistory,
)
from lanassist.node.services.facts import Availability
from lanassist.node.trust.grants import Grant
from tests.support.team import Member, Team

T = TypeVar("T")


def told(kind: type[T], answer: object) -> T:
    assert isinstance(answer, kind), answer
    return answer


def words(answer: object) -> list[str]:
    return [entry.text for entry in told(Log, answer).entries if entry.text]


def code(answer: object) -> str:
    return told(LanassistError, answer).code


def earlier(team: Team, dana: Member) -> tuple[str, str]:
    """Eve was here before, and is again."""
    first = team.client("Eve", "the first time")
    dana.ask(DoAct(conversation=first, kind="categorise", text="billing"))
    dana.ask(DoAct(conversation=first, kind="complete"))
    team.later(3600.0)
    return first, team.client("Eve", "again", start="again")


# --- logs --------------------------------------------------------------------------------------------


def test_a_supervisor_reads_the_log_of_an_orphan_and_leaves_no_trace() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    dana.ask(DoAct(conversation=eve, kind="note", text="is nice"))
    sam = team.supervisor("Sam")
    team.leave(dana)
    disk, shown = dict(team.desk.disk), dict(team.desk.board)
    assert words(sam.ask(ReadLog(conversation=eve))) == ["I need help", "is nice"]
    assert (team.desk.disk, team.desk.board) == (disk, shown)


def test_a_long_log_is_read_part_after_part() -> None:
    team = Team()
    eve = team.client("Eve")
    count = limits.ENTRIES_PER_MESSAGE + 5
    for number in range(2, count + 1):
        team.writes("Eve", eve, f"{number}")
    sam = team.supervisor("Sam")
    first = told(Log, sam.ask(ReadLog(conversation=eve)))
    rest = told(Log, sam.ask(ReadLog(conversation=eve, after=first.entries[-1].seq)))
    assert (first.more, rest.more) == (True, False)
    assert [each.seq for each in (*first.entries, *rest.entries)] == list(range(1, count + 1))
    assert told(Log, sam.ask(ReadLog(conversation=eve, after=10**6))).entries == ()


def test_an_agent_reads_what_is_in_hand_and_the_earlier_ones_of_that_client() -> None:
    team = Team()
    dana = team.agent("Dana")
    first, eve = earlier(team, dana)
    ada = team.client("Ada")
    lee = team.agent("Lee")
    team.supervisor("Sam").ask(Assign(conversation=eve, to="lee"))
    assert words(lee.ask(ReadLog(conversation=eve))) == ["again"]
    assert words(lee.ask(ReadLog(conversation=first, of=eve))) == ["the first time", "billing"]
    assert code(lee.ask(ReadLog(conversation=ada, of=eve))) == "conversation-moved"
    assert code(dana.ask(ReadLog(conversation=eve))) == "conversation-moved"
    assert code(dana.ask(ReadLog(conversation=first))) == "conversation-moved"


def test_without_the_grant_a_supervisor_reads_nothing_whatever_its_node_says() -> None:
    team = Team()
    eve = team.client("Eve")
    sam = team.supervisor("Sam", grants=(Grant.CONTROL,))
    assert code(sam.ask(ReadLog(conversation=eve))) == "missing-grant"
    effects = team.desk.core.receive(sam.identity, LogAsked(id="q", conversation=eve), team.now)
    assert [getattr(each, "message", None).code for each in effects] == ["missing-grant"]  # type: ignore[union-attr]


def test_while_the_desk_is_away_the_answer_says_so() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    team.cut(dana, team.desk)
    for question in (
        ReadLog(conversation=eve),
        ShowHistory(conversation=eve),
        ListColleagues(conversation=eve),
    ):
        assert code(dana.ask(question)) == "no-desk"
    assert code(dana.ask(ReadLog(conversation="nothing"))) == "unknown-conversation"


def test_a_question_is_asked_again_until_it_is_answered_or_too_late() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    team.desk.peers.discard(dana.node)  # it hears nothing
    assert dana.ask(ReadLog(conversation=eve)) is None
    team.desk.peers.add(dana.node)
    team.later(limits.RESEND)
    assert isinstance(list(dana.answers.values())[-1], Log)
    team.desk.peers.discard(dana.node)
    dana.ask(ReadLog(conversation=eve))
    team.later(limits.REQUEST_ANSWER)
    assert code(list(dana.answers.values())[-1]) == "no-reply"


def test_an_answer_of_another_kind_is_none() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    team.desk.peers.discard(dana.node)
    dana.ask(ReadLog(conversation=eve))
    (question,) = [message for _, message in dana.sent if isinstance(message, LogAsked)]
    other = HistoryTold(id=question.id, client=dana.mine()[eve].client, past=())
    assert not dana.core.receive(team.desk.identity, other, team.now)


# --- history -----------------------------------------------------------------------------------------


def test_the_history_of_a_client_names_the_newest_first_and_who_had_it() -> None:
    team = Team()
    dana = team.agent("Dana")
    first, eve = earlier(team, dana)
    (past,) = told(History, dana.ask(ShowHistory(conversation=eve))).past
    assert (past.conversation, past.category, past.state, past.agent) == (first, "billing", "done", "Dana")
    assert (past.began, past.entries) == (team.now - 3600.0, 4)
    sam = team.supervisor("Sam")
    (other,) = told(History, sam.ask(ShowHistory(conversation=first))).past
    assert other.conversation == eve


def test_a_long_history_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HISTORY", 2)
    team = Team()
    dana = team.agent("Dana")
    for number in range(4):
        last = team.client("Eve", start=f"{number}")
        dana.ask(DoAct(conversation=last, kind="complete"))
    now = team.client("Eve", start="now")
    past = told(History, dana.ask(ShowHistory(conversation=now))).past
    assert [past[0].conversation, len(past)] == [last, 2]


# --- colleagues --------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [1, 100])
def test_colleagues_are_told_with_why_not_those_with_room_first(
    step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "COLLEAGUES_PER_MESSAGE", step)
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    team.agent("Ann", capacity=0)
    team.agent("Bob").observe(Availability(available=False, why="on break: lunch"))
    team.agent("Lee", teams=("sales",))
    team.leave(team.agent("Zoe"))
    colleagues = told(Colleagues, dana.ask(ListColleagues(conversation=eve))).colleagues
    assert [(each.name, each.refusal and each.refusal.text) for each in colleagues] == [
        ("Lee", None),
        ("Ann", "Ann is at maximum capacity (0/0)."),
        ("Bob", "Bob is absent (on break: lunch)."),
        ("Zoe", "Zoe is offline."),
    ]
    assert (colleagues[0].teams, colleagues[0].total) == (("sales",), 3)


def test_only_who_has_a_client_is_told_of_colleagues() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    dana.ask(DoAct(conversation=eve, kind="complete"))
    assert code(dana.ask(ListColleagues(conversation=eve))) == "conversation-moved"
