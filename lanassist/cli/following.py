"""``lanassist chats watch`` and ``chats show --watch``: lines and drafts as they come, until Ctrl+C.

Watching changes nothing that a client or a desk could see; the agent's node sends what changes.
"""

import contextlib
import secrets
from collections.abc import Callable
from typing import Final, Self

import msgspec
import trio

from lanassist.cli.board import Batch
from lanassist.cli.channels import events_of, run_live
from lanassist.cli.client import NodeClient
from lanassist.cli.finding import the_conversation
from lanassist.cli.inert import inert
from lanassist.cli.paper import Paper, paper_for
from lanassist.cli.reading import whole_log
from lanassist.node.errors import LanassistError, MissingRole
from lanassist.node.protocol.limits import WATCH_AGAIN
from lanassist.node.services.conversation import EntryRecord
from lanassist.node.services.conversations.commands import (
    ALL,
    DRAFTS,
    ENTRIES,
    MIRROR,
    MIRRORED_ENTRIES,
    DraftRow,
    ListAll,
    ListOwn,
    MirrorRow,
    OwnConversation,
    ToldConversation,
    Watch,
)
from lanassist.node.services.presence.commands import AgentRow

EVERY: Final = 1.0
"""Seconds between two readings at the desk, of a conversation that no agent mirrors."""
LOOK_BACK: Final = 600.0
"""Seconds: what is older is not repeated when an agent is watched from now on."""


class Story:
    """What was written already, so that an entry is written once and in order."""

    def __init__(self, paper: Paper, keep: Callable[[str, str], bool], *, lines: bool = True) -> None:
        """``keep(agent, conversation)``: whether it is followed; ``lines``: also the mirror's entries."""
        self._paper = paper
        self._keep = keep
        self._lines = lines
        self._written: dict[str, int] = {}
        self._clients: dict[str, str] = {}
        self._drafts: dict[str, str] = {}

    def name(self, row: ToldConversation | MirrorRow | OwnConversation) -> None:
        """Whose conversation it is."""
        self._clients[row.conversation] = row.client.name

    def take(self, batch: Batch, since: float) -> None:
        """Write what is new in an event message, of entries those that came after ``since``."""
        for key, row in batch.rows(MIRROR, MirrorRow).items():
            if self._kept(key):
                self.name(row)
        if self._lines:
            entries = batch.rows(MIRRORED_ENTRIES, EntryRecord).items()
            new = [entry for key, entry in entries if self._kept(key) and entry.at >= since]
            self.write(new, batch.now)
        for change in batch.changes:
            if change.topic == DRAFTS and self._kept(change.key):
                text = "" if change.gone else msgspec.json.decode(change.value, type=DraftRow).text
                self._draft(change.key.partition("/")[2], text)

    def _kept(self, key: str) -> bool:
        agent, conversation = key.split("/")[:2]
        return self._keep(agent, conversation)

    def write(self, entries: list[EntryRecord], now: float) -> None:
        """Those that were not written yet."""
        for entry in sorted(entries, key=lambda each: (each.conversation, each.seq)):
            if entry.seq > self.written(entry.conversation):
                self._written[entry.conversation] = entry.seq
                self._paper.entry(self._client(entry.conversation), entry, now)

    def written(self, conversation: str) -> int:
        """The last entry that was."""
        return self._written.get(conversation, 0)

    def _draft(self, conversation: str, text: str) -> None:
        if self._drafts.get(conversation, "") != text:
            self._drafts[conversation] = text
            self._paper.draft(conversation, self._client(conversation), text)

    def _client(self, conversation: str) -> str:
        return self._clients.get(conversation, conversation)


# --- an agent ----------------------------------------------------------------------------------------


def follow_agent(node: NodeClient, agent: AgentRow, *, as_json: bool) -> None:
    """Every line of an agent until Ctrl+C (KeyboardInterrupt). Raises what the node refuses with."""
    with Watches(node) as watches, paper_for(as_json, names=True) as paper:
        watches.add(agent.node)
        if not as_json:
            print(f"Watching {inert(agent.name)}, which nobody can tell. Ctrl+C ends.", flush=True)
        story = Story(paper, lambda each, _: each == agent.node)
        run_live(lambda: _follow(node, story, watches))


