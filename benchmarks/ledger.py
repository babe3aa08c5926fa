"""Write sessions into two nodes' ledgers and verify them, beside plain SQLite with the same text.

python -m benchmarks.ledger [--sessions 200] [--runs 5] [--json]
"""

import argparse
import contextlib
import hashlib
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import trio
from rich.console import Console
from rich.table import Table

from lanassist.node.ledger.copies import Copy, Title
from lanassist.node.ledger.record import Entry
from lanassist.node.ledger.signing import bearer_of
from lanassist.node.ledger.statements import Party
from lanassist.node.ledger.verify import verify
from lanassist.node.notary import Notary
from lanassist.node.protocol.messages import GlanceRequest, SessionId, Signed
from lanassist.node.services.session import Entered, Session, Step, ending
from lanassist.node.store import ledger
from lanassist.node.store.database import Storage, connect, open_database
from lanassist.node.trust.credentials import Credentials
from tests.support.site import Site

SITE = Site()
PAIR = SITE.supervisor(), SITE.agent()
REASON = "coaching, second week"


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """One run."""

    written: float
    """Records a second, on both sides together, each committed before the next."""
    plain_written: float
    """The same records as rows of a plain table, each committed before the next."""
    verified: float
    """Records a second, both sides together: every hash and every signature."""
    plain_read: float
    """The same rows read and hashed one after the other, with nothing to compare."""
    supervisor_records: float
    agent_records: float
    """A session."""
    supervisor_bytes: float
    agent_bytes: float
    """Of its records, as stored."""


class Side:
    """One node's notary on a database of its own, and the session as it has it."""

    def __init__(self, me: Credentials, peer: Credentials, storage: Storage, *, asked: bool) -> None:
        self.me = me
        self.peer = peer
        self.storage = storage
        self.notary = Notary(me, storage)
        self._asked = asked

    async def step(self, number: int, kind: str, theirs: Signed, intent: Signed, **more: Any) -> Signed:
        """Sign it, check theirs, commit it."""
        session = Session(
            id=SessionId(f"{number:032x}"),
            peer=self.peer.identity,
            asked=self._asked,
            request=GlanceRequest(displays=(1,)),
            reason=REASON,
            state="asking",
            since=0.0,
            until=1.0,
            intent=intent,
        )
        outcome = await self.notary.enter(
            Step(kind=kind, service="glance", session=session, theirs=theirs, **more)  # type: ignore[arg-type]
        )
        assert isinstance(outcome, Entered), outcome
        return outcome.signed

    async def entries(self) -> list[Entry]:
        return await self.storage.run(ledger.entries, self.peer.identity.node, 0, 2**31)

    async def copy(self) -> Copy:
        me = self.me.identity
        copy = Copy(title=Title(site=me.site, owner=me.node, name=me.name))
        copy.certificates = await self.storage.run(ledger.certificates)
        copy.chains[self.peer.identity.node] = await self.entries()
        return copy


async def one_session(supervisor: Side, agent: Side, number: int) -> None:
    """From the intent to what each has signed of the end; pages and links would add renewals."""
    none = Signed()
    intent = await supervisor.step(number, "intent", none, none)
    grant = await agent.step(number, "grant", intent, intent)
    acceptance = await supervisor.step(number, "acceptance", grant, intent)
    await agent.step(number, "opening", acceptance, intent)
    stopped = ending("stopped")
    ended = await supervisor.step(number, "end", none, intent, ending=stopped)
    agreed = await agent.step(number, "end", none, intent, ending=stopped)
    await agent.step(number, "settled", ended, intent)
    await supervisor.step(number, "settled", agreed, intent)


def bearer(certificate: bytes) -> Party | None:
    """Whose certificate it is."""
    who = bearer_of(certificate, PAIR[0].ca)
    return None if who is None else Party(node=who.node, serial=who.serial)


async def measured(folder: Path, sessions: int) -> Figures:
    """One run, on new databases."""
    files = [folder / name for name in ("supervisor.db", "agent.db")]
    sam, dana = PAIR
    async with open_database(files[0]) as one, open_database(files[1]) as other:
        sides = Side(sam, dana, one, asked=True), Side(dana, sam, other, asked=False)
        for side in sides:
            await side.notary.start(400)
        with stopwatch() as writing:
            for number in range(sessions):
                await one_session(*sides, number)
        copies = [await side.copy() for side in sides]
        with stopwatch() as verifying:
            verdict = verify(copies, bearer)
        assert not verdict.wrong, verdict.wrong
        theirs, ours = [await side.entries() for side in sides]
    plain_writing, plain_reading = plain(folder / "plain.db", [each.body for each in (*theirs, *ours)])
    records = len(theirs) + len(ours)
    return Figures(
        written=records / writing[0],
        plain_written=records / plain_writing,
        verified=records / verifying[0],
        plain_read=records / plain_reading,
        supervisor_records=len(theirs) / sessions,
        agent_records=len(ours) / sessions,
        supervisor_bytes=sum(len(each.body) for each in theirs) / sessions,
        agent_bytes=sum(len(each.body) for each in ours) / sessions,
    )


def plain(file: Path, bodies: list[str]) -> tuple[float, float]:
    """Seconds to write the same text with the node's settings, a commit a row, and to read and hash it."""
    with contextlib.closing(connect(file)) as connection:
        connection.execute("CREATE TABLE plain (seq INTEGER PRIMARY KEY, body TEXT NOT NULL)")
        with stopwatch() as writing:
            for body in bodies:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("INSERT INTO plain (body) VALUES (?)", (body,))
                connection.execute("COMMIT")
        with stopwatch() as reading:
            for (body,) in connection.execute("SELECT body FROM plain ORDER BY seq"):
                hashlib.sha256(body.encode()).digest()
    return writing[0], reading[0]


@contextlib.contextmanager
def stopwatch() -> Iterator[list[float]]:
    """The seconds of the ``with``, once it is over."""
    seconds = [0.0]
    began = time.perf_counter()
    yield seconds
    seconds[0] = time.perf_counter() - began


def middle(runs: list[Figures]) -> Figures:
    """The median of each figure."""
    names = Figures.__struct_fields__
    return Figures(**{name: statistics.median(getattr(each, name) for each in runs) for name in names})


def table(found: Figures, sessions: int) -> Table:
    """Both side by side, and what a session takes."""
    shown = Table(title=f"{sessions} sessions in the ledgers of two nodes on one disk")
    for heading in ("", "lanassist", "plain SQLite", "ratio"):
        shown.add_column(heading, justify="left" if not heading else "right")
    for label, here, there in (
        ("records written a second", found.written, found.plain_written),
        ("records verified a second (plain: hashed)", found.verified, found.plain_read),
    ):
        shown.add_row(label, f"{here:,.0f}", f"{there:,.0f}", f"{here / there:.2g}")
    for label, value in (
        ("records a session, supervisor's side", found.supervisor_records),
        ("records a session, agent's side", found.agent_records),
        ("bytes a session, supervisor's side", found.supervisor_bytes),
        ("bytes a session, agent's side", found.agent_bytes),
    ):
        shown.add_row(label, f"{value:,.0f}", "", "")
    return shown


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The ledger beside plain SQLite.")
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    runs = []
    for _ in range(options.runs):
        with tempfile.TemporaryDirectory() as folder:
            runs.append(trio.run(measured, Path(folder), options.sessions))
    found = middle(runs)
    if options.json:
        print(msgspec.json.encode({"median": found, "runs": runs}).decode())
    else:
        Console().print(table(found, options.sessions))
    return 0


if __name__ == "__main__":
    sys.exit(main())
