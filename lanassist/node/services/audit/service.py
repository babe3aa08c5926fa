"""Audit's shell: reads the ledger, signs heads and checks those of others."""

import base64
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

import trio

from lanassist.node.errors import LanassistError
from lanassist.node.ledger.copies import CertificateLine, EntryLine, HeadLine, Line, Title, write_line
from lanassist.node.ledger.record import Entry, Record, read_record
from lanassist.node.ledger.statements import Party, Unreadable
from lanassist.node.protocol.messages import (
    Message,
    NodeId,
)
from lanassist.node.services.audit.commands import COMMANDS, LedgerPage
from lanassist.node.services.audit.core import (
    MESSAGES,
    Appended,
    AuditCore,
    CheckHead,
    KeepHead,
    Page,
    ReadPage,
    TellHead,
    Witness,
)
from lanassist.node.services.audit.heads import Heads, Signer
from lanassist.node.services.base import AnyCommand, Effect
from lanassist.node.services.service import Service
from lanassist.node.store import ledger
from lanassist.node.store.database import Storage

PAGE = 500
"""Records in one part of the ledger."""
DIGITS = 15
"""Of a record's number; what has more is none."""
RECENT = 400
"""Records of each chain that are looked through at the start for who watched."""
WORK = 256
"""Things to be read or signed that wait; more are passed over, and asked for again a minute later."""
_log = logging.getLogger(__name__)


class AuditService(Service):
    """The ledger on this node."""

    name: ClassVar[str] = "audit"
    commands: ClassVar[tuple[type[AnyCommand], ...]] = COMMANDS
    messages: ClassVar[tuple[type[Message], ...]] = MESSAGES

    def __init__(
        self,
        held: Mapping[NodeId, int],
        signer: Signer,
        storage: Storage,
        clock: Callable[[], float] = trio.current_time,
        wall: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(AuditCore(signer.me, held))
        self._signer = signer
        self._storage = storage
        self._clock = clock
        self._wall = wall
        self._heads = Heads(signer, storage, self.observe, wall)
        self._names: dict[str, str] = {}
        self._work, self._to_do = trio.open_memory_channel[Effect](WORK)
        self._appended: dict[str, list[Entry]] = {}
        self._news = trio.Event()

    def appended(self, entries: Mapping[str, list[Entry]]) -> None:
        """The notary has committed these, by peer. Never waits."""
        for peer, each in entries.items():
            self._appended.setdefault(peer, []).extend(each)
        self._news.set()

    async def perform(self, effect: Effect) -> None:
        try:
            self._work.send_nowait(effect)
        except trio.WouldBlock:
            _log.warning("audit: too much to do; passed over")

    async def attend(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._tell_appended)
            nursery.start_soon(self._do_work)
            task_status.started()

    async def _tell_appended(self) -> None:
        for peer in await self._storage.run(ledger.peers):
            await self._tell(peer, await self._storage.run(ledger.latest, peer, RECENT))
        while True:
            await self._news.wait()
            self._news = trio.Event()
            appended, self._appended = self._appended, {}
            for peer, entries in appended.items():
                await self._tell(peer, entries)

    async def _tell(self, peer: str, entries: Sequence[Entry]) -> None:
        records: list[Record] = []
        for each in entries:
            try:
                records.append(read_record(each.body))
            except Unreadable:
                _log.error("the ledger's record %d with %s is damaged", each.seq, peer)
        names = {record.peer.node: await self._name_of(record.peer) for record in records}
        offset = self._clock() - self._wall()
        await self.observe(Appended(NodeId(peer), tuple(records), names, offset))

    async def _name_of(self, party: Party) -> str:
        if party.serial not in self._names:
            der = (await self._storage.run(ledger.certificates)).get(party.serial)
            bearer = None if der is None else self._signer.bearer(der)
            self._names[party.serial] = party.node if bearer is None else bearer.name
        return self._names[party.serial]

    async def _do_work(self) -> None:
        async for effect in self._to_do:
            try:
                event = await self._done(effect)
            except LanassistError as error:
                _log.error("audit: %s", error.text)
            except Unreadable as error:
                _log.warning("audit: a peer's head cannot be read: %s", error)
            else:
                if event is not None:
                    await self.observe(event)

    async def _done(self, effect: Effect) -> object | None:
        match effect:
            case TellHead(peer, since):
                return await self._heads.tell(peer, since)
            case CheckHead(peer, told):
                return await self._heads.check(peer, told)
            case KeepHead(peer, agreed):
                return await self._heads.keep(peer, agreed)
            case Witness(by, message):
                return await self._heads.witness(by, message)
            case ReadPage(ticket, begin):
                return Page(ticket, await self._page(begin))
        return None

    # --- reading -------------------------------------------------------------------------------------

    async def _page(self, begin: str) -> LedgerPage:
        """The first part is who and the certificates; then the chains, peer by peer; then the heads."""
        peers = await self._storage.run(ledger.peers)
        stage, _, after = begin.rpartition("/")
        lines: list[Line]
        if not begin:
            lines = await self._titles()
            following = f"{peers[0]}/0" if peers else "heads"
        elif begin == "heads":
            found = await self._storage.run(ledger.signed_heads)
            lines = [HeadLine(head=head, conflict=conflict) for head, conflict in found]
            following = ""
        else:
            number = int(after) if after.isdecimal() and len(after) <= DIGITS else 0
            entries = await self._storage.run(ledger.entries, stage, number, PAGE)
            lines = [_line(stage, each) for each in entries]
            later = [peer for peer in peers if peer > stage]
            following = f"{stage}/{entries[-1].seq}" if len(entries) == PAGE else ""
            following = following or (f"{later[0]}/0" if later else "heads")
        records = await self._storage.run(ledger.count)
        texts = tuple(write_line(each).decode().rstrip("\n") for each in lines)
        return LedgerPage(lines=texts, following=following, records=records)

    async def _titles(self) -> list[Line]:
        me = self._signer.me
        certificates = await self._storage.run(ledger.certificates)
        return [
            Title(site=me.site, owner=me.node, name=me.name),
            *(
                CertificateLine(serial=serial, der=base64.b64encode(der).decode())
                for serial, der in certificates.items()
            ),
        ]


def _line(peer: str, entry: Entry) -> EntryLine:
    return EntryLine(peer=peer, seq=entry.seq, previous=entry.previous, body=entry.body, hash=entry.hash)
