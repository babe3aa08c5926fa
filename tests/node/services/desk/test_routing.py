"""Who gets a waiting client."""

from hypothesis import given, strategies as st

from lanassist.node.protocol.messages import NodeId
from lanassist.node.services.desk.routing import Candidate, choose

DANA, DAVE, DORA = NodeId("dana"), NodeId("dave"), NodeId("dora")
SALES = frozenset({"sales"})


def test_nobody_has_room_so_the_client_waits() -> None:
    assert choose([]) is None
    assert choose([Candidate(node=DANA, free=0), Candidate(node=DAVE, free=-1)]) is None


def test_the_most_free_capacity_wins() -> None:
    assert choose([Candidate(node=DANA, free=1), Candidate(node=DAVE, free=2)]) == DAVE


def test_of_equals_the_longest_idle_wins() -> None:
    idle = [Candidate(node=DANA, free=1, idle_since=9.0), Candidate(node=DAVE, free=1, idle_since=4.0)]
    assert choose(idle) == DAVE


def test_the_team_of_the_category_comes_before_free_capacity() -> None:
    team = [Candidate(node=DANA, free=1, teams=SALES), Candidate(node=DAVE, free=3)]
    assert choose(team, team="sales") == DANA
    assert choose(team) == DAVE


def test_if_the_team_is_full_another_helps() -> None:
    team = [Candidate(node=DANA, free=0, teams=SALES), Candidate(node=DAVE, free=1)]
    assert choose(team, team="sales") == DAVE


def test_who_gave_the_client_back_gets_it_again_only_if_nobody_else_can() -> None:
    two = [Candidate(node=DANA, free=3), Candidate(node=DAVE, free=1)]
    assert choose(two, last=DANA) == DAVE
    assert choose(two[:1], last=DANA) == DANA


candidates = st.lists(
    st.builds(
        Candidate,
        node=st.sampled_from([DANA, DAVE, DORA]),
        teams=st.sampled_from([frozenset(), SALES]),
        free=st.integers(-2, 4),
        idle_since=st.floats(0, 100),
    ),
    unique_by=lambda each: each.node,
)


@given(candidates, st.sampled_from(["", "sales"]), st.sampled_from([None, DANA]))
def test_whoever_is_chosen_has_room_and_the_order_of_asking_does_not_matter(
    agents: list[Candidate], team: str, last: NodeId | None
) -> None:
    chosen = choose(agents, team, last)
    assert chosen == choose(list(reversed(agents)), team, last)
    assert (chosen is None) == all(each.free <= 0 for each in agents)
    assert all(each.free > 0 for each in agents if each.node == chosen)
