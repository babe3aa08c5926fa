"""One machine of the simulated site: its clocks, its disk, and the real core that runs on it."""

from collections.abc import Callable, Sequence
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import msgspec

from lanassist.node.errors import LanassistError
from lanassist.node.protocol.messages import Message, NodeId
from lanassist.node.services.base import AnyCommand, Effect, Persist, Record, Refuse, Reply, Send, Tell
from lanassist.node.services.conversations.core import ConversationsCore
from lanassist.node.services.desk.core import DeskCore
from lanassist.node.services.facts import Availability, Fact, Intervention, Workload
from lanassist.node.services.presence.commands import COMMANDS as PRESENCE_COMMANDS, AgentRow
from lanassist.node.services.presence.core import (
    MESSAGES as PRESENCE_MESSAGES,
    Counted,
    PresenceCore,
    Surroundings,
    Today,
)
from lanassist.node.services.presence.records import RECORDS as PRESENCE_RECORDS, ChoiceRecord
from lanassist.node.trust.grants import Role
from lanassist.node.trust.identity import Identity
from tests.support.entering import entered

if TYPE_CHECKING:
    from tests.simulation.world import World

Answered: TypeAlias = Callable[[msgspec.Struct | LanassistError], None]
Place: TypeAlias = tuple[type[Record], str]
Part: TypeAlias = Literal["work", "presence"]
"""Of a node: the desk's or conversations' core, or presence's."""

