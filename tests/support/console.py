"""An agent's clients on the board of an invented site, as that agent's node would show them."""

from collections.abc import Sequence
from typing import Any, Self

import msgspec

from lanassist.node.protocol.messages import Client, NodeId
from lanassist.node.services.conversation import EntryRecord
from lanassist.node.services.conversations.commands import (
    DESKS,
    ENTRIES,
    LOAD,
    MINE,
    DeskInfo,
    FullConversation,
    OwnConversation,
    OwnLoad,
    ShowOwn,
)
from lanassist.node.services.presence.commands import SELF, OwnStatus
from tests.support.page_server import FakeSite

DESK = NodeId("node-desk")
CATEGORIES = ("billing", "delivery", "returns", "technical")
Said = tuple[str, str] | tuple[str, str, dict[str, Any]]


def entry(
    site: FakeSite, conversation: str, seq: int, kind: str, text: str = "", **about: Any
) -> EntryRecord:
    """One line; what the agent did carries the agent's own name unless told otherwise."""
    own = {"node": site.me.node, "name": site.me.name} if kind not in ("client", "queued", "left") else {}
    usual: dict[str, Any] = {
        "conversation": conversation,
        "seq": seq,
        "id": f"{conversation}-{seq}",
        "kind": kind,
        "text": text,
        "epoch": 1,
        "at": site.now,
        **own,
    }
    return EntryRecord(**{**usual, **about})


class Console:
    """The board of one agent's node."""

    def __init__(self, site: FakeSite) -> None:
        self.site = site
        self.rows: dict[str, OwnConversation] = {}
        self.logs: dict[str, list[EntryRecord]] = {}

    def at_work(self) -> Self:
        """An agent who is available, at a desk that is connected, with no client yet."""
        self.desk()
        self.status()
        self.load(0)
        return self

    def desk(self, online: bool = True) -> None:
        info = DeskInfo(node=DESK, name="Front desk", categories=CATEGORIES)
        self.site.put(DESKS, DESK, info if online else None)

    def status(self, **about: Any) -> None:
        usual: dict[str, Any] = {
            "status": "available",
            "since": self.site.now - 725,
            "capacity": 3,
            "break_reasons": ("break", "lunch", "meeting", "training"),
            "completed": 7,
            "aht": 254.0,
        }
        self.site.put(SELF, "self", OwnStatus(**{**usual, **about}))

    def load(self, active: int, total: int = 3) -> None:
        self.site.put(LOAD, "self", OwnLoad(available=True, active=active, total=total))

    def client(self, name: str, *said: Said, **about: Any) -> OwnConversation:
        """A client in hand, who said and was told that; entries are (kind, text) or (kind, text, more)."""
        conversation = about.pop("conversation", name.split()[0].lower())
        contact = f"{conversation}@example.org"
        usual: dict[str, Any] = {
            "conversation": conversation,
            "client": Client(id=f"client-{conversation}", name=name, contact=contact),
            "category": "billing",
            "state": "held",
            "epoch": 1,
            "since": self.site.now - 300,
            "desk": DESK,
            "desk_online": True,
            "entries": len(said),
        }
        row = OwnConversation(**{**usual, **about})
        self.rows[conversation] = row
        self.logs[conversation] = []
        for each in said:
            self._add(conversation, each)
        self.site.put(MINE, conversation, row)
        return row

    def says(self, conversation: str, *said: Said, **changes: Any) -> None:
        """More lines in the log, and what else changes with them."""
        for each in said:
            self._add(conversation, each)
        self.change(conversation, entries=len(self.logs[conversation]), **changes)

    def change(self, conversation: str, **changes: Any) -> None:
        row = msgspec.structs.replace(self.rows[conversation], **changes)
        self.rows[conversation] = row
        self.site.put(MINE, conversation, row)

    def ends(self, conversation: str, state: str) -> None:
        """Not in hand any more: the log leaves the board, as on the agent's node, and is asked for."""
        row, log = self.rows[conversation], tuple(self.logs[conversation])
        self.site.answers[ShowOwn] = FullConversation(conversation=row, entries=log)
        self.change(conversation, state=state, since=self.site.now, waiting_since=None)
        for record in self.logs[conversation]:
            self.site.put(ENTRIES, record.key, None)

    def _add(self, conversation: str, said: Sequence[Any]) -> None:
        kind, text, *more = said
        log = self.logs[conversation]
        about = {"at": self.rows[conversation].since + 20 * len(log), **(more[0] if more else {})}
        log.append(entry(self.site, conversation, len(log) + 1, kind, text, **about))
        self.site.put(ENTRIES, log[-1].key, log[-1])
