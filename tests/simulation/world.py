"""The simulated site: one clock, one seeded source of chance, a bad network, and machines that die.

Everything is decided by the seed, so a failure is played again exactly. The cores are the real ones.
"""

import heapq
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from lanassist.node.protocol import codec
from lanassist.node.protocol.messages import (
    Blocks,
    ConversationTold,
    DeskTold,
    Message,
    NodeId,
    Presence,
    Standing,
)
from lanassist.node.services.base import Effect, Persist
from lanassist.node.services.conversation import KEEP
from lanassist.node.services.conversations.core import ConversationsCore
from lanassist.node.services.desk.core import DeskCore
from lanassist.node.services.presence.core import PresenceCore
from lanassist.node.trust.identity import Identity
from tests.simulation.checks import Checks
from tests.simulation.machine import Fate, Machine

DEAF_AFTER = 5.0
"""Seconds after which a node that hears nothing takes the link for lost."""
IN_ORDER = (Presence, Standing, ConversationTold, Blocks, DeskTold)
"""What is told once, to agents and supervisors: it relies on a link being whole and in order, or gone."""
LINKED_WITHIN = 0.05
"""Seconds within which both ends of a new link know of it."""


class World:
    """Time, chance, network. ``faults``: whether things go wrong just now."""

    desk_core: Callable[..., DeskCore] = DeskCore
    conversations_core: Callable[..., ConversationsCore] = ConversationsCore
    presence_core: Callable[..., PresenceCore] = PresenceCore

    def __init__(self, seed: int, *, tracing: bool = False) -> None:
        self.random = Random(seed)
        self.chance = self.random.random
        self.now = 0.0
        self.faults = True
        self.steps = 0
        self.machines: dict[NodeId, Machine] = {}
        self.checks = Checks(self)
        self.trace: list[tuple[float, Machine | None, str, object]] = []
        self._tracing = tracing
        self._encoding = seed % 4 == 0
        self._heap: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._count = 0
        self._links = 0
        self._waking: dict[Machine, float] = {}
        self._blocked: dict[tuple[NodeId, NodeId], float] = {}
        self.crash_rate = self.random.choice((0.0, 0.002, 0.01))
        self.full_rate = self.random.choice((0.0, 0.0, 0.01))
        self.loss_rate = self.random.choice((0.0, 0.02, 0.1))
        self.double_rate = self.random.choice((0.0, 0.02, 0.1))
        self.keep = self.random.choice((KEEP, KEEP, 15.0, 4.0))
        """Seconds after which what is done is forgotten."""
        self.late_rate = self.random.choice((0.0, 0.05, 0.2))

    # --- time ----------------------------------------------------------------------------------------

    def at(self, when: float, what: Callable[..., None], *about: Any) -> None:
        self._count += 1
        heapq.heappush(self._heap, (when, self._count, what, about))

    def after(self, seconds: float, what: Callable[..., None], *about: Any) -> None:
        self.at(self.now + seconds, what, *about)

    def run_until(self, end: float) -> None:
        """Let things happen up to that time."""
        heap = self._heap
        while heap and heap[0][0] <= end:
            when, _, what, about = heapq.heappop(heap)
            self.now = max(self.now, when)
            what(*about)
        self.now = max(self.now, end)

    def wake(self, machine: Machine) -> None:
        """See to it that the machine is called at its deadline."""
        deadline = machine.deadline()
        if deadline is None:
            return
        when = deadline + machine.born + 1e-6  # or rounding would call it a hair too early, again and again
        if (set_for := self._waking.get(machine)) is None or when < set_for:
            self._waking[machine] = when
            self.at(when, self._tick, machine, when)

    def _tick(self, machine: Machine, when: float) -> None:
        if self._waking.get(machine) != when:
            return
        del self._waking[machine]
        if machine.up:
            self.steps += 1
            machine.tick()

    def note(self, machine: Machine | None, what: str, about: object) -> None:
        """A line of the story."""
        if self._tracing:
            self.trace.append((self.now, machine, what, about))

    def stepped(self, machine: Machine) -> None:
        self.checks.stepped(machine)

    def committing(self, machine: Machine, persist: Persist) -> None:
        self.note(machine, "commits", persist)
        self.checks.committing(machine, persist)

    # --- faults --------------------------------------------------------------------------------------

    def fate(self, machine: Machine, effects: Sequence[Effect]) -> tuple[Fate, int]:
        """Whether this outcome is carried out, and how much of it before the machine dies."""
        if not self.faults or not effects:
            return Fate.DONE, len(effects)
        if self.crash_rate and self.chance() < self.crash_rate:
            return Fate.CRASH, self.random.randint(0, len(effects))
        if self.full_rate and isinstance(effects[0], Persist) and self.chance() < self.full_rate:
            return Fate.DISK_FULL, 0
        return Fate.DONE, len(effects)

    def crash(self, machine: Machine) -> None:
        """It dies; its peers notice sooner or later; it comes back."""
        if not machine.up:
            return
        self.note(machine, "dies", "")
        peers = [self.machines[peer] for peer in machine.linked]
        machine.crash()
        for peer in peers:
            self._lose_soon(peer, machine)
        self.after(self.random.choice((0.3, 2.0, 8.0)), self.boot, machine)

    def boot(self, machine: Machine) -> None:
        """It starts, perhaps with another idea of the time, an agent perhaps with an old copy of its disk."""
        if machine.up:
            return
        if self.faults and self.chance() < 0.3:
            ahead = self.random.choice((-2e9, -3e7, -100.0, 5.0, 3e7, 2e9))
            machine.wall += ahead
            self.checks.attendance.clock_set(machine, ahead)
        if self.faults and not machine.is_desk and machine.snapshot and self.chance() < 0.1:
            machine.disk = dict(machine.snapshot)
            machine.restored = True
            self.checks.restored(machine)
            self.note(machine, "is restored from an old copy", "")
        self.note(machine, "starts", "")
        machine.boot()
        for other in self.machines.values():
            self.after(self.random.uniform(0.0, 0.5), self.link, machine, other)

    def snapshot(self, machine: Machine) -> None:
        machine.snapshot = dict(machine.disk)

    def linkable(self, one: Machine, other: Machine) -> bool:
        """Agents have no link among themselves, nor have supervisors."""
        return one is not other and (one.identity.roles != other.identity.roles or one.is_desk)

    def link(self, one: Machine, other: Machine) -> None:
        """A new link, which each end sees at its own time; an older one ends first."""
        if not (one is not other and one.up and other.up and self.linkable(one, other)):
            return
        self._links += 1
        for machine, peer in ((one, other), (other, one)):
            boots = (machine.boots, peer.boots)
            self.after(self.random.uniform(0.0, LINKED_WITHIN), self._see, machine, peer, boots, self._links)

    def _see(self, machine: Machine, peer: Machine, boots: tuple[int, int], link: int) -> None:
        if not machine.up or (machine.boots, peer.boots) != boots or machine.link_to(peer.node) >= link:
            return
        self._lose(machine, peer.node, machine.link_to(peer.node))
        if machine.up:
            self.steps += 1
            self.note(machine, "sees", peer)
            machine.link_up(peer.identity, link)

    def _lose_soon(self, machine: Machine, peer: Machine, at_least: float = 0.0) -> None:
        """This end notices that the link it has now is no more."""
        delay = self.random.uniform(at_least, DEAF_AFTER)
        self.after(delay, self._lose, machine, peer.node, machine.link_to(peer.node))

    def _lose(self, machine: Machine, peer: NodeId, link: int) -> None:
        if machine.up and peer in machine.linked and machine.link_to(peer) == link:
            self.steps += 1
            self.note(machine, "loses", peer)
            machine.link_down(peer)

    def cut(self, one: Machine, other: Machine) -> None:
        """The link breaks, and comes again."""
        self.note(one, "is cut from", other)
        self._lose_soon(one, other)
        self._lose_soon(other, one)
        self.after(DEAF_AFTER + self.random.uniform(0.0, 3.0), self.link, one, other)

    def deafen(self, one: Machine, other: Machine, seconds: float) -> None:
        """What ``one`` says does not reach ``other`` for a while."""
        self.note(one, f"is not heard for {seconds:.1f} s by", other)
        self._blocked[one.node, other.node] = self.now + seconds
        if seconds > DEAF_AFTER:
            self._lose_soon(other, one, at_least=4.0)
            self._lose_soon(one, other, at_least=4.0)
            self.after(seconds, self.link, one, other)

    def heal(self) -> None:
        """From now on nothing goes wrong. Machines come up, links come up."""
        self.note(None, "everything heals", "")
        self.faults = False
        self._blocked.clear()
        for machine in self.machines.values():
            if not machine.up:
                self.boot(machine)
        for one in self.machines.values():
            for other in self.machines.values():
                if one.node < other.node:
                    self.link(one, other)

    # --- messages ------------------------------------------------------------------------------------

    def send(self, sender: Machine, to: NodeId, message: Message) -> None:
        """It arrives soon, late, twice or never; in any order."""
        self.checks.sending(sender, to, message)
        if to not in sender.linked:
            return
        if self._encoding:
            decoded = codec.decode(codec.encode(message))
            assert decoded == message, "a message changed on the wire"
        self.note(sender, f"→ {self.machines[to]}", message)
        if isinstance(message, IN_ORDER) and not self.machines[to].is_desk:
            link = sender.link_to(to)
            self.after(LINKED_WITHIN + 0.01, self._arrive, sender.identity, self.machines[to], message, link)
            return
        copies = 1
        if self.faults:
            if self.chance() < self.loss_rate:
                return
            if self.chance() < self.double_rate:
                copies = 2
        for _ in range(copies):
            late = self.faults and self.chance() < self.late_rate
            delay = self.random.uniform(0.1, 6.0) if late else 0.001 + 0.01 * self.chance()
            self.after(delay, self._arrive, sender.identity, self.machines[to], message)

    def _arrive(self, sender: Identity, receiver: Machine, message: Message, link: int = 0) -> None:
        if not receiver.up or sender.node not in receiver.linked:
            return
        if link and receiver.link_to(sender.node) != link:
            return
        if self._blocked.get((sender.node, receiver.node), 0.0) > self.now:
            return
        self.steps += 1
        receiver.receive(sender, message)
