"""Checks of conversations: customers at the desk, two agents, and the supervisor who steps in."""

import time
from functools import partial
from typing import Final
from urllib.parse import urlsplit

import msgspec
import trio

from lanassist.cli.demo.checking import Bench, apart
from lanassist.cli.demo.crew import at_work, customer
from lanassist.cli.demo.dialogue import ERRANDS
from lanassist.cli.demo.mirror import mirror_of
from lanassist.cli.demo.requesting import request
from lanassist.cli.demo.site import Member
from lanassist.cli.demo.visiting import SOON, Visitor, becomes, control, finish, give, in_hand, row_of, told
from lanassist.node.errors import Absent, AtCapacity, ClientBlocked, LanassistError, Offline
from lanassist.node.protocol.messages import Client
from lanassist.node.services.conversations.commands import (
    CONTROLLER,
    DRAFTS,
    WHISPERS,
    ActUnderControl,
    Assign,
    BlockClient,
    DoAct,
    SendWhisper,
    SetDraft,
    Watch,
)
from lanassist.node.services.desk.commands import StartConversation
from lanassist.node.services.presence.commands import SetCapacity, SetStatus

DRAFT_WITHIN: Final = 1.0


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
    await becomes(bench, conversation, lambda row: row and row["state"] == "open", "nobody took the client")
    for path in ("/api/presence.agents", "/api/events", "/supervisor", "/agent"):
        status, _, _ = await apart(partial(request, page, "GET", path))
        assert status == 404, f"{path} was answered {status}"
    owner = next(each for each in bench.site.agents if each.name == told(bench, conversation)["owner_name"])
    await finish(bench, owner, conversation)
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
            lambda: sum(row_of(bench, agent)["completed"] for agent in site.agents) >= 3,
            SOON,
            "the dashboard does not count them",
        )
        nursery.cancel_scope.cancel()
    figures = [row_of(bench, agent) for agent in site.agents]
    return ", ".join(f"{row['name']}: {row['completed']}" for row in figures)


async def a_draft_shows_while_it_is_typed(bench: Bench) -> str:
    """A supervisor sees an agent's draft as it is typed; the customer does not."""
    sam, dana = bench.site.sam, bench.site.dana
    async with in_hand(bench, dana, "Ada", "hello?") as visitor:
        await bench.ask(sam, Watch(agent=dana.email))
        started = time.monotonic()
        await bench.ask(dana, SetDraft(conversation=visitor.conversation, text="one mom"))
        key = f"{row_of(bench, dana)['node']}/{visitor.conversation}"
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
    async with in_hand(bench, dana, "Bea", asks) as visitor, mirror_of(dana.client) as board:
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
    async with in_hand(bench, dana, "Cy", "this is not right") as visitor:
        conversation = visitor.conversation
        async with control(bench, dana) as session, mirror_of(dana.client) as board:
            await board.until(lambda: board.topic(CONTROLLER), SOON, "Dana does not see who acts")
            say = ActUnderControl(session=session, conversation=conversation, kind="say", text="we mend it")
            await bench.ask(sam, say)
            change = ActUnderControl(
                session=session, conversation=conversation, kind="categorise", text="Billing"
            )
            await bench.ask(sam, change)
            await visitor.has_read(["this is not right", "we mend it"])
            await becomes(
                bench, conversation, lambda row: row["category"] == "Billing", "the category stayed"
            )
        await _until_free(dana)
        text = await bench.refused(sam, say, LanassistError)
    return f"and afterwards: “{text}”"


async def _until_free(agent: Member) -> None:
    async with mirror_of(agent.client) as board:
        await board.until(lambda: not board.topic(CONTROLLER), SOON, "control did not end")


async def a_client_is_assigned_only_to_who_can_take_it(bench: Bench) -> str:
    """Assigning is refused with the reason (absent, full) and then nothing has moved; else it moves."""
    site = bench.site
    async with in_hand(bench, site.dana, "Di", "who helps me?") as visitor:
        wish = Assign(conversation=visitor.conversation, to=site.kim.email)
        await bench.ask(site.kim, SetStatus(status="break", reason="lunch"))
        absent = await bench.refused(site.sam, wish, Absent)
        await bench.ask(site.kim, SetStatus(status="available"))
        await bench.ask(site.kim, SetCapacity(capacity=0))
        full = await bench.refused(site.sam, wish, AtCapacity)
        await bench.ask(site.kim, SetCapacity(capacity=3))
        assert told(bench, visitor.conversation)["owner_name"] == site.dana.name, "it moved all the same"
        await give(bench, visitor.conversation, site.kim)
        await give(bench, visitor.conversation, site.dana)
    return f"“{absent}” “{full}”"


async def a_blocked_client_cannot_write(bench: Bench) -> str:
    """A blocked client's conversation ends and no other begins, until it is unblocked."""
    sam = bench.site.sam
    async with in_hand(bench, bench.site.dana, "Ed", "buy my pills") as visitor:
        await bench.ask(sam, BlockClient(client=visitor.id, reason="spam", seconds=3600))
        again = StartConversation(id="again", client=Client(id=visitor.id, name="Ed"), text="more pills")
        text = await bench.refused(bench.site.desk, again, ClientBlocked)
        await becomes(bench, visitor.conversation, lambda row: row["state"] == "done", "it did not end")
        await bench.ask(sam, BlockClient(client=visitor.id, blocked=False))
        await visitor.says("sorry")
        await becomes(
            bench, visitor.conversation, lambda row: row["state"] == "open", "nobody took the client"
        )
        if told(bench, visitor.conversation)["owner_name"] != bench.site.dana.name:
            await give(bench, visitor.conversation, bench.site.dana)
    return f"“{text}”"


async def the_client_of_a_dead_agent_is_given_to_another(bench: Bench) -> str:
    """The client of an agent whose machine dies shows as orphaned, and another gets it; nothing is lost."""
    site = bench.site
    visitor = Visitor(bench, "Flo")
    conversation = await visitor.starts("are you there?")
    await becomes(bench, conversation, lambda row: row and row["state"] == "open", "nobody took the client")
    if told(bench, conversation)["owner_name"] != site.kim.name:
        await give(bench, conversation, site.kim)
    await bench.ask(site.kim, DoAct(conversation=conversation, kind="say", text="yes, I am"))
    await visitor.has_read(["are you there?", "yes, I am"])
    await apart(site.kim.node.kill)
    await bench.board.until(
        lambda: told(bench, conversation)["orphaned"], 8, "the client does not show as orphaned"
    )
    await visitor.says("hello?")
    gone = await bench.refused(site.sam, Assign(conversation=conversation, to=site.kim.email), Offline)
    await give(bench, conversation, site.dana)
    await bench.ask(site.dana, DoAct(conversation=conversation, kind="say", text="now I am here"))
    expected = ["are you there?", "yes, I am", "hello?", "now I am here"]
    await visitor.has_read(expected)
    await bench.restart(site.kim)
    await bench.board.until(lambda: row_of(bench, site.kim)["online"], 15, "Kim did not come back")
    await visitor.has_read(expected)
    await finish(bench, site.dana, conversation)
    return f"“{gone}”"
