"""What the checks of conversations share: a customer of their own, and ways to bring things about."""

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import trio

from lanassist.cli.demo.checking import Bench
from lanassist.cli.demo.mirror import mirror_of
from lanassist.cli.demo.site import Member
from lanassist.node.errors import Absent, AtCapacity, LanassistError
from lanassist.node.protocol.messages import Client
from lanassist.node.services.conversations.commands import (
    ALL,
    MINE,
    Assign,
    DoAct,
    ReleaseControl,
    RenewControl,
    TakeControl,
)
from lanassist.node.services.desk.commands import ReadConversation, SendAsClient, StartConversation
from lanassist.node.services.presence.commands import AGENTS

SOON: Final = 5.0
"""Seconds that something may take which happens by itself."""


class Visitor:
    """A customer of the check's own, at the desk."""

    def __init__(self, bench: Bench, name: str) -> None:
        self._bench = bench
        self.name = name
        self.id = f"check-{name.lower()}"
        self.conversation = ""
        self._said = 0

    async def starts(self, text: str) -> str:
        """The conversation that the desk begins."""
        client = Client(id=self.id, name=self.name)
        command = StartConversation(id=f"{self.id}.0.{text}", client=client, category="General", text=text)
        self.conversation = (await self._bench.ask(self._bench.site.desk, command)).conversation
        return self.conversation

    async def says(self, text: str) -> None:
        self._said += 1
        command = SendAsClient(
            conversation=self.conversation, client=self.id, id=f"{self.id}.{self._said}", text=text
        )
        await self._bench.ask(self._bench.site.desk, command)

    async def reads(self) -> list[str]:
        """Every word in the order of the log, as this customer may see it."""
        command = ReadConversation(conversation=self.conversation, client=self.id)
        entries = (await self._bench.ask(self._bench.site.desk, command)).entries
        return [entry.text for entry in entries if entry.kind in ("client", "say")]

    async def has_read(self, expected: list[str]) -> None:
        """Wait until that is what there is to read."""
        give_up = trio.current_time() + SOON
        while True:
            seen = await self.reads()
            if seen == expected:
                return
            assert trio.current_time() < give_up, f"the customer reads {seen}"
            await trio.sleep(0.1)


def told(bench: Bench, conversation: str) -> dict[str, Any]:
    found: dict[str, Any] = bench.board.topic(ALL).get(conversation, {})
    return found


def row_of(bench: Bench, agent: Member) -> dict[str, Any]:
    return next(row for row in bench.board.topic(AGENTS).values() if row["email"] == agent.email)


async def becomes(
    bench: Bench, conversation: str, holds: Callable[[dict[str, Any]], object], what: str
) -> None:
    await bench.board.until(lambda: holds(told(bench, conversation)), SOON, what)


async def give(bench: Bench, conversation: str, agent: Member) -> None:
    """Give it to an agent, as soon as the desk knows of the agent's room, and wait until it is there."""
    give_up = trio.current_time() + SOON
    while True:
        try:
            await bench.ask(bench.site.sam, Assign(conversation=conversation, to=agent.email))
            break
        except (Absent, AtCapacity):
            if trio.current_time() > give_up:
                raise
            await trio.sleep(0.1)
    node = row_of(bench, agent)["node"]
    await becomes(
        bench, conversation, lambda row: row["owner"] == node, f"{agent.name} did not get the client"
    )


async def finish(bench: Bench, agent: Member, conversation: str) -> None:
    """Leave nothing behind for the next check."""
    async with mirror_of(agent.client) as board:
        await board.until(lambda: conversation in board.topic(MINE), SOON, "the client did not arrive")
        await bench.ask(agent, DoAct(conversation=conversation, kind="complete"))
    await becomes(bench, conversation, lambda row: not row or row["state"] == "done", "it was not completed")


@asynccontextmanager
async def in_hand(bench: Bench, agent: Member, name: str, says: str) -> AsyncIterator[Visitor]:
    """A visitor whose conversation is with this agent; completed afterwards."""
    visitor = Visitor(bench, name)
    conversation = await visitor.starts(says)
    await becomes(bench, conversation, lambda row: row and row["state"] == "open", "nobody took the client")
    if told(bench, conversation)["owner_name"] != agent.name:
        await give(bench, conversation, agent)
    try:
        yield visitor
    finally:
        with contextlib.suppress(LanassistError, TimeoutError):
            await finish(bench, agent, conversation)


@asynccontextmanager
async def control(bench: Bench, agent: Member) -> AsyncIterator[str]:
    """Sam acts as this agent, and renews the lease."""
    session = (await bench.ask(bench.site.sam, TakeControl(agent=agent.email, reason="demo"))).session

    async def renew() -> None:
        while True:
            await trio.sleep(1)
            with contextlib.suppress(LanassistError):
                await bench.ask(bench.site.sam, RenewControl(session=session))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(renew)
        yield session
        nursery.cancel_scope.cancel()
    with contextlib.suppress(LanassistError):
        await bench.ask(bench.site.sam, ReleaseControl(session=session))
