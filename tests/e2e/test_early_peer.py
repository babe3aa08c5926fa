"""A peer that knew this node before is there again before the node is ready for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
import trio
import trio.testing

from lanassist.node.app import run_node
from lanassist.node.config.sections import DiscoverySettings, LinkSettings, Settings
from lanassist.node.discovery.mdns import mdns
from lanassist.node.link.dialer import Target
from lanassist.node.services.peers.commands import PEERS
from tests.node.link.pair import LOOPBACK, Node, running
from tests.support.site import Site
from tests.support.waiting import until

pytestmark = pytest.mark.e2e
SETTINGS: Final = Settings(
    link=LinkSettings(port=0, bind=LOOPBACK), discovery=DiscoverySettings(enabled=False)
)
ENVIRON: Final = {
    "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere",
    "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
}


async def test_who_links_while_the_node_is_still_starting_is_met_once_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site()
    agent = site.agent()
    sam, home = Node(site.supervisor()), site.home(tmp_path / "home", agent)

    @asynccontextmanager
    async def late(settings: Settings, instance: str, port: int) -> AsyncIterator[Any]:
        """Sam's link is up before discovery has begun, and with it everything that comes after."""
        where = Target(key="Dana", addresses=((LOOPBACK, port),), expected=agent.identity.node)
        sam.dialer.set_targets([where])
        await until(lambda: sam.told)
        await trio.testing.wait_all_tasks_blocked(0.1)
        async with mdns(settings, instance, port) as candidates:
            yield candidates

    monkeypatch.setattr("lanassist.node.app.mdns", late)
    async with running(sam), run_node(home, SETTINGS, ENVIRON) as node:
        await until(lambda: node.board.topic(PEERS))
        assert sam.errors == []
