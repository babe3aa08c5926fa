"""A supervisor's afternoon for the monitoring page: an agent with clients, a queue, orphans, a block list."""

from collections.abc import Iterable
from typing import Any, Final, Literal

import msgspec

from lanassist.node.protocol.messages import Client, NodeId, SessionId
from lanassist.node.services.command import Refusal
from lanassist.node.services.conversation import EntryRecord, Kind
from lanassist.node.services.conversations.commands import (
    ALL,
    BLOCKED,
    CONTROL,
    DESKS,
    DRAFTS,
    MIRROR,
    MIRRORED_ENTRIES,
    BlockedRow,
    ControlRow,
    ControlStarted,
    DeskInfo,
    DraftRow,
    History,
    Log,
    MirrorRow,
    PastConversation,
    ReadLog,
    ShowHistory,
    TakeControl,
    ToldConversation,
)
from tests.support.page_server import FakeSite, agent_row

DANA: Final = NodeId("node-dana")
DESK: Final = NodeId("node-desk")
SESSION: Final = SessionId("control-1")
FULL: Final = Refusal(code="agent-at-capacity", text="Dana Ortiz is at maximum capacity (3/3).")
ON_BREAK: Final = Refusal(code="agent-absent", text="Mateo Silva is absent (on break: lunch).")
AWAY: Final = Refusal(code="agent-offline", text="Omar Haddad is offline since 10:42.")
FIRST: Final = Refusal(code="take-control-first", text="Take control of Dana Ortiz first.")


def client(conversation: str, name: str) -> Client:
    first = name.split()[0].lower()
    return Client(id=f"client-{conversation}", name=name, contact=f"{first}@mail.example")


def mirrored(site: FakeSite, conversation: str, name: str, **about: Any) -> MirrorRow:
    """A client of Dana's, put on the board together with what the desk tells."""
    usual: dict[str, Any] = {
        "agent": DANA,
        "conversation": conversation,
        "desk": DESK,
        "client": client(conversation, name),
        "category": "billing",
        "state": "held",
        "epoch": 2,
        "unsent": 0,
        "entries": 0,
        "since": site.now - 600,
        "act": FIRST,
    }
    row = MirrorRow(**{**usual, **about})
    site.put(MIRROR, f"{row.agent}/{conversation}", row)
    state: Literal["open", "done"] = "done" if row.state == "done" else "open"
    told(site, conversation, name, state=state, owner=DANA if state == "open" else DESK)
    return row


def told(site: FakeSite, conversation: str, name: str, **about: Any) -> ToldConversation:
    """A conversation as its desk tells it."""
    usual: dict[str, Any] = {
        "conversation": conversation,
        "desk": DESK,
        "client": client(conversation, name),
        "category": "billing",
        "state": "open",
        "owner": DANA,
        "owner_name": "Dana Ortiz",
        "orphaned": False,
        "epoch": 2,
        "since": site.now - 130,
    }
    row = ToldConversation(**{**usual, **about})
    site.put(ALL, conversation, row)
    return row


def entry(
    site: FakeSite, conversation: str, seq: int, kind: Kind, text: str = "", ago: float = 100, **about: Any
) -> EntryRecord:
    """What the client said, or Dana did, so many seconds ago."""
    ours = {"node": DANA, "name": "Dana Ortiz"} if kind not in ("client", "left") else {}
    return EntryRecord(
        conversation=conversation,
        seq=seq,
        id=f"{conversation}-{seq}",
        kind=kind,
        text=text,
        epoch=2,
        at=site.now - ago,
        **{**ours, **about},
    )


def write(site: FakeSite, *entries: EntryRecord) -> None:
    """Put entries in Dana's mirrored logs."""
    for each in entries:
        site.put(MIRRORED_ENTRIES, f"{DANA}/{each.key}", each)


def draft(site: FakeSite, conversation: str, text: str) -> None:
    site.put(DRAFTS, f"{DANA}/{conversation}", DraftRow(text=text) if text else None)


def in_control(site: FakeSite, state: Literal["running", "ended"], end: Refusal | None = None) -> None:
    """The node's word on Dana's control, and on what can be done in her conversations."""
    row = ControlRow(
        session=SESSION, agent=DANA, agent_name="Dana Ortiz", state=state, since=site.now, end=end
    )
    for key, value in site.board.topic(MIRROR).items():
        site.put(MIRROR, key, msgspec.structs.replace(value, act=None if state == "running" else FIRST))
    site.put(CONTROL, SESSION, row)


