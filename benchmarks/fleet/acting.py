"""The people of the fleet: agents at work, and a desk with its conversations, in the real protocol."""

import random
import secrets
import time
from contextlib import suppress
from typing import Literal

import trio

from benchmarks.fleet.lines import Line, Say, heed_nothing
from lanassist.node.errors import LanassistError
from lanassist.node.link.dial import AlreadyLinked
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import (
    Append,
    AppendAnswered,
    Client,
    ConversationTold,
    DeskTold,
    Display,
    Entry,
    Granted,
    Holding,
    Message,
    NodeId,
    Offer,
    OfferAnswered,
    Presence,
    Reconciled,
    Standing,
)
from lanassist.node.trust.credentials import Credentials

State = Literal["waiting", "open", "done"]
DISPLAYS = (
    Display(number=1, x=0, y=0, width=1920, height=1080, primary=True, name="DP-1"),
    Display(number=2, x=1920, y=0, width=1920, height=1080, name="HDMI-1"),
)
CATEGORIES = ("General", "Billing", "Technical", "Returns")
CAPACITY = 8


class ActedAgent:
    """Handles clients; tells its state at each change, as an agent's node does."""

    def __init__(self, credentials: Credentials, seed: int) -> None:
        self.credentials = credentials
        self._random = random.Random(seed)
        self._up = self._since = self._active = time.monotonic()
        self._waits: list[float] = []
        self._completed = 0
        self._reason = ""
        self._say: Say | None = None
        self.lost = 0
        """Links, because a machine that is too busy let one fall silent."""

    async def run(self, line: Line, port: int, every: float, up: trio.Event) -> None:
        """Connect, and do something ``every`` so many seconds on average; again if the link is lost."""
        while True:
            with suppress(LanassistError, AlreadyLinked, OSError, ExceptionGroup):
                await self._work(line, port, every, up)
            self.lost += self._say is not None
            self._say = None
            await trio.sleep(self._random.uniform(1, 6))

    async def _work(self, line: Line, port: int, every: float, up: trio.Event) -> None:
        async with line(self.credentials, port, heed_nothing) as say:
            self._say = say
            say(self._presence())
            up.set()
            while True:
                await trio.sleep(self._random.expovariate(1 / every))
                self._something()
                say(self._presence())

    def _something(self) -> None:
        """A client writes, or is answered, or is done."""
        now = time.monotonic()
        if self._waits and self._random.random() < 0.55:
            self._waits.pop(0)
            self._completed += self._random.random() < 0.1
            self._active = now
        elif len(self._waits) < CAPACITY:
            self._waits.append(now)

    def take_break(self, mark: str) -> float:
        """On break for this reason, or for another one; when, on the wall clock."""
        self._reason, self._since = mark, time.monotonic()
        at = time.time()
        if self._say is not None:
            self._say(self._presence())
        return at

    def _presence(self) -> Presence:
        now = time.monotonic()
        return Presence(
            status="break" if self._reason else "available",
            reason=self._reason,
            status_age=now - self._since,
            online_age=now - self._up,
            activity_age=now - self._active,
            locked=False,
            displays=DISPLAYS,
            active=CAPACITY - 2,
            total=CAPACITY,
            ongoing=CAPACITY - 2,
            waiting=len(self._waits),
            waiting_age=now - self._waits[0] if self._waits else None,
            completed=self._completed,
            aht=312.0 if self._completed else None,
        )


class ActedDesk:
    """Tells a supervisor how its conversations stand, and gives one to a real agent."""

    def __init__(self, credentials: Credentials, owners: list[tuple[NodeId, str]], count: int) -> None:
        self.credentials = credentials
        self._owners = owners
        self._random = random.Random(1)
        self._begun = 0
        self._open = [self._one("open") for _ in range(count)]
        self.granted = trio.Event()
        self.conversation = secrets.token_hex(16)

    def _one(self, state: State) -> ConversationTold:
        self._begun += 1
        number = self._begun
        owner, name = self._random.choice(self._owners)
        return ConversationTold(
            conversation=f"{number:032x}",
            client=Client(
                id=f"c{number:032x}", name=f"Client {number}", contact=f"client{number}@example.net"
            ),
            category=self._random.choice(CATEGORIES),
            state=state,
            owner=owner if state == "open" else self.credentials.identity.node,
            owner_name=name if state == "open" else "",
            epoch=2 if state == "open" else 1,
            since_age=self._random.random() * 600,
        )

    async def run(self, line: Line, port: int, every: float, up: trio.Event) -> None:
        """Tell how everything stands, then a change ``every`` so many seconds on average."""
        async with line(self.credentials, port, heed_nothing) as say:
            say(DeskTold(categories=CATEGORIES))
            step = limits.TOLD_PER_MESSAGE
            for first in range(0, len(self._open), step):
                part = tuple(self._open[first : first + step])
                say(Standing(conversations=part, last=first + step >= len(self._open)))
            up.set()
            while True:
                at = self._random.randrange(len(self._open))
                for told in self._replaced(at):
                    await trio.sleep(self._random.expovariate(1 / every))
                    say(told)

    def _replaced(self, at: int) -> list[ConversationTold]:
        """One is completed, and another client begins, waits and is taken: as many are open as before."""
        old, new = self._open[at], self._one("open")
        done = ConversationTold(
            conversation=old.conversation, client=old.client, state="done",
            owner=self.credentials.identity.node, epoch=old.epoch + 1,
        )  # fmt: skip
        waiting = ConversationTold(
            conversation=new.conversation, client=new.client, category=new.category, state="waiting",
            owner=self.credentials.identity.node, epoch=1,
        )  # fmt: skip
        self._open[at] = new
        return [done, waiting, new]

    async def give(self, line: Line, port: int) -> None:
        """Link to a real agent's node, and give it one conversation."""
        async with line(self.credentials, port, self._hear_agent):
            await trio.sleep_forever()

    async def _hear_agent(self, message: Message, say: Say) -> None:
        await trio.lowlevel.checkpoint()
        client = Client(id="c1", name="Mia", contact="mia@example.net")
        offer = self.conversation
        match message:
            case Holding():
                say(Reconciled(boot=message.load.boot, number=message.load.number))
                if not message.held:
                    say(Offer(offer=offer, conversation=offer, epoch=2, client=client))
            case OfferAnswered(accepted=True):
                said = Entry(seq=1, id="s1", kind="client", text="My invoice is wrong.", epoch=1)
                joined = Entry(seq=2, id=offer, kind="joined", epoch=2)
                say(Granted(offer=offer, conversation=offer, epoch=2, client=client, entries=(said, joined)))
                self.granted.set()
            case Append():
                accepted = tuple(act.id for act in message.acts)
                say(AppendAnswered(conversation=message.conversation, accepted=accepted))
