"""What a node keeps over restarts: services' own terms on one side, stored rows on the other.

Services count time on the monotonic clock, which begins anew with each start of the machine; rows hold
wall-clock times. The conversion happens here and nowhere else, and nothing is ordered by the result.
"""

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec
import trio

from lanassist.node.discovery.addresses import Address
from lanassist.node.protocol.messages import NodeId
from lanassist.node.services.base import Record
from lanassist.node.services.peers.core import KnownNode
from lanassist.node.services.presence.core import KnownAgent
from lanassist.node.services.site.core import Edition
from lanassist.node.store import documents, nodes, peers, records
from lanassist.node.store.database import Storage
from lanassist.node.store.documents import StoredDocument
from lanassist.node.store.nodes import KnownNode as StoredNode
from lanassist.node.store.records import Place, StoredRecord
from lanassist.node.trust.grants import Role

DATABASE: Final = Path("data", "node.db")


class Memory:
    """Everything that the services of one node keep."""

    def __init__(
        self,
        storage: Storage,
        clock: Callable[[], float] = trio.current_time,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._wall = wall

    def _mono(self, wall: float) -> float:
        """A wall-clock time on this run's monotonic clock; what lies in the future counts as now."""
        return self._clock() - max(0.0, self._wall() - wall)

    def _as_wall(self, mono: float) -> float:
        return self._wall() - (self._clock() - mono)

    # --- what cores keep -----------------------------------------------------------------------------

    async def records(self, service: str, kinds: Sequence[type[Record]]) -> list[Record]:
        """Everything that a service's core has kept, with its times on this run's clock."""
        of = {str(kind.__struct_config__.tag): kind for kind in kinds}
        stored = await self._storage.run(records.load, service)
        found = [msgspec.json.decode(each.body, type=of[each.place.kind]) for each in stored]
        now = self._clock()
        return [record.shifted(now - self._wall(), now) for record in found]

    async def keep(self, service: str, put: Sequence[Record], drop: Sequence[Record]) -> None:
        """Commit what an outcome changes: all of it, or (StorageFailed) nothing."""
        later = self._wall() - self._clock()
        rows = [
            StoredRecord(_place(each), msgspec.json.encode(each.shifted(later, math.inf)).decode())
            for each in put
        ]
        await self._storage.run(records.change, service, rows, [_place(each) for each in drop])

    # --- peers ---------------------------------------------------------------------------------------

    async def known_nodes(self) -> list[KnownNode]:
        """Who was linked before, whoever was seen last first."""
        return [
            KnownNode(
                node=each.node,
                name=each.name,
                email=each.email,
                roles=each.roles,
                teams=each.teams,
                addresses=each.addresses,
                last_heard=self._mono(each.last_seen),
            )
            for each in await self._storage.run(nodes.load)
        ]

    async def remember(self, node: KnownNode) -> None:
        stored = StoredNode(
            node=NodeId(node.node),
            name=node.name,
            email=node.email,
            roles=node.roles,
            teams=node.teams,
            addresses=node.addresses,
            last_seen=self._as_wall(node.last_heard),
        )
        await self._storage.run(nodes.save, stored)

    async def static_peers(self) -> list[Address]:
        return await self._storage.run(peers.load)

    async def keep_static(self, address: Address) -> None:
        await self._storage.run(peers.save, address)

    async def drop_static(self, address: Address) -> None:
        await self._storage.run(peers.forget, address)

    # --- site ----------------------------------------------------------------------------------------

    async def editions(self) -> list[str]:
        """The signed documents, as text; to be verified again by whoever acts on them."""
        return [each.text for each in await self._storage.run(documents.load)]

    async def keep_edition(self, edition: Edition) -> None:
        stored = StoredDocument(kind=edition.kind, number=edition.number, text=edition.text)
        await self._storage.run(documents.save, stored)


def _place(record: Record) -> Place:
    return Place(str(record.__struct_config__.tag), record.key)


def known_agents(known: list[KnownNode]) -> list[KnownAgent]:
    """The agents among the nodes that were linked before."""
    return [
        KnownAgent(
            node=each.node, name=each.name, email=each.email, teams=each.teams, last_heard=each.last_heard
        )
        for each in known
        if Role.AGENT in each.roles
    ]
