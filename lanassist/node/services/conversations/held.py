"""One conversation at its owner: a replica of the log, and what the agent did that has no answer yet."""

from typing import Literal

from lanassist.node.services.conversation import EntryRecord
from lanassist.node.services.conversations.records import HeldRecord, PendingRecord

ShownState = Literal["held", "completing", "done", "moved"]


class Held:
    """One conversation as its owner works with it. Entry n of the log is ``log[n - 1]``."""

    def __init__(self, record: HeldRecord) -> None:
        self.record = record
        self.log: list[EntryRecord] = []
        self.acts: set[str] = set()
        """Ids of what is in the log, here or (as far as was heard in this run) at the desk."""
        self.pending: dict[str, PendingRecord] = {}
        """Unanswered, the oldest first."""
        self.refused: dict[str, PendingRecord] = {}
        self._unanswered: float | None = None
        self._closed = False

    def take(self, entry: EntryRecord) -> None:
        self.log.append(entry)
        if entry.kind != "client":
            self.acts.add(entry.id)
        self._watch_the_time(entry)

    def _watch_the_time(self, entry: EntryRecord) -> None:
        """Words before a completion wait on only if they brought the client back to the queue."""
        match entry.kind:
            case "client":
                if self._unanswered is None or self._closed:
                    self._unanswered = entry.at
                self._closed = False
            case "say":
                self._unanswered = None
            case "complete" | "left" | "blocked":
                self._closed = True
            case "queued":
                self._closed = False
            case "joined" if self._closed:
                self._unanswered, self._closed = None, False

    @property
    def waiting_since(self) -> float | None:
        """When the client wrote what has no answer yet; None: nothing, or it is not this agent's to give."""
        if not self.active or any(each.act.kind == "say" for each in self.pending.values()):
            return None
        return self._unanswered

    @property
    def state(self) -> ShownState:
        """As the agent sees it."""
        return "completing" if self.completing else self.record.state

    def knows(self, act: str) -> bool:
        """Whether this act was done already."""
        return act in self.acts or act in self.pending or act in self.refused

    @property
    def completing(self) -> bool:
        """Completed here; the desk has not confirmed it."""
        if not self.pending:
            return False
        return any(each.act.kind == "complete" for each in self.pending.values())

    @property
    def active(self) -> bool:
        """Takes a place of the agent's capacity."""
        return self.record.state == "held" and not self.completing
