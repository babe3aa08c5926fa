"""One machine of the simulated site: its clocks, its disk, and the real core that runs on it."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from lanassist.node.errors import LanassistError
from lanassist.node.protocol.messages import Message, NodeId
from lanassist.node.services.base import AnyCommand, Effect, Persist, Record, Refuse, Reply, Send
from lanassist.node.services.conversations.core import ConversationsCore
from lanassist.node.services.desk.core import DeskCore
from lanassist.node.services.facts import Availability
from lanassist.node.trust.grants import Role
from lanassist.node.trust.identity import Identity

if TYPE_CHECKING:
    from tests.simulation.world import World

Answered: TypeAlias = Callable[[msgspec.Struct | LanassistError], None]
Place: TypeAlias = tuple[type[Record], str]


class Fate(Enum):
    """What becomes of one outcome."""

    DONE = "done"
    CRASH = "crash"
    DISK_FULL = "disk full"


class Machine:
    """A node. ``world`` gives time and fate, carries messages, and checks what is committed."""

    def __init__(self, identity: Identity, world: "World") -> None:
        self.identity = identity
        self.world = world
        self.up = False
        self.born = 0.0
        self.wall = 1e9
        """Of this machine's wall clock, at the world's zero; jumps."""
        self.disk: dict[Place, tuple[Record, float]] = {}
        """Each record with what was then to be added to its times for the wall clock's."""
        self.snapshot: dict[Place, tuple[Record, float]] = {}
        self.restored = False
        """It once came back from an old copy of its disk."""
        self.boots = 0
        self.linked: dict[NodeId, tuple[Identity, int]] = {}
        """Peers whose link this end believes to be up, and which link it is."""
        self.availability = Availability(capacity=2)
        self._ids = 0
        self._tickets: dict[int, Answered] = {}
        self._ticket = 0
        self.core: DeskCore | ConversationsCore = self._make([])

    def __repr__(self) -> str:
        return self.identity.name

    @property
    def node(self) -> NodeId:
        return self.identity.node

    @property
    def is_desk(self) -> bool:
        return Role.DESK in self.identity.roles

    @property
    def now(self) -> float:
        """The monotonic clock, which begins anew at each start."""
        return self.world.now - self.born

    @property
    def offset(self) -> float:
        """What makes a wall-clock time of a monotonic one."""
        return self.wall + self.born

    def new_id(self) -> str:
        self._ids += 1
        return f"{self.identity.name}.{self._ids}"

    def _make(self, records: Sequence[Record]) -> DeskCore | ConversationsCore:
        if self.is_desk:
            return self.world.desk_core(self.identity, self.new_id, records, teams={"billing": "sales"})
        return self.world.conversations_core(self.identity, self.new_id, records)

    # --- living --------------------------------------------------------------------------------------

    def boot(self) -> None:
        """Start, or start again, with what is on the disk."""
        self.up = True
        self.boots += 1
        self.born = self.world.now
        self._load()

    def _load(self) -> None:
        now, offset = self.now, self.offset
        self._tickets.clear()
        records = [record.shifted(then - offset, now) for record, then in self.disk.values()]
        self.core = self._make(records)
        self.perform(self.core.start(now))
        self.observe(self.availability)

    def rebuild(self) -> None:
        """A commit failed: the core begins again from its records, and hears of its links again."""
        self._load()
        for peer, _ in list(self.linked.values()):
            if self.up:
                self.perform(self.core.peer_up(peer, self.now))

    def crash(self) -> None:
        self.up = False
        self.linked.clear()
        self._tickets.clear()

    def observe(self, availability: Availability) -> None:
        self.availability = availability
        if self.up and not self.is_desk:
            self.perform(self.core.observe(availability, self.now))

    def command(self, command: AnyCommand, answered: Answered) -> None:
        """Give a command; ``answered`` is called once, or never if the machine dies."""
        if not self.up:
            return
        self._ticket += 1
        self._tickets[self._ticket] = answered
        self.world.note(self, "asked", command)
        self.perform(self.core.command(self._ticket, command, self.now))

    def receive(self, peer: Identity, message: Message) -> None:
        self.perform(self.core.receive(peer, message, self.now))

    def link_to(self, peer: NodeId) -> int:
        """Which link there is; 0: none."""
        return self.linked[peer][1] if peer in self.linked else 0

    def link_up(self, peer: Identity, link: int) -> None:
        self.linked[peer.node] = (peer, link)
        self.perform(self.core.peer_up(peer, self.now))

    def link_down(self, peer: NodeId) -> None:
        if self.linked.pop(peer, None) is not None:
            self.perform(self.core.peer_down(peer, self.now))

    def tick(self) -> None:
        self.perform(self.core.on_deadline(self.now))

    # --- what the core wants done --------------------------------------------------------------------

    def perform(self, effects: Sequence[Effect]) -> None:
        """Carry out an outcome, or a part of it if this machine is to die in the middle."""
        fate, steps = self.world.fate(self, effects)
        if fate is Fate.DISK_FULL:
            return self._disk_full(effects)
        for effect in effects[:steps]:
            if isinstance(effect, Send):
                self.world.send(self, effect.to, effect.message)
            elif isinstance(effect, Persist):
                self.commit(effect)
            elif isinstance(effect, Reply):
                self._answer(effect.ticket, effect.value)
            elif isinstance(effect, Refuse):
                self._answer(effect.ticket, effect.error)
        self.world.stepped(self)
        if fate is Fate.CRASH:
            self.world.crash(self)
        else:
            self.world.wake(self)
        return None

    def commit(self, persist: Persist) -> None:
        self.world.committing(self, persist)
        offset = self.offset
        for record in persist.put:
            self.disk[type(record), record.key] = (record, offset)
        for record in persist.drop:
            self.disk.pop((type(record), record.key), None)

    def stored(self, kind: type[Record], key: str) -> Record | None:
        found = self.disk.get((kind, key))
        return None if found is None else found[0]

    def _disk_full(self, effects: Sequence[Effect]) -> None:
        self.world.note(self, "cannot commit", effects[0])
        self.rebuild()
        self.world.wake(self)

    def _answer(self, ticket: int, answer: msgspec.Struct | LanassistError) -> None:
        if (answered := self._tickets.pop(ticket, None)) is not None:
            self.world.note(self, "answered", answer)
            answered(answer)
