"""The process of the fleet: everybody in it over connections of their own. Takes orders as JSON lines."""

import json
import sys
from pathlib import Path
from typing import Any

import trio

from benchmarks.fleet.acting import ActedAgent, ActedDesk
from benchmarks.fleet.lines import LINES
from benchmarks.fleet.people import read_people
from lanassist.node.link.descriptors import raise_file_limit

AT_ONCE = 8


class Orders:
    """``kind``: how they talk; ``port``: of what is measured; ``agent``: of the real agent's node, or 0."""

    def __init__(self, people: Path, kind: str, port: int, agent: int, conversations: int) -> None:
        desk, agents = read_people(people)
        self._line, self._port, self._agent = LINES[kind], port, agent
        self._agents = [ActedAgent(each, seed) for seed, each in enumerate(agents)]
        owners = [(each.identity.node, each.identity.name) for each in agents]
        self._desk = ActedDesk(desk, owners, conversations)

    async def run(self, rate: float, changes: float) -> None:
        """``rate``: words of all agents a second; ``changes``: of the desk."""
        every = len(self._agents) / rate
        async with trio.open_nursery() as nursery:
            for first in range(0, len(self._agents), AT_ONCE):
                ups = []
                for agent in self._agents[first : first + AT_ONCE]:
                    ups.append(trio.Event())
                    nursery.start_soon(agent.run, self._line, self._port, every, ups[-1])
                for up in ups:
                    await up.wait()
            told = trio.Event()
            nursery.start_soon(self._desk.run, self._line, self._port, 1 / changes, told)
            await told.wait()
            if self._agent:
                nursery.start_soon(self._desk.give, self._line, self._agent)
                await self._desk.granted.wait()
            _say({"up": len(self._agents), "conversation": self._desk.conversation})
            while line := await trio.to_thread.run_sync(sys.stdin.readline, abandon_on_cancel=True):
                order: Any = json.loads(line)
                at = self._agents[order["agent"]].take_break(order["mark"])
                _say({"mark": order["mark"], "at": at, "lost": sum(each.lost for each in self._agents)})
            nursery.cancel_scope.cancel()


def _say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    raise_file_limit()
    people, kind, port, agent, conversations, rate, changes = sys.argv[1:]
    orders = Orders(Path(people), kind, int(port), int(agent), int(conversations))
    trio.run(orders.run, float(rate), float(changes))
