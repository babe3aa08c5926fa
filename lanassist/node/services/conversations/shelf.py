"""The agent's shelf: replicas of its conversations, its unanswered acts, and the places that it keeps."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from lanassist.node.errors import ConversationMoved, UnknownConversation
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Act, Acts, Entry, Granted, NodeId, Offer
from lanassist.node.services.base import Record
from lanassist.node.services.conversation import EntryRecord, arrived
from lanassist.node.services.conversations.held import Held as Held
from lanassist.node.services.conversations.records import (
    HeldRecord,
    HeldState,
    PendingRecord,
    ReservationRecord,
)
from lanassist.node.services.decision import Decision


class Shelf:
    """Everything of this agent. What it changes, it also has committed."""

    def __init__(self, name: str, records: Iterable[Record], decision: Decision) -> None:
        self._name = name
        self._decision = decision
        self._all: dict[str, Held] = {}
        self.reservations: dict[str, ReservationRecord] = {}
        """By conversation."""
        self.mine: dict[str, Held] = {}
        """Those that this agent holds; the rest is history."""
        self.calls = 0
        """Telephone calls that the agent has in hand."""
        self._number = 0
        self._read(list(records))

    def _read(self, records: Sequence[Record]) -> None:
        for record in records:
            if isinstance(record, HeldRecord):
                self._keep(Held(record))
            elif isinstance(record, ReservationRecord):
                self.reservations[record.conversation] = record
        entries = [record for record in records if isinstance(record, EntryRecord)]
        for entry in sorted(entries, key=lambda each: (each.conversation, each.seq)):
            self._all[entry.conversation].take(entry)
        pending = [record for record in records if isinstance(record, PendingRecord)]
        for each in sorted(pending, key=lambda each: each.number):
            self._number = each.number
            held = self._all[each.conversation]
            (held.refused if each.refused else held.pending)[each.act.id] = each

    # --- looking -------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Held]:
        return iter(self._all.values())

    def get(self, conversation: str, desk: NodeId) -> Held | None:
        """The conversation, for a word of its own desk; anybody else's word does not count."""
        held = self._all.get(conversation)
        return held if held is not None and held.record.desk == desk else None

    def known(self, conversation: str) -> bool:
        """Whether any desk's conversation is here under that id."""
        return conversation in self._all

    def find(self, conversation: str) -> Held:
        """For a local command. Raises UnknownConversation."""
        held = self._all.get(conversation)
        if held is None:
            raise UnknownConversation
        return held

    def in_hand(self, conversation: str) -> Held:
        """To act in. Raises UnknownConversation, or ConversationMoved if it is not this agent's now."""
        held = self.find(conversation)
        if not held.active:
            raise ConversationMoved(agent=self._name)
        return held

    def active(self) -> int:
        """Places that are taken or kept; a call takes one."""
        taken = {conversation for conversation, held in self.mine.items() if held.active}
        return self.calls + (len(taken.union(self.reservations)) if self.reservations else len(taken))

    def forget(self, before: float, rows: int) -> tuple[list[str], bool]:
        """Drop what has not been this agent's since before then, unless something in it was not sent.

        At most about so many rows; what was dropped, and whether there is more.
        """
        gone: list[str] = []
        for held in sorted(self._all.values(), key=lambda held: held.record.since):
            if held.record.since > before:
                break
            if held.record.state == "held" or held.pending or held.refused:
                continue
            if rows <= 0:
                return gone, True
            rows -= 1 + len(held.log)
            del self._all[held.record.id]
            for record in (held.record, *held.log):
                self._decision.drop(record)
            gone.append(held.record.id)
        return gone, False

    # --- what the desk says --------------------------------------------------------------------------

    def reserve(self, offer: Offer, desk: NodeId, now: float) -> ReservationRecord:
        """Keep a place."""
        record = ReservationRecord(
            conversation=offer.conversation, offer=offer.offer, desk=desk, epoch=offer.epoch, since=now
        )
        self.reservations[record.conversation] = record
        self._decision.put(record)
        return record

    def give_back(self, conversation: str) -> None:
        """Keep no place for it any more."""
        if (record := self.reservations.pop(conversation, None)) is not None:
            self._decision.drop(record)

    def own(self, desk: NodeId, granted: Granted, now: float) -> Held:
        """It is this agent's under a new epoch. What is here of its log already stays."""
        record = HeldRecord(
            id=granted.conversation,
            desk=desk,
            client=granted.client,
            category=granted.category,
            state="held",
            epoch=granted.epoch,
            since=now,
        )
        held = self._all.get(record.id)
        if held is None:
            held = Held(record)
        held.record = record
        self._keep(held)
        self._decision.put(record)
        self.give_back(record.id)
        return held

    def extend(self, held: Held, entries: Iterable[Entry], now: float) -> bool:
        """Take what is new of the log; False if something is missing in between."""
        for entry in entries:
            if entry.seq > len(held.log) + 1:
                return False
            if entry.seq == len(held.log) + 1:
                record = arrived(held.record.id, entry, now)
                held.take(record)
                self._decision.put(record)
                if entry.kind == "categorise":
                    self._change(held, category=entry.text[: limits.NAME_LENGTH])
        return True

    def release(self, held: Held, epoch: int, state: HeldState, now: float) -> None:
        """It is not this agent's any more, since that epoch."""
        self._change(held, epoch=epoch, state=state, since=now)
        del self.mine[held.record.id]

    def answered(self, held: Held, accepted: Iterable[str], refused: Iterable[str]) -> None:
        """The desk's word on acts: in the log, or never."""
        for act in accepted:
            held.acts.add(act)
            if (record := held.pending.pop(act, None)) is not None:
                self._decision.drop(record)
        for act in refused:
            if (record := held.pending.pop(act, None)) is not None:
                kept = msgspec.structs.replace(record, refused=True)
                held.refused[act] = kept
                self._decision.put(kept)

    def _keep(self, held: Held) -> None:
        self._all[held.record.id] = held
        if held.record.state == "held":
            self.mine[held.record.id] = held

    def _change(self, held: Held, **changes: object) -> None:
        held.record = msgspec.structs.replace(held.record, **changes)
        self._decision.put(held.record)

    # --- what the agent does -------------------------------------------------------------------------

    def act(self, held: Held, act: Act, now: float) -> None:
        """To be sent, and kept until the desk has answered."""
        self._number += 1
        record = PendingRecord(
            conversation=held.record.id, epoch=held.record.epoch, number=self._number, act=act, at=now
        )
        held.pending[act.id] = record
        self._decision.put(record)

    def dismiss(self, held: Held, act: str) -> None:
        """The agent has seen that it was not sent."""
        if (record := held.refused.pop(act, None)) is not None:
            self._decision.drop(record)

    def unanswered(self, held: Held) -> tuple[int, Acts]:
        """The oldest unanswered acts that were done under one epoch, and that epoch."""
        first = next(iter(held.pending.values()))
        same = [each.act for each in held.pending.values() if each.epoch == first.epoch]
        return first.epoch, tuple(same[: limits.ACTS_PER_MESSAGE])
