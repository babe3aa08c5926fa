"""Peers as a supervisor's node decides them: whom to dial, whom to remember, what people see of it."""

from collections.abc import Sequence

from lanassist.node.discovery.roster import Roster
from lanassist.node.discovery.sightings import Found, Gone, OtherVersion
from lanassist.node.protocol.messages import VERSION, Version
from lanassist.node.services.base import Effect, Publish, Refuse
from lanassist.node.services.peers.commands import AddPeer, PeerRow, RemovePeer
from lanassist.node.services.peers.core import (
    Dial,
    Dialled,
    DropStatic,
    KeepStatic,
    KnownNode,
    Linked,
    PeersCore,
    Remember,
)
from tests.support.people import agent

DANA = agent("Dana")
HERE = ("10.0.0.7", 47600)
DANAS_NODE = KnownNode(
    node=DANA.node,
    name="Dana",
    email=DANA.email,
    roles=("agent",),
    teams=(),
    addresses=(HERE,),
    last_heard=-60.0,
)


def core(*known: KnownNode, dials_all: bool = True) -> PeersCore:
    return PeersCore(Roster(own=agent("me").node, dials_all=dials_all), known, default_port=47600)


def rows(*batches: Sequence[Effect]) -> dict[str, PeerRow]:
    """What is on the board after these."""
    board: dict[str, PeerRow] = {}
    for effect in (each for batch in batches for each in batch):
        if isinstance(effect, Publish):
            board.pop(effect.key, None)
            if isinstance(effect.value, PeerRow):
                board[effect.key] = effect.value
    return board


def dialled(effects: Sequence[Effect]) -> list[tuple[str, int]]:
    """The addresses of the newest wish to dial."""
    (dial,) = [effect for effect in effects if isinstance(effect, Dial)]
    return [address for target in dial.targets for address in target.addresses]


def test_whoever_announces_itself_is_dialled_and_shown_until_it_has_a_name() -> None:
    node = core()
    found = node.observe(Found(instance="abcdefgh", addresses=(HERE,)), 1.0)
    assert dialled(found) == [HERE]
    (row,) = rows(found).values()
    assert (row.name, row.address, row.state) == ("", "10.0.0.7:47600", "connecting")
    linked = node.observe(Linked(identity=DANA, instance="abcdefgh", address=HERE), 2.0)
    (row,) = rows(found, linked).values()
    assert (row.key, row.name, row.state, row.since) == (DANA.node, "Dana", "live", 2.0)


def test_who_was_linked_is_remembered_with_where_and_until_when() -> None:
    node = core()
    up = node.observe(Linked(identity=DANA, instance="abcdefgh", address=HERE), 2.0)
    down = node.peer_down(DANA.node, 9.0)
    kept = [effect.node for effect in (*up, *down) if isinstance(effect, Remember)]
    assert [(each.addresses, each.last_heard) for each in kept] == [((HERE,), 2.0), ((HERE,), 9.0)]
    assert rows(up, down)[DANA.node].state == "offline"


def test_a_goodbye_by_mdns_takes_nobody_away_who_was_linked() -> None:
    node = core()
    node.observe(Found(instance="abcdefgh", addresses=(HERE,)), 1.0)
    up = node.observe(Linked(identity=DANA, instance="abcdefgh", address=HERE), 2.0)
    gone = node.observe(Gone(instance="abcdefgh"), 3.0)
    assert rows(up, gone)[DANA.node].state == "live"
    assert not [effect for effect in gone if isinstance(effect, Dial) and not effect.targets]


def test_why_a_node_cannot_be_reached_stands_in_its_row() -> None:
    node = core()
    node.observe(Linked(identity=DANA, instance="abcdefgh", address=HERE), 2.0)
    node.peer_down(DANA.node, 3.0)
    tried = node.observe(Dialled(key=f"node:{DANA.node}", state="unreachable", why="no route to host"), 4.0)
    row = rows(tried)[DANA.node]
    assert (row.state, row.why, row.since) == ("unreachable", "no route to host", 4.0)
    again = node.observe(Dialled(key=f"node:{DANA.node}", state="unreachable", why="no route to host"), 9.0)
    assert rows(again) == {}, "since counts from the first failure"


def test_a_static_address_is_kept_dialled_and_removed_again() -> None:
    node = core(dials_all=False)
    added = node.command(1, AddPeer(address="dana.acme.example"), 1.0)
    assert KeepStatic(("dana.acme.example", 47600)) in added
    assert dialled(added) == [("dana.acme.example", 47600)]
    removed = node.command(2, RemovePeer(address="dana.acme.example:47600"), 2.0)
    assert DropStatic(("dana.acme.example", 47600)) in removed
    assert dialled(removed) == []
    assert rows(added, removed) == {}


def test_an_address_that_is_none_or_is_there_already_is_refused_with_a_sentence() -> None:
    node = core()
    node.command(1, AddPeer(address="10.0.0.7"), 1.0)
    for address, says in (("10.0.0.7:47600", "dialled already"), ("no such thing", "HOST:PORT")):
        (refused,) = node.command(2, AddPeer(address=address), 2.0)
        assert isinstance(refused, Refuse)
        assert says in refused.error.text
    (refused,) = node.command(3, RemovePeer(address="10.9.9.9"), 3.0)
    assert isinstance(refused, Refuse)


def test_a_static_address_that_is_this_node_itself_is_no_peer() -> None:
    node = core()
    added = node.command(1, AddPeer(address="10.0.0.7"), 1.0)
    own = node.observe(Dialled(key="static:10.0.0.7:47600", state="own"), 2.0)
    assert rows(added, own) == {}


def test_an_agent_dials_nobody_that_mdns_brings_up() -> None:
    found = core(dials_all=False).observe(Found(instance="abcdefgh", addresses=(HERE,)), 1.0)
    assert not [effect for effect in found if isinstance(effect, Dial)]


def test_a_node_of_another_version_is_shown_with_what_to_do() -> None:
    strange = OtherVersion(instance="abcdefgh", version=Version(9, 0), addresses=(HERE,))
    (row,) = rows(core().observe(strange, 1.0)).values()
    assert row.state == "refused"
    assert (
        row.why
        == f"It speaks protocol 9.0, this node {VERSION.major}.{VERSION.minor}: update the older of the two."
    )


def test_a_supervisor_that_starts_dials_whom_it_met_before() -> None:
    roster_known = PeersCore(
        Roster(own=agent("me").node, dials_all=True, met=[]), [DANAS_NODE], default_port=47600
    )
    assert rows(roster_known.start(0.0))[DANA.node].state == "offline"
