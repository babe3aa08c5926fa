"""What more viewers cost the agent's machine: one, then ten, that confirm what they get unseen."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec
import trio

from benchmarks.screen import cpu
from benchmarks.screen.measure import SETTLE, Progress, Stretch
from benchmarks.screen.painter import painting
from benchmarks.screen.peers.lanassist import AGENT, Lanassist, supervisor
from benchmarks.screen.programs import BenchmarkFailed
from benchmarks.screen.scenes import Scene
from lanassist.cli.channels import Channel, media_of
from lanassist.cli.client import NodeClient, connect
from lanassist.node.protocol import limits
from lanassist.node.services.glance import media
from lanassist.node.services.glance.commands import StartGlance

MANY = 10
FIRST_PICTURE_WITHIN = 30.0


class Crowd(msgspec.Struct, frozen=True, kw_only=True):
    """What one scene cost the agent's node with one viewer and with many."""

    scene: str
    viewers: int
    """How many are many."""
    none: float
    """Cores of the agent's node."""
    one: float
    many: float


def measure_crowd(scenes: Sequence[Scene], seconds: float, work: Path, progress: Progress) -> list[Crowd]:
    """Play each scene to nobody, to one viewer and to ``MANY``; return the cores of the agent's node."""
    peer, used = Lanassist(), dict[tuple[str, int], float]()
    with peer.serve(work) as served, painting(served.display.name) as painter:
        stretch = Stretch(painter)
        with supervisor(work, served.port) as home:
            for viewers in (0, 1, MANY):
                with _watching(home, viewers):
                    for scene in scenes:
                        progress(f"{scene.name} with {viewers} viewers")
                        stretch.background(scene)
                        stretch.draw(scene, scene.round)
                        time.sleep(2 * SETTLE)
                        before = cpu.seconds(served.servers)
                        drawn = stretch.draw(scene, max(2, round(seconds * scene.rate)), scene.round)
                        used[scene.name, viewers] = (cpu.seconds(served.servers) - before) / drawn.seconds
    return [
        Crowd(
            scene=scene.name,
            viewers=MANY,
            none=used[scene.name, 0],
            one=used[scene.name, 1],
            many=used[scene.name, MANY],
        )
        for scene in scenes
    ]


@contextmanager
def _watching(home: Path, viewers: int) -> Iterator[None]:
    """Have so many viewers of the agent's first display, in a process of their own."""
    if not viewers:
        yield
        return
    context = multiprocessing.get_context("spawn")
    near, far = context.Pipe()
    process = context.Process(target=_watch, args=(home, viewers, far), daemon=True)
    process.start()
    far.close()
    try:
        if not near.poll(FIRST_PICTURE_WITHIN) or not near.recv():
            raise BenchmarkFailed("The viewers never got a first picture.")
        yield
    finally:
        near.close()
        process.terminate()
        process.join()


def _watch(home: Path, viewers: int, pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one ends it
    trio.run(_watch_all, connect(home), viewers, pipe)


async def _watch_all(node: NodeClient, viewers: int, pipe: Connection) -> None:
    async with trio.open_nursery() as nursery:
        for _ in range(viewers):
            await nursery.start(_view, node)
        pipe.send(True)


async def _view(node: NodeClient, *, task_status: trio.TaskStatus[None]) -> None:
    """View the agent's first display; started when the first picture is there."""
    started = node.ask(StartGlance(agent=AGENT, displays=(1,), reason="benchmark"))
    pieces, first = media.Assembler(), True
    async with media_of(node, started.session) as channel, trio.open_nursery() as nursery:
        nursery.start_soon(_renew, channel)
        while True:
            update = pieces.feed(await channel.receive())
            if update is None:
                continue
            await channel.send(media.drawn(update[0], int.from_bytes(update[6:10], "little")))
            if first:
                task_status.started()
                first = False


async def _renew(channel: Channel) -> None:
    while True:
        await channel.send(bytes([media.RENEW]))
        await trio.sleep(limits.LEASE_EVERY)
