"""What must hold at every step, and what must be so in the end. Looks from outside, at what is committed."""

from collections import Counter
from typing import TYPE_CHECKING

from lanassist.node.protocol.messages import Granted, Message, NodeId
from lanassist.node.services.base import Persist
from lanassist.node.services.conversation import EntryRecord
from lanassist.node.services.conversations.core import ConversationsCore
from lanassist.node.services.conversations.records import HeldRecord, PendingRecord, ReservationRecord
from lanassist.node.services.desk.records import BlockRecord, ConversationRecord
from tests.simulation.attendance import Attendance, Broken as Broken
from tests.simulation.keeping import Keeping
from tests.simulation.reading import Reading

if TYPE_CHECKING:
    from tests.simulation.machine import Machine
    from tests.simulation.world import World

ACTS = frozenset({"say", "note", "categorise", "complete"})


class Checks:
    """The site's truth as an outsider writes it down, and the comparison with it."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.attendance = Attendance()
        self.keeping = Keeping()
        self._owners: dict[tuple[str, int], NodeId] = {}
        self._logs: dict[str, list[EntryRecord]] = {}
        self._ids: dict[str, set[tuple[bool, str]]] = {}
        self._homes: dict[str, Machine] = {}
        self.conversations: dict[str, ConversationRecord] = {}
        self.clients_said: dict[str, list[str]] = {}
        """Ids of what the desk has acknowledged to the client, in order."""
        self.reading = Reading(self._logs, self.conversations)
        self._agents_number: dict[str, tuple[Machine, int]] = {}
        """Which machine has committed an act, and as which of all acts; 0: lost with its disk."""
        self._done_under: dict[str, int] = {}
        self._accepted: list[tuple[str, str]] = []

    # --- at every step -------------------------------------------------------------------------------

    def committing(self, machine: "Machine", persist: Persist) -> None:
        """Look at each record before it is on the disk."""
        self.attendance.committing(machine, persist)
        self.keeping.committing(machine, persist)
        entries: list[EntryRecord] = []
        for record in persist.put:
            match record:
                case EntryRecord():
                    entries.append(record)
                case ConversationRecord():
                    self._conversation(machine, record)
                case HeldRecord():
                    self._held(machine, record)
                case PendingRecord():
                    self._pending(machine, record)
        for entry in entries:
            (self._desks_entry if machine.is_desk else self._replicas_entry)(machine, entry)
        for record in persist.drop:
            if isinstance(record, PendingRecord):
                self._dropped(machine, record)

    def _conversation(self, machine: "Machine", record: ConversationRecord) -> None:
        before = self.conversations.get(record.id)
        if before is not None and record.epoch < before.epoch:
            raise Broken(f"the epoch of {record.id} went down from {before.epoch} to {record.epoch}")
        owner = self._owners.setdefault((record.id, record.epoch), record.owner)
        if owner != record.owner:
            raise Broken(f"{record.id} has two owners under epoch {record.epoch}: {owner}, {record.owner}")
        if self._homes.setdefault(record.id, machine) is not machine:
            raise Broken(f"{record.id} has two homes")
        if (record.state == "open") == (record.owner == machine.node):
            raise Broken(f"{record.id} is {record.state} and its owner is {record.owner}")
        self.conversations[record.id] = record

    def _desks_entry(self, machine: "Machine", entry: EntryRecord) -> None:
        log = self._logs.setdefault(entry.conversation, [])
        if entry.seq != len(log) + 1:
            raise Broken(f"{entry.conversation} has {len(log)} entries, and now gets number {entry.seq}")
        if log and entry.epoch < log[-1].epoch:
            raise Broken(f"{entry.conversation} gets an entry of an older epoch: {entry}")
        if entry.kind in ACTS and self._owners.get((entry.conversation, entry.epoch)) != entry.node:
            raise Broken(f"{entry.node} acts without being owner under epoch {entry.epoch}: {entry}")
        if entry.kind in ACTS and entry.id not in self._agents_number:
            raise Broken(f"nobody has done {entry}")
        if entry.kind in ACTS and self._done_under[entry.id] != entry.epoch:
            raise Broken(f"done under epoch {self._done_under[entry.id]}, applied under another: {entry}")
        ids = self._ids.setdefault(entry.conversation, set())
        if (entry.kind == "client", entry.id) in ids:
            raise Broken(f"{entry.id} is applied twice in {entry.conversation}")
        ids.add((entry.kind == "client", entry.id))
        log.append(entry)

    def _held(self, machine: "Machine", record: HeldRecord) -> None:
        before = machine.stored(HeldRecord, record.id)
        if isinstance(before, HeldRecord) and record.epoch < before.epoch:
            raise Broken(f"{machine} goes back from epoch {before.epoch} to {record.epoch} of {record.id}")
        if record.state == "held" and self._owners.get((record.id, record.epoch)) != machine.node:
            raise Broken(f"{machine} takes {record.id} for its own under epoch {record.epoch}; it never was")

    def _replicas_entry(self, machine: "Machine", entry: EntryRecord) -> None:
        log = self._logs.get(entry.conversation, [])
        if entry.seq > len(log):
            raise Broken(f"{machine} has an entry that its desk has not committed: {entry}")
        original = log[entry.seq - 1]
        if (original.id, original.kind, original.text) != (entry.id, entry.kind, entry.text):
            raise Broken(f"{machine} has another entry {entry.seq}: {entry}, not {original}")

    def _pending(self, machine: "Machine", record: PendingRecord) -> None:
        if record.refused:
            known = record.conversation not in self.keeping.forgotten
            if known and self.in_log(record.conversation, record.act.id):
                raise Broken(f"{machine} shows {record.act.id} as not sent, but it is in the log")
            return
        self._agents_number[record.act.id] = (machine, len(self._agents_number) + 1)
        self._done_under[record.act.id] = record.epoch
        core = machine.core
        if record.act.actor and isinstance(core, ConversationsCore):
            holder = core._lease.holder
            if holder is None or holder.peer.node != record.act.actor or holder.until < machine.now:
                raise Broken(f"{record.act.actor} acts as {machine} without control of it: {record.act}")

    def _dropped(self, machine: "Machine", record: PendingRecord) -> None:
        stored = machine.stored(PendingRecord, record.key)
        if isinstance(stored, PendingRecord) and not stored.refused:
            if not self.in_log(record.conversation, record.act.id):
                raise Broken(f"{machine} takes {record.act.id} for sent; it is in no log")
            self._accepted.append((record.conversation, record.act.id))
        else:
            self._agents_number[record.act.id] = (machine, 0)  # the agent has seen that it was not sent

    def sending(self, machine: "Machine", to: NodeId, message: Message) -> None:
        """Nothing is told before it is committed."""
        self.reading.sending(machine, to, message)
        if isinstance(message, Granted):
            if self._owners.get((message.conversation, message.epoch)) != to:
                raise Broken(f"{machine} grants {message.conversation} to {to} without having committed it")
            if len(self._logs[message.conversation]) < len(message.entries):
                raise Broken(f"{machine} tells more than it has committed")

    def stepped(self, machine: "Machine") -> None:
        core = machine.core
        if isinstance(core, ConversationsCore) and len(core._lease._attendance.sessions) > 1:
            raise Broken(f"two supervisors control {machine}")

    def restored(self, machine: "Machine") -> None:
        """What was only on the newer disk is gone with it."""
        gone = [act for act, (where, _) in self._agents_number.items() if where is machine]
        for act in gone:
            self._agents_number[act] = (machine, 0)

    def acknowledged(self, conversation: str, said: str) -> None:
        """The desk has told a client that this is in the log."""
        if (True, said) not in self._ids.get(conversation, set()):
            raise Broken(f"{said} was acknowledged to the client, but is not committed")
        self.clients_said.setdefault(conversation, []).append(said)

    def in_log(self, conversation: str, act: str) -> bool:
        return (False, act) in self._ids.get(conversation, set())

    # --- in the end ----------------------------------------------------------------------------------

    def unfinished(self) -> str:
        """What is still not as it must be once the network has healed; empty: all is well."""
        agents = [machine for machine in self._world.machines.values() if not machine.is_desk]
        for machine in agents:
            for record, _ in machine.disk.values():
                if isinstance(record, ReservationRecord):
                    return f"{machine} still keeps a place for {record.conversation}"
                if isinstance(record, PendingRecord) and not record.refused:
                    return f"{machine} still waits for an answer about {record.act.id}"
        for record in self.conversations.values():
            if problem := self._unsettled(record, agents):
                return problem
        return (
            self._blocks_differ()
            or self._idle_while_waiting(agents)
            or self.attendance.unfinished(self._world.machines.values(), self.keeping.forgotten)
            or self.reading.unfinished(list(self._world.machines.values()), self.keeping.forgotten)
        )

    def _unsettled(self, record: ConversationRecord, agents: "list[Machine]") -> str:
        holders = []
        for machine in agents:
            held = machine.stored(HeldRecord, record.id)
            if isinstance(held, HeldRecord) and held.state == "held":
                holders.append(machine)
                if held.epoch != record.epoch:
                    return f"{machine} holds {record.id} under epoch {held.epoch}, not {record.epoch}"
        expected = [record.owner] if record.state == "open" else []
        if [machine.node for machine in holders] != expected:
            return f"{record.id} belongs to {expected}, but {holders} believe to own it"
        for machine in holders:
            here = sum(
                1 for kind, key in machine.disk if kind is EntryRecord and key.startswith(record.id + "/")
            )
            if here != len(self._logs[record.id]):
                return f"{machine} has {here} of {len(self._logs[record.id])} entries of {record.id}"
        return ""

    def _blocks_differ(self) -> str:
        lists = [
            {
                (record.client, record.number, record.node, record.blocked)
                for record, _ in machine.disk.values()
                if isinstance(record, BlockRecord)
            }
            for machine in self._world.machines.values()
            if machine.is_desk
        ]
        return "" if all(each == lists[0] for each in lists) else f"the block lists differ: {lists}"

    def _idle_while_waiting(self, agents: "list[Machine]") -> str:
        waiting = [record.id for record in self.conversations.values() if record.state == "waiting"]
        for machine in agents if waiting else ():
            core = machine.core
            if isinstance(core, ConversationsCore) and "agent" in machine.identity.roles:
                active = sum(
                    1
                    for record, _ in machine.disk.values()
                    if isinstance(record, HeldRecord) and record.state == "held"
                )
                if machine.availability.available and active < machine.availability.capacity:
                    return f"{waiting} wait although {machine} has room"
        return ""

    def finally_(self) -> None:
        """Everything that was acknowledged is in the final log, once and in order."""
        for conversation, said in self.clients_said.items():
            log = [entry.id for entry in self._logs[conversation] if entry.kind == "client"]
            if doubled := [each for each, times in Counter(log).items() if times > 1]:
                raise Broken(f"{conversation} has {doubled} more than once")
            wanted = list(dict.fromkeys(said))
            if [each for each in log if each in set(wanted)] != wanted:
                raise Broken(f"{conversation}: the client was told {wanted}; the log has {log}")
        for conversation, act in self._accepted:
            if not self.in_log(conversation, act):
                raise Broken(f"{act} was acknowledged to the agent and is not in {conversation}")
        for conversation, entries in self._logs.items():
            self._in_order(conversation, entries)
        for act, (machine, number) in self._agents_number.items():
            if number and not any(self.in_log(each, act) for each in self._logs):
                kept = machine.stored(PendingRecord, act)
                if kept is None:
                    raise Broken(f"{act} of {machine} is neither in a log nor shown as not sent")

    def _in_order(self, conversation: str, entries: list[EntryRecord]) -> None:
        last: dict[str, int] = {}
        for entry in entries:
            _, number = self._agents_number.get(entry.id, (None, 0))
            if entry.kind not in ACTS or not number:
                continue
            if number < last.get(entry.node, 0):
                raise Broken(f"{entry.id} is out of order in {conversation}")
            last[entry.node] = number
