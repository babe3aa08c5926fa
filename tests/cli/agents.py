"""Agents as a supervisor's node tells of them."""

from typing import Any

from lanassist.node.protocol.messages import Display, NodeId
from lanassist.node.services.presence.commands import AgentList, AgentRow

NOW = 50_000.0
DISPLAYS = (
    Display(number=1, x=0, y=0, width=1920, height=1080, primary=True, name="DP-1"),
    Display(number=2, x=1920, y=0, width=1280, height=1024, name="DP-2"),
)


def agent(name: str, /, **changes: Any) -> AgentRow:
    """An agent who is available since 42 seconds, online since an hour."""
    word = name.split()[0].lower()
    fields: dict[str, Any] = {
        "node": NodeId(word.encode().hex().ljust(16, "0")[:16]),
        "name": name,
        "email": f"{word}@acme.example",
        "teams": ("support",),
        "status": "available",
        "since": NOW - 42,
        "online": True,
        "online_since": NOW - 3600,
        "last_activity": NOW - 7,
        "last_heard": NOW,
        "displays": DISPLAYS,
    }
    return AgentRow(**(fields | changes))


def agents(*rows: AgentRow) -> AgentList:
    return AgentList(now=NOW, agents=rows)
