"""The archive: what is done is kept for a time, and then forgotten, a conversation as a whole."""

from lanassist.node.services.alarms import Alarms
from lanassist.node.services.conversation import FORGET_EVERY, FORGET_ON, FORGET_ROWS
from lanassist.node.services.desk.book import Book
from lanassist.node.services.desk.moves import Alarm, Moves
from lanassist.node.services.desk.windows import Windows

FORGET: Alarm = ("forget", "")


class Archive:
    """Forgets at the start and about once an hour, a bounded part in each outcome."""

    def __init__(
        self, keep: float, book: Book, moves: Moves, windows: Windows, alarms: Alarms[Alarm]
    ) -> None:
        self._keep = keep
        self._book = book
        self._moves = moves
        self._windows = windows
        self._alarms = alarms

    def forget(self, now: float) -> None:
        """What has been done for longer than it is kept, and is not being opened again just now."""
        rows = 0
        for found in list(self._book.done.values()):
            if rows >= FORGET_ROWS:
                return self._alarms.set(FORGET, now + FORGET_ON)
            if found.record.since > now - self._keep:
                break
            if self._moves.of(found.record.id) is None:
                rows += 1 + len(found.log)
                self._windows.forget(found.record.id)
                self._book.drop(found)
        self._alarms.set(FORGET, now + FORGET_EVERY)
        return None
