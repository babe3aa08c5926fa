"""``lanassist call talk``: the key to talk, in an assist that runs in another terminal or in the page."""

import contextlib
import math

import trio

from lanassist.cli import plain
from lanassist.cli.channels import events_of, run_live
from lanassist.cli.client import NodeClient
from lanassist.node.errors import LanassistError, NotAssisting
from lanassist.node.services.assist.commands import (
    SESSIONS,
    AssistSession,
    ListCalls,
    ReleaseAssist,
    TalkAssist,
)
from lanassist.node.services.naming import the_agent
from lanassist.node.services.presence.commands import ListAgents


def talk_to(node: NodeClient, agent: str, seconds: float | None, *, as_json: bool) -> None:
    """Talk in the assist that runs elsewhere: for so long, or until Ctrl+C (KeyboardInterrupt).

    Raises what the node refuses with, NotAssisting if none runs or it ends.
    """
    row = the_agent(node.ask(ListAgents()).agents, agent)
    running = [each for each in node.ask(ListCalls()).sessions if each.agent == row.node]
    if not running:
        raise NotAssisting
    session = running[-1].session
    done = node.ask(TalkAssist(session=session))
    plain.tell(done, f"{row.name} hears you; the customer does not.", as_json)
    try:
        run_live(lambda: _talking(node, session, seconds))
    finally:
        with contextlib.suppress(LanassistError):
            node.ask(ReleaseAssist(session=session))


async def _talking(node: NodeClient, session: str, seconds: float | None) -> None:
    with trio.move_on_after(math.inf if seconds is None else seconds):
        async with events_of(node) as events:
            while True:
                row = (await events.next()).rows(SESSIONS, AssistSession).get(session)
                if row is not None and row.state == "ended":
                    raise NotAssisting
                if row is not None and row.fell_back:  # a microphone may take a while to open
                    await trio.to_thread.run_sync(node.ask, TalkAssist(session=session))
