"""What must hold of looking: what is read is what its desk has committed, and nothing changes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lanassist.node.protocol.messages import (
    ColleaguesAsked,
    Entry,
    HistoryAsked,
    HistoryTold,
    LogAsked,
    LogTold,
    Message,
    Mirrored,
    NodeId,
    Watching,
    Whisper,
)
from lanassist.node.services.base import Effect, Persist, Send
from lanassist.node.services.conversation import EntryRecord
from lanassist.node.services.conversations.core import ConversationsCore
from lanassist.node.services.desk.core import DeskCore
from lanassist.node.services.desk.records import BlockRecord, ConversationRecord
from lanassist.node.trust.grants import Role
from tests.simulation.attendance import Broken

if TYPE_CHECKING:
    from tests.simulation.machine import Machine

LOOKS = (LogAsked, HistoryAsked, ColleaguesAsked, Watching, Whisper)
"""Messages after which everything is as it was."""


class Reading:
    """Compares what is told with what is committed."""

    def __init__(
        self, logs: Mapping[str, list[EntryRecord]], conversations: Mapping[str, ConversationRecord]
    ) -> None:
        self._logs = logs
        self._conversations = conversations

    # --- at every step -------------------------------------------------------------------------------

    def heard(self, machine: "Machine", message: Message, effects: Sequence[Effect]) -> None:
        """Who only looks leaves no trace, and nobody else hears of it."""
        if not isinstance(message, LOOKS):
            return
        if any(isinstance(each, Persist) for each in effects):
            raise Broken(f"{machine} commits something because of {message}")
        others = {each.to for each in effects if isinstance(each, Send)}
        if machine.is_desk and len(others) > 1:
            raise Broken(f"{machine} tells {others} because of {message}")

    def sending(self, machine: "Machine", to: NodeId, message: Message) -> None:
        match message:
            case LogTold():
                self._as_committed(machine, message.conversation, message.entries)
                self._may_read(machine.world.machines[to], message.conversation)
            case HistoryTold():
                for past in message.past:
                    self._may_read(machine.world.machines[to], past.conversation)
            case Mirrored():
                self._as_committed(machine, message.conversation, message.entries)

    def read(self, conversation: str, after: int, entries: Sequence[EntryRecord]) -> None:
        """Somebody has it on the screen."""
        if [each.seq for each in entries] != list(range(after + 1, after + 1 + len(entries))):
            raise Broken(f"{conversation} is read with gaps: {entries}")
        self._as_committed(None, conversation, entries)

    def _as_committed(
        self, machine: "Machine | None", conversation: str, entries: Sequence[Entry | EntryRecord]
    ) -> None:
        log = self._logs[conversation]
        for entry in entries:
            if entry.seq > len(log):
                raise Broken(f"{machine} tells what is not committed: {entry}")
            one = log[entry.seq - 1]
            if (one.id, one.kind, one.text, one.epoch) != (entry.id, entry.kind, entry.text, entry.epoch):
                raise Broken(f"{machine} tells {entry}, but {one} is committed")

    def _may_read(self, reader: "Machine", conversation: str) -> None:
        if Role.SUPERVISOR in reader.identity.roles:
            return
        client = self._conversations[conversation].client.id
        mine = [each for each in self._conversations.values() if each.owner == reader.node]
        if not any(each.client.id == client for each in mine):
            raise Broken(f"{reader} is told of {conversation}, whose client it does not have")

    # --- in the end ----------------------------------------------------------------------------------

    def unfinished(self, machines: Sequence["Machine"], forgotten: set[str]) -> str:
        """What a supervisor sees that is not so."""
        desks = [each for each in machines if each.is_desk]
        for machine in machines:
            core = machine.core
            if Role.SUPERVISOR not in machine.identity.roles or not isinstance(core, ConversationsCore):
                continue
            rows = core._supervisor.overview.rows
            for record in self._conversations.values():
                row = rows.get(record.id)
                if record.id in forgotten:
                    continue
                if row is None or not row.desk_online:
                    return f"{machine} sees {row} of {record.id}"
                if (row.state, row.owner, row.epoch) != (record.state, record.owner, record.epoch):
                    return f"{machine} sees {row}, not {record}"
            words = core._supervisor.blocked._words
            if {client: word.edition for client, word in words.items()} != _editions(desks[0]):
                return f"{machine} knows another block list than {desks[0]}: {words}"
        return ""


def _editions(desk: "Machine") -> dict[str, tuple[int, str]]:
    assert isinstance(desk.core, DeskCore)
    records = [record for record, _ in desk.disk.values() if isinstance(record, BlockRecord)]
    return {record.client: record.edition for record in records}
