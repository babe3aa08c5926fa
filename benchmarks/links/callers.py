"""The dialling process: connects, tells how long each took, then sends one presence message a second each."""

import json
import random
import sys
import time
from pathlib import Path

import trio

from benchmarks.links.kinds import KINDS, Caller
from benchmarks.links.people import read_people
from lanassist.node.link.descriptors import raise_file_limit

AT_ONCE = 8


async def call(kind: str, people: Path, port: int) -> None:
    """Dial with everybody, AT_ONCE at a time; print the seconds of each as one JSON line; then talk."""
    _, callers = read_people(people)
    took: list[float] = []
    room = trio.CapacityLimiter(AT_ONCE)
    talking = trio.Event()

    async def one(caller: Caller) -> None:
        async with room:
            began = time.perf_counter()
            say = await caller.__aenter__()
            took.append(time.perf_counter() - began)
        if len(took) == len(callers):
            print(json.dumps(took), flush=True)
            talking.set()
        await talking.wait()
        await trio.sleep(random.random())
        while True:
            await say()
            await trio.sleep(1)

    async with trio.open_nursery() as nursery:
        for credentials in callers:
            nursery.start_soon(one, KINDS[kind].caller(credentials, port))


if __name__ == "__main__":
    raise_file_limit()
    trio.run(call, sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
