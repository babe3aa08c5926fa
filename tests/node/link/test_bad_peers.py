"""Peers with a proper certificate that stop reading, fall silent, or do not keep to the protocol."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import msgspec
import pytest
import trio
import trio.testing

from lanassist.node.errors import LinkBroken
from lanassist.node.link.channel import ChannelClosed
from lanassist.node.link.connection import Connection
from lanassist.node.link.dial import dial
from lanassist.node.protocol import limits
from lanassist.node.protocol.codec import encode
from lanassist.node.protocol.messages import Goodbye, Heartbeat, NodeId, Presence, Ready, SignedDocument
from lanassist.node.trust.revocation import Revocations
from tests.node.link.pair import MemoryLan, Node, running
from tests.support.site import Site
from tests.support.waiting import until


@asynccontextmanager
async def acquaintance(site: Site, dana: Node, lan: MemoryLan | None = None) -> AsyncIterator[Connection]:
    """Sam's bare connection to Dana's node: whatever he does with it, Dana's link must cope."""
    sam = Node(site.supervisor(), lan=lan)
    async with (
        running(dana),
        dial(
            sam.endpoint,
            [dana.address],
            dana.node,
            sam.endpoint.hello(),
            connect=lan.connect if lan else trio.open_tcp_stream,
        ) as connection,
    ):
        await until(lambda: dana.told == ["up Sam Reed"])
        yield connection


def revoked(dana: Node) -> Revocations:
    """The list that covers whoever is connected."""
    return Revocations(number=1, serials=frozenset(each.serial for each in dana.links.identities))


async def still_to_read(connection: Connection) -> int:
    """How many bytes of messages can be read from here to the end."""
    got = 0
    with suppress(ChannelClosed):
        while True:
            got += len(await connection.channel.receive())
    return got


async def test_a_revoked_peer_that_has_stopped_reading_is_gone_within_two_seconds(site: Site) -> None:
    dana = Node(site.agent())
    async with acquaintance(site, dana) as sam:
        flood = SignedDocument(kind="flood", document=bytes(limits.SIGNED_DOCUMENT_BYTES))
        for _ in range(12):
            dana.links.send(sam_node(dana), flood)
        await trio.testing.wait_all_tasks_blocked(0.05)
        with trio.fail_after(2):
            dana.links.revoke(revoked(dana))
            await until(lambda: len(dana.told) == 2)
            # What the kernel had not sent yet is dropped with the link, so the rest never comes.
            assert await still_to_read(sam) < 12 * limits.SIGNED_DOCUMENT_BYTES
        assert "has been revoked" in str(dana.errors[0])


async def test_a_peer_that_ignores_goodbyes_is_gone_within_two_seconds(site: Site) -> None:
    dana = Node(site.agent())
    async with acquaintance(site, dana):
        with trio.fail_after(2):
            await dana.links.close("closing")
            await until(lambda: len(dana.told) == 2)


async def test_a_silent_peer_is_flagged_within_six_seconds(
    site: Site, autojump_clock: trio.testing.MockClock
) -> None:
    lan = MemoryLan()
    dana = Node(site.agent(), lan=lan)
    async with acquaintance(site, dana, lan) as sam:
        for _ in range(5):
            await trio.sleep(2)
            await sam.channel.send(encode(Heartbeat()))
        assert dana.told == ["up Sam Reed"]
        silent_since = trio.current_time()
        await until(lambda: len(dana.told) == 2, seconds=30)
        assert 4 < trio.current_time() - silent_since <= limits.DEAD_AFTER
        assert "nothing was heard" in str(dana.errors[0])


async def test_a_message_of_a_newer_version_is_skipped(site: Site) -> None:
    dana = Node(site.agent())
    async with acquaintance(site, dana) as sam:
        await sam.channel.send(msgspec.msgpack.encode({"t": "of-the-future", "what": [1, 2]}))
        await sam.channel.send(encode(Presence(status="break", reason="lunch")))
        await until(lambda: dana.received == [Presence(status="break", reason="lunch")])


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"\xc1garbage", "malformed"),
        (msgspec.msgpack.encode({"t": "presence", "status": "asleep"}), "malformed"),
        (msgspec.msgpack.encode({"t": "presence", "status": "break", "reason": "x" * 301}), "malformed"),
        (b"\x91" * 100_000, "malformed"),
        (bytes(limits.MESSAGE_BYTES + 1), "a message had more than 1048576 bytes"),
        (encode(Ready()), "it began the handshake again"),
        (encode(Goodbye(code="closing", text="Going home.")), "Going home."),
    ],
    ids=["garbage", "value", "too-long", "deep", "too-big", "handshake", "goodbye"],
)
async def test_what_ends_a_link(site: Site, sent: bytes, why: str) -> None:
    dana = Node(site.agent())
    async with acquaintance(site, dana) as sam:
        await sam.channel.send(sent)
        await until(lambda: len(dana.told) == 2)
        assert isinstance(dana.errors[0], LinkBroken)
        assert why in dana.errors[0].text
        assert dana.received == []


def sam_node(dana: Node) -> NodeId:
    return dana.links.identities[0].node
