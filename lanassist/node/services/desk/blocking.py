"""Blocking: supervisors write the block list, desks spread it, and who is blocked has nothing open."""

from collections.abc import Callable, Sequence

from lanassist.node.protocol.messages import Block, BlockRequested, Blocks, BlocksDigest, NodeId
from lanassist.node.services.decision import Decision
from lanassist.node.services.desk.blocks import BlockList, told
from lanassist.node.services.desk.book import Book
from lanassist.node.services.desk.handover import Handover
from lanassist.node.services.desk.moves import Asker
from lanassist.node.services.desk.records import BlockRecord
from lanassist.node.services.desk.windows import Windows
from lanassist.node.trust.grants import Grant, Role
from lanassist.node.trust.identity import Identity


class Blocking:
    """Keeps this desk's list, the other desks' and the supervisors' view of it level."""

    def __init__(
        self,
        me: NodeId,
        new_id: Callable[[], str],
        decision: Decision,
        book: Book,
        blocks: BlockList,
        windows: Windows,
        handover: Handover,
    ) -> None:
        self._me = me
        self._new_id = new_id
        self._decision = decision
        self._book = book
        self._blocks = blocks
        self._windows = windows
        self._handover = handover
        self._desks: set[NodeId] = set()
        self._supervisors: set[NodeId] = set()

    def peer_up(self, peer: Identity, now: float) -> None:
        if Role.DESK in peer.roles and peer.node != self._me:
            self._desks.add(peer.node)
            self._decision.send(peer.node, self._blocks.digest())
        if None in (peer.why_not_grant(Grant.BLOCK), peer.why_not_grant(Grant.OBSERVE)):
            self._supervisors.add(peer.node)
            for part in self._blocks.all(now):
                self._decision.send(peer.node, part)

    def peer_down(self, peer: NodeId) -> None:
        self._desks.discard(peer)
        self._supervisors.discard(peer)

    def tell_digest(self) -> None:
        """Whoever knows something else will say so."""
        for desk in sorted(self._desks):
            self._decision.send(desk, self._blocks.digest())

    def requested(self, peer: Identity, message: BlockRequested, now: float) -> None:
        refusal = peer.why_not_grant(Grant.BLOCK)
        if refusal is None and not self._blocks.written(message.id, message.client):
            block = Block(
                client=message.client,
                number=0,
                node=self._me,
                blocked=message.blocked,
                reason=message.reason,
                by=peer.name,
                name=self._book.name_of(message.client) or self._blocks.name_of(message.client),
                seconds=message.seconds,
            )
            self._adopt([self._blocks.write(self._me, block, message.id, now)], None, now)
        self._handover.answer(Asker(peer.node, message.id), refusal)

    def learn(self, peer: Identity, message: Blocks, now: float) -> None:
        """Another desk's words."""
        self._adopt(self._blocks.learn(message.blocks, now), peer.node, now)

    def compare(self, peer: Identity, message: BlocksDigest, now: float) -> None:
        """Another desk's list comes to this; if it is another one, here is ours."""
        if message != self._blocks.digest():
            for part in self._blocks.all(now):
                self._decision.send(peer.node, part)

    def _adopt(self, news: Sequence[BlockRecord], told_by: NodeId | None, now: float) -> None:
        """Keep it, spread it, and end what the blocked have open."""
        for record in news:
            self._decision.put(record)
            self._windows.show_block(record, now)
        for node in sorted((self._desks | self._supervisors) - {told_by}):
            for part in told(news, now):
                self._decision.send(node, part)
        for record in news:
            if record.holds(now):
                self._end(record.client, now)

    def _end(self, client: str, now: float) -> None:
        for found in self._book.of(client):
            if found.record.state != "done":
                self._book.write(found, "blocked", self._new_id(), now)
                self._handover.hand_back(found, "done", "blocked", now)
