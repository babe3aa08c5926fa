"""A session's own channel: who gets in, what passes, what ends it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio
import trio.testing

from lanassist.node.errors import LinkBroken, Offline, Refused
from lanassist.node.link.media import MediaChannel
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import NodeId
from lanassist.node.trust.revocation import Revocations
from tests.node.link.pair import MemoryLan, Node, running
from tests.support.site import Site
from tests.support.waiting import until


@asynccontextmanager
async def linked(site: Site) -> AsyncIterator[tuple[Node, Node]]:
    """Sam linked with Dana."""
    sam, dana = Node(site.supervisor()), Node(site.agent())
    async with running(sam, dana):
        sam.dialer.set_targets([sam.target(dana)])
        await until(lambda: sam.told and dana.told)
        yield sam, dana


async def opened(sam: Node, dana: Node, session: str = "s1") -> tuple[MediaChannel, MediaChannel]:
    """Both ends of a channel that Dana expects."""
    dana.links.door.expect(session, "nonce", sam.node)
    near = await sam.links.open_media(dana.node, session, "nonce")
    return near, await dana.links.door.arrival(session, sam.node)


async def test_messages_pass_both_ways_in_order(site: Site) -> None:
    async with linked(site) as (sam, dana):
        near, far = await opened(sam, dana)
        assert near.identity == dana.credentials.identity
        assert far.identity == sam.credentials.identity
        pieces = [bytes([number]) * limits.MEDIA_MESSAGE_BYTES for number in range(20)]
        async with trio.open_nursery() as nursery:

            async def send() -> None:
                for piece in pieces:
                    await far.send(piece)

            nursery.start_soon(send)
            assert [await near.receive() for _ in pieces] == pieces
        await near.send(b"drawn")
        assert await far.receive() == b"drawn"


async def test_closing_one_end_ends_the_other(site: Site) -> None:
    async with linked(site) as (sam, dana):
        near, far = await opened(sam, dana)
        await far.send(b"last words")
        with trio.fail_after(2):
            await far.aclose()
            assert await near.receive() == b"last words"
            with pytest.raises(LinkBroken):
                await near.receive()
        with pytest.raises(LinkBroken):
            await far.send(b"too late")
        await far.aclose()
        await near.aclose()


@pytest.mark.parametrize(
    ("session", "nonce", "peer"),
    [("s2", "nonce", "Sam"), ("s1", "guess", "Sam"), ("s1", "nonce", "Eve"), ("", "", "Sam")],
    ids=["session", "nonce", "peer", "nothing"],
)
async def test_only_the_channel_that_was_granted_gets_in(
    site: Site, session: str, nonce: str, peer: str
) -> None:
    async with linked(site) as (sam, dana):
        dana.links.door.expect("s1", "nonce", sam.node if peer == "Sam" else NodeId("eve"))
        with pytest.raises(Refused, match="No such channel is expected here"):
            await sam.links.open_media(dana.node, session, nonce)


async def test_a_channel_opens_once_only(site: Site) -> None:
    async with linked(site) as (sam, dana):
        await opened(sam, dana)
        with pytest.raises(Refused):
            await sam.links.open_media(dana.node, "s1", "nonce")


async def test_a_channel_that_does_not_come_is_not_waited_for(
    site: Site, autojump_clock: trio.testing.MockClock
) -> None:
    sam, dana = Node(site.supervisor(), lan=MemoryLan()), Node(site.agent(), lan=MemoryLan())
    dana.links.door.expect("s1", "nonce", sam.node)
    with pytest.raises(LinkBroken, match="did not open in time"):
        await dana.links.door.arrival("s1", sam.node)
    assert not dana.links.door.admit(sam.node, "s1", "nonce")


async def test_forgetting_a_session_ends_its_channel(site: Site) -> None:
    async with linked(site) as (sam, dana):
        near, _ = await opened(sam, dana)
        dana.links.door.forget("s1", sam.node)
        with trio.fail_after(2), pytest.raises(LinkBroken):
            await near.receive()


async def test_a_revocation_ends_the_channel_of_a_viewer_that_has_stopped_reading(site: Site) -> None:
    async with linked(site) as (sam, dana):
        _, far = await opened(sam, dana)
        why: list[str] = []

        async def pump() -> None:
            try:
                while True:
                    await far.send(bytes(limits.MEDIA_MESSAGE_BYTES))
            except LinkBroken as error:
                why.append(error.text)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(pump)
            await trio.testing.wait_all_tasks_blocked(0.05)
            dana.links.revoke(Revocations(number=1, serials=frozenset({sam.credentials.identity.serial})))
            with trio.fail_after(2):
                await until(lambda: why)
        assert "its certificate has been revoked" in why[0]


async def test_a_message_beyond_the_bound_ends_the_channel(site: Site) -> None:
    async with linked(site) as (sam, dana):
        near, far = await opened(sam, dana)
        with pytest.raises(ValueError, match="media message"):
            await near.send(bytes(limits.MEDIA_MESSAGE_BYTES + 1))
        await near._connection.channel.send(bytes(limits.MEDIA_MESSAGE_BYTES + 1))
        with pytest.raises(LinkBroken, match="more than 65536 bytes"):
            await far.receive()


async def test_no_channel_opens_to_a_node_without_a_link(site: Site) -> None:
    sam = Node(site.supervisor())
    async with running(sam):
        with pytest.raises(Offline):
            await sam.links.open_media(NodeId("nobody"), "s1", "nonce")
