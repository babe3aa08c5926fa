"""A call that is listened to while strangers flood a node with sockets: real nodes, sockets and Opus."""

import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import pairwise, starmap
from pathlib import Path
from typing import NamedTuple

import pytest
import trio

from lanassist.cli.channels import Channel, media_of
from lanassist.cli.client import connect
from lanassist.node.protocol.limits import LEASE_EVERY
from lanassist.node.services.assist import media
from lanassist.node.services.assist.commands import CloseAssist, StartAssist
from lanassist.node.sound.packet import SAMPLES, Packet, unpack
from lanassist.node.sound.samples import RATE
from tests.support.nodes import ANSWER_DEADLINE, LiveNode, LiveSite, eventually
from tests.support.starvation import Starvation
from tests.support.waiting import until

pytestmark = pytest.mark.e2e

FLOOD = 2000
"""Sockets."""
LONGEST_GAP = 0.100
"""Seconds: what the flood may take from the sound, at most."""
FLOODS = 3
"""One without a gap shows that a flood makes none: what the flood does to a node it does each time."""
PLAYING = 25
"""Packets after which sound flows."""


class Came(NamedTuple):
    """A packet that reached the supervisor's ear. All in seconds."""

    sound: float
    """Where its sound is in the call."""
    time: float
    starved: float
    """What nodes and listener had waited for a processor by then, because the machine was busy."""


def gap(older: Came, newer: Came) -> float:
    """Seconds without a packet, or without its sound; less what the machine's other work took from them."""
    late, missing = newer.time - older.time, newer.sound - older.sound
    return max(late, missing) - (newer.starved - older.starved)


class Heard:
    """All that came."""

    def __init__(self, starvation: Starvation) -> None:
        self._starvation = starvation
        self.packets: list[Came] = []

    def write_down(self, packet: Packet) -> None:
        sound = packet.sequence * SAMPLES / RATE
        self.packets.append(Came(sound, trio.current_time(), self._starvation.seconds()))

    def longest_gap(self, first: int) -> float:
        """From the given packet on."""
        return max(starmap(gap, pairwise(self.packets[first:])))


async def hear(channel: Channel, heard: Heard) -> None:
    """Write down each packet, until cancelled."""
    while True:
        packet = media.packet_of(await channel.receive())
        if packet is not None:
            heard.write_down(unpack(packet))


async def renew(channel: Channel) -> None:
    """Say each second that somebody listens, until cancelled."""
    while True:
        await channel.send(bytes([media.RENEW]))
        await trio.sleep(LEASE_EVERY)


@asynccontextmanager
async def listening(supervisor: LiveNode, agent: LiveNode) -> AsyncIterator[Heard]:
    """The supervisor listens to the agent's call; what is heard of it."""
    node = connect(supervisor.home)
    started = await trio.to_thread.run_sync(node.ask, StartAssist(agent="dana"))
    heard = Heard(Starvation(agent.pid, supervisor.pid, os.getpid()))
    async with media_of(node, started.session) as channel, trio.open_nursery() as nursery:
        nursery.start_soon(hear, channel, heard)
        nursery.start_soon(renew, channel)
        await until(lambda: len(heard.packets) > PLAYING, ANSWER_DEADLINE)
        yield heard
        nursery.cancel_scope.cancel()
    await trio.to_thread.run_sync(node.ask, CloseAssist(session=started.session))


async def flooded(node: LiveNode) -> None:
    """Until the node has ended every one of the sockets."""
    words = [sys.executable, "-m", "tests.support.knocker", "127.0.0.1", str(node.port), str(FLOOD)]
    with trio.fail_after(ANSWER_DEADLINE):
        done = await trio.run_process(words, capture_stdout=True)
    assert done.stdout.split(b"\n") == [b"open", b"cut off", b""]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[dict[str, LiveNode]]:
    with LiveSite(tmp_path) as site:
        dana = site.node("Dana", "agent", settings={"LANASSIST_CALLS_SOURCE": "synthetic"}).start()
        sam = site.node("Sam", "supervisor").start()
        sam.meet(dana)
        assert dana.cli("call", "begin", "--inbound", "--routed", "--from", "12").returncode == 0
        eventually(lambda: sam.api("call.list")["offers"][0]["listen"] is None)
        yield {"agent": dana, "supervisor": sam}


@pytest.mark.parametrize("whose", ["agent", "supervisor"])
async def test_a_flood_of_sockets_makes_no_gap_in_the_sound_of_a_call(
    pair: dict[str, LiveNode], whose: str
) -> None:
    gaps: list[float] = []
    async with listening(pair["supervisor"], pair["agent"]) as heard:
        while not gaps or (min(gaps) > LONGEST_GAP and len(gaps) < FLOODS):
            first = len(heard.packets) - 1
            await flooded(pair[whose])
            gaps.append(heard.longest_gap(first))
    assert min(gaps) <= LONGEST_GAP, f"the longest gap of each flood: {gaps}"
