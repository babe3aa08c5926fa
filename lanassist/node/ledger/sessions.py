"""The sessions that a chain tells of, for people to read."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from lanassist.node.ledger.record import Record
from lanassist.node.ledger.statements import Change, End, Intent, Unreadable, read


class ToldSession(msgspec.Struct, frozen=True, kw_only=True):
    """One session as one end has written it. Clocks are that end's, milliseconds since 1970."""

    session: str
    service: str
    asked: bool
    """The owner of the ledger is the supervisor."""
    supervisor: str
    """Node."""
    supervisor_serial: str
    agent: str
    agent_serial: str
    what: dict[str, Any]
    """The newest request; its ``type`` is the action."""
    reason: str
    began: int
    opened: bool = False
    """Whether the agent's end knows that both had committed; of the supervisor's own ledger always True."""
    ended: int | None = None
    code: str = ""
    text: str = ""
    lost: bool = False
    agreed: bool = False
    """Both ends have signed its end, in the owner's ledger."""

    @property
    def displays(self) -> tuple[int, ...]:
        """Of a glance."""
        found = self.what.get("displays", ())
        return tuple(each for each in found if isinstance(each, int)) if isinstance(found, list) else ()


class Sessions:
    """Folds records, in the order of a chain, into sessions; the newest ``most`` of them."""

    def __init__(self, most: int = 2**53) -> None:
        self._most = most
        self._told: dict[tuple[str, str, str, bool], ToldSession] = {}

    def take(self, record: Record) -> ToldSession | None:
        """The session as it is now; None if its start is not known. Raises Unreadable."""
        key = (record.peer.node, record.service, record.session, record.asked)
        told = _begun(record) if record.kind == "start" else self._told.get(key)
        if told is None or record.kind == "pruned":
            return None
        told = self._told[key] = _after(told, record)
        if len(self._told) > self._most:
            del self._told[next(iter(self._told))]
        return told

    def __iter__(self) -> Iterator[ToldSession]:
        return iter(self._told.values())


def told_sessions(records: Iterable[Record]) -> list[ToldSession]:
    """All of them, in the order in which they began. Raises Unreadable."""
    sessions = Sessions()
    for record in records:
        sessions.take(record)
    return list(sessions)


def _begun(record: Record) -> ToldSession:
    if not record.proofs:
        raise Unreadable("a start holds no intent")
    intent = read(record.proofs[0].statement, Intent)
    return ToldSession(
        session=record.session,
        service=record.service,
        asked=record.asked,
        supervisor=intent.supervisor.node,
        supervisor_serial=intent.supervisor.serial,
        agent=intent.agent.node,
        agent_serial=intent.agent.serial,
        what=intent.what,
        reason=intent.reason,
        began=record.clock,
        opened=record.asked,
    )


def _after(told: ToldSession, record: Record) -> ToldSession:
    match record.kind:
        case "opened":
            return msgspec.structs.replace(told, opened=True)
        case "change":
            return msgspec.structs.replace(told, what=read(record.proofs[0].statement, Change).what)
        case "end":
            end = read(record.proofs[0].statement, End)
            return msgspec.structs.replace(
                told, ended=record.clock, code=end.code, text=end.text, lost=end.lost
            )
        case "agreed":
            return msgspec.structs.replace(told, agreed=True)
    return told
