"""Who is dialled, when again, and what is told about it."""

import pytest
import trio
import trio.testing
from hypothesis import given, strategies as st

from lanassist.node.errors import PeerCertificateInvalid, Unreachable, WrongPeer
from lanassist.node.link.dial import dial
from lanassist.node.link.dialer import Backoff, Target
from lanassist.node.protocol import limits
from tests.node.link.pair import LOOPBACK, MemoryLan, Node, running
from tests.support.site import Site
from tests.support.waiting import until

DEAD_END = (LOOPBACK, 1)


def states(node: Node) -> list[str]:
    return [attempt.state for attempt in node.attempts]


async def test_a_node_that_comes_back_is_linked_again(
    site: Site, autojump_clock: trio.testing.MockClock
) -> None:
    lan = MemoryLan()
    sam, dana = Node(site.supervisor(), lan=lan), Node(site.agent(), lan=lan)
    async with running(sam, dana):
        sam.dialer.set_targets([sam.target(dana)])
        await trio.sleep(10)
        port = dana.endpoint.port
        away = lan.nodes.pop(port)
        await dana.links.close("closing")
        await trio.sleep(60)
        assert sam.told == ["up Dana Fox", f"down {dana.node}"]
        assert states(sam)[-1] == "unreachable"
        assert "connection refused" in sam.attempts[-1].why
        lan.nodes[port] = away
        await trio.sleep(limits.BACKOFF_LAST + 1)
        assert sam.told[-1] == "up Dana Fox"
        assert states(sam)[-2:] == ["connecting", "live"]


async def test_dialling_begins_again_at_once_when_a_link_drops(
    site: Site, autojump_clock: trio.testing.MockClock
) -> None:
    lan = MemoryLan()
    sam, dana = Node(site.supervisor(), lan=lan), Node(site.agent(), lan=lan)
    async with running(sam, dana):
        sam.dialer.set_targets([sam.target(dana)])
        await trio.sleep(60)
        link = sam.links.live(dana.node)
        assert link is not None
        link.kick()
        with trio.fail_after(0.2):
            await until(lambda: sam.told[2:] == ["up Dana Fox"])


async def test_a_target_that_is_dropped_keeps_its_link_but_is_not_dialled_again(
    site: Site, autojump_clock: trio.testing.MockClock
) -> None:
    lan = MemoryLan()
    sam, dana = Node(site.supervisor(), lan=lan), Node(site.agent(), lan=lan)
    async with running(sam, dana):
        sam.dialer.set_targets([sam.target(dana)])
        await until(lambda: sam.told == ["up Dana Fox"])
        sam.dialer.set_targets([])
        await trio.sleep(60)
        assert sam.told == ["up Dana Fox"]
        await dana.links.close("closing")
        await trio.sleep(60)
        assert len(sam.told) == 2


async def test_a_target_whose_address_changes_is_dialled_there_at_once(
    site: Site, autojump_clock: trio.testing.MockClock
) -> None:
    lan = MemoryLan()
    sam, dana = Node(site.supervisor(), lan=lan), Node(site.agent(), lan=lan)
    async with running(sam, dana):
        sam.dialer.set_targets([Target(key="dana", addresses=(("nowhere", 99),), expected=dana.node)])
        await trio.sleep(100)
        assert sam.told == []
        sam.dialer.set_targets([Target(key="dana", addresses=(dana.address,), expected=dana.node)])
        with trio.fail_after(0.2):
            await until(lambda: sam.told == ["up Dana Fox"])


async def test_a_node_reached_under_two_addresses_is_one_peer(
    site: Site, autojump_clock: trio.testing.MockClock
) -> None:
    lan = MemoryLan()
    sam, dana = Node(site.supervisor(), lan=lan), Node(site.agent(), lan=lan)
    async with running(sam, dana):
        somebody = Target(key="static", addresses=(dana.address,))
        sam.dialer.set_targets([sam.target(dana), somebody])
        await trio.sleep(120)
        assert sam.links.identities == [dana.credentials.identity]
        live = {attempt.key for attempt in sam.attempts if attempt.state == "live"}
        assert live == {"static", "Dana Fox"}
        told = len(sam.told)
        await trio.sleep(120)
        assert len(sam.told) == told


async def test_dialling_oneself_is_quietly_no_peer(
    site: Site, autojump_clock: trio.testing.MockClock
) -> None:
    lan = MemoryLan()
    sam = Node(site.supervisor(), lan=lan)
    async with running(sam):
        sam.dialer.set_targets([sam.target(sam, anybody=True)])
        await trio.sleep(5)
        assert set(states(sam)) == {"connecting", "own"}
        assert sam.told == []


async def test_every_candidate_is_tried_and_the_right_one_found(site: Site) -> None:
    sam, dana, eve = Node(site.supervisor()), Node(site.agent()), Node(site.agent("Eve Black"))
    async with running(dana, eve):
        addresses = [DEAD_END, eve.address, dana.address]
        async with dial(sam.endpoint, addresses, dana.node, sam.endpoint.hello()) as connection:
            assert connection.identity == dana.credentials.identity
            assert connection.address == dana.address


async def test_a_candidate_that_hangs_does_not_hold_up_the_next(
    site: Site, autojump_clock: trio.testing.MockClock
) -> None:
    lan = MemoryLan()
    sam, dana = Node(site.supervisor(), lan=lan), Node(site.agent(), lan=lan)

    async def connect(host: str, port: int) -> trio.abc.Stream:
        if host == "blackhole":
            await trio.sleep_forever()
        return await lan.connect(host, port)

    async with running(sam, dana):
        addresses = [("blackhole", 1), ("blackhole", 2), dana.address]
        began = trio.current_time()
        async with dial(sam.endpoint, addresses, dana.node, sam.endpoint.hello(), connect=connect):
            assert trio.current_time() - began < 1


async def test_of_several_failures_the_most_telling_is_told(site: Site) -> None:
    sam, dana, other = (
        Node(site.supervisor()),
        Node(site.agent()),
        Node(Site("other.example").agent("Eve Black")),
    )
    async with running(dana, other):
        with pytest.raises(WrongPeer):
            async with dial(sam.endpoint, [DEAD_END, dana.address], other.node, sam.endpoint.hello()):
                pass
        with pytest.raises(PeerCertificateInvalid):
            async with dial(sam.endpoint, [DEAD_END, other.address], None, sam.endpoint.hello()):
                pass
        with pytest.raises(Unreachable):
            async with dial(sam.endpoint, [], None, sam.endpoint.hello()):
                pass


@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=30))
def test_waits_grow_up_to_a_bound_and_are_shortened_by_chance(chances: list[float]) -> None:
    chance = iter(chances)
    backoff = Backoff(lambda: next(chance))
    for attempt in range(len(chances)):
        longest = min(limits.BACKOFF_FIRST * 2**attempt, limits.BACKOFF_LAST)
        assert longest / 2 <= backoff.wait() <= longest


def test_after_a_success_waits_are_short_again() -> None:
    backoff = Backoff(lambda: 0.0)
    assert [backoff.wait() for _ in range(7)] == [0.5, 1, 2, 4, 8, 15, 15]
    backoff.reset()
    assert backoff.wait() == 0.5
