"""The demo for people: a live table of what happens, until Ctrl+C."""

import contextlib
import os
import sys
import time
import webbrowser
from collections import deque
from functools import partial
from typing import Any, Final

import msgspec
import trio
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from lanassist.cli.agents_view import agents_table
from lanassist.cli.channels import run_live
from lanassist.cli.demo.crew import at_work, customers, on_the_phone
from lanassist.cli.demo.mirror import Mirror, mirror_of
from lanassist.cli.demo.site import DemoSite, Member, demo_site, meet
from lanassist.cli.inert import inert
from lanassist.cli.render import PIPED
from lanassist.node.errors import LanassistError, MachineError
from lanassist.node.services.assist.commands import OFFERS, REQUESTS, AssistOffer, HelpRow
from lanassist.node.services.call import Call
from lanassist.node.services.conversations.commands import ALL, ToldConversation
from lanassist.node.services.glance.commands import SESSIONS, GlanceSession
from lanassist.node.services.presence.commands import AGENTS, AgentRow, SetStatus
from lanassist.web.commands import Launch

BREAK_EVERY: Final = 40.0
BREAK_LENGTH: Final = 15.0
HAPPENINGS: Final = 10


def show_site(*, open_browser: bool) -> None:
    """Run the demo until Ctrl+C. Raises MachineError."""
    console = Console(width=None if sys.stdout.isatty() else PIPED)
    console.print("Making a throw-away site and starting four nodes …")
    with contextlib.suppress(KeyboardInterrupt), demo_site(for_people=True) as site:
        try:
            found = meet(site, console.print)
        except TimeoutError as error:
            raise MachineError(why=str(error)) from error
        console.print(f"The nodes found each other by {found}.")
        _tell_addresses(console, site, open_browser=open_browser)
        run_live(partial(_show, console, site))
    console.print("Stopped: all programs are ended and the site is removed.")


def _tell_addresses(console: Console, site: DemoSite, *, open_browser: bool) -> None:
    url = site.sam.client.ask(Launch(path="/supervisor")).url
    if open_browser and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        webbrowser.open(url)
        url = site.sam.client.ask(Launch(path="/supervisor")).url
    console.print("\nSam's page, signed in by this address (it works once, for two minutes):")
    console.print(Text(f"  {url}", style="bold"), soft_wrap=True)
    console.print("Dana's, the agent whose telephone rings, likewise:")
    console.print(Text(f"  {site.dana.client.ask(Launch(path='/agent')).url}", style="bold"), soft_wrap=True)
    console.print("The customers' page, where you can be one yourself:")
    console.print(Text(f"  {site.desk.state().chat}", style="bold"), soft_wrap=True)
    console.print("Sam's from another terminal, also a fresh address:")
    for words in (
        "open",
        "agents list --watch",
        "chats list --watch",
        "chats watch dana",
        "glance start dana",
        "call listen dana",
    ):
        console.print(Text(f"  {sys.argv[0]} --home {site.sam.home} {words}"), soft_wrap=True)
    console.print("Ctrl+C ends everything.\n")


async def _show(console: Console, site: DemoSite) -> None:
    story = Story()
    async with mirror_of(site.sam.client) as mirror, trio.open_nursery() as nursery:
        nursery.start_soon(_take_breaks, site.kim)
        nursery.start_soon(customers, site.desk)
        nursery.start_soon(on_the_phone, site.dana)
        for agent in site.agents:
            nursery.start_soon(at_work, agent)
        with Live(console=console, auto_refresh=False) as live:
            while True:
                story.listen(mirror)
                live.update(Group(_agents(mirror), Text(""), story.text()), refresh=True)
                await mirror.next(1.0)


async def _take_breaks(agent: Member) -> None:
    """An agent who takes a short break now and then, so that something happens."""
    while True:
        await trio.sleep(BREAK_EVERY)
        await _set(agent, SetStatus(status="break", reason="break"))
        await trio.sleep(BREAK_LENGTH)
        await _set(agent, SetStatus(status="available"))


async def _set(agent: Member, status: SetStatus) -> None:
    with contextlib.suppress(LanassistError):  # the node may just have been ended
        await trio.to_thread.run_sync(agent.client.ask, status)


def _agents(mirror: Mirror) -> Any:
    rows = [msgspec.convert(row, AgentRow) for row in mirror.topic(AGENTS).values()]
    return agents_table(rows, mirror.now)


class Story:
    """What happened, newest last, told from one look at the board to the next."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=HAPPENINGS)
        self._told: dict[str, str] = {}

    def listen(self, mirror: Mirror) -> None:
        """Note what differs from the last look."""
        for row in mirror.topic(AGENTS).values():
            self._note(row["node"], _agent_words(msgspec.convert(row, AgentRow)))
        for value in mirror.topic(ALL).values():
            told = msgspec.convert(value, ToldConversation)
            self._note(told.conversation, _chat_words(told))
        for value in mirror.topic(SESSIONS).values():
            self._note(value["session"], _glance_words(msgspec.convert(value, GlanceSession)))
        for value in mirror.topic(OFFERS).values():
            offer = msgspec.convert(value, AssistOffer)
            if offer.call is not None:
                self._note(
                    f"call-{offer.node}", _call_words(mirror.topic(AGENTS)[offer.node]["name"], offer.call)
                )
        for value in mirror.topic(REQUESTS).values():
            row = msgspec.convert(value, HelpRow)
            self._note(f"help-{row.id}", _help_words(row))

    def text(self) -> Text:
        return Text("\n".join(["What happened", *self._lines]))

    def _note(self, key: str, words: str) -> None:
        if self._told.get(key) != words:
            self._told[key] = words
            self._lines.append(f"  {time.strftime('%H:%M:%S')}  {inert(words)}")


def _agent_words(row: AgentRow) -> str:
    if not row.online:
        return f"{row.name} is offline"
    if row.why == "break":
        return f"{row.name} went on break: {row.reason}"
    return f"{row.name} is {'away from a locked screen' if row.why == 'locked' else row.status}"


def _chat_words(told: ToldConversation) -> str:
    client = told.client.name
    if told.orphaned:
        return f"{told.owner_name} is gone, and {client} is left alone"
    if told.state == "open":
        return f"{told.owner_name} has {client} ({told.category})"
    return f"{client} waits ({told.category})" if told.state == "waiting" else f"{client} is served"


def _call_words(agent: str, call: Call) -> str:
    match call.state:
        case "acw":
            return f"{agent}'s call is over; after call work"
        case "taken":
            return f"{call.taken_by} has taken over {agent}'s call"
        case "held":
            return f"{agent} lets {call.number} wait"
        case "talking":
            return f"{agent} speaks with {call.number} ({call.category})"


def _help_words(row: HelpRow) -> str:
    if row.state == "accepted":
        return f"{row.by_name} helps {row.agent_name}"
    return f"{row.agent_name} asks for help{f': {row.reason}' if row.reason else ''}"


def _glance_words(glance: GlanceSession) -> str:
    numbers = " and ".join(str(number) for number in glance.displays)
    if glance.end is not None:
        return f"The glance at {glance.agent_name} ended: {glance.end.text}"
    verb = "asks to see" if glance.state == "asking" else "sees"
    return f"Sam {verb} display {numbers} of {glance.agent_name}"
