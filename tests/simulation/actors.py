"""The people of the simulated site: clients who write, agents who work, supervisors who interfere."""

from typing import Literal

import msgspec

from lanassist.node.errors import ClientBlocked, LanassistError, UnknownConversation
from lanassist.node.protocol.messages import Client, NodeId
from lanassist.node.services.command import AnyCommand
from lanassist.node.services.conversations.commands import (
    ActUnderControl,
    Assign,
    BlockClient,
    ControlStarted,
    Dismiss,
    DoAct,
    ListColleagues,
    Log,
    ReadLog,
    Reclaim,
    ReleaseControl,
    RenewControl,
    Reopen,
    SendWhisper,
    SetDraft,
    ShowHistory,
    TakeControl,
    Transfer,
    Watch,
)
from lanassist.node.services.conversations.records import HeldRecord, PendingRecord
from lanassist.node.services.desk.commands import (
    LeaveConversation,
    SendAsClient,
    Sent,
    StartConversation,
    Started,
)
from lanassist.node.services.presence.commands import SetCapacity, SetStatus, SetStatusOf
from lanassist.node.services.presence.core import Surroundings
from tests.simulation.checks import Broken
from tests.simulation.machine import Machine
from tests.simulation.world import World

Answer = msgspec.Struct | LanassistError


def read(world: World, machine: Machine, question: ReadLog) -> None:
    """Ask for a log, and compare what comes."""

    def answered(answer: Answer) -> None:
        if isinstance(answer, Log):
            world.checks.reading.read(question.conversation, question.after, answer.entries)

    machine.command(question, answered)


class Customer:
    """Writes to one desk, one message after the other; repeats each until it is acknowledged."""

    def __init__(self, world: World, desk: Machine, number: int) -> None:
        self._world = world
        self._desk = desk
        self._client = Client(id=f"client{number}", name=f"Client {number}")
        self._category = world.random.choice(("", "billing"))
        self._conversation = ""
        self._said = 0
        self._asking: AnyCommand | None = None
        self._acknowledged = False
        self.waiting = False
        """For an acknowledgement."""

    def __repr__(self) -> str:
        return self._client.name

    def act(self) -> None:
        """Say the next thing, if the last one was acknowledged, or else the last one again."""
        world = self._world
        if not self.waiting:
            if not world.faults:
                return
            self._asking = self._next()
            self.waiting = True
        assert self._asking is not None
        asking = self._asking
        self._desk.command(asking, lambda answer: self._answered(asking, answer))
        world.after(1.0 if self.waiting else world.random.uniform(0.2, 4.0), self.act)

    def _next(self) -> AnyCommand:
        self._said += 1
        said = f"{self._client.id}.{self._said}"
        if not self._conversation:
            text = "I need help"
            return StartConversation(id=said, client=self._client, category=self._category, text=text)
        if self._world.chance() < 0.06:
            return LeaveConversation(conversation=self._conversation, client=self._client.id, id=said)
        text = f"words {self._said}"
        return SendAsClient(conversation=self._conversation, client=self._client.id, id=said, text=text)

    def _answered(self, asked: AnyCommand, answer: Answer) -> None:
        if asked is not self._asking or not self.waiting:
            return
        if isinstance(answer, LanassistError):
            if isinstance(answer, UnknownConversation):
                if self._conversation not in self._world.checks.keeping.forgotten:
                    raise Broken(f"the desk has lost the conversation of {self._client.id}")
                self._conversation = ""
            else:
                assert isinstance(answer, ClientBlocked), answer
        self.waiting = False
        checks = self._world.checks
        match asked, answer:
            case StartConversation(), Started():
                self._conversation = answer.conversation
                checks.acknowledged(self._conversation, asked.id)
            case SendAsClient(), Sent():
                checks.acknowledged(self._conversation, asked.id)


