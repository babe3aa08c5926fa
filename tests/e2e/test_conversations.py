"""Conversations between real nodes: a desk, agents, a supervisor, and machines that die."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.nodes import LiveNode, LiveSite, eventually

pytestmark = pytest.mark.e2e


@pytest.fixture
def site(tmp_path: Path) -> Iterator[LiveSite]:
    with LiveSite(tmp_path) as site:
        yield site


def started(desk: LiveNode, name: str, text: str) -> str:
    client = {"id": name.lower(), "name": name}
    answer = desk.api("desk.start", id=f"start-{name}", client=client, category="General", text=text)
    return str(answer["conversation"])


def held(agent: LiveNode, conversation: str) -> Any:
    """The agent's own row of it, once it is in hand."""

    def look() -> Any:
        rows = agent.api("conversations.mine")["conversations"]
        return next((row for row in rows if row["conversation"] == conversation), None)

    return eventually(look, lambda row: row is not None and row["state"] == "held")


def words(desk: LiveNode, conversation: str, client: str) -> list[str]:
    """What the client can read."""
    read = desk.api("desk.read", conversation=conversation, client=client)
    return [entry["text"] for entry in read["entries"] if entry["kind"] in ("client", "say")]


def test_a_client_is_served_by_the_agent_to_whom_the_desk_gives_it(site: LiveSite) -> None:
    desk = site.node("Desk", "desk").start()
    dana = site.node("Dana", "agent").start()
    desk.meet(dana)
    conversation = started(desk, "Carl", "my invoice is wrong")
    assert held(dana, conversation)["client"]["name"] == "Carl"
    dana.api("conversations.act", conversation=conversation, kind="say", text="let me look", id="a1")
    eventually(lambda: words(desk, conversation, "carl"), ["my invoice is wrong", "let me look"].__eq__)


def test_what_an_agent_wrote_while_the_desk_was_dead_arrives_once_it_is_back(site: LiveSite) -> None:
    desk = site.node("Desk", "desk", settings={"LANASSIST_LINK_PORT": "0"}).start()
    dana = site.node("Dana", "agent").start()
    desk.meet(dana)
    conversation = started(desk, "Carl", "hello")
    held(dana, conversation)
    desk.kill()
    dana.api("conversations.act", conversation=conversation, kind="say", text="still here", id="a1")
    desk.start().meet(dana)
    eventually(lambda: words(desk, conversation, "carl"), ["hello", "still here"].__eq__)


def test_a_desk_whose_user_is_also_an_agent_gives_clients_to_itself(site: LiveSite) -> None:
    both = site.node("Eve", "desk", "agent").start()
    conversation = started(both, "Carl", "anybody there?")
    held(both, conversation)
    both.api("conversations.act", conversation=conversation, kind="say", text="just me", id="a1")
    eventually(lambda: words(both, conversation, "carl"), ["anybody there?", "just me"].__eq__)
