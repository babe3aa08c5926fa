"""The desk's book: every conversation with its log, and the only hand that writes in it."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from lanassist.node.errors import UnknownConversation
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Act, Client, NodeId
from lanassist.node.services.base import Record
from lanassist.node.services.conversation import EntryRecord, Kind
from lanassist.node.services.decision import Decision
from lanassist.node.services.desk.records import ConversationRecord, State
from lanassist.node.trust.identity import Identity

FIRST_EPOCH: Final = 1


class Conversation:
    """One conversation as the desk works with it. Entry n of the log is ``log[n - 1]``."""

    def __init__(self, record: ConversationRecord) -> None:
        self.record = record
        self.log: list[EntryRecord] = []
        self.known: int | None = None
        """Up to where the owner has confirmed the log; None: it has not confirmed that it owns it."""
        self.offer = ""
        """The offer by which the owner got it."""
        self._ids: set[tuple[bool, str]] = set()

    def take(self, entry: EntryRecord) -> None:
        """One more line."""
        self.log.append(entry)
        self._ids.add((entry.kind == "client", entry.id))

    def has(self, act: str, *, of_client: bool = False) -> bool:
        """Whether this act is in the log. Clients choose their own ids, so theirs are apart."""
        return (of_client, act) in self._ids

    def returned(self, act: str) -> bool:
        """Whether this completion was in vain: the client had written, and went back to the queue."""
        seqs = (entry.seq for entry in reversed(self.log) if (entry.kind, entry.id) == ("complete", act))
        return any(entry.kind == "queued" for seq in seqs for entry in self.log[seq : seq + 1])

    def unread(self, seen: int) -> bool:
        """Whether the client wrote something after that entry."""
        return any(entry.kind == "client" for entry in self.log[seen:])


class Book:
    """All conversations of this desk. What it changes, it also has committed."""

    def __init__(self, me: NodeId, records: Iterable[Record], decision: Decision) -> None:
        self._me = me
        self._decision = decision
        self._all: dict[str, Conversation] = {}
        self._starts: dict[tuple[str, str], str] = {}
        self._by_owner: dict[NodeId, dict[str, Conversation]] = {}
        self._by_client: dict[str, dict[str, Conversation]] = {}
        self.waiting: dict[str, Conversation] = {}
        """Who waits, the longest first."""
        self.done: dict[str, Conversation] = {}
        """What is done, the longest first."""
        self._read(list(records))

    def _read(self, records: list[Record]) -> None:
        headers = [record for record in records if isinstance(record, ConversationRecord)]
        for header in sorted(headers, key=lambda each: (each.since, each.id)):
            self._place(Conversation(header))
        entries = [record for record in records if isinstance(record, EntryRecord)]
        for entry in sorted(entries, key=lambda each: (each.conversation, each.seq)):
            self._all[entry.conversation].take(entry)

    # --- looking -------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Conversation]:
        return iter(self._all.values())

    def get(self, conversation: str) -> Conversation | None:
        return self._all.get(conversation)

    def of_client(self, conversation: str, client: str) -> Conversation:
        """The client's own conversation. Raises UnknownConversation, also for one of somebody else."""
        found = self._all.get(conversation)
        if found is None or found.record.client.id != client:
            raise UnknownConversation
        return found

    def started(self, client: str, start: str) -> Conversation | None:
        """What this start has begun."""
        found = self._starts.get((client, start))
        return None if found is None else self._all[found]

    def of(self, client: str) -> list[Conversation]:
        """All of this client, those that changed hands last at the end."""
        return list(self._by_client.get(client, {}).values())

    def name_of(self, client: str) -> str:
        """As the client called itself last; empty if it was never here."""
        mine = self._by_client.get(client)
        return max(mine.values(), key=lambda each: each.record.since).record.client.name if mine else ""

    def owned_by(self, node: NodeId) -> list[Conversation]:
        return list(self._by_owner.get(node, {}).values())

    def position(self, conversation: str) -> int:
        """In the queue, from 1; 0: not waiting."""
        return next((at for at, each in enumerate(self.waiting, start=1) if each == conversation), 0)

    # --- writing -------------------------------------------------------------------------------------

    def begin(
        self, conversation: str, start: str, client: Client, category: str, now: float, via: str = ""
    ) -> Conversation:
        """A new one, waiting."""
        record = ConversationRecord(
            id=conversation,
            start=start,
            client=client,
            category=category,
            state="waiting",
            owner=self._me,
            epoch=FIRST_EPOCH,
            since=now,
            via=via,
        )
        self._decision.put(record)
        return self._place(Conversation(record))

    def write(
        self,
        found: Conversation,
        kind: Kind,
        act: str,
        now: float,
        *,
        text: str = "",
        name: str = "",
        node: str = "",
        actor: str = "",
        actor_name: str = "",
    ) -> EntryRecord:
        """One more line of the log, numbered here."""
        entry = EntryRecord(
            conversation=found.record.id,
            seq=len(found.log) + 1,
            id=act,
            kind=kind,
            text=text,
            node=node,
            name=name,
            epoch=found.record.epoch,
            actor=actor,
            actor_name=actor_name,
            at=now,
        )
        found.take(entry)
        self._decision.put(entry)
        return entry

    def act(self, found: Conversation, act: Act, owner: Identity, now: float) -> EntryRecord:
        """The owner's act as a line of the log."""
        if act.kind == "categorise":
            self._change(found, category=act.text[: limits.NAME_LENGTH])
        return self.write(
            found,
            act.kind,
            act.id,
            now,
            text=act.text,
            name=owner.name,
            node=owner.node,
            actor=act.actor,
            actor_name=act.actor_name,
        )

    def hand(self, found: Conversation, owner: NodeId, state: State, now: float) -> None:
        """Another owner, or the desk again, under the next epoch."""
        before = found.record
        self._displace(found)
        last = before.owner if before.owner != self._me else before.last_owner
        self._change(found, owner=owner, epoch=before.epoch + 1, state=state, since=now, last_owner=last)
        found.known = None
        found.offer = ""
        self._place(found)

    def confirm(self, found: Conversation, seq: int) -> None:
        """The client's connector is done with the log up to there."""
        self._change(found, told=seq)

    def drop(self, found: Conversation) -> None:
        """It is no more, nor is its log."""
        record = found.record
        self._displace(found)
        del self._all[record.id]
        self._starts.pop((record.client.id, record.start), None)
        mine = self._by_client[record.client.id]
        del mine[record.id]
        if not mine:
            del self._by_client[record.client.id]
        for entry in found.log:
            self._decision.drop(entry)
        self._decision.drop(record)

    def _change(self, found: Conversation, **changes: object) -> None:
        found.record = msgspec.structs.replace(found.record, **changes)
        self._decision.put(found.record)

    def _place(self, found: Conversation) -> Conversation:
        record = found.record
        self._all[record.id] = found
        self._starts[record.client.id, record.start] = record.id
        self._by_owner.setdefault(record.owner, {})[record.id] = found
        mine = self._by_client.setdefault(record.client.id, {})
        mine.pop(record.id, None)
        mine[record.id] = found
        if record.state == "waiting":
            self.waiting[record.id] = found
        elif record.state == "done":
            self.done[record.id] = found
        return found

    def _displace(self, found: Conversation) -> None:
        del self._by_owner[found.record.owner][found.record.id]
        self.waiting.pop(found.record.id, None)
        self.done.pop(found.record.id, None)
