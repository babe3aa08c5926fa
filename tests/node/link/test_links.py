"""Two nodes that find each other, talk, and part."""

from collections.abc import Callable

import pytest
import trio

from lanassist.node.protocol.messages import Presence
from tests.node.link.pair import Node, running
from tests.support.site import Site


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait for a condition, with a deadline."""
    with trio.fail_after(seconds):
        while not condition():
            await trio.sleep(0.005)


@pytest.fixture
def site() -> Site:
    return Site()


async def test_a_supervisor_dials_an_agent_and_both_are_up(site: Site) -> None:
    sam, dana = Node(site.supervisor()), Node(site.agent())
    async with running(sam, dana):
        sam.dialer.set_targets([sam.target(dana)])
        await until(lambda: sam.told == ["up Dana Fox"] and dana.told == ["up Sam Reed"])
        dana.links.send(sam.node, Presence(status="available"))
        await until(lambda: sam.received == [Presence(status="available")])
        assert [attempt.state for attempt in sam.attempts] == ["connecting", "live"]
