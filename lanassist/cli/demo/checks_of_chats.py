"""Checks of conversations: customers at the desk, two agents, and the supervisor who steps in."""

import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
import trio

from lanassist.cli.demo.checking import Bench, apart
from lanassist.cli.demo.crew import at_work, customer
from lanassist.cli.demo.dialogue import ERRANDS
from lanassist.cli.demo.mirror import mirror_of
from lanassist.cli.demo.requesting import request
from lanassist.cli.demo.site import Member
from lanassist.node.errors import Absent, AtCapacity, ClientBlocked, LanassistError, Offline
from lanassist.node.protocol.messages import Client
from lanassist.node.services.conversations.commands import (
    ALL,
    CONTROLLER,
    DRAFTS,
    MINE,
    WHISPERS,
    ActUnderControl,
    Assign,
    BlockClient,
    DoAct,
    ReleaseControl,
    RenewControl,
    SendWhisper,
    SetDraft,
    TakeControl,
    Watch,
)
from lanassist.node.services.desk.commands import ReadConversation, SendAsClient, StartConversation
from lanassist.node.services.presence.commands import AGENTS, SetCapacity, SetStatus

SOON: Final = 5.0
DRAFT_WITHIN: Final = 1.0


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


def _told(bench: Bench, conversation: str) -> dict[str, Any]:
    found: dict[str, Any] = bench.board.topic(ALL).get(conversation, {})
    return found


def _row(bench: Bench, agent: Member) -> dict[str, Any]:
    return next(row for row in bench.board.topic(AGENTS).values() if row["email"] == agent.email)


async def _is(bench: Bench, conversation: str, holds: Callable[[dict[str, Any]], object], what: str) -> None:
    await bench.board.until(lambda: holds(_told(bench, conversation)), SOON, what)


async def _given(bench: Bench, conversation: str, agent: Member) -> None:
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
    node = _row(bench, agent)["node"]
    await _is(bench, conversation, lambda row: row["owner"] == node, f"{agent.name} did not get the client")


async def _finished(bench: Bench, agent: Member, conversation: str) -> None:
    """Leave nothing behind for the next check."""
    async with mirror_of(agent.client) as board:
        await board.until(lambda: conversation in board.topic(MINE), SOON, "the client did not arrive")
        await bench.ask(agent, DoAct(conversation=conversation, kind="complete"))
    await _is(bench, conversation, lambda row: not row or row["state"] == "done", "it was not completed")


@asynccontextmanager
async def _in_hand(bench: Bench, agent: Member, name: str, says: str) -> AsyncIterator[Visitor]:
    """A visitor whose conversation is with this agent; completed afterwards."""
    visitor = Visitor(bench, name)
    conversation = await visitor.starts(says)
    await _is(bench, conversation, lambda row: row and row["state"] == "open", "nobody took the client")
    if _told(bench, conversation)["owner_name"] != agent.name:
        await _given(bench, conversation, agent)
    try:
        yield visitor
    finally:
        with contextlib.suppress(LanassistError, TimeoutError):
            await _finished(bench, agent, conversation)


@asynccontextmanager
async def _control(bench: Bench, agent: Member) -> AsyncIterator[str]:
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


# --- the customers' page -----------------------------------------------------------------------------


async def the_chat_page_serves_customers_and_nothing_else(bench: Bench) -> str:
    """The customers' page begins a conversation for a browser that keeps its secret, and serves no API."""
    address = urlsplit((await apart(bench.site.desk.state)).chat)
    page = f"{address.scheme}://{address.netloc}"
    status, _, body = await apart(partial(request, page, "GET", "/chat"))
    assert status == 200, f"the page was answered {status}"
    start = {"id": "c-1", "name": "Gus", "category": "General", "text": "is this the chat?"}
    post = partial(request, page, "POST", "/chat/start", body=msgspec.json.encode(start))
    _, headers, _ = await apart(partial(post, headers={"Origin": page}))
    secret = headers["Set-Cookie"].partition(";")[0]
    status, _, answer = await apart(partial(post, headers={"Origin": page, "Cookie": secret}))
    assert status == 200, f"a start was answered {status}: {answer.decode()}"
    conversation = msgspec.json.decode(answer)["conversation"]
    await _is(bench, conversation, lambda row: row and row["state"] == "open", "nobody took the client")
    for path in ("/api/presence.agents", "/api/events", "/supervisor", "/agent"):
        status, _, _ = await apart(partial(request, page, "GET", path))
        assert status == 404, f"{path} was answered {status}"
    owner = next(each for each in bench.site.agents if each.name == _told(bench, conversation)["owner_name"])
    await _finished(bench, owner, conversation)
    return f"{len(body)} bytes; {owner.name} has the client"