async def _follow(node: NodeClient, story: Story, watches: "Watches") -> None:
    async with events_of(node) as events, trio.open_nursery() as nursery:
        nursery.start_soon(watches.again)
        batch = await events.next()
        since = batch.now - LOOK_BACK
        while True:
            story.take(batch, since)
            batch = await events.next()


class Watches:
    """The agents whose conversations are mirrored, for as long as this command says that it looks on."""

    def __init__(self, node: NodeClient) -> None:
        self._node = node
        self._viewer = secrets.token_hex(8)
        self._agents: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for agent in self._agents:
            with contextlib.suppress(LanassistError):
                self._say(agent, False)

    def add(self, agent: str) -> None:
        """Raises what the node refuses with."""
        if agent not in self._agents:
            self._say(agent, True)
            self._agents.add(agent)

    async def again(self) -> None:
        """Go on saying so. Raises what the node refuses with."""
        while True:
            await trio.sleep(WATCH_AGAIN)
            for agent in list(self._agents):
                await trio.to_thread.run_sync(self._say, agent, True)

    def _say(self, agent: str, watching: bool) -> None:
        self._node.ask(Watch(agent=agent, watching=watching, viewer=self._viewer))


# --- a conversation ----------------------------------------------------------------------------------


def follow_conversation(node: NodeClient, text: str, *, as_json: bool) -> None:
    """A conversation's log and what is added to it, wherever it goes, until Ctrl+C (KeyboardInterrupt)."""
    try:
        row = the_conversation(node.ask(ListAll()).conversations, text)
    except MissingRole:
        _follow_own(node, text, as_json=as_json)
        return
    with Watches(node) as watches, paper_for(as_json, names=False) as paper:
        run_live(_Following(node, row, watches, paper).run)


class _Following:
    """The log is read at the desk, which has it in order; the agent's mirror says when, and has the draft."""

    def __init__(self, node: NodeClient, row: ToldConversation, watches: Watches, paper: Paper) -> None:
        self._node = node
        self._row = row
        self._watches = watches
        self._paper = paper
        self._story = Story(paper, lambda _, conversation: conversation == row.conversation, lines=False)
        self._news = trio.Event()
        self._shown: tuple[int, str, bool] | None = None

    async def run(self) -> None:
        async with events_of(self._node) as events, trio.open_nursery() as nursery:
            nursery.start_soon(self._watches.again)
            await self._turn(await events.next())
            nursery.start_soon(self._read)
            while True:
                await self._turn(await events.next())

    async def _turn(self, batch: Batch) -> None:
        self._row = batch.rows(ALL, ToldConversation).get(self._row.conversation, self._row)
        row = self._row
        self._story.name(row)
        if self._shown != (row.epoch, row.state, row.orphaned):
            self._shown = (row.epoch, row.state, row.orphaned)
            self._paper.told(row, batch.now)
            if row.state == "open":
                with contextlib.suppress(LanassistError):  # then there is no draft to see
                    await trio.to_thread.run_sync(self._watches.add, row.owner)
        self._story.take(batch, 0.0)
        self._news.set()

    async def _read(self) -> None:
        while True:
            self._news = trio.Event()
            entries, now = await trio.to_thread.run_sync(self._ask)
            self._story.write(entries, now)
            with trio.move_on_after(EVERY):
                await self._news.wait()

    def _ask(self) -> tuple[list[EntryRecord], float]:
        conversation = self._row.conversation
        return whole_log(self._node, conversation, after=self._story.written(conversation))


def _follow_own(node: NodeClient, text: str, *, as_json: bool) -> None:
    """An agent's own, as this node has it."""
    row = the_conversation(node.ask(ListOwn()).conversations, text)
    with paper_for(as_json, names=False) as paper:
        story = Story(paper, lambda _, __: False)
        story.name(row)
        run_live(lambda: _follow_replica(node, story, row.conversation))


async def _follow_replica(node: NodeClient, story: Story, conversation: str) -> None:
    async with events_of(node) as events:
        while True:
            batch = await events.next()
            entries = batch.rows(ENTRIES, EntryRecord).values()
            story.write([entry for entry in entries if entry.conversation == conversation], batch.now)