MIDNIGHT: Final = 999_993_600.0
"""One of them, on the wall clock."""
DAY: Final = 86_400.0
SECONDS_BEFORE_MIDNIGHT: Final = 20.0
"""So long before it a node's life begins at most."""


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
        self.wall = MIDNIGHT - world.random.uniform(0.0, SECONDS_BEFORE_MIDNIGHT)
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
        """As conversations have last heard it."""
        self.around = Surroundings()
        self.workload: Workload | None = None
        self.mail: dict[tuple[Part, str], Fact] = {}
        """Facts that are on their way to a sibling."""
        self.uncounted: dict[str, Intervention] = {}
        self._ids = 0
        self._tickets: dict[int, Answered] = {}
        self._ticket = 0
        self.core: DeskCore | ConversationsCore = self._make([])
        self.presence = self._make_presence([], ())

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
        return f"{self.identity.name}-{self._ids}"

    def _make(self, records: Sequence[Record]) -> DeskCore | ConversationsCore:
        if self.is_desk:
            return self.world.desk_core(
                self.identity,
                self.new_id,
                records,
                teams={"billing": "sales"},
                categories=("billing", "other"),
                keep=self.world.keep,
            )
        return self.world.conversations_core(self.identity, self.new_id, records, keep=self.world.keep)

    # --- living --------------------------------------------------------------------------------------

    def boot(self) -> None:
        """Start, or start again, with what is on the disk."""
        self.up = True
        self.boots += 1
        self.born = self.world.now
        self._tickets.clear()
        self.uncounted.clear()
        self._begin("presence")
        if self.up:
            self._begin("work")
        for part, key in list(self.mail):
            self._inform(self.boots, part, key)  # facts come first
        self.world.after(DAY - (self.wall + self.world.now) % DAY + 1e-3, self._midnight, self.boots)

    def _begin(self, part: Part, heard: Sequence[AgentRow] = ()) -> None:
        now, offset = self.now, self.offset
        records = [
            record.shifted(then - offset, now)
            for record, then in self.disk.values()
            if (type(record) in PRESENCE_RECORDS) == (part == "presence")
        ]
        if part == "work":
            self.core = self._make(records)
            self.perform(self.core.start(now))
        else:
            self.presence = self._make_presence(records, heard)
            self.perform(self.presence.start(now), "presence")

    def _make_presence(self, records: Sequence[Record], heard: Sequence[AgentRow]) -> PresenceCore:
        return self.world.presence_core(
            self.identity,
            (),
            capacity=2,
            records=records,
            around=self.around,
            today=self.today(),
            heard=heard,
        )

    def rebuild(self, part: Part) -> None:
        """A commit failed: the core begins again from its records, and hears again what it should know."""
        self._begin(part, self.presence.rows())
        facts: list[Fact] = [self.availability]
        if part == "presence":
            facts = [*self.uncounted.values(), *([self.workload] if self.workload else [])]
        for fact in facts:
            self.observe(fact, part)
        for peer, _ in list(self.linked.values()):
            if self.up:
                core = self.core if part == "work" else self.presence
                self.perform(core.peer_up(peer, self.now), part)

    def presence_choice(self) -> ChoiceRecord:
        """What the agent has chosen, as it is committed."""
        found = self.stored(ChoiceRecord, "own")
        return found if isinstance(found, ChoiceRecord) else ChoiceRecord(since=0.0)

    def today(self) -> Today:
        """Which day this machine takes it to be."""
        wall = self.wall + self.world.now
        day = date.fromordinal(date(1970, 1, 1).toordinal() + int(wall // DAY))
        return Today(day=day.isoformat(), began=self.now - wall % DAY)

    def _midnight(self, boots: int) -> None:
        if self.up and boots == self.boots:
            self.observe(self.today(), "presence")

    def crash(self) -> None:
        self.up = False
        self.linked.clear()
        self._tickets.clear()
        self.mail.clear()

    def observe(self, event: object, part: Part) -> None:
        """Something about this machine, or a sibling's fact."""
        if not self.up:
            return
        match event:
            case Availability():
                self.availability = event
            case Workload():
                self.workload = event
            case Surroundings():
                self.around = event
        core = self.core if part == "work" else self.presence
        self.perform(core.observe(event, self.now), part)

    def _tell(self, teller: Part, key: str, fact: Fact) -> None:
        """To the sibling, a moment later; of one key only the newest."""
        to: Part = "presence" if teller == "work" else "work"
        self.mail[to, key] = fact
        if isinstance(fact, Intervention):
            self.uncounted[fact.id] = fact
        self.world.after(0.01 * self.world.chance(), self._inform, self.boots, to, key)

    def _inform(self, boots: int, to: Part, key: str) -> None:
        if self.up and boots == self.boots and (fact := self.mail.pop((to, key), None)) is not None:
            self.world.steps += 1
            self.observe(fact, to)

    def command(self, command: AnyCommand, answered: Answered) -> None:
        """Give a command; ``answered`` is called once, or never if the machine dies."""
        if not self.up:
            return
        self._ticket += 1
        self._tickets[self._ticket] = answered
        self.world.note(self, "asked", command)
        if isinstance(command, PRESENCE_COMMANDS):
            self.perform(self.presence.command(self._ticket, command, self.now), "presence")
        else:
            self.perform(self.core.command(self._ticket, command, self.now))

    def receive(self, peer: Identity, message: Message) -> None:
        if isinstance(message, PRESENCE_MESSAGES):
            self.perform(self.presence.receive(peer, message, self.now), "presence")
        else:
            effects = self.core.receive(peer, message, self.now)
            self.world.checks.reading.heard(self, message, effects)
            self.perform(effects)

    def link_to(self, peer: NodeId) -> int:
        """Which link there is; 0: none."""
        return self.linked[peer][1] if peer in self.linked else 0

    def link_up(self, peer: Identity, link: int) -> None:
        self.linked[peer.node] = (peer, link)
        self.perform(self.core.peer_up(peer, self.now))
        if self.up:
            self.perform(self.presence.peer_up(peer, self.now), "presence")

    def link_down(self, peer: NodeId) -> None:
        if self.linked.pop(peer, None) is not None:
            self.perform(self.core.peer_down(peer, self.now))
            if self.up:
                self.perform(self.presence.peer_down(peer, self.now), "presence")

    def deadline(self) -> float | None:
        times = (self.core.deadline(), self.presence.deadline())
        return min([each for each in times if each is not None], default=None)

    def tick(self) -> None:
        parts: tuple[Part, ...] = ("work", "presence")
        for part in parts:
            core = self.core if part == "work" else self.presence
            deadline = core.deadline()
            if self.up and deadline is not None and deadline <= self.now:
                self.perform(core.on_deadline(self.now), part)
        if self.up:
            self.world.wake(self)

    # --- what the core wants done --------------------------------------------------------------------

    def perform(self, effects: Sequence[Effect], part: Part = "work") -> None:
        """Carry out an outcome, or a part of it if this machine is to die in the middle."""
        core = self.core if part == "work" else self.presence
        effects = entered(effects, lambda outcome: core.observe(outcome, self.now))
        fate, steps = self.world.fate(self, effects)
        if fate is Fate.DISK_FULL:
            return self._disk_full(effects, part)
        for effect in effects[:steps]:
            if isinstance(effect, Send):
                self.world.send(self, effect.to, effect.message)
            elif isinstance(effect, Persist):
                self.commit(effect)
            elif isinstance(effect, Reply):
                self._answer(effect.ticket, effect.value)
            elif isinstance(effect, Refuse):
                self._answer(effect.ticket, effect.error)
            elif isinstance(effect, Tell):
                self._tell(part, effect.key, effect.fact)
            elif isinstance(effect, Counted):
                for counted in effect.ids:
                    self.uncounted.pop(counted, None)
        self.world.stepped(self)
        if fate is Fate.CRASH:
            self.world.crash(self)
        else:
            self.world.checks.attendance.looked_at(self)
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

    def _disk_full(self, effects: Sequence[Effect], part: Part) -> None:
        self.world.note(self, "cannot commit", effects[0])
        self.rebuild(part)
        self.world.wake(self)

    def _answer(self, ticket: int, answer: msgspec.Struct | LanassistError) -> None:
        if (answered := self._tickets.pop(ticket, None)) is not None:
            self.world.note(self, "answered", answer)
            answered(answer)
