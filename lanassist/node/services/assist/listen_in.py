"""Let Listen In, as this agent has chosen and the site's policy wants. Pure."""

from collections.abc import Iterable

import msgspec

from lanassist.node.errors import NoCall
from lanassist.node.services.assist.commands import LISTEN_IN, ListenIn, SetListenIn
from lanassist.node.services.assist.records import ListenInRecord
from lanassist.node.services.base import Record
from lanassist.node.services.decision import Decision
from lanassist.node.trust.policy import Policy


class OwnListenIn:
    """Rebuilt from its record."""

    def __init__(self, records: Iterable[Record], decision: Decision) -> None:
        kept = (each for each in records if isinstance(each, ListenInRecord))
        self._record = next(kept, None) or ListenInRecord()
        self._decision = decision
        self._published: ListenIn | None = None
        self.policy = Policy()

    def set(self, command: SetListenIn, line: str) -> None:
        """``line``: the call that is on. Raises NoCall."""
        if not command.this_call:
            changes: dict[str, object] = {"all_calls": command.on}
        elif not line:
            raise NoCall(that="to let listen in to")
        else:
            changes = {"call": line if command.on else ""}
        record = msgspec.structs.replace(self._record, **changes)
        if record != self._record:
            self._record = record
            self._decision.put(record)

    def lets(self, line: str) -> bool:
        """Whether the agent lets listen in to just this call."""
        return bool(line) and self._record.call == line

    @property
    def all_calls(self) -> bool:
        return self._record.all_calls

    def shown(self, line: str) -> ListenIn:
        return ListenIn(
            all_calls=self.all_calls,
            this_call=self.lets(line),
            required=self.policy.listen_in_required,
            consent=self.policy.assist,
        )

    def publish(self, line: str) -> None:
        """If it is another than before."""
        shown = self.shown(line)
        if shown != self._published:
            self._published = shown
            self._decision.publish(LISTEN_IN, "self", shown)
