"""What a supervisor sees of desks, and that it never looks newer than it is."""

import pytest

from lanassist.node.protocol import limits
from lanassist.node.services.conversations import overview
from lanassist.node.services.conversations.commands import (
    ALL,
    BLOCKED,
    DESKS,
    BlockClient,
    BlockedList,
    BlockedRow,
    DeskInfo,
    DoAct,
    ListBlocked,
    ToldConversation,
)
from lanassist.node.services.desk.commands import LeaveConversation
from lanassist.node.trust.grants import Grant, Role
from tests.support.people import person
from tests.support.team import Member, Team


def told(sam: Member, conversation: str) -> ToldConversation:
    row = sam.shown(ALL)[conversation]
    assert isinstance(row, ToldConversation)
    return row


def test_rows_of_a_desk_that_is_gone_are_marked_and_cannot_be_changed() -> None:
    team = Team()
    eve = team.client("Eve")
    sam = team.supervisor("Sam")
    assert (told(sam, eve).desk_online, told(sam, eve).assign, told(sam, eve).block) == (True, None, None)
    team.leave(team.desk)
    row = told(sam, eve)
    assert row.assign is not None
    assert row.block is not None
    assert (row.desk_online, row.assign.code, row.block.code) == (False, "no-desk", "no-desk")


def test_without_the_grants_the_rows_say_so() -> None:
    team = Team()
    eve = team.client("Eve")
    row = told(team.supervisor("Sam", grants=(Grant.OBSERVE,)), eve)
    assert row.assign is not None
    assert row.block is not None
    assert (row.assign.code, row.block.code) == ("missing-grant", "missing-grant")


def test_what_became_done_meanwhile_is_known_when_the_desk_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TOLD_PER_MESSAGE", 2)
    team = Team()
    conversations = [team.client(f"Eve{number}") for number in range(5)]
    sam = team.supervisor("Sam")
    team.cut(sam, team.desk)
    team.desk.ask(LeaveConversation(conversation=conversations[0], client="eve0", id="bye"))
    team.link(sam, team.desk)
    assert {each: told(sam, each).state for each in conversations} == {
        conversations[0]: "done",
        **dict.fromkeys(conversations[1:], "waiting"),
    }
    assert all(told(sam, each).desk_online for each in conversations)


def test_what_the_desk_does_not_know_any_more_goes() -> None:
    team = Team()
    eve = team.client("Eve")
    sam = team.supervisor("Sam")
    team.leave(team.desk)
    team.desk.disk.clear()
    assert list(sam.shown(ALL)) == [eve]
    team.come_back(team.desk)
    assert sam.shown(ALL) == {}


def test_of_what_is_done_only_the_latest_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "DONE_SHOWN", 1)
    team = Team()
    dana = team.agent("Dana")
    sam = team.supervisor("Sam")
    eve, ada = team.client("Eve"), team.client("Ada")
    for each in (eve, ada):
        dana.ask(DoAct(conversation=each, kind="complete"))
    assert list(sam.shown(ALL)) == [ada]
    team.writes("Eve", eve, "hello again")
    assert set(sam.shown(ALL)) == {eve, ada}


def test_desks_introduce_themselves_to_agents_and_supervisors() -> None:
    team = Team()
    dana, sam = team.agent("Dana"), team.supervisor("Sam")
    info = DeskInfo(node=team.desk.node, name="Desk", categories=("billing", "other"))
    assert dana.shown(DESKS) == sam.shown(DESKS) == {team.desk.node: info}
    team.cut(sam, team.desk)
    assert sam.shown(DESKS) == {}


# --- the block list ----------------------------------------------------------------------------------


def blocked(sam: Member) -> dict[str, str]:
    """Clients with their names, by command and by board alike."""
    answer = sam.ask(ListBlocked())
    assert isinstance(answer, BlockedList)
    shown = {key: row.name for key, row in sam.shown(BLOCKED).items() if isinstance(row, BlockedRow)}
    assert shown == {row.client: row.name for row in answer.blocked}
    return shown


def test_supervisors_see_who_is_blocked_by_name_at_once_and_when_they_come() -> None:
    team = Team()
    team.client("Eve")
    sam = team.supervisor("Sam")
    sam.ask(BlockClient(client="eve", reason="insults"))
    late = team.supervisor("Una", grants=(Grant.BLOCK,))
    blind = team.supervisor("Sue", grants=(Grant.ASSIGN,))
    assert blocked(sam) == blocked(late) == {"eve": "Eve"}
    assert blocked(blind) == {}
    late.ask(BlockClient(client="eve", blocked=False))
    assert blocked(sam) == blocked(late) == {}


def test_a_row_says_why_its_reader_cannot_unblock() -> None:
    team = Team()
    sam = team.supervisor("Sam")
    una = team.supervisor("Una", grants=(Grant.OBSERVE,))
    sam.ask(BlockClient(client="eve"))

    def refusal(who: Member) -> str:
        (row,) = who.shown(BLOCKED).values()
        assert isinstance(row, BlockedRow)
        return row.unblock.code if row.unblock else ""

    assert (refusal(sam), refusal(una)) == ("", "missing-grant")


def test_a_block_that_is_over_goes_by_itself() -> None:
    team = Team()
    sam = team.supervisor("Sam")
    sam.ask(BlockClient(client="eve", seconds=60.0))
    assert list(blocked(sam)) == ["eve"]
    team.later(60.0)
    assert blocked(sam) == {}


def test_the_newest_word_wins_from_whichever_desk() -> None:
    team = Team()
    annex = team.join(person("Annex", Role.DESK))
    sam = team.supervisor("Sam")
    team.cut(annex, team.desk)
    sam.ask(BlockClient(client="eve"))
    team.cut(sam, team.desk)
    assert list(blocked(sam)) == ["eve"], "one desk is still there"
    team.link(annex, team.desk)
    sam.ask(BlockClient(client="eve", blocked=False))
    assert blocked(sam) == {}
    team.cut(sam, annex)
    team.link(sam, team.desk)
    assert blocked(sam) == {}


def test_without_a_desk_nobody_knows_who_is_blocked() -> None:
    team = Team()
    sam = team.supervisor("Sam")
    sam.ask(BlockClient(client="eve", seconds=60.0))
    team.cut(sam, team.desk)
    assert blocked(sam) == {}
    team.link(sam, team.desk)
    assert list(blocked(sam)) == ["eve"]
