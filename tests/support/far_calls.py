"""A synthetic call that a supervisor hears over a poor network: two real nodes, TLS, the real channel.

What arrives at the supervisor's end is noted with its time by a small program on that machine, and can then
be played by a jitter buffer as often as one likes.
"""

import base64
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import trio

from lanassist.cli.channels import Channel, media_of
from lanassist.cli.client import NodeClient, connect
from lanassist.node.protocol import limits
from lanassist.node.services.assist import media
from lanassist.node.services.assist.commands import CloseAssist, StartAssist
from lanassist.node.sound.jitter import JitterBuffer
from lanassist.node.sound.samples import BLOCK_SECONDS, Samples
from tests.support.impaired import Impaired, impaired
from tests.support.nodes import LiveSite, eventually
from tests.support.wire import Poor

Arrivals = list[tuple[float, bytes]]
"""Packets of sound, each with the time at which it was there, in seconds."""
ANSWER: Final = 60.0
"""Seconds beside the call's own that everything may take."""


class FarCall:
    """Dana's call, and Sam far away."""

    def __init__(self, network: Impaired, home: Path) -> None:
        self.network = network
        self._home = home

    def hear(self, packets: int) -> Arrivals:
        """Listen in until that many have come."""
        words = (sys.executable, "-m", "tests.support.far_calls", str(self._home), "dana", str(packets))
        done = self.network.near.run(*words, timeout=ANSWER + packets * 0.02)
        noted = msgspec.json.decode(done.stdout, type=list[tuple[float, str]])
        return [(at, base64.b64decode(packet)) for at, packet in noted]


@contextmanager
def far_call(folder: Path, poor: Poor) -> Iterator[FarCall]:
    """The customer is a tone of 440 Hz, the agent is silent."""
    with impaired(poor) as network, LiveSite(folder) as site:
        near, far = network.near, network.far
        sam = site.node("Sam", "supervisor", within=near, settings={"LANASSIST_LINK_BIND": near.address})
        calls = {"LANASSIST_CALLS_SOURCE": "synthetic", "LANASSIST_CALLS_SYNTHETIC_AGENT": "silence"}
        calls["LANASSIST_LINK_BIND"] = far.address
        dana = site.node("Dana", "agent", within=far, settings=calls)
        sam.start()
        sam.api("peers.add", address=f"{far.address}:{dana.start().port}")
        sam.sees(dana, online=True)
        began = dana.cli("call", "begin", "--inbound", "--routed", "--from", "+49 30 1234")
        assert began.returncode == 0, began.stderr
        eventually(lambda: sam.api("call.list")["offers"][0]["listen"] is None)
        yield FarCall(network, sam.home)


def played(arrivals: Arrivals, buffer: JitterBuffer) -> Samples:
    """What a listener would have heard from the first packet to the last, taking a block every 10 ms."""
    now, place, blocks = arrivals[0][0], 0, []
    while now < arrivals[-1][0]:
        now += BLOCK_SECONDS
        while place < len(arrivals) and arrivals[place][0] <= now:
            buffer.put(arrivals[place][1], arrivals[place][0])
            place += 1
        blocks.append(buffer.take(now))
    return np.concatenate(blocks)


# --- the program on the supervisor's machine -------------------------------------------------------------


async def _note(node: NodeClient, agent: str, packets: int) -> list[tuple[float, str]]:
    noted: list[tuple[float, str]] = []
    started = node.ask(StartAssist(agent=agent))
    async with media_of(node, started.session) as channel, trio.open_nursery() as nursery:
        nursery.start_soon(_renew, channel)
        with suppress(trio.EndOfChannel):
            while len(noted) < packets:
                if (packet := media.packet_of(await channel.receive())) is not None:
                    noted.append((trio.current_time(), base64.b64encode(packet).decode()))
        nursery.cancel_scope.cancel()
    node.ask(CloseAssist(session=started.session))
    return noted


async def _renew(channel: Channel) -> None:
    with suppress(trio.EndOfChannel):
        while True:
            await channel.send(bytes([media.RENEW]))
            await trio.sleep(limits.LEASE_EVERY)


def main() -> None:
    """The home of the supervisor's node, the agent, and how many packets."""
    home, agent, packets = sys.argv[1:]
    noted = trio.run(_note, connect(Path(home)), agent, int(packets))
    print(msgspec.json.encode(noted).decode())


if __name__ == "__main__":
    main()
