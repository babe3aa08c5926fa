"""The agent's side towards desks: what it holds, has room for, and has done while the desk was away."""

from collections.abc import Callable
from typing import Final

from lanassist.node.errors import Absent, AtCapacity, ConversationMoved, LanassistError, NoDesk
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import (
    Act,
    Append,
    AppendAnswered,
    Appended,
    Granted,
    Holding,
    Holds,
    Load,
    Message,
    MoveRequested,
    NodeId,
    Offer,
    OfferAnswered,
    OfferWithdrawn,
    Reconciled,
    Released,
    Took,
    Typing,
    age_of,
)
from lanassist.node.services.alarms import Alarms
from lanassist.node.services.conversations.records import ReservationRecord
from lanassist.node.services.conversations.requests import Alarm, Requests, Settle
from lanassist.node.services.conversations.shelf import Held, Shelf
from lanassist.node.services.conversations.work import Work
from lanassist.node.services.decision import Decision
from lanassist.node.services.facts import Availability
from lanassist.node.trust.identity import Identity

RESERVATION: Final = 60.0
"""A place is kept so long for a desk that says nothing more."""


class AgentSide:
    """Answers desks, and keeps them told."""

    def __init__(
        self,
        me: Identity,
        boot: str,
        shelf: Shelf,
        work: Work,
        requests: Requests,
        decision: Decision,
        alarms: Alarms[Alarm],
    ) -> None:
        self._me = me
        self._boot = boot
        self._shelf = shelf
        self._work = work
        self._requests = requests
        self._decision = decision
        self._alarms = alarms
        self._availability = Availability()
        self._number = 0
        self.active_at = 0.0
        """The agent's last deed."""
        self._told: tuple[bool, str, int, int] | None = None
        self.desks: dict[NodeId, Identity] = {}
        self._heard: dict[NodeId, int] = {}
        """The number of the last load that each desk has confirmed."""
        self.typing: set[str] = set()

    def start(self, now: float) -> None:
        self.active_at = now
        for record in self._shelf.reservations.values():
            self._alarms.set(("reserved", record.conversation), now)

    def observe(self, availability: Availability) -> None:
        self._availability = availability

    # --- load ----------------------------------------------------------------------------------------

    @property
    def availability(self) -> Availability:
        return self._availability

    def load(self, now: float) -> Load:
        """What there is room for, as of now."""
        around = self._availability
        return Load(
            boot=self._boot,
            number=self._number,
            available=around.available,
            reason=around.why,
            active=self._shelf.active(),
            total=around.capacity,
            idle_age=age_of(self.active_at, now),
        )

    def tell_load(self, now: float) -> bool:
        """Tell every desk, if anything has changed since they were told."""
        around = self._availability
        state = (around.available, around.why, self._shelf.active(), around.capacity)
        if state == self._told:
            return False
        self._told = state
        self._number += 1
        for desk in self.desks:
            self.tell_holding(desk, now)
        return True

    def tell_holding(self, desk: NodeId, now: float) -> None:
        """All that this agent believes towards one desk; again soon until confirmed, then now and then."""
        held = tuple(
            Holds(each.record.id, each.record.epoch, len(each.log))
            for each in self._shelf.mine.values()
            if each.record.desk == desk
        )
        self._decision.send(desk, Holding(load=self.load(now), held=held[: limits.HELD]))
        confirmed = self._heard.get(desk) == self._number
        self._alarms.set(("holding", desk), now + (limits.HOLDING_EVERY if confirmed else limits.RESEND))

    # --- desks ---------------------------------------------------------------------------------------

    def desk_up(self, desk: Identity, now: float) -> None:
        self.desks[desk.node] = desk
        self._heard.pop(desk.node, None)
        self.tell_holding(desk.node, now)
        for held in self._shelf:
            if held.record.desk == desk.node:
                self.send_acts(held, now)

    def desk_down(self, desk: NodeId) -> None:
        self.desks.pop(desk, None)
        self._alarms.cancel(("holding", desk))

    def receive(self, desk: NodeId, message: Message, now: float) -> str | None:
        """What a desk says. The conversation that it changed, if it did."""
        match message:
            case Offer():
                self._offered(desk, message, now)
            case OfferWithdrawn():
                for record in list(self._shelf.reservations.values()):
                    if (record.offer, record.desk) == (message.offer, desk):
                        self._shelf.give_back(record.conversation)
            case Reconciled(boot=boot, number=number) if (boot, number) == (self._boot, self._number):
                self._heard[desk] = number
                self._alarms.set(("holding", desk), now + limits.HOLDING_EVERY)
            case Granted():
                return self._granted(desk, message, now)
            case Appended() | Released() | AppendAnswered() | Typing():
                held = self._shelf.get(message.conversation, desk)
                return None if held is None else self._about(held, message, now)
        return None

    def _offered(self, desk: NodeId, offer: Offer, now: float) -> None:
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
        around, name = self._availability, self._me.name
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
        if record.desk in self.desks:
            self._answer(record.desk, record.offer, record.conversation, None, now)

    def _granted(self, desk: NodeId, message: Granted, now: float) -> str | None:
        held = self._shelf.get(message.conversation, desk)
        if held is None and self._shelf.known(message.conversation):
            return None
        if held is None or message.epoch > held.record.epoch:
            held = self._shelf.own(desk, message, now)
            self.active_at = now
        elif (held.record.epoch, held.record.state) != (message.epoch, "held"):
            return None  # overtaken
        self._extended(held, desk, self._shelf.extend(held, message.entries, now), now)
        return held.record.id

    def _about(
        self, held: Held, message: Appended | Released | AppendAnswered | Typing, now: float
    ) -> str | None:
        record = held.record
        match message:
            case Appended(epoch=epoch) if (epoch, "held") == (record.epoch, record.state):
                self._extended(held, record.desk, self._shelf.extend(held, message.entries, now), now)
            case Released(epoch=epoch) if epoch > record.epoch and record.state == "held":
                self._shelf.release(held, epoch, "done" if message.code == "completed" else "moved", now)
                self.typing.discard(record.id)
            case AppendAnswered():
                for act in set(message.accepted).difference(message.returned):
                    if (done := held.pending.get(act)) is not None and done.act.kind == "complete":
                        self._work.completed(held, done)
                self._shelf.answered(held, message.accepted, message.refused)
                self.send_acts(held, now)
            case Typing(typing=typing) if record.state == "held":
                (self.typing.add if typing else self.typing.discard)(record.id)
            case _:
                return None
        return record.id

    def _extended(self, held: Held, desk: NodeId, whole: bool, now: float) -> None:
        if whole:
            record = held.record
            self._decision.send(desk, Took(conversation=record.id, epoch=record.epoch, seq=len(held.log)))
        else:
            self.tell_holding(desk, now)  # it says what is missing

    # --- what the agent does -------------------------------------------------------------------------

    def act(self, held: Held, act: Act, now: float) -> None:
        """Done here and now; for the desk to take in."""
        self._shelf.act(held, act, now)
        self.active_at = now
        self.send_acts(held, now)

    def send_acts(self, held: Held, now: float) -> None:
        """The oldest acts that have no answer."""
        desk, conversation = held.record.desk, held.record.id
        if not held.pending or desk not in self.desks:
            return self._alarms.cancel(("acts", conversation))
        epoch, acts = self._shelf.unanswered(held)
        self._decision.send(desk, Append(conversation=conversation, epoch=epoch, acts=acts))
        self._alarms.set(("acts", conversation), now + limits.RESEND)
        return None

    def move(
        self, held: Held, request: str, to: str, settle: Settle, now: float, by: Act | None = None
    ) -> None:
        """Ask the desk, once all that was done before is in the log. Raises NoDesk, ConversationMoved."""
        record = held.record
        if held.completing:
            raise ConversationMoved(agent=self._me.name)
        if record.desk not in self.desks:
            raise NoDesk
        message = MoveRequested(
            id=request,
            conversation=record.id,
            epoch=record.epoch if record.state == "held" else 0,
            to=to,
            actor=by.actor if by else "",
            actor_name=by.actor_name if by else "",
        )
        ready: Callable[[], bool] = lambda: not held.pending  # noqa: E731
        self._requests.send(
            request, record.desk, message, settle, now, who=self.desks[record.desk].name, ready=ready
        )

    def type(self, held: Held, typing: bool) -> None:
        """For the client's page, if the desk is there."""
        if held.record.desk in self.desks:
            self._decision.send(held.record.desk, Typing(conversation=held.record.id, typing=typing))
