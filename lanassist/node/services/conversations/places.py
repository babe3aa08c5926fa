"""Places for clients: what the agent has room for, and the places that it keeps for what was offered."""

from collections.abc import Container
from typing import Final

from lanassist.node.errors import Absent, AtCapacity, LanassistError
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Load, NodeId, Offer, OfferAnswered, age_of
from lanassist.node.services.alarms import Alarms
from lanassist.node.services.conversations.records import ReservationRecord
from lanassist.node.services.conversations.requests import Alarm
from lanassist.node.services.conversations.shelf import Shelf
from lanassist.node.services.decision import Decision
from lanassist.node.services.facts import Availability
from lanassist.node.trust.identity import Identity

RESERVATION: Final = 60.0
"""A place is kept so long for a desk that says nothing more."""


class Places:
    """Answers offers. Here it is decided whether this agent takes another client."""

    def __init__(
        self,
        me: Identity,
        boot: str,
        shelf: Shelf,
        desks: Container[NodeId],
        decision: Decision,
        alarms: Alarms[Alarm],
    ) -> None:
        """``desks``: those that can be told something."""
        self._me = me
        self._boot = boot
        self._shelf = shelf
        self._desks = desks
        self._decision = decision
        self._alarms = alarms
        self.availability = Availability()
        self.number = 0
        """Of the last load that was told."""
        self.active_at = 0.0
        """The agent's last deed."""

    def start(self, now: float) -> None:
        self.active_at = now
        for record in self._shelf.reservations.values():
            self._alarms.set(("reserved", record.conversation), now)

    @property
    def state(self) -> tuple[bool, str, int, int]:
        """What desks are told whenever it changes."""
        around = self.availability
        return around.available, around.why, self._shelf.active(), around.capacity

    def load(self, now: float) -> Load:
        """What there is room for, as of now."""
        around = self.availability
        return Load(
            boot=self._boot,
            number=self.number,
            available=around.available,
            reason=around.why,
            active=self._shelf.active(),
            total=around.capacity,
            idle_age=age_of(self.active_at, now),
        )

    def offered(self, desk: NodeId, offer: Offer, now: float) -> None:
        held = self._shelf.get(offer.conversation, desk)
        if held is None and self._shelf.known(offer.conversation):
            return  # another desk's conversation
        if held is not None and held.record.epoch >= offer.epoch:
            return  # an offer that has been overtaken
        kept = self._shelf.reservations.get(offer.conversation)
        if kept is not None and kept.desk != desk:
            return
        if kept is None and (refusal := self.why_not_take()):
            self._answer(desk, offer.offer, offer.conversation, refusal, now)
            return
        if kept is None or kept.epoch <= offer.epoch:
            self._shelf.reserve(offer, desk, now)
        self._answer(desk, offer.offer, offer.conversation, None, now)
        self._alarms.set(("reserved", offer.conversation), now + limits.RESEND)
        return

    def why_not_take(self) -> LanassistError | None:
        """The check that decides, made where the client would go."""
        around, name = self.availability, self._me.name
        if not around.available:
            return Absent(agent=name, why=around.why or "on break")
        active = self._shelf.active()
        if active >= around.capacity:
            return AtCapacity(agent=name, active=active, total=around.capacity)
        return None

    def _answer(
        self, desk: NodeId, offer: str, conversation: str, refusal: LanassistError | None, now: float
    ) -> None:
        answer = OfferAnswered(
            offer=offer,
            conversation=conversation,
            accepted=refusal is None,
            code=refusal.code if refusal else "",
            text=refusal.text[: limits.REASON_LENGTH] if refusal else "",
            load=self.load(now),
        )
        self._decision.send(desk, answer)

    def reserved(self, conversation: str, now: float) -> None:
        """A place is still kept: ask again, or give it back if the desk is silent for long."""
        record = self._shelf.reservations.get(conversation)
        if record is not None and now >= record.since + RESERVATION:
            self._shelf.give_back(conversation)
        elif record is not None:
            self._confirm(record, now)
            self._alarms.set(("reserved", conversation), now + limits.RESEND)
        return

    def _confirm(self, record: ReservationRecord, now: float) -> None:
        if record.desk in self._desks:
            self._answer(record.desk, record.offer, record.conversation, None, now)
