"""A process that announces an instance by mDNS and prints what it hears, a JSON line an event."""

import argparse
import sys
from typing import Any

import msgspec
import trio

from lanassist.node.config import DiscoverySettings, Settings
from lanassist.node.discovery.mdns import Candidates, mdns


def _print(**line: Any) -> None:
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    sys.stdout.flush()


async def _tell_problems(candidates: Candidates) -> None:
    known = ""
    while True:
        known = await candidates.other_problem(known)
        _print(event="Problem", text=known)


async def _main(instance: str, port: int, interfaces: tuple[str, ...]) -> None:
    settings = Settings(discovery=DiscoverySettings(interfaces=interfaces))
    async with mdns(settings, instance, port) as candidates, trio.open_nursery() as nursery:
        nursery.start_soon(_tell_problems, candidates)
        async for event in candidates:
            _print(event=type(event).__name__, **msgspec.to_builtins(event))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("instance")
    parser.add_argument("port", type=int)
    parser.add_argument("interfaces", nargs="*")
    given = parser.parse_args()
    trio.run(_main, given.instance, given.port, tuple(given.interfaces))
