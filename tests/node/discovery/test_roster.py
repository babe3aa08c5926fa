"""Whom a node dials: stories about static peers, nodes met before and what mDNS says."""

import pytest

from lanassist.node.discovery.addresses import Address
from lanassist.node.discovery.roster import STATIC_PEERS, Met, Roster, Target
from lanassist.node.discovery.sightings import Found, Gone
from lanassist.node.protocol.limits import CANDIDATES_PER_NODE, KNOWN_NAMES, LINKS_TOTAL
from lanassist.node.protocol.messages import NodeId

ME = NodeId("me")
DANA = NodeId("dana")
HOME: Address = ("10.0.0.4", 47600)
MOVED: Address = ("10.0.0.9", 47600)
FORGED: Address = ("10.6.6.6", 666)


def supervisors_roster(**known: object) -> Roster:
    return Roster(own=ME, dials_all=True, **known)  # type: ignore[arg-type]


def announced(instance: str, *addresses: Address) -> Found:
    return Found(instance=instance, addresses=addresses)


def by_key(roster: Roster) -> dict[str, Target]:
    targets = roster.targets()
    found = {target.key: target for target in targets}
    assert len(found) == len(targets)
    return found


def test_a_supervisor_dials_whom_it_hears_of() -> None:
    roster = supervisors_roster()
    roster.found(announced("run-one-", HOME))
    assert roster.targets() == (Target(key="mdns:run-one-", addresses=(HOME,), expected=None, source="mdns"),)


def test_an_agent_dials_static_peers_only() -> None:
    roster = Roster(own=ME, dials_all=False, static=[HOME], met=[Met(node=DANA, addresses=(MOVED,))])
    roster.found(announced("run-one-", MOVED))
    assert [target.source for target in roster.targets()] == ["static"]


def test_a_goodbye_before_anybody_answered_ends_the_attempt() -> None:
    roster = supervisors_roster()
    roster.found(announced("run-one-", HOME))
    roster.gone(Gone(instance="run-one-"))
    assert roster.targets() == ()


def test_who_was_met_is_dialled_where_it_was_met_and_must_be_the_same() -> None:
    roster = supervisors_roster(met=[Met(node=DANA, addresses=(HOME,))])
    assert roster.targets() == (
        Target(key="node:dana", addresses=(HOME,), expected=DANA, source="remembered"),
    )


def test_a_link_teaches_where_a_node_is() -> None:
    roster = supervisors_roster()
    roster.found(announced("run-one-", HOME, MOVED))
    assert roster.linked(DANA, "run-one-", HOME) == Met(node=DANA, addresses=(HOME,))
    roster.unlinked(DANA)
    assert roster.targets() == (
        Target(key="node:dana", addresses=(HOME, MOVED), expected=DANA, source="mdns"),
    )
    assert roster.source(DANA) == "mdns"


def test_a_goodbye_takes_nothing_from_a_node_that_was_met() -> None:
    roster = supervisors_roster()
    roster.found(announced("run-one-", HOME))
    roster.linked(DANA, "run-one-", HOME)
    roster.gone(Gone(instance="run-one-"))
    roster.unlinked(DANA)
    assert by_key(roster)["node:dana"].addresses == (HOME,)
    assert roster.source(DANA) == "remembered"


def test_a_hijacked_announcement_adds_candidates_and_replaces_none() -> None:
    roster = supervisors_roster()
    roster.found(announced("run-one-", HOME))
    roster.linked(DANA, "run-one-", HOME)
    many = tuple((f"10.6.6.{number}", 666) for number in range(CANDIDATES_PER_NODE))
    roster.found(announced("run-one-", *many))
    roster.unlinked(DANA)
    target = by_key(roster)["node:dana"]
    assert target.addresses[0] == HOME
    assert len(target.addresses) == CANDIDATES_PER_NODE
    assert target.expected == DANA


def test_announcing_many_addresses_leaves_room_for_those_that_worked() -> None:
    worked = tuple((f"10.0.0.{number}", 47600) for number in range(CANDIDATES_PER_NODE))
    roster = supervisors_roster(met=[Met(node=DANA, addresses=worked)])
    forged = tuple((f"10.6.6.{number}", 666) for number in range(CANDIDATES_PER_NODE))
    roster.found(announced("run-one-", worked[0], *forged[1:]))
    roster.linked(DANA, "run-one-", worked[0])
    addresses = by_key(roster)["node:dana"].addresses
    assert addresses[:4] == worked[:4]
    assert set(addresses[4:]) <= set(forged)


