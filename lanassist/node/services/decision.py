"""One outcome of a core in the making. What is committed comes first, in whatever order it was decided."""

from collections.abc import Sequence

import msgspec

from lanassist.node.errors import LanassistError
from lanassist.node.protocol.messages import Message, NodeId
from lanassist.node.services.base import Effect, Persist, Publish, Record, Refuse, Reply, Send, Ticket


class Decision:
    """Collects what one call of a core decides. ``effects`` gives it and begins anew."""

    def __init__(self) -> None:
        self._put: dict[tuple[type[Record], str], Record] = {}
        self._drop: dict[tuple[type[Record], str], Record] = {}
        self._rest: list[Effect] = []

    def put(self, record: Record) -> None:
        """Commit it; a later one of the same key within the outcome counts."""
        place = (type(record), record.key)
        self._drop.pop(place, None)
        self._put[place] = record

    def drop(self, record: Record) -> None:
        """Commit that it is no more."""
        place = (type(record), record.key)
        self._put.pop(place, None)
        self._drop[place] = record

    def send(self, to: NodeId, message: Message) -> None:
        self._rest.append(Send(to, message))

    def publish(self, topic: str, key: str, value: msgspec.Struct | None) -> None:
        self._rest.append(Publish(topic, key, value))

    def reply(self, ticket: Ticket, value: msgspec.Struct) -> None:
        self._rest.append(Reply(ticket, value))

    def refuse(self, ticket: Ticket, error: LanassistError) -> None:
        self._rest.append(Refuse(ticket, error))

    def add(self, *effects: Effect) -> None:
        """Effects of another kind."""
        self._rest.extend(effects)

    def effects(self) -> Sequence[Effect]:
        """Persist before all else."""
        rest, self._rest = self._rest, []
        if not self._put and not self._drop:
            return rest
        persist = Persist(tuple(self._put.values()), tuple(self._drop.values()))
        self._put.clear()
        self._drop.clear()
        return [persist, *rest]
