"""Conversations as a node tells of them."""

from typing import Any

import msgspec

from lanassist.node.protocol.messages import Client, NodeId
from lanassist.node.services.conversation import EntryRecord
from lanassist.node.services.conversations.commands import (
    AllConversations,
    Log,
    OwnConversation,
    OwnConversations,
    ToldConversation,
)
from tests.cli.agents import NOW, agent

DANA, KIM = agent("Dana Fox"), agent("Kim Oduya")
MIA = Client(id="c1-mia", name="Mia Berg", contact="mia@example.org")
LEO = Client(id="c2-leo", name="Leo Falk")
DESK = NodeId("desk")


def told(conversation: str, client: Client, /, **changes: Any) -> ToldConversation:
    """One that Dana has since a minute."""
    fields: dict[str, Any] = {
        "conversation": conversation,
        "desk": DESK,
        "client": client,
        "category": "orders",
        "state": "open",
        "owner": DANA.node,
        "owner_name": DANA.name,
        "orphaned": False,
        "epoch": 2,
        "since": NOW - 65,
    }
    return ToldConversation(**(fields | changes))


def own(conversation: str, client: Client, /, **changes: Any) -> OwnConversation:
    """One of the agent's own, with an answer due since ten seconds."""
    fields: dict[str, Any] = {
        "conversation": conversation,
        "client": client,
        "category": "orders",
        "state": "held",
        "epoch": 2,
        "since": NOW - 65,
        "desk": DESK,
        "desk_online": True,
        "entries": 2,
        "waiting_since": NOW - 10,
    }
    return OwnConversation(**(fields | changes))


def everything(*rows: ToldConversation) -> AllConversations:
    return AllConversations(now=NOW, conversations=rows)


def mine(*rows: OwnConversation) -> OwnConversations:
    return OwnConversations(now=NOW, conversations=rows)


def entry(seq: int, kind: Any, text: str = "", /, **changes: Any) -> EntryRecord:
    """One line of Mia's conversation, a second after the one before."""
    fields: dict[str, Any] = {
        "conversation": "aa11",
        "seq": seq,
        "id": f"e{seq}",
        "kind": kind,
        "text": text,
        "name": MIA.name if kind == "client" else DANA.name,
        "epoch": 2,
        "at": NOW - 100 + seq,
    }
    return EntryRecord(**(fields | changes))


def log(*entries: EntryRecord, more: bool = False) -> Log:
    return Log(now=NOW, entries=entries, more=more)


def batch(*changes: tuple[str, str, Any], snapshot: bool = False) -> str:
    """An event message as the node sends it."""
    rows = [{"topic": topic, "key": key, "value": value} for topic, key, value in changes]
    return msgspec.json.encode({"now": NOW, "snapshot": snapshot, "changes": rows}).decode()