# --- a conversation ----------------------------------------------------------------------------------


async def customers_are_served_from_the_first_word_to_the_last(bench: Bench) -> str:
    """Customers write, the desk gives them to agents with room, who answer and complete."""
    site, pace = bench.site, 0.1
    async with trio.open_nursery() as nursery:
        for agent in site.agents:
            nursery.start_soon(at_work, agent, pace)
        async with trio.open_nursery() as queue:
            for number, errand in enumerate(ERRANDS[:3]):
                queue.start_soon(customer, site.desk, errand, f"check-{number}", pace)
        await bench.board.until(
            lambda: sum(_row(bench, agent)["completed"] for agent in site.agents) >= 3,
            SOON,
            "the dashboard does not count them",
        )
        nursery.cancel_scope.cancel()
    figures = [_row(bench, agent) for agent in site.agents]
    return ", ".join(f"{row['name']}: {row['completed']}" for row in figures)


async def a_draft_shows_while_it_is_typed(bench: Bench) -> str:
    """A supervisor sees an agent's draft as it is typed; the customer does not."""
    sam, dana = bench.site.sam, bench.site.dana
    async with _in_hand(bench, dana, "Ada", "hello?") as visitor:
        await bench.ask(sam, Watch(agent=dana.email))
        started = time.monotonic()
        await bench.ask(dana, SetDraft(conversation=visitor.conversation, text="one mom"))
        key = f"{_row(bench, dana)['node']}/{visitor.conversation}"
        await bench.board.until(
            lambda: bench.board.topic(DRAFTS).get(key, {}).get("text") == "one mom",
            DRAFT_WITHIN,
            "the draft did not show",
        )
        took = time.monotonic() - started
        assert await visitor.reads() == ["hello?"]
        await bench.ask(sam, Watch(agent=dana.email, watching=False))
    return f"after {took * 1000:.0f} ms"


async def a_whisper_reaches_the_agent_alone(bench: Bench) -> str:
    """A whisper reaches the agent, and can reach no customer."""
    sam, dana = bench.site.sam, bench.site.dana
    asks, hint = "can I have a discount?", "ten percent"
    async with _in_hand(bench, dana, "Bea", asks) as visitor, mirror_of(dana.client) as board:
        await bench.ask(sam, SendWhisper(agent=dana.email, conversation=visitor.conversation, text=hint))
        await board.until(
            lambda: any(row["text"] == hint for row in board.topic(WHISPERS).values()),
            SOON,
            "the agent did not get it",
        )
        assert await visitor.reads() == [asks]
    return f"“{hint}”"


async def a_supervisor_acts_as_the_agent_under_control(bench: Bench) -> str:
    """Under control a supervisor replies and recategorizes as the agent, who sees it and takes it back."""
    sam, dana = bench.site.sam, bench.site.dana
    async with _in_hand(bench, dana, "Cy", "this is not right") as visitor:
        conversation = visitor.conversation
        async with _control(bench, dana) as session, mirror_of(dana.client) as board:
            await board.until(lambda: board.topic(CONTROLLER), SOON, "Dana does not see who acts")
            say = ActUnderControl(session=session, conversation=conversation, kind="say", text="we mend it")
            await bench.ask(sam, say)
            change = ActUnderControl(
                session=session, conversation=conversation, kind="categorise", text="Billing"
            )
            await bench.ask(sam, change)
            await visitor.has_read(["this is not right", "we mend it"])
            await _is(bench, conversation, lambda row: row["category"] == "Billing", "the category stayed")
        await _until_free(dana)
        text = await bench.refused(sam, say, LanassistError)
    return f"and afterwards: “{text}”"


