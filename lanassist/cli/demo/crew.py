"""The demo's people at work: customers who write and call by themselves, and agents who answer them."""

import contextlib
import itertools
import random
from functools import partial
from typing import Any, Final

import trio

from lanassist.cli.demo.checking import apart
from lanassist.cli.demo.dialogue import ERRANDS, Errand, answer_to, as_typed, is_last
from lanassist.cli.demo.mirror import Mirror, mirror_of
from lanassist.cli.demo.site import Member
from lanassist.node.errors import LanassistError
from lanassist.node.protocol.messages import Client
from lanassist.node.services.assist.commands import ASSISTANTS, BeginCall, CancelHelp, EndCall, RequestHelp
from lanassist.node.services.command import Command
from lanassist.node.services.conversations.commands import CONTROLLER, ENTRIES, MINE, DoAct, SetDraft
from lanassist.node.services.desk.commands import ReadConversation, SendAsClient, StartConversation

KEYSTROKES: Final = 0.4
"""Seconds between two drafts."""
CALL_LENGTH: Final = 40.0
"""Seconds that a call lasts at least, while nobody assists."""
CALLS: Final = (
    ("+49 30 5550 117", "Orders", "refund above my limit"),
    ("+49 40 5550 142", "Billing", ""),
    ("+49 89 5550 163", "General", "the customer asks for a manager"),
)
"""Who calls, about what, and what the agent then needs help with."""
LOOK: Final = 0.5
"""Seconds between a customer's glances at the chat."""


async def customers(desk: Member, pace: float = 1.0) -> None:
    """Somebody writes now and then, for ever."""
    async with trio.open_nursery() as nursery:
        for number in itertools.count():
            errand = ERRANDS[number % len(ERRANDS)]
            nursery.start_soon(partial(_patiently, desk, errand, f"demo-{number}", pace))
            await trio.sleep(random.uniform(6, 14) * pace)


async def _patiently(desk: Member, errand: Errand, visit: str, pace: float) -> None:
    with contextlib.suppress(LanassistError):  # blocked, or the demo ends: this customer gives up
        await customer(desk, errand, visit, pace)


async def customer(desk: Member, errand: Errand, visit: str, pace: float = 1.0) -> str:
    """One customer, from the first word to the last answer; the conversation."""
    client = Client(id=visit, name=errand.name, contact=errand.contact)
    first = errand.exchanges[0]
    start = StartConversation(id=f"{visit}.0", client=client, category=errand.category, text=first.says)
    conversation = (await apart(partial(desk.client.ask, start))).conversation
    for number, exchange in enumerate(errand.exchanges[1:], 1):
        await _answers(desk, conversation, visit, number)
        await trio.sleep(random.uniform(2, 5) * pace)
        send = SendAsClient(
            conversation=conversation, client=visit, id=f"{visit}.{number}", text=exchange.says
        )
        await apart(partial(desk.client.ask, send))
    await _answers(desk, conversation, visit, len(errand.exchanges))
    return conversation


async def _answers(desk: Member, conversation: str, visit: str, count: int) -> None:
    """Wait until the team has said so much."""
    read = ReadConversation(conversation=conversation, client=visit)
    while True:
        entries = (await apart(partial(desk.client.ask, read))).entries
        if sum(entry.kind == "say" for entry in entries) >= count:
            return
        await trio.sleep(LOOK)


async def at_work(agent: Member, pace: float = 1.0) -> None:
    """An agent who answers every client, a draft before each answer, unless somebody else acts as them."""
    async with mirror_of(agent.client) as board, trio.open_nursery() as nursery:
        taken: set[str] = set()
        while True:
            for question in _unanswered(board):
                if question["id"] not in taken:
                    taken.add(question["id"])
                    nursery.start_soon(_answer, agent, board, question, taken, pace)
            await board.next(1.0)


def _unanswered(board: Mirror) -> list[dict[str, Any]]:
    """The last words in each conversation in hand, where they are the client's."""
    if board.topic(CONTROLLER):
        return []
    held = [key for key, row in board.topic(MINE).items() if row["state"] == "held"]
    return [last for each in held if (last := _last_words(board, each)) and last["kind"] == "client"]


def _last_words(board: Mirror, conversation: str) -> dict[str, Any] | None:
    said = [
        entry
        for entry in board.topic(ENTRIES).values()
        if entry["conversation"] == conversation and entry["kind"] in ("client", "say")
    ]
    return max(said, key=lambda entry: entry["seq"], default=None)


async def _answer(
    agent: Member, board: Mirror, question: dict[str, Any], taken: set[str], pace: float
) -> None:
    conversation, answer = question["conversation"], answer_to(question["text"])
    await trio.sleep(random.uniform(1, 3) * pace)
    with contextlib.suppress(LanassistError):  # moved, blocked or taken over meanwhile
        for draft in as_typed(answer):
            if board.topic(CONTROLLER):
                taken.discard(question["id"])  # if it is unanswered afterwards, it is this agent's again
            if board.topic(CONTROLLER) or _last_words(board, conversation) != question:
                return
            await apart(partial(agent.client.ask, SetDraft(conversation=conversation, text=draft)))
            await trio.sleep(KEYSTROKES * pace)
        await _act(agent, DoAct(conversation=conversation, kind="say", text=answer))
        if is_last(answer):
            await trio.sleep(2 * pace)
            await _act(agent, DoAct(conversation=conversation, kind="complete"))


async def _act(agent: Member, act: Command[Any]) -> None:
    await apart(partial(agent.client.ask, act))


async def on_the_phone(agent: Member) -> None:
    """An agent whose telephone rings now and then, and who asks for help in every other call, for ever."""
    for number in itertools.count():
        await trio.sleep(random.uniform(8, 15))
        caller, category, question = CALLS[number % len(CALLS)]
        with contextlib.suppress(LanassistError):  # the node was ended, or a supervisor took the call over
            await _act(agent, BeginCall(routed=True, number=caller, category=category))
            await trio.sleep(random.uniform(8, 14))
            if number % 2 == 0:
                await _act(agent, RequestHelp(reason=question))
            await trio.sleep(CALL_LENGTH)
            await _until_alone(agent)
            await _act(agent, CancelHelp())
            await _act(agent, EndCall())


async def _until_alone(agent: Member) -> None:
    """A call is not ended under a supervisor who is in it."""
    async with mirror_of(agent.client) as board:
        while any(row["state"] != "ended" for row in board.topic(ASSISTANTS).values()):
            await board.next(1.0)
