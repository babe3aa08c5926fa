"""Checks of calls: help that is asked for, listening, a whisper that no customer hears, and taking over."""

import time
from typing import Final

from lanassist.cli.demo.checking import Bench
from lanassist.cli.demo.mirror import mirror_of
from lanassist.cli.demo.phoning import (
    AGENT,
    CUSTOMER,
    HEARD,
    SOON,
    SUPERVISOR,
    Phone,
    assisting,
    loudest,
    on_a_call,
    state_of,
)
from lanassist.cli.demo.visiting import row_of
from lanassist.node.errors import NoRoutedCall
from lanassist.node.services.assist.commands import (
    OWN_HELP,
    REQUESTS,
    CancelHelp,
    EndTakenCall,
    ReleaseAssist,
    RequestHelp,
    StartAssist,
    TakeOver,
    TalkAssist,
)

ATTEMPTS: Final = 5
ISOLATED: Final = -72.0
"""dBFS: what is fainter than this in the customer's ear is not there."""


async def only_a_routed_call_can_be_assisted(bench: Bench) -> str:
    """Assist in a call is refused where there is no routed call, with the reason."""
    text = await bench.refused(bench.site.sam, StartAssist(agent=bench.site.kim.email), NoRoutedCall)
    return f"“{text}”"


async def help_is_asked_for_and_given(bench: Bench) -> str:
    """An agent's request for help reaches the supervisor, whose assist takes it up; the agent is told who."""
    dana = bench.site.dana
    async with on_a_call(bench, dana), mirror_of(dana.client) as board:
        started = time.monotonic()
        await bench.ask(dana, RequestHelp(reason="refund > limit"))
        await bench.board.until(
            lambda: any(row["state"] == "asked" for row in bench.board.topic(REQUESTS).values()),
            SOON,
            "the request did not come",
        )
        took = time.monotonic() - started
        async with assisting(bench, dana):
            await board.until(
                lambda: board.topic(OWN_HELP)["self"]["by_name"] == bench.site.sam.name,
                SOON,
                "the agent was not told who helps",
            )
        await bench.ask(dana, CancelHelp())
        await bench.board.until(lambda: not bench.board.topic(REQUESTS), SOON, "the request stays")
    return f"after {took * 1000:.0f} ms"


async def both_sides_of_a_call_are_heard(bench: Bench) -> str:
    """A supervisor who listens hears the customer and the agent."""
    dana = bench.site.dana
    async with on_a_call(bench, dana), assisting(bench, dana) as phone:
        started = time.monotonic()
        await phone.hears(CUSTOMER)
        await phone.hears(AGENT)
        return f"after {time.monotonic() - started:.2f} s"


async def a_customer_never_hears_the_whisper(bench: Bench) -> str:
    """What the supervisor says while talking, the agent hears and the customer does not."""
    dana, sam = bench.site.dana, bench.site.sam
    async with on_a_call(bench, dana), assisting(bench, dana) as phone:
        await phone.hears(CUSTOMER)
        for _ in range(2):
            await _whisper(bench, phone)
            phone.speaking = False
            await bench.ask(sam, ReleaseAssist(session=phone.session))
    agent, customer = (loudest(bench, ear, SUPERVISOR) for ear in ("agent", "customer"))
    assert agent > HEARD, f"the agent heard {agent:.0f} dBFS of it"
    assert customer < ISOLATED, f"the customer heard {customer:.0f} dBFS of it"
    return f"agent {agent:.0f} dBFS, customer {customer:.0f} dBFS"


async def _whisper(bench: Bench, phone: Phone) -> None:
    """Say something without a break. Where the voice is late, on a busy machine, Dana's node only listens."""
    for _ in range(ATTEMPTS):
        await bench.ask(bench.site.sam, TalkAssist(session=phone.session))
        await phone.says(0.4)
        if state_of(bench.board, phone) == "talking":
            return
    raise AssertionError("it did not talk")


async def a_call_is_taken_over(bench: Bench) -> str:
    """Taken over, the customer hears the supervisor, and the agent is in after call work at once."""
    dana, sam = bench.site.dana, bench.site.sam
    async with on_a_call(bench, dana), assisting(bench, dana) as phone:
        await phone.hears(CUSTOMER)
        phone.speaking = True
        started = time.monotonic()
        await bench.ask(sam, TakeOver(session=phone.session))
        took = time.monotonic() - started
        await bench.board.until(lambda: row_of(bench, dana)["status"] == "acw", SOON, "no after call work")
        await phone.says(0.4)
        await bench.ask(sam, EndTakenCall(session=phone.session))
        await bench.board.until(lambda: state_of(bench.board, phone) == "ended", SOON, "it did not end")
    customer = loudest(bench, "customer", SUPERVISOR)
    assert customer > HEARD, f"the customer heard {customer:.0f} dBFS of the supervisor"
    return f"in {took * 1000:.0f} ms; the customer heard {customer:.0f} dBFS of the supervisor"
