"""The agent's side towards desks: what it holds, has room for, and has done while the desk was away."""

from collections.abc import Callable

from lanassist.node.errors import ConversationMoved, NoDesk
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import (
    Act,
    Append,
    AppendAnswered,
    Appended,
    Granted,
    Holding,
    Holds,
    Message,
    MoveRequested,
    NodeId,
    Offer,
    OfferWithdrawn,
    Reconciled,
    Released,
    Took,
    Typing,
)
from lanassist.node.services.alarms import Alarms
from lanassist.node.services.conversations.places import Places
from lanassist.node.services.conversations.requests import Alarm, Requests, Settle
from lanassist.node.services.conversations.shelf import Held, Shelf
from lanassist.node.services.conversations.work import Work
from lanassist.node.services.decision import Decision
from lanassist.node.trust.identity import Identity

MESSAGES: tuple[type[Message], ...] = (
    Offer,
    OfferWithdrawn,
    Reconciled,
    Granted,
    Appended,
    Released,
    AppendAnswered,
    Typing,
)
"""What desks say to an agent."""


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
        self._shelf = shelf
        self._work = work
        self._requests = requests
        self._decision = decision
        self._alarms = alarms
        self._told: tuple[bool, str, int, int] | None = None
        self.desks: dict[NodeId, Identity] = {}
        self._boot = boot
        self.places = Places(me, boot, shelf, self.desks, decision, alarms)
        self._heard: dict[NodeId, int] = {}
        """The number of the last load that each desk has confirmed."""
        self.typing: set[str] = set()
        """Conversations whose clients type."""
        self._typed: dict[str, float] = {}
        """Conversations in which the agent types, and when to say so again."""

    # --- load ----------------------------------------------------------------------------------------

    def tell_load(self, now: float) -> bool:
        """Tell every desk, if anything has changed since they were told."""
        state = self.places.state
        if state == self._told:
            return False
        self._told = state
        self.places.number += 1
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
        self._decision.send(desk, Holding(load=self.places.load(now), held=held[: limits.HELD]))
        confirmed = self._heard.get(desk) == self.places.number
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
                self.places.offered(desk, message, now)
            case OfferWithdrawn():
                for record in list(self._shelf.reservations.values()):
                    if (record.offer, record.desk) == (message.offer, desk):
                        self._shelf.give_back(record.conversation)
            case Reconciled(boot=boot, number=number) if (boot, number) == (self._boot, self.places.number):
                self._heard[desk] = number
                self._alarms.set(("holding", desk), now + limits.HOLDING_EVERY)
            case Granted():
                return self._granted(desk, message, now)
            case Appended() | Released() | AppendAnswered() | Typing():
                held = self._shelf.get(message.conversation, desk)
                return None if held is None else self._about(held, message, now)
        return None

    def _granted(self, desk: NodeId, message: Granted, now: float) -> str | None:
        held = self._shelf.get(message.conversation, desk)
        if held is None and self._shelf.known(message.conversation):
            return None
        if held is None or message.epoch > held.record.epoch:
            held = self._shelf.own(desk, message, now)
            self.places.active_at = now
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
                if any(entry.kind == "client" for entry in message.entries):
                    self.client_types(record.id, False, now)
                self._extended(held, record.desk, self._shelf.extend(held, message.entries, now), now)
            case Released(epoch=epoch) if epoch > record.epoch and record.state == "held":
                self._shelf.release(held, epoch, "done" if message.code == "completed" else "moved", now)
                self.client_types(record.id, False, now)
            case AppendAnswered():
                for act in set(message.accepted).difference(message.returned):
                    if (done := held.pending.get(act)) is not None and done.act.kind == "complete":
                        self._work.completed(held, done)
                self._shelf.answered(held, message.accepted, message.refused)
                self.send_acts(held, now)
            case Typing(typing=typing) if record.state == "held":
                self.client_types(record.id, typing, now)
            case _:
                return None
        return record.id

    def client_types(self, conversation: str, typing: bool, now: float) -> None:
        """Until the client stops, says it, or has not gone on for a while."""
        if typing:
            self.typing.add(conversation)
            self._alarms.set(("typing", conversation), now + limits.TYPING)
        else:
            self.typing.discard(conversation)
            self._alarms.cancel(("typing", conversation))

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
        self.places.active_at = now
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

    def type(self, held: Held, typing: bool, now: float) -> None:
        """For the client's page, if the desk is there; not for each key."""
        desk, conversation = held.record.desk, held.record.id
        told = self._typed.get(conversation)
        if desk not in self.desks or (told is None if not typing else told is not None and now < told):
            return
        self._typed[conversation] = now + limits.TYPING_AGAIN
        if not typing:
            del self._typed[conversation]
        self._decision.send(desk, Typing(conversation=conversation, typing=typing))
