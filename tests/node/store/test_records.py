"""What a node keeps: nodes it met, static peers, signed documents, its own status."""

from collections.abc import AsyncIterator

import pytest

from lanassist.node.protocol.messages import NodeId
from lanassist.node.store import documents, nodes, peers
from lanassist.node.store.database import Storage
from lanassist.node.store.documents import StoredDocument
from lanassist.node.store.nodes import KnownNode
from tests.support.storage import MemoryStorage


@pytest.fixture
async def storage() -> AsyncIterator[Storage]:
    memory = MemoryStorage()
    yield memory
    memory.close()


def dana(last_seen: float = 1000.5) -> KnownNode:
    return KnownNode(
        node=NodeId("dana"),
        name='Dana "the 4th" O’Neil\n',
        email="dana@acme.example",
        roles=("agent", "supervisor"),
        teams=(),
        addresses=(("10.0.0.4", 47600), ("fe80::1%eth0", 5)),
        last_seen=last_seen,
    )


async def test_nodes_are_remembered_the_latest_first(storage: Storage) -> None:
    lee = KnownNode(
        node=NodeId("lee"), name="Lee", email="", roles=(), teams=("east",), addresses=(), last_seen=7.0
    )
    for node in (dana(), lee, dana(2000.0)):
        await storage.run(nodes.save, node)
    assert await storage.run(nodes.load) == [dana(2000.0), lee]
    await storage.run(nodes.forget, NodeId("dana"))
    assert await storage.run(nodes.load) == [lee]


async def test_static_peers_are_kept_once(storage: Storage) -> None:
    for peer in (("desk", 1), ("10.0.0.4", 2), ("desk", 1)):
        await storage.run(peers.save, peer)
    assert sorted(await storage.run(peers.load)) == [("10.0.0.4", 2), ("desk", 1)]
    await storage.run(peers.forget, ("desk", 1))
    await storage.run(peers.forget, ("desk", 1))
    assert await storage.run(peers.load) == [("10.0.0.4", 2)]


async def test_a_documents_number_never_goes_down(storage: Storage) -> None:
    for number in (3, 5, 4, 5):
        document = StoredDocument(kind="revocations", number=number, text=f"edition {number}")
        await storage.run(documents.save, document)
    other = StoredDocument(kind="policy", number=1, text="…")
    await storage.run(documents.save, other)
    newest = StoredDocument(kind="revocations", number=5, text="edition 5")
    assert await storage.run(documents.load) == [other, newest]
