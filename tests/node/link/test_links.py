"""Nodes that find each other, talk, replace an old link, and part."""

import trio

from lanassist.node.errors import LinkBroken
from lanassist.node.link.links import Standing, newcomer_wins
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import NodeId, Presence
from lanassist.node.trust.revocation import Revocations
from tests.node.link.pair import MemoryLan, Node, running
from tests.support.site import Site
from tests.support.waiting import until

HELLO_AGAIN = Presence(status="available")


async def test_a_supervisor_dials_an_agent_and_both_are_up(site: Site) -> None:
    sam, dana = Node(site.supervisor()), Node(site.agent())
    async with running(sam, dana):
        sam.dialer.set_targets([sam.target(dana)])
        await until(lambda: sam.told == ["up Dana Fox"] and dana.told == ["up Sam Reed"])
        dana.links.send(sam.node, HELLO_AGAIN)
        await until(lambda: sam.received == [HELLO_AGAIN])
        assert [attempt.state for attempt in sam.attempts] == ["connecting", "live"]
        assert sam.links.address(dana.node) == dana.address
        assert dana.links.address(sam.node) == sam.address


async def test_what_a_peer_may_do_is_read_from_its_certificate(site: Site) -> None:
    sam, dana = Node(site.supervisor(grants=[])), Node(site.agent())
    async with running(sam, dana):
        sam.dialer.set_targets([sam.target(dana)])
        await until(lambda: dana.links.identities)
        assert dana.links.identities == [sam.credentials.identity]


async def test_fewer_grants_take_effect_when_the_certificate_is_renewed(site: Site) -> None:
    sam, dana = Node(site.supervisor()), Node(site.agent())
    async with running(sam, dana):
        sam.dialer.set_targets([sam.target(dana)])
        await until(lambda: dana.links.identities)
        fewer = site.supervisor(grants=[])
        sam.endpoint.renew(fewer)
        await sam.links.close("renewed", "The certificate was renewed.")
        await until(lambda: dana.links.identities == [fewer.identity])


async def test_a_goodbye_ends_the_link_without_blame(site: Site) -> None:
    sam, dana = Node(site.supervisor()), Node(site.agent())
    async with running(sam, dana):
        sam.dialer.set_targets([sam.target(dana)])
        await until(lambda: sam.told and dana.told)
        sam.dialer.set_targets([])
        dana.links.send(sam.node, HELLO_AGAIN)
        await dana.links.close("closing")
        await until(lambda: len(sam.told) == 2 and len(dana.told) == 2)
        assert sam.received == [HELLO_AGAIN]
        assert sam.errors == [None]
        assert dana.errors == [None]


async def test_idle_links_stay_up_for_minutes(site: Site, autojump_clock: trio.testing.MockClock) -> None:
    lan = MemoryLan()
    sam, dana = Node(site.supervisor(), lan=lan), Node(site.agent(), lan=lan)
    async with running(sam, dana):
        sam.dialer.set_targets([sam.target(dana)])
        await trio.sleep(300)
        assert sam.told == ["up Dana Fox"]
        assert dana.told == ["up Sam Reed"]


async def test_both_dialling_at_once_leaves_one_link(
    site: Site, autojump_clock: trio.testing.MockClock
) -> None:
    lan = MemoryLan()
    sam, dana = Node(site.supervisor(), lan=lan), Node(site.agent(), lan=lan)
    lower, higher = sorted([sam, dana], key=lambda node: node.node)
    async with running(sam, dana):
        sam.dialer.set_targets([sam.target(dana)])
        dana.dialer.set_targets([dana.target(sam)])
        await trio.sleep(20)
        kept = lower.links.live(higher.node), higher.links.live(lower.node)
        assert [link and link.dialled for link in kept] == [True, False]
        before = len(sam.told), len(dana.told)
        await trio.sleep(100)
        assert (len(sam.told), len(dana.told)) == before
        assert (sam.told[-1], dana.told[-1]) == ("up Dana Fox", "up Sam Reed")


async def test_a_restarted_peer_replaces_its_old_link_at_once(
    site: Site, autojump_clock: trio.testing.MockClock
) -> None:
    lan = MemoryLan()
    credentials = site.supervisor()
    sam, again = Node(credentials, lan=lan), Node(credentials, instance="after the restart", lan=lan)
    dana = Node(site.agent(), lan=lan)
    async with running(sam, again, dana):
        sam.dialer.set_targets([sam.target(dana)])
        await until(lambda: dana.told == ["up Sam Reed"])
        again.dialer.set_targets([again.target(dana)])
        await until(lambda: len(dana.told) == 3)
        assert dana.told == ["up Sam Reed", f"down {sam.node}", "up Sam Reed"]
        link = dana.links.live(sam.node)
        assert link is not None
        assert link.instance == "after the restart"


def test_who_replaces_whom() -> None:
    me, low, high = NodeId("m"), NodeId("a"), NodeId("z")
    mine, theirs = Standing("i", "1", dialled=True), Standing("i", "1", dialled=False)
    assert newcomer_wins(me, low, mine, theirs)
    assert not newcomer_wins(me, low, theirs, mine)
    assert newcomer_wins(me, high, theirs, mine)
    assert not newcomer_wins(me, high, mine, theirs)
    assert newcomer_wins(me, high, mine, mine)
    assert newcomer_wins(me, high, mine, Standing("restarted", "1", dialled=False))
    assert newcomer_wins(me, high, mine, Standing("i", "2", dialled=False))


async def test_a_revocation_cuts_the_link_and_says_why(site: Site) -> None:
    sam, dana = Node(site.supervisor()), Node(site.agent())
    async with running(sam, dana):
        sam.dialer.set_targets([sam.target(dana)])
        await until(lambda: sam.told and dana.told)
        cut = dana.links.revoke(Revocations(number=1, serials=frozenset({sam.credentials.identity.serial})))
        assert cut == [sam.credentials.identity]
        await until(lambda: len(dana.told) == 2, seconds=2)
        await until(lambda: any(attempt.state == "refused" for attempt in sam.attempts), seconds=3)
        assert "it has been revoked" in sam.attempts[-1].why
        assert dana.links.identities == []


async def test_a_peer_that_does_not_keep_up_is_cut_off(site: Site) -> None:
    sam, dana = Node(site.supervisor()), Node(site.agent())
    async with running(sam, dana):
        sam.dialer.set_targets([sam.target(dana)])
        await until(lambda: sam.told and dana.told)
        for _ in range(limits.OUTBOX_MESSAGES + 1):
            dana.links.send(sam.node, HELLO_AGAIN)
        await until(lambda: len(dana.told) == 2)
        assert isinstance(dana.errors[0], LinkBroken)
        assert "does not keep up" in dana.errors[0].text
