"""What owners are told: that they own, how the log goes on, and that they own no more."""

from typing import Literal

from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import (
    Appended,
    Granted,
    Holding,
    NodeId,
    Reconciled,
    Released,
    Took,
)
from lanassist.node.services.alarms import Alarms
from lanassist.node.services.conversation import next_entries
from lanassist.node.services.decision import Decision
from lanassist.node.services.desk.book import Book, Conversation
from lanassist.node.services.desk.floor import Agent, Floor
from lanassist.node.services.desk.moves import Alarm

Why = Literal["moved", "completed", "left", "blocked", "unknown"]


class Owners:
    """Keeps each owner's replica level with the book; says everything again until it is answered."""

    def __init__(
        self, me: NodeId, book: Book, floor: Floor, decision: Decision, alarms: Alarms[Alarm]
    ) -> None:
        self._me = me
        self._book = book
        self._floor = floor
        self._decision = decision
        self._alarms = alarms

    def tell(self, found: Conversation, now: float) -> None:
        """Whatever the owner has not confirmed yet."""
        record = found.record
        alarm: Alarm = ("tell", record.id)
        agent = self._floor.get(record.owner)
        if agent is None or not agent.reconciled or found.known == len(found.log):
            self._alarms.cancel(alarm)
            return
        if found.known is None:
            self._decision.send(record.owner, self._granted(found, now))
        else:
            entries = next_entries(found.log, found.known, now)
            appended = Appended(conversation=record.id, epoch=record.epoch, entries=entries)
            self._decision.send(record.owner, appended)
        self._alarms.set(alarm, now + limits.RESEND)

    def _granted(self, found: Conversation, now: float) -> Granted:
        record = found.record
        return Granted(
            offer=found.offer,
            conversation=record.id,
            epoch=record.epoch,
            client=record.client,
            category=record.category,
            entries=next_entries(found.log, 0, now),
        )

    def took(self, peer: NodeId, message: Took, now: float) -> None:
        """The owner has committed the log up to there."""
        found = self._book.get(message.conversation)
        if found is None or (found.record.owner, found.record.epoch) != (peer, message.epoch):
            return
        found.known = min(max(found.known or 0, message.seq), len(found.log))
        self.tell(found, now)

    def release(self, node: NodeId, found: Conversation, why: Why) -> None:
        """Not yours any more. If it is lost, the next comparison of holdings says it again."""
        if node != self._me:
            record = found.record
            self._decision.send(node, Released(conversation=record.id, epoch=record.epoch, code=why))

    def compare(self, agent: Agent, message: Holding, now: float) -> None:
        """Put right what an agent believes and what the book says: the book wins."""
        node = agent.identity.node
        agent.reconciled = True
        agent.doubtful = False
        claims = {each.conversation: each for each in message.held}
        for found in self._book.owned_by(node):
            claim = claims.pop(found.record.id, None)
            same = claim is not None and claim.epoch == found.record.epoch
            found.known = min(claim.seq, len(found.log)) if claim is not None and same else None
            self.tell(found, now)
        for claim in claims.values():
            other = self._book.get(claim.conversation)
            if other is not None:
                self.release(node, other, "completed" if other.record.state == "done" else "moved")
            else:
                gone = Released(conversation=claim.conversation, epoch=claim.epoch + 1, code="unknown")
                self._decision.send(node, gone)
        load = message.load
        self._decision.send(node, Reconciled(boot=load.boot, number=load.number))
