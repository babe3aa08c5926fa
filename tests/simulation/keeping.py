"""What must hold of forgetting: only what has long been done goes, and as a whole."""

from typing import TYPE_CHECKING

from lanassist.node.services.base import Persist, Record
from lanassist.node.services.conversation import EntryRecord
from lanassist.node.services.conversations.records import HeldRecord, PendingRecord
from lanassist.node.services.desk.records import ConversationRecord
from tests.simulation.attendance import Broken

if TYPE_CHECKING:
    from tests.simulation.machine import Machine


class Keeping:
    """Looks at what is dropped."""

    def __init__(self) -> None:
        self.forgotten: set[str] = set()
        """Conversations that their desk does not know any more."""

    def committing(self, machine: "Machine", persist: Persist) -> None:
        """Look at what goes before it is gone."""
        gone = [each for each in persist.drop if isinstance(each, ConversationRecord | HeldRecord)]
        entries = {each.key for each in persist.drop if isinstance(each, EntryRecord)}
        for record in gone:
            self._old_enough(machine, record)
            logs = {place[1] for place in machine.disk if place[0] is EntryRecord}
            mine = {each for each in logs if each.startswith(f"{record.id}/")}
            if not mine <= entries:
                raise Broken(f"{machine} forgets {record.id} without its log")
            entries -= mine
        if entries:
            raise Broken(f"{machine} forgets {entries} of what it keeps")

    def _old_enough(self, machine: "Machine", record: ConversationRecord | HeldRecord) -> None:
        stored = machine.stored(type(record), record.id)
        if not isinstance(stored, ConversationRecord | HeldRecord):
            raise Broken(f"{machine} forgets {record.id}, which it does not have")
        if stored.state not in ("done", "moved") or record.since > machine.now - machine.world.keep:
            raise Broken(f"{machine} forgets {record.id}, which is {stored.state} since {record.since}")
        if isinstance(record, ConversationRecord):
            self.forgotten.add(record.id)
        elif unsent := [each for each in _pending(machine) if each.conversation == record.id]:
            raise Broken(f"{machine} forgets {record.id} with {unsent}")


def _pending(machine: "Machine") -> list[PendingRecord]:
    records: list[Record] = [record for record, _ in machine.disk.values()]
    return [each for each in records if isinstance(each, PendingRecord)]
