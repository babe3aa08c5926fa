"""Moves under way: a conversation is offered to an agent, who reserves a place for it or says why not.

An offer is not committed. If the desk forgets it in a crash nothing has moved, and an agent that still
keeps a place for it asks until it is told that the offer stands no more.
"""

import msgspec

from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import NodeId, Offer, OfferWithdrawn
from lanassist.node.services.alarms import Alarms
from lanassist.node.services.decision import Decision
from lanassist.node.services.desk.book import Conversation
from lanassist.node.services.desk.floor import Floor

Alarm = tuple[str, str]


class Asker(msgspec.Struct, frozen=True):
    """Who requested a move, and under which id."""

    node: NodeId
    request: str
    actor: str = ""
    """The supervisor's node, if one asked: itself, or through an agent under control."""
    actor_name: str = ""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation on its way to one agent."""

    offer: str
    conversation: str
    epoch: int
    """Under which the agent would own it."""
    to: NodeId
    asker: Asker | None
    """None: routing."""
    until: float


class Moves:
    """At most one move a conversation."""

    def __init__(self, decision: Decision, alarms: Alarms[Alarm], floor: Floor) -> None:
        self._decision = decision
        self._alarms = alarms
        self._floor = floor
        self._by_offer: dict[str, Move] = {}
        self._by_conversation: dict[str, Move] = {}

    def of(self, conversation: str) -> Move | None:
        return self._by_conversation.get(conversation)

    def to(self, node: NodeId) -> list[Move]:
        return [move for move in self._by_offer.values() if move.to == node]

    def find(self, offer: str, to: NodeId) -> Move | None:
        """The move that this agent's answer is about."""
        move = self._by_offer.get(offer)
        return move if move is not None and move.to == to else None

    def by_offer(self, offer: str) -> Move | None:
        return self._by_offer.get(offer)

    def start(self, found: Conversation, offer: str, to: NodeId, asker: Asker | None, now: float) -> None:
        """Offer it."""
        move = Move(
            offer=offer,
            conversation=found.record.id,
            epoch=found.record.epoch + 1,
            to=to,
            asker=asker,
            until=now + limits.OFFER_ANSWER,
        )
        self._by_offer[offer] = self._by_conversation[move.conversation] = move
        if (agent := self._floor.get(to)) is not None:
            agent.offers.add(offer)
        self.offer(move, found, now)

    def offer(self, move: Move, found: Conversation, now: float) -> None:
        """Say it, for the first time or again."""
        record = found.record
        self._decision.send(
            move.to,
            Offer(
                offer=move.offer,
                conversation=record.id,
                epoch=move.epoch,
                client=record.client,
                category=record.category,
            ),
        )
        self._alarms.set(("offer", move.offer), min(now + limits.RESEND, move.until))

    def end(self, move: Move, *, withdraw: bool) -> None:
        """It is over; ``withdraw`` if the agent may keep a place for it."""
        del self._by_offer[move.offer]
        del self._by_conversation[move.conversation]
        self._alarms.cancel(("offer", move.offer))
        if (agent := self._floor.get(move.to)) is not None:
            agent.offers.discard(move.offer)
        if withdraw:
            self._decision.send(move.to, OfferWithdrawn(offer=move.offer))
