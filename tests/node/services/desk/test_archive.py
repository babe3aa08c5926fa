"""What is done is kept for a time, and then forgotten, at desks and at agents."""

import pytest

from lanassist.node.errors import UnknownConversation
from lanassist.node.protocol.messages import Act, MoveRequested
from lanassist.node.services.base import Persist
from lanassist.node.services.conversation import FORGET_EVERY, FORGET_ON, KEEP, EntryRecord
from lanassist.node.services.conversations.commands import DoAct, History, ShowHistory, Transfer
from lanassist.node.services.conversations.records import HeldRecord, PendingRecord
from lanassist.node.services.desk import archive
from lanassist.node.services.desk.commands import CONVERSATIONS
from lanassist.node.services.desk.records import ConversationRecord
from tests.support.team import Team


def pass_by(team: Team, seconds: float) -> None:
    """A long time, of which only the end is played."""
    team.now += seconds
    team.later(FORGET_EVERY + 1.0)


def test_long_done_it_is_forgotten_with_its_log_by_everybody() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    dana.ask(DoAct(conversation=eve, kind="complete"))
    pass_by(team, KEEP - 2 * FORGET_EVERY)
    assert (list(dana.mine()), list(team.desk.shown(CONVERSATIONS))) == ([eve], [eve])
    pass_by(team, 2 * FORGET_EVERY)
    assert (dana.mine(), team.desk.shown(CONVERSATIONS)) == ({}, {})
    assert team.desk.disk == dana.disk == {}
    assert isinstance(team.writes("Eve", eve, "hello?"), UnknownConversation)
    team.come_back(team.desk)
    assert team.client("Eve") != eve


def test_what_is_open_waits_or_was_opened_again_stays() -> None:
    team = Team()
    dana = team.agent("Dana", capacity=1)
    eve, ada = team.client("Eve"), team.client("Ada")
    pass_by(team, KEEP)
    assert dana.holds() == [eve]
    assert team.row(ada).state == "waiting"
    dana.ask(DoAct(conversation=eve, kind="complete"))
    team.writes("Eve", eve, "one more thing")
    pass_by(team, KEEP)
    assert set(team.desk.shown(CONVERSATIONS)) == {eve, ada}


def test_what_was_not_sent_keeps_its_conversation() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    lee = team.agent("Lee")
    dana.ask(Transfer(conversation=eve, to=lee.node))
    team.leave(dana)
    late = PendingRecord(
        conversation=eve,
        epoch=2,
        number=9,
        act=Act(id="late", kind="say", text="late"),
        refused=True,
        at=team.now,
    )
    dana.disk[PendingRecord, late.key] = late
    team.now += 2 * KEEP
    team.come_back(dana)
    pass_by(team, 2 * FORGET_EVERY)
    assert [each.text for each in dana.mine()[eve].refused] == ["late"]
    assert len(dana.kept(HeldRecord)) == 1


def test_a_history_shrinks_with_it() -> None:
    team = Team()
    dana = team.agent("Dana")
    first = team.client("Eve")
    dana.ask(DoAct(conversation=first, kind="complete"))
    pass_by(team, KEEP)
    again = team.client("Eve", start="again")
    answer = dana.ask(ShowHistory(conversation=again))
    assert isinstance(answer, History)
    assert answer.past == ()


def test_it_goes_in_parts_and_each_conversation_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "FORGET_ROWS", 3)
    team = Team()
    dana = team.agent("Dana")
    for number in range(5):
        dana.ask(DoAct(conversation=team.client(f"Eve{number}"), kind="complete"))
    team.leave(team.desk)
    team.now += KEEP + 1.0
    team.desk.boot()
    left = []
    for _ in range(6):
        left.append(len(team.desk.kept(ConversationRecord)))
        rest = {each.conversation for each in team.desk.kept(EntryRecord)}
        assert rest == {each.id for each in team.desk.kept(ConversationRecord)}
        team.later(FORGET_ON)
    assert left == [4, 3, 2, 1, 0, 0]


def test_what_is_being_opened_again_is_not_forgotten() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    dana.ask(DoAct(conversation=eve, kind="complete"))
    team.desk.peers.discard(dana.node)
    team.now += KEEP + 1.0
    again = MoveRequested(id="again", conversation=eve, to=dana.node)
    team.desk.do(team.desk.core.receive(dana.identity, again, team.now))
    effects = team.desk.core.on_deadline(team.now)
    assert not [each for each in effects if isinstance(each, Persist) and each.drop]