class AgentAtWork:
    """Does something now and then."""

    def __init__(self, world: World, machine: Machine, colleagues: list[Machine]) -> None:
        self._world = world
        self._machine = machine
        self._colleagues = colleagues

    def act(self) -> None:
        world, machine = self._world, self._machine
        if not world.faults:
            return
        if machine.up:
            self._something()
        world.after(world.random.uniform(0.3, 3.0), self.act)

    def _something(self) -> None:
        random, machine = self._world.random, self._machine
        chance = random.random()
        if chance < 0.02:
            on_break = machine.presence_choice().status == "break"
            self._do(SetStatus(status="available") if on_break else SetStatus(status="break", reason="lunch"))
        elif chance < 0.05:
            machine.observe(
                Surroundings(locked=random.random() < 0.2, idle=random.random() < 0.2), "presence"
            )
        elif chance < 0.06:
            self._do(SetCapacity(capacity=random.choice((1, 2, 3))))
        elif chance < 0.1:
            self._do(Reclaim())
        elif chance < 0.16:
            self._ask(random.choice(list(self._world.checks.conversations) or [""]))
        elif held := [record for record, _ in machine.disk.values() if isinstance(record, HeldRecord)]:
            self._in(random.choice(held[-6:]), random.random())

    def _ask(self, conversation: str) -> None:
        """Something of the desk: about a conversation in hand, or any at all."""
        random = self._world.random
        held = [record.id for record, _ in self._machine.disk.values() if isinstance(record, HeldRecord)]
        mine = random.choice([*held[-3:], conversation])
        if not mine:
            return
        if random.random() < 0.6:
            of, after = random.choice(("", mine)), random.choice((0, 0, 2))
            read(self._world, self._machine, ReadLog(conversation=conversation or mine, of=of, after=after))
        else:
            self._do(random.choice((ShowHistory, ListColleagues))(conversation=mine))

    def _in(self, held: HeldRecord, chance: float) -> None:
        conversation, random = held.id, self._world.random
        if held.state == "done":
            if chance < 0.15:
                self._do(Reopen(conversation=conversation))
        elif chance < 0.6:
            kind: Literal["say", "note", "categorise"] = random.choice(("say", "say", "note", "categorise"))
            text = random.choice(("billing", "other", "billing", "other", "poetry"))
            self._do(DoAct(conversation=conversation, kind=kind, text=text))
        elif chance < 0.75:
            self._do(DoAct(conversation=conversation, kind="complete"))
        elif chance < 0.85:
            to = random.choice(["", *(each.node for each in self._colleagues)])
            self._do(Transfer(conversation=conversation, to=to))
        elif chance < 0.9:
            self._do(SetDraft(conversation=conversation, text="I think"))
        else:
            refused = [
                record
                for record, _ in self._machine.disk.values()
                if isinstance(record, PendingRecord) and record.refused
            ]
            if refused:
                self._do(Dismiss(conversation=refused[0].conversation, id=refused[0].act.id))

    def _do(self, command: AnyCommand) -> None:
        self._machine.command(command, lambda answer: None)


class Supervisor:
    """Assigns, blocks, takes control and acts under it; sometimes forgets to renew."""

    def __init__(self, world: World, machine: Machine, agents: list[Machine]) -> None:
        self._world = world
        self._machine = machine
        self._agents = agents
        self._session = ""
        self._agent: NodeId | None = None

    def act(self) -> None:
        world, machine = self._world, self._machine
        if not world.faults:
            return
        if machine.up:
            self._something()
        world.after(world.random.uniform(0.3, 2.0), self.act)

    def _something(self) -> None:
        random = self._world.random
        chance = random.random()
        conversations = list(self._world.checks.conversations)
        if chance < 0.2 and conversations:
            to = random.choice(["", *(each.node for each in self._agents)])
            self._do(Assign(conversation=random.choice(conversations), to=to))
        elif chance < 0.26:
            blocked = random.random() < 0.4
            seconds = random.choice((None, 2.0, 30.0)) if blocked else None
            client = f"client{random.randint(1, 3)}"
            self._do(BlockClient(client=client, blocked=blocked, seconds=seconds))
        elif chance < 0.28:
            agent = random.choice(self._agents).node
            self._do(SetStatusOf(agent=agent, status=random.choice(("available", "break"))))
        elif chance < 0.36 and conversations:
            self._look(random.choice(conversations))
        elif not self._session:
            if chance < 0.6:
                self._machine.command(TakeControl(agent=random.choice(self._agents).node), self._taken)
        elif chance < 0.65:
            self._do(RenewControl(session=self._session))
        elif chance < 0.92:
            self._under_control()
        else:
            self._do(ReleaseControl(session=self._session))
            self._session = ""

    def _look(self, conversation: str) -> None:
        random = self._world.random
        agent = random.choice(self._agents).node
        look = random.choice(("read", "history", "watch", "watch", "whisper"))
        match look:
            case "read":
                read(self._world, self._machine, ReadLog(conversation=conversation))
            case "history":
                self._do(ShowHistory(conversation=conversation))
            case "watch":
                self._do(Watch(agent=agent, watching=random.random() < 0.8))
            case _:
                self._do(SendWhisper(agent=agent, text="psst"))

    def _taken(self, answer: Answer) -> None:
        if isinstance(answer, ControlStarted):
            self._session, self._agent = answer.session, answer.agent

    def _under_control(self) -> None:
        assert self._agent is not None
        disk = self._world.machines[self._agent].disk
        held = [
            record for record, _ in disk.values() if isinstance(record, HeldRecord) and record.state == "held"
        ]
        if not held:
            return
        random = self._world.random
        self._do(
            ActUnderControl(
                session=self._session,
                conversation=random.choice(held).id,
                kind=random.choice(("say", "say", "note", "complete", "move")),
                text="as you",
                to=random.choice(["", *(each.node for each in self._agents)]),
            )
        )

    def _do(self, command: AnyCommand) -> None:
        self._machine.command(command, self._done)

    def _done(self, answer: Answer) -> None:
        if isinstance(answer, LanassistError) and answer.code == "not-in-control":
            self._session = ""
