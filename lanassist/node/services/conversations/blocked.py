"""The block list as desks tell it to a supervisor: of each client the newest word, from whichever desk."""

import msgspec

from lanassist.node.protocol.messages import Block
from lanassist.node.services.alarms import Alarms
from lanassist.node.services.command import Refusal
from lanassist.node.services.conversations.commands import BLOCKED, BlockedRow
from lanassist.node.services.conversations.requests import Alarm
from lanassist.node.services.decision import Decision
from lanassist.node.trust.grants import Grant
from lanassist.node.trust.identity import Identity


class _Word(msgspec.Struct, frozen=True):
    """What makes it newer than another, and who is blocked by it."""

    edition: tuple[int, str]
    row: BlockedRow | None


class Blocked:
    """Shown for as long as a desk is there that can say whether it still holds."""

    def __init__(self, me: Identity, decision: Decision, alarms: Alarms[Alarm]) -> None:
        self._unblock = Refusal.of(me.why_not_grant(Grant.BLOCK))
        self._decision = decision
        self._alarms = alarms
        self._words: dict[str, _Word] = {}

    def rows(self, now: float) -> tuple[BlockedRow, ...]:
        """Who is blocked."""
        rows = [word.row for word in self._words.values() if word.row is not None]
        return tuple(row for row in rows if row.until is None or now < row.until)

    def told(self, block: Block, now: float) -> None:
        """A desk's word."""
        word = self._words.get(block.client)
        edition = (block.number, block.node)
        if word is not None and word.edition >= edition:
            return
        row = BlockedRow(
            client=block.client,
            name=block.name,
            reason=block.reason,
            by=block.by,
            until=None if block.seconds is None else now + block.seconds,
            unblock=self._unblock,
        )
        self._words[block.client] = _Word(edition, row if block.blocked else None)
        self._decision.publish(BLOCKED, block.client, row if block.blocked else None)
        if block.blocked and row.until is not None:
            self._alarms.set(("blocked", block.client), row.until)
        else:
            self._alarms.cancel(("blocked", block.client))

    def over(self, client: str) -> None:
        """Its time has come."""
        word = self._words[client]
        self._words[client] = msgspec.structs.replace(word, row=None)
        self._decision.publish(BLOCKED, client, None)

    def forget(self) -> None:
        """No desk is there any more."""
        for client, word in self._words.items():
            self._alarms.cancel(("blocked", client))
            if word.row is not None:
                self._decision.publish(BLOCKED, client, None)
        self._words.clear()
