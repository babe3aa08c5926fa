"""What an agent has in hand and has finished, as the other services of its node hear of it."""

from lanassist.node.services.conversations.commands import (
    ActUnderControl,
    Assign,
    ControlStarted,
    DoAct,
    Reopen,
    TakeControl,
    Transfer,
)
from lanassist.node.services.conversations.records import CompletedRecord
from lanassist.node.services.conversations.work import REMEMBERED
from lanassist.node.services.desk.commands import LeaveConversation
from lanassist.node.services.facts import Intervention, Workload
from tests.support.team import Member, Team


def done(agent: Member) -> list[Intervention]:
    return [fact for fact in agent.facts if isinstance(fact, Intervention)]


def load(agent: Member) -> tuple[int, int, int, float | None]:
    last = [fact for fact in agent.facts if isinstance(fact, Workload)][-1]
    return last.active, last.ongoing, last.waiting, last.waiting_since


def test_siblings_hear_what_is_in_hand_and_since_when_somebody_waits() -> None:
    team = Team()
    dana = team.agent("Dana")
    assert load(dana) == (0, 0, 0, None)
    eve = team.client("Eve")
    began = team.now
    team.later(5.0)
    team.client("Ada")
    assert load(dana) == (2, 2, 2, began)
    team.says(dana, eve, "hello")
    assert load(dana) == (2, 2, 1, team.now)
    told = len(dana.facts)
    team.later(60.0)
    assert len(dana.facts) == told, "nothing has changed"


def test_a_completion_counts_from_the_moment_the_agent_got_the_client() -> None:
    team = Team()
    eve = team.client("Eve")
    team.later(100.0)
    dana = team.agent("Dana")
    team.later(30.0)
    dana.ask(DoAct(conversation=eve, kind="complete"))
    (one,) = done(dana)
    assert (one.kind, one.seconds, one.ended) == ("chat", 30.0, team.now)


def test_it_counts_for_the_moment_it_was_done_also_when_the_desk_was_away() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    team.later(10.0)
    team.cut(dana, team.desk)
    dana.ask(DoAct(conversation=eve, kind="complete"))
    completed = team.now
    team.later(500.0)
    assert done(dana) == []
    team.come_back(dana)
    assert [(each.ended, each.seconds) for each in done(dana)] == [(completed, 10.0)]


def test_after_a_crash_it_is_told_again_under_the_same_id() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    dana.ask(DoAct(conversation=eve, kind="complete"))
    team.come_back(dana)
    one, again = done(dana)
    assert one == again
    team.later(REMEMBERED + 1.0)
    team.come_back(dana)
    assert len(done(dana)) == 2
    assert dana.kept(CompletedRecord) == []


def test_opened_and_completed_again_it_counts_again() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    for _ in range(2):
        dana.ask(DoAct(conversation=eve, kind="complete"))
        dana.ask(Reopen(conversation=eve))
    assert len({each.id for each in done(dana)}) == 2


def test_what_others_end_or_take_is_not_this_agents_work() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve, ada = team.client("Eve"), team.client("Ada")
    lee = team.agent("Lee")
    team.desk.ask(LeaveConversation(conversation=eve, client="eve", id="bye"))
    team.supervisor("Sam").ask(Assign(conversation=ada, to="lee"))
    lee.ask(Transfer(conversation=ada, to=dana.node))
    assert done(dana) == done(lee) == []


def test_a_completion_that_brought_the_client_back_is_none() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    team.cut(dana, team.desk)
    dana.ask(DoAct(conversation=eve, kind="complete"))
    team.writes("Eve", eve, "wait!")
    team.link(dana, team.desk)
    assert done(dana) == []
    assert dana.holds() == [eve]


def test_under_control_it_is_the_agents_work_too() -> None:
    team = Team()
    dana = team.agent("Dana")
    eve = team.client("Eve")
    sam = team.supervisor("Sam")
    taken = sam.ask(TakeControl(agent="dana"))
    assert isinstance(taken, ControlStarted)
    sam.ask(ActUnderControl(session=taken.session, conversation=eve, kind="complete"))
    assert [each.id for each in done(dana)] == [f"{eve}/2"]
