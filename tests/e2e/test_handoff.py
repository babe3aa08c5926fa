"""Machines lose their power in the middle of hand-offs: real processes, real ``kill -9``, real disks.

Twenty kills by default; ``LANASSIST_KILLS=200`` for the long run, ``LANASSIST_SEED`` for another story.
"""

import os
import random
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.nodes import LiveNode, LiveSite, eventually
from tests.support.traffic import Asking, BusyAgent, PatientClient, all_writing, settled

pytestmark = pytest.mark.e2e
KILLS = int(os.environ.get("LANASSIST_KILLS", "20"))
SEED = int(os.environ.get("LANASSIST_SEED", "1"))
ROUND = 20
"""Kills after which everything is compared, and other clients begin: no log becomes too long."""
NAMES = ("Dana", "Kim", "Lee")
PATIENCE = 60
"""Seconds until all is as it must be again, on a busy machine."""


def free_port() -> str:
    """A port that a node may have again after it was killed."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])


class Floor:
    """A desk, three agents and a supervisor, on ports that they have again after they were killed."""

    def __init__(self, site: LiveSite) -> None:
        self.desk = self._node(site, "Desk", "desk")
        self.agents = {name: self._node(site, name, "agent") for name in NAMES}
        self.sam = self._node(site, "Sam", "supervisor")
        everybody = [self.desk, self.sam, *self.agents.values()]
        for node in everybody:
            node.launch()
        for node in everybody:
            node.ready()
        self.ids = {node.api("node.status")["identity"]["node"]: node for node in everybody}
        self.desk.meet(*self.agents.values())
        self.sam.meet(self.desk, *self.agents.values())

    @staticmethod
    def _node(site: LiveSite, name: str, role: str) -> LiveNode:
        settings = {"LANASSIST_LINK_PORT": free_port(), "LANASSIST_PRESENCE_CAPACITY": "100"}
        return site.node(name, role, settings=settings)

    def unlinked(self) -> bool:
        agents = {node.email for node in self.agents.values()}
        return not agents <= set(self.desk.live_peers()) or self.desk.email not in self.sam.live_peers()


class Round:
    """Two clients who write all the time, and the agents who answer them."""

    def __init__(self, floor: Floor, number: int) -> None:
        self.floor = floor
        self.clients = [PatientClient(floor.desk, f"{name}{number}") for name in ("Mia", "Leo")]
        conversations = [client.conversation for client in self.clients]
        self.agents = [
            BusyAgent(node, f"{name}{number}", conversations) for name, node in floor.agents.items()
        ]
        self._told_epochs: dict[str, int] = {}

    def owner(self, conversation: str) -> LiveNode | None:
        """Who has it, as the supervisor is told; None while it waits, or its agent is away."""
        told = self.floor.sam.api("conversations.list")["conversations"]
        row = next(row for row in told if row["conversation"] == conversation)
        assert row["epoch"] >= self._told_epochs.get(conversation, 0), "an epoch went down"
        self._told_epochs[conversation] = row["epoch"]
        return self.floor.ids[row["owner"]] if row["state"] == "open" and not row["orphaned"] else None

    def unsettled(self) -> str:
        """What is not yet as it must be once nothing happens any more; empty: all is well."""
        if self.floor.unlinked():
            return "not everybody is linked"
        for client in self.clients:
            owner = self.owner(client.conversation)
            holders = [agent for agent in self.agents if has(agent, client.conversation)]
            if owner is None or [agent.node for agent in holders] != [owner]:
                names = [agent.name for agent in holders]
                return f"{client.name} is with {owner and owner.email}, and {names} believe to have it"
        return ""

    def unfinished(self) -> str:
        """The same, and agents whose outbox is not empty."""
        waiting = [agent.name for agent in self.agents if any(row["pending"] for row in agent.mine())]
        return f"not confirmed at {waiting}" if waiting else self.unsettled()


def has(agent: BusyAgent, conversation: str) -> bool:
    return any(row["conversation"] == conversation and row["state"] == "held" for row in agent.mine())


class Moments:
    """When to kill: about every second time while the hand-off goes on, however fast the machine is."""

    LONGER, SHORTER, MOST = 1.3, 0.75, 1.0

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._latest = 0.04

    def next(self) -> float:
        """Seconds from the command."""
        return self._chance.uniform(0.0, self._latest)

    def was(self, within: bool) -> None:
        """Whether the last one was in time."""
        self._latest = min(self.MOST, self._latest * (self.LONGER if within else self.SHORTER))


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    with LiveSite(tmp_path) as site:
        yield Floor(site)


def test_whatever_dies_in_a_hand_off_nothing_is_lost_doubled_or_reordered(floor: Floor) -> None:
    chance = random.Random(SEED)
    moments = Moments(chance)
    killed = within = 0
    while killed < KILLS:
        this = Round(floor, killed)
        settled(this.unsettled, PATIENCE)
        with all_writing(*this.clients, *this.agents):
            for _ in range(min(ROUND, KILLS - killed)):
                within += kill_in_a_hand_off(this, chance, moments)
                settled(this.unsettled, PATIENCE)
                killed += 1
                print(f"{killed} of {KILLS} kills, {within} before the move was answered", flush=True)
        settled(this.unfinished, PATIENCE)
        check(this)
        print(
            f"compared {sum(len(client.log()) for client in this.clients)} entries; "
            f"{sum(client.unanswered for client in this.clients)} times a living desk was too slow",
            flush=True,
        )
    assert within >= KILLS // 4, "hand-offs were over before anybody died"


def kill_in_a_hand_off(this: Round, chance: random.Random, moments: Moments) -> bool:
    """Ask for a move, kill somebody who has a part in it, start that node again; was it still going on?"""
    conversation = chance.choice(this.clients).conversation
    owner = eventually(lambda: this.owner(conversation), lambda owner: owner is not None)
    assert owner is not None
    target = chance.choice([node for node in this.floor.agents.values() if node is not owner])
    to = chance.choice([target.email] * 4 + [""])
    if chance.random() < 0.5:
        asking = Asking(owner, "conversations.transfer", conversation=conversation, to=to)
    else:
        asking = Asking(this.floor.sam, "conversations.assign", conversation=conversation, to=to)
    victim = chance.choice([this.floor.desk, owner, target])
    time.sleep(moments.next())  # the moment is the point of this test, not a condition
    was_open = asking.open
    victim.kill()
    moments.was(was_open)
    victim.start()
    asking.join()
    return was_open


def check(this: Round) -> None:
    """What was promised against what the desk has."""
    for agent in this.agents:
        for conversation, epochs in agent.epochs.items():
            assert epochs == sorted(epochs), (agent.name, conversation, epochs)
    for client in this.clients:
        assert client.failure == ""
        log = client.log()
        assert [entry["seq"] for entry in log] == list(range(1, len(log) + 1))
        by_id = {entry["id"]: entry["seq"] for entry in log}
        assert len(by_id) == len(log), "something is in the log twice"
        assert {line: by_id.get(line) for line in client.acknowledged} == client.acknowledged
        numbers = list(client.acknowledged.values())
        assert numbers == sorted(numbers)
        for agent in this.agents:
            check_agent(agent, client, by_id)


def check_agent(agent: BusyAgent, client: PatientClient, by_id: dict[str, int]) -> None:
    """Each line that the agent's node took is in the log in order, or is shown as not sent."""
    row = next((row for row in agent.mine() if row["conversation"] == client.conversation), None)
    not_sent = {act["id"] for act in row["refused"]} if row else set()
    promised = [line for line, where in agent.acknowledged.items() if where == client.conversation]
    lost = [line for line in promised if (line in by_id) is (line in not_sent)]
    assert lost == [], f"{agent.name} to {client.name}"
    numbers = [by_id[line] for line in promised if line in by_id]
    assert numbers == sorted(numbers), f"{agent.name} to {client.name}"