async def _until_free(agent: Member) -> None:
    async with mirror_of(agent.client) as board:
        await board.until(lambda: not board.topic(CONTROLLER), SOON, "control did not end")


async def a_client_is_assigned_only_to_who_can_take_it(bench: Bench) -> str:
    """Assigning is refused with the reason (offline, absent, full) and moves nothing; else it moves."""
    site = bench.site
    async with _in_hand(bench, site.dana, "Di", "who helps me?") as visitor:
        wish = Assign(conversation=visitor.conversation, to=site.kim.email)
        await bench.ask(site.kim, SetStatus(status="break", reason="lunch"))
        absent = await bench.refused(site.sam, wish, Absent)
        await bench.ask(site.kim, SetStatus(status="available"))
        await bench.ask(site.kim, SetCapacity(capacity=0))
        full = await bench.refused(site.sam, wish, AtCapacity)
        await bench.ask(site.kim, SetCapacity(capacity=3))
        assert _told(bench, visitor.conversation)["owner_name"] == site.dana.name, "it moved all the same"
        await _given(bench, visitor.conversation, site.kim)
        await _given(bench, visitor.conversation, site.dana)
    return f"“{absent}” “{full}”"


async def a_blocked_client_cannot_write(bench: Bench) -> str:
    """A blocked client's conversation ends and no other begins, until it is unblocked."""
    sam = bench.site.sam
    async with _in_hand(bench, bench.site.dana, "Ed", "buy my pills") as visitor:
        await bench.ask(sam, BlockClient(client=visitor.id, reason="spam", seconds=3600))
        again = StartConversation(id="again", client=Client(id=visitor.id, name="Ed"), text="more pills")
        text = await bench.refused(bench.site.desk, again, ClientBlocked)
        await bench.ask(sam, BlockClient(client=visitor.id, blocked=False))
        await visitor.says("sorry")
        await _is(bench, visitor.conversation, lambda row: row["state"] == "open", "nobody took the client")
        if _told(bench, visitor.conversation)["owner_name"] != bench.site.dana.name:
            await _given(bench, visitor.conversation, bench.site.dana)
    return f"“{text}”"


async def the_client_of_a_dead_agent_is_given_to_another(bench: Bench) -> str:
    """The client of an agent whose machine dies shows as orphaned, and another gets it; nothing is lost."""
    site = bench.site
    visitor = Visitor(bench, "Flo")
    conversation = await visitor.starts("are you there?")
    await _is(bench, conversation, lambda row: row and row["state"] == "open", "nobody took the client")
    if _told(bench, conversation)["owner_name"] != site.kim.name:
        await _given(bench, conversation, site.kim)
    await bench.ask(site.kim, DoAct(conversation=conversation, kind="say", text="yes, I am"))
    await visitor.has_read(["are you there?", "yes, I am"])
    await apart(site.kim.node.kill)
    await bench.board.until(
        lambda: _told(bench, conversation)["orphaned"], 8, "the client does not show as orphaned"
    )
    await visitor.says("hello?")
    gone = await bench.refused(site.sam, Assign(conversation=conversation, to=site.kim.email), Offline)
    await _given(bench, conversation, site.dana)
    await bench.ask(site.dana, DoAct(conversation=conversation, kind="say", text="now I am here"))
    expected = ["are you there?", "yes, I am", "hello?", "now I am here"]
    await visitor.has_read(expected)
    await bench.restart(site.kim)
    await bench.board.until(lambda: _row(bench, site.kim)["online"], 15, "Kim did not come back")
    await visitor.has_read(expected)
    await _finished(bench, site.dana, conversation)
    return f"“{gone}”"
