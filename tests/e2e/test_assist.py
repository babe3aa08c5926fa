"""A call that is assisted: two real nodes, a real media channel, the real engine with a synthetic call."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import trio

from lanassist.node.app import Node, run_node
from lanassist.node.config import CallsSettings, DiscoverySettings, LinkSettings, Settings
from lanassist.node.services.assist import commands as a
from lanassist.node.services.peers.commands import AddPeer
from lanassist.node.services.session import ending
from lanassist.node.sound.waves import read_wave
from tests.support.hearing import tone_levels
from tests.support.listening import Ear, ear_of
from tests.support.site import Site
from tests.support.waiting import until

pytestmark = pytest.mark.e2e

CUSTOMER, AGENT, SUPERVISOR = 440, 620, 1700
"""Hertz."""
ENVIRON = {
    "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere",
    "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
}
INBOUND = a.BeginCall(direction="inbound", routed=True, number="+49 30 1234")


class Pair(NamedTuple):
    """An agent's and a supervisor's node, linked; and what the synthetic call records."""

    dana: Node
    sam: Node
    recorded: Path

    def state(self, session: str) -> str:
        """As Sam's page has it."""
        return str(self.row(session).state)

    def row(self, session: str) -> Any:
        return self.sam.board.topic(a.SESSIONS)[session]

    @property
    def call(self) -> Any:
        return self.dana.board.topic(a.OWN_CALL).get("self")

    def heard(self, ear: str, hertz: float) -> float:
        """How loud a tone ever was in that ear, in dBFS."""
        return float(np.max(tone_levels(read_wave(str(self.recorded / f"{ear}.wav")), hertz)))


def settings(recorded: Path | None = None) -> Settings:
    calls = CallsSettings() if recorded is None else CallsSettings(
        source="synthetic", synthetic_record=str(recorded), acw_seconds=600
    )  # fmt: skip
    return Settings(
        link=LinkSettings(port=0, bind="127.0.0.1"), discovery=DiscoverySettings(enabled=False), calls=calls
    )


@asynccontextmanager
async def pair(folder: Path) -> AsyncIterator[Pair]:
    site, recorded = Site(), folder / "recorded"
    recorded.mkdir()
    dana_home = site.home(folder / "dana", site.agent())
    sam_home = site.home(folder / "sam", site.supervisor())
    async with (
        run_node(dana_home, settings(recorded), ENVIRON) as dana,
        run_node(sam_home, settings(), ENVIRON) as sam,
    ):
        await sam.call(AddPeer(address=f"127.0.0.1:{dana.link_port}"))
        await until(lambda: sam.board.topic(a.OFFERS), 20)
        yield Pair(dana, sam, recorded)


async def test_a_supervisor_hears_a_call_whispers_takes_it_over_and_gives_it_back(tmp_path: Path) -> None:
    async with pair(tmp_path) as site:
        await site.dana.call(INBOUND)
        await until(lambda: _offered(site), 20)
        started = await site.sam.call(a.StartAssist(agent="dana"))
        name = started.session
        async with site.sam.viewer(name) as channel, ear_of(channel) as ear:
            await until(lambda: site.state(name) == "listening", 20)
            await until(lambda: ear.hears(CUSTOMER) and ear.hears(AGENT), 20)
            await until(lambda: ear.levels is not None and ear.levels.customer > -40, 20)
            await _talk(site, name, ear)
            await site.sam.call(a.ReleaseAssist(session=name))
            await until(lambda: site.state(name) == "listening", 20)
            await site.sam.call(a.TakeOver(session=name))
            assert site.state(name) == "taken-over"
            assert (site.call.state, site.call.taken_by) == ("acw", "Sam Reed")
            await until(lambda: ear.hears(CUSTOMER) and not ear.hears(AGENT), 20)
            await site.sam.call(a.CloseAssist(session=name))
            await ear.over.wait()
        assert site.row(name).end.text == ending("stopped").text
        await until(lambda: site.call.state == "talking", 20)
        await site.dana.call(a.EndCall())
        await until(lambda: (site.recorded / "customer.wav").exists(), 20)


async def _talk(site: Pair, name: str, ear: Ear) -> None:
    """Until Dana hears Sam. Where the voice is late, on a busy machine, Dana's node only listens again."""
    ear.speaks = True
    with trio.fail_after(20):
        while site.state(name) != "talking" or ear.levels is None or ear.levels.supervisor < -40:
            if site.state(name) == "listening":
                await site.sam.call(a.TalkAssist(session=name))
            await trio.sleep(0.05)


def _offered(site: Pair) -> bool:
    """Whether Sam's page offers to listen to Dana's call."""
    (offer,) = site.sam.board.topic(a.OFFERS).values()
    return isinstance(offer, a.AssistOffer) and offer.listen is None


async def test_nodes_that_go_while_sound_flows_go_in_order(tmp_path: Path) -> None:
    async with pair(tmp_path) as site:
        await site.dana.call(INBOUND)
        await until(lambda: _offered(site), 20)
        started = await site.sam.call(a.StartAssist(agent="dana"))
        async with site.sam.viewer(started.session) as channel, ear_of(channel) as ear:
            await until(lambda: ear.hears(CUSTOMER), 20)
            await site.sam.call(a.TakeOver(agent="dana"))
