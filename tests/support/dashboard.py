"""An invented team at work, as a dashboard shows it."""

import unicodedata
from typing import Any

from lanassist.node.errors import Offline, ScreenLocked
from lanassist.node.protocol.messages import Client, NodeId
from lanassist.node.services.command import Refusal
from lanassist.node.services.conversations.commands import ALL, ToldConversation
from lanassist.node.services.peers.commands import PeerRow
from lanassist.node.services.presence.commands import AgentRow
from tests.support.page_server import FakeSite, agent_row

WORK: dict[str, dict[str, Any]] = {
    "Dana Ortiz": {
        "status": "connected",
        "active": 3,
        "total": 3,
        "ongoing": 3,
        "waiting": 2,
        "completed": 14,
    },
    "Priya Raman": {"active": 1, "total": 4, "ongoing": 1, "completed": 11, "teams": ("sales",)},
    "Mateo Silva": {
        "status": "connected",
        "active": 4,
        "total": 3,
        "ongoing": 4,
        "waiting": 1,
        "completed": 9,
    },
    "Yuki Tanaka": {"status": "acw", "active": 1, "total": 3, "ongoing": 1, "completed": 17},
    "Ama Owusu": {"status": "absent", "why": "break", "reason": "lunch", "total": 3, "completed": 8},
    "Omar Haddad": {"active": 2, "total": 3, "ongoing": 2, "completed": 12},
    "Lena Fischer": {
        "status": "absent",
        "why": "locked",
        "total": 3,
        "ongoing": 1,
        "active": 1,
        "completed": 6,
    },
    "Chloé Martin": {"active": 0, "total": 3, "completed": 0, "teams": ("sales",)},
    "Sven Lindqvist": {"status": "absent", "why": "offline", "online": False, "completed": 5},
    "Noor Aziz": {
        "status": "absent",
        "why": "offline",
        "online": False,
        "total": 2,
        "ongoing": 2,
        "active": 2,
    },
    "Tomás Herrera": {"status": "absent", "why": "idle", "total": 3, "completed": 3},
}
"""Fields of each one's row."""
IN_STATE = (412, 1265, 95, 48, 1830, 3120, 240, 5400, 11400, 8, 905)
WAITS = {"Dana Ortiz": 130, "Mateo Silva": 41}
HANDLING = {"Dana Ortiz": 312, "Priya Raman": 268, "Mateo Silva": 405, "Yuki Tanaka": 221, "Ama Owusu": 298}
UNUSUAL = {
    "Lena Fischer": ScreenLocked(agent="Lena Fischer"),
    "Sven Lindqvist": Offline(agent="Sven Lindqvist", since=" since 07:48"),
    "Noor Aziz": Offline(agent="Noor Aziz", since=" since 10:58"),
}
"""Why their screens cannot be seen."""


def lively_team(site: FakeSite) -> None:
    """Eleven agents in every state there is, five clients in the queue, two orphans, and the peers to it."""
    now = site.now
    for number, (name, work) in enumerate(WORK.items()):
        row = _row(site, now, number, name, work)
        site.show(row, refusal=UNUSUAL.get(name))
    for number, waited in enumerate((130, 74, 41, 12)):
        site.put(ALL, f"queued-{number}", conversation(f"queued-{number}", "waiting", now - waited))
    for number in range(2):
        orphan = conversation(f"orphan-{number}", "open", now - 300, NodeId("node-noor"), orphaned=True)
        site.put(ALL, f"orphan-{number}", orphan)
    site.peers(*(_peer(now, number, name) for number, name in enumerate(WORK)))


def _row(site: FakeSite, now: float, number: int, name: str, work: dict[str, Any]) -> AgentRow:
    online = bool(work.get("online", True))
    about: dict[str, Any] = {
        "email": f"{_plain(name.split()[0])}@acme.example",
        "since": now - IN_STATE[number],
        "online_since": now - 7512 - 611 * number if online else None,
        "last_activity": now - min(IN_STATE[number], 35 + 40 * number),
        "last_heard": None if online else now - IN_STATE[number],
        "locked": work.get("why") == "locked",
        "waiting_since": now - WAITS[name] if name in WAITS else None,
        "break_reasons": ("break", "lunch", "meeting", "training"),
        "aht": HANDLING.get(name, 250 + 17 * number) if work.get("completed") else None,
        "set_status": None if online else Refusal.of(UNUSUAL[name]),
    }
    return agent_row(site, name, **{**about, **work})


def _plain(name: str) -> str:
    """As an address has it: chloe of Chloé."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()


def _peer(now: float, number: int, name: str) -> PeerRow:
    live = WORK[name].get("online", True)
    return PeerRow(
        key=f"peer-{number}",
        name=name,
        email=f"{_plain(name.split()[0])}@acme.example",
        roles=("agent",),
        address=f"192.168.7.{20 + number}:47600",
        source="mdns",
        state="live" if live else "offline",
        since=now - 7000,
    )


def conversation(
    id: str,  # noqa: A002 - as the struct has it
    state: Any,
    since: float,
    owner: NodeId | str = "",
    *,
    orphaned: bool = False,
) -> ToldConversation:
    """One as its desk told it."""
    return ToldConversation(
        conversation=id,
        desk=NodeId("node-desk"),
        client=Client(id=f"client-{id}", name="Ines"),
        category="billing",
        state=state,
        owner=owner,
        owner_name="",
        orphaned=orphaned,
        epoch=1,
        since=since,
    )
