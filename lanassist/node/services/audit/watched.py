"""Who has watched this agent, as the ledger's newest records tell it. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from lanassist.node.ledger.record import Record
from lanassist.node.ledger.sessions import Sessions, ToldSession
from lanassist.node.protocol.messages import GlanceRequest, NodeId
from lanassist.node.services.audit.commands import WATCHED, WATCHED_SHOWN, Watched, WatchedList
from lanassist.node.services.base import Publish
from lanassist.node.services.command import Refusal

REMEMBERED: Final = 256
"""Sessions with one peer that a later record may be about."""


class Appended(msgspec.Struct, frozen=True):
    """Observed: these records were committed to the chain with a peer."""

    peer: NodeId
    records: tuple[Record, ...]
    names: Mapping[str, str]
    """Of supervisors, by node."""
    offset: float
    """What makes a reading of the monotonic clock of a record's wall clock, in seconds."""


class WhoWatched:
    """The sessions of the last while, as rows of the board."""

    def __init__(self) -> None:
        self._sessions: dict[NodeId, Sessions] = {}
        self._rows: dict[str, Watched] = {}

    def list(self, now: float) -> WatchedList:
        """The latest first."""
        latest = sorted(self._rows.values(), key=lambda each: -each.since)
        return WatchedList(now=now, watched=tuple(latest))

    def appended(self, event: Appended) -> Sequence[Publish]:
        """What these records change of the rows."""
        sessions = self._sessions.setdefault(event.peer, Sessions(REMEMBERED))
        changed: dict[str, Watched] = {}
        for record in event.records:
            told = sessions.take(record)
            if told is not None and not told.asked and told.opened:
                row = _row(told, event)
                changed[f"{row.supervisor}/{row.service}/{row.session}"] = row
        return self._show(changed)

    def _show(self, changed: Mapping[str, Watched]) -> Sequence[Publish]:
        self._rows.update(changed)
        kept = sorted(self._rows, key=lambda key: self._rows[key].since)[-WATCHED_SHOWN:]
        gone = self._rows.keys() - set(kept)
        for key in gone:
            del self._rows[key]
        return [
            *(Publish(WATCHED, key, row) for key, row in changed.items() if key not in gone),
            *(Publish(WATCHED, key, None) for key in sorted(gone)),
        ]


def _wall(what: dict[str, Any]) -> bool:
    """Whether what was asked for is a tile of a wall, by the same rule as while it went on."""
    try:
        return msgspec.convert(what, GlanceRequest).wall
    except msgspec.ValidationError:
        return False


def _row(told: ToldSession, event: Appended) -> Watched:
    over = told.ended is not None
    return Watched(
        session=told.session,
        service=told.service,
        what=str(told.what.get("type", told.service)),
        supervisor=NodeId(told.supervisor),
        name=event.names.get(told.supervisor, told.supervisor),
        displays=told.displays,
        mode=str(told.what.get("mode", "")),
        wall=_wall(told.what),
        reason=told.reason,
        since=told.began / 1000 + event.offset,
        ended=None if told.ended is None else told.ended / 1000 + event.offset,
        end=Refusal(code=told.code, text=told.text) if over else None,
        lost=told.lost,
    )