def test_a_peer_cannot_claim_the_announcement_of_another() -> None:
    roster = supervisors_roster()
    roster.found(announced("danas-run", HOME))
    roster.linked(NodeId("mallory"), "danas-run", FORGED)
    assert by_key(roster)["mdns:danas-run"].addresses == (HOME,)
    assert by_key(roster)["node:mallory"].addresses == (FORGED,)


def test_a_restarted_node_is_found_under_its_new_instance() -> None:
    roster = supervisors_roster()
    roster.found(announced("run-one-", HOME))
    roster.linked(DANA, "run-one-", HOME)
    roster.unlinked(DANA)
    roster.gone(Gone(instance="run-one-"))
    roster.found(announced("run-two-", MOVED))
    assert by_key(roster)["mdns:run-two-"].addresses == (MOVED,)
    assert roster.linked(DANA, "run-two-", MOVED) == Met(node=DANA, addresses=(MOVED, HOME))
    roster.unlinked(DANA)
    assert list(by_key(roster)) == ["node:dana"]


def test_a_link_that_came_in_is_remembered_only_where_it_can_be_dialled() -> None:
    roster = supervisors_roster()
    assert roster.linked(DANA, "run-one-", ("10.0.0.4", 0)) == Met(node=DANA, addresses=())
    assert roster.targets() == ()
    assert roster.source(DANA) == "incoming"
    roster.linked(DANA, "run-one-", HOME)
    assert by_key(roster)["node:dana"].addresses == (HOME,)


def test_static_peers_come_and_go_by_the_users_word_alone() -> None:
    roster = supervisors_roster(static=[("desk.example", 47600)])
    assert roster.add_static(HOME)
    assert not roster.add_static(HOME)
    assert list(by_key(roster)) == ["static:desk.example:47600", "static:10.0.0.4:47600"]
    roster.linked(DANA, "run-one-", HOME)
    assert roster.source(DANA) == "static"
    assert roster.remove_static(HOME)
    assert not roster.remove_static(HOME)
    assert roster.static == (("desk.example", 47600),)


def test_a_forgotten_node_is_not_dialled() -> None:
    roster = supervisors_roster(met=[Met(node=DANA, addresses=(HOME,))])
    roster.forget(DANA)
    roster.forget(DANA)
    assert roster.targets() == ()


def test_a_node_never_dials_itself_by_memory() -> None:
    assert supervisors_roster(met=[Met(node=ME, addresses=(HOME,))]).targets() == ()


def test_a_flood_of_names_stays_within_its_bound_and_hides_nobody() -> None:
    roster = supervisors_roster(static=[MOVED], met=[Met(node=DANA, addresses=(HOME,))])
    roster.linked(NodeId("lee"), "lees-run", ("10.0.0.5", 1))
    for number in range(20_000):
        roster.found(announced(f"flood-{number:06}", FORGED))
    targets = roster.targets()
    assert len(targets) == KNOWN_NAMES + 3
    assert [target.key for target in targets[:3]] == ["static:10.0.0.9:47600", "node:dana", "node:lee"]
    roster.gone(Gone(instance="flood-000007"))
    roster.found(announced("honest-one", HOME))
    assert "mdns:honest-one" in by_key(roster)


def test_the_longest_unseen_node_makes_room_and_a_live_one_never_does() -> None:
    first = NodeId("first")
    roster = supervisors_roster(met=[Met(node=NodeId(f"n{each}"), addresses=(HOME,)) for each in range(9)])
    roster.linked(first, "", HOME)
    for number in range(LINKS_TOTAL + 5):
        node = NodeId(f"visitor {number}")
        roster.linked(node, "", HOME)
        roster.unlinked(node)
    keys = by_key(roster)
    assert len(keys) == LINKS_TOTAL
    assert "node:first" in keys
    assert "node:n0" not in keys


def test_memory_and_static_peers_are_bounded() -> None:
    met = [Met(node=NodeId(str(number)), addresses=(HOME,)) for number in range(LINKS_TOTAL + 1)]
    static = [("10.0.0.1", port) for port in range(1, STATIC_PEERS + 2)]
    roster = supervisors_roster(met=met, static=static)
    assert len(roster.targets()) == LINKS_TOTAL + STATIC_PEERS
    assert not roster.add_static(HOME)


@pytest.mark.parametrize("again", [HOME, MOVED])
def test_the_latest_place_comes_first_and_is_told_once(again: Address) -> None:
    roster = supervisors_roster(met=[Met(node=DANA, addresses=(MOVED, HOME))])
    met = roster.linked(DANA, "", again)
    assert met.addresses[0] == again
    assert sorted(met.addresses) == sorted((HOME, MOVED))