def afternoon(site: FakeSite) -> None:
    """Four agents, four clients of Dana's, three in the queue, two orphans, two blocked."""
    now = site.now
    site.show(
        agent_row(site, "Dana Ortiz", active=3, total=3, assign=FULL),
        agent_row(site, "Priya Raman", active=1, total=4),
        agent_row(
            site, "Mateo Silva", status="absent", why="break", reason="lunch", total=3, assign=ON_BREAK
        ),
        agent_row(
            site,
            "Omar Haddad",
            status="absent",
            why="offline",
            online=False,
            last_heard=now - 400,
            total=3,
            assign=AWAY,
        ),
    )
    categories = ("billing", "sales", "technical", "other")
    site.put(DESKS, DESK, DeskInfo(node=DESK, name="Front desk", categories=categories))
    mirrored(site, "c1", "Eve Stone", waiting_since=now - 84, entries=6)
    mirrored(site, "c2", "Noah Berg", category="sales", typing=True, entries=3)
    mirrored(site, "c3", "Li Wei", category="technical", entries=3)
    mirrored(site, "c4", "Ana Souza", state="done", since=now - 2000)
    write(site, *_logs(site))
    draft(site, "c1", "I am sorry for the trouble. I have just asked for the refund of 84 euros, it will be")
    for number, (name, category, ago) in enumerate(
        (("Sofia Rossi", "sales", 170), ("Jonas Weber", "billing", 95), ("Aiko Mori", "technical", 31))
    ):
        about = {"state": "waiting", "owner": DESK, "owner_name": "", "category": category}
        told(site, f"w{number}", name, since=now - ago, **about)
    for number, name in enumerate(("Peter Novak", "Grace Kim")):
        omar = {"owner": "node-omar", "owner_name": "Omar Haddad"}
        told(site, f"o{number}", name, orphaned=True, since=now - 65 + number, **omar)
    spam = BlockedRow(client="client-x", name="Mallory", reason="Threats", by="Sam", until=now + 50_000)
    site.put(BLOCKED, spam.client, spam)
    site.put(
        BLOCKED,
        "client-y",
        BlockedRow(client="client-y", name="Spam Inc", reason="Advertising", by="Lee", until=None),
    )
    _answers(site)


def _logs(site: FakeSite) -> Iterable[EntryRecord]:
    yield entry(site, "c1", 1, "client", "Hello, I was charged twice for invoice 4411.", 500)
    yield entry(site, "c1", 2, "joined", "", 480)
    yield entry(site, "c1", 3, "say", "Hi Eve! Let me look at that invoice with you.", 470)
    yield entry(site, "c1", 4, "note", "Second charge of this kind this month", 400)
    yield entry(site, "c1", 5, "categorise", "billing", 390)
    yield entry(site, "c1", 6, "client", "Any news? It is 84 euros, and my account is at zero now.", 84)
    yield entry(site, "c2", 1, "client", "Do you have an offer for 20 seats?", 300)
    yield entry(site, "c2", 2, "joined", "", 290)
    yield entry(site, "c2", 3, "say", "We do: 20 % off for a year.", 200)
    yield entry(site, "c3", 1, "client", "The app does not start.", 900)
    yield entry(site, "c3", 2, "joined", "", 880)
    yield entry(site, "c3", 3, "say", "Which version do you have?", 800)


def _answers(site: FakeSite) -> None:
    now = site.now
    past = PastConversation(
        conversation="p1",
        category="billing",
        state="done",
        agent="Priya Raman",
        began=now - 9 * 86_400,
        entries=14,
    )
    site.answers[ShowHistory] = History(now=now, client=client("c1", "Eve Stone"), past=(past,))
    read = (
        entry(site, "p1", 1, "client", "I need a copy of my invoice.", 3000),
        entry(site, "p1", 2, "joined", "", 2990),
        entry(site, "p1", 3, "say", "Here it is.", 2900),
    )
    site.answers[ReadLog] = Log(now=now, entries=read, more=False)
    site.answers[TakeControl] = ControlStarted(session=SESSION, agent=DANA)
