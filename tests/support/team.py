"""A team in one room: real cores that hear each other at once, for stories about conversations."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from lanassist.node.errors import LanassistError
from lanassist.node.protocol.messages import Client, Message, NodeId
from lanassist.node.services.base import (
    AnyCommand,
    Effect,
    Persist,
    Publish,
    Record,
    Refuse,
    Reply,
    Send,
    Tell,
)
from lanassist.node.services.conversations.commands import MINE, DoAct, OwnConversation
from lanassist.node.services.conversations.core import ConversationsCore
from lanassist.node.services.desk.commands import (
    CONVERSATIONS,
    ClientEntry,
    ClientView,
    DeskRow,
    ReadConversation,
    SendAsClient,
    StartConversation,
    Started,
    Transcript,
)
from lanassist.node.services.desk.core import DeskCore
from lanassist.node.services.desk.windows import TellClient
from lanassist.node.services.facts import Availability, Fact
from lanassist.node.services.session import Enter, Entered
from lanassist.node.trust.grants import Grant, Role
from lanassist.node.trust.identity import Identity
from tests.support.entering import SIGNED
from tests.support.people import person

T = TypeVar("T")
TEAMS = {"billing": "sales"}
CATEGORIES = ("billing", "other")


class Member:
    """One node of the team: its core, its disk, its board, and what its commands were answered."""

    def __init__(self, team: "Team", identity: Identity) -> None:
        self.team = team
        self.identity = identity
        self.disk: dict[tuple[type[Record], str], Record] = {}
        self.board: dict[tuple[str, str], msgspec.Struct] = {}
        self.sent: list[tuple[NodeId, Message]] = []
        self.told: list[TellClient] = []
        self.facts: list[Fact] = []
        self.peers: set[NodeId] = set()
        self.answers: dict[int, msgspec.Struct | LanassistError] = {}
        self._ids = 0
        self.boot()

    @property
    def node(self) -> NodeId:
        return self.identity.node

    def boot(self) -> None:
        """Start with what is on the disk."""
        self.peers.clear()
        self.board.clear()
        records = list(self.disk.values())
        if Role.DESK in self.identity.roles:
            self.core: DeskCore | ConversationsCore = DeskCore(
                self.identity, self._id, records, TEAMS, categories=CATEGORIES
            )
        else:
            self.core = ConversationsCore(self.identity, self._id, records)
        self.do(self.core.start(self.team.now))

    def _id(self) -> str:
        self._ids += 1
        return f"{self.identity.name}{self._ids}"

    def do(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            match effect:
                case Enter(step):
                    self.do(self.core.observe(Entered(step, SIGNED), self.team.now))
                case Persist(put, drop):
                    self.disk.update({(type(each), each.key): each for each in put})
                    for each in drop:
                        self.disk.pop((type(each), each.key), None)
                case Publish(topic, key, None):
                    self.board.pop((topic, key), None)
                case Publish(topic, key, value) if value is not None:
                    self.board[topic, key] = value
                case Reply(ticket, value):
                    self.answers[ticket] = value
                case Refuse(ticket, error):
                    self.answers[ticket] = error
                case Tell(_, fact):
                    self.facts.append(fact)
                case TellClient():
                    self.told.append(effect)
                case Send(to, message):
                    self.sent.append((to, message))
                    self.team.mail.append((self, to, message))

    def ask(self, command: AnyCommand) -> msgspec.Struct | LanassistError | None:
        """The answer, or None if it waits for somebody who is not there."""
        ticket = self.team.next_ticket()
        self.do(self.core.command(ticket, command, self.team.now))
        self.team.settle()
        return self.answers.get(ticket)

    def observe(self, event: object) -> None:
        self.do(self.core.observe(event, self.team.now))
        self.team.settle()

    def shown(self, topic: str) -> dict[str, msgspec.Struct]:
        return {key: value for (where, key), value in self.board.items() if where == topic}

    def kept(self, kind: type[T]) -> list[T]:
        """Records of that kind on the disk."""
        return [record for record in self.disk.values() if isinstance(record, kind)]

    def mine(self) -> dict[str, OwnConversation]:
        return {key: row for key, row in self.shown(MINE).items() if isinstance(row, OwnConversation)}

    def holds(self) -> list[str]:
        """The conversations in this agent's hands."""
        return [key for key, row in self.mine().items() if row.state == "held"]


class Team:
    """Everybody, and a perfect network with a clock that only ``later`` moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.mail: list[tuple[Member, NodeId, Message]] = []
        self.members: dict[NodeId, Member] = {}
        self._tickets = 0
        self._said = 0
        self.desk = self.join(person("Desk", Role.DESK))

    def next_ticket(self) -> int:
        self._tickets += 1
        return self._tickets

    # --- who is there --------------------------------------------------------------------------------

    def join(self, identity: Identity, availability: Availability | None = None) -> Member:
        member = Member(self, identity)
        if availability is not None:
            member.observe(availability)
        self.members[identity.node] = member
        for other in list(self.members.values()):
            if other is not member and other.identity.roles != identity.roles:
                self.link(member, other)
        return member

    def agent(self, name: str, *, capacity: int = 3, teams: tuple[str, ...] = ()) -> Member:
        return self.join(person(name, Role.AGENT, teams=teams), Availability(capacity=capacity))

    def supervisor(self, name: str, grants: tuple[Grant, ...] | None = None) -> Member:
        return self.join(person(name, Role.SUPERVISOR, grants=grants))

    def link(self, one: Member, other: Member) -> None:
        for member, peer in ((one, other), (other, one)):
            member.peers.add(peer.node)
            member.do(member.core.peer_up(peer.identity, self.now))
        self.settle()

    def cut(self, one: Member, other: Member) -> None:
        for member, peer in ((one, other), (other, one)):
            if peer.node in member.peers:
                member.peers.discard(peer.node)
                member.do(member.core.peer_down(peer.node, self.now))
        self.settle()

    def leave(self, member: Member) -> None:
        """Its machine dies."""
        for other in self.members.values():
            self.cut(other, member)

    def come_back(self, member: Member) -> None:
        """It starts again with what is on its disk."""
        self.leave(member)
        member.boot()
        for other in self.members.values():
            if other is not member and other.identity.roles != member.identity.roles:
                self.link(member, other)

    # --- time and mail -------------------------------------------------------------------------------

    def settle(self) -> None:
        """Deliver until nobody has anything to say."""
        while self.mail:
            sender, to, message = self.mail.pop(0)
            receiver = self.members[to]
            if to in sender.peers and sender.node in receiver.peers:
                receiver.do(receiver.core.receive(sender.identity, message, self.now))

    def later(self, seconds: float) -> None:
        """Time passes; everybody does what is due."""
        end = self.now + seconds
        while True:
            due = [
                (at, m) for m in self.members.values() if (at := m.core.deadline()) is not None and at <= end
            ]
            if not due:
                break
            at, member = min(due, key=lambda each: each[0])
            self.now = max(self.now, at)
            member.do(member.core.on_deadline(self.now))
            self.settle()
        self.now = end

    # --- clients -------------------------------------------------------------------------------------

    def client(self, name: str, text: str = "I need help", category: str = "", start: str = "") -> str:
        """A client begins; the conversation."""
        client = Client(id=name.lower(), name=name)
        command = StartConversation(id=start or f"start-{name}", client=client, category=category, text=text)
        answer = self.desk.ask(command)
        assert isinstance(answer, Started), answer
        return answer.conversation

    def writes(self, name: str, conversation: str, text: str) -> msgspec.Struct | LanassistError | None:
        self._said += 1
        command = SendAsClient(
            conversation=conversation, client=name.lower(), id=f"said-{self._said}", text=text
        )
        return self.desk.ask(command)

    def reads(self, name: str, conversation: str) -> list[str]:
        """What the client's page shows, all of it."""
        answer = self.desk.ask(ReadConversation(conversation=conversation, client=name.lower()))
        assert isinstance(answer, Transcript)
        return [entry.text for entry in answer.entries if entry.text]

    def view(self, name: str, conversation: str) -> ClientView:
        answer = self.desk.ask(ReadConversation(conversation=conversation, client=name.lower()))
        assert isinstance(answer, Transcript)
        return answer.view

    def row(self, conversation: str) -> DeskRow:
        row = self.desk.shown(CONVERSATIONS)[conversation]
        assert isinstance(row, DeskRow)
        return row

    def says(self, agent: Member, conversation: str, text: str) -> msgspec.Struct | LanassistError | None:
        return agent.ask(DoAct(conversation=conversation, kind="say", text=text))


def lines(told: Sequence[TellClient]) -> list[str]:
    """The words among what clients were told."""
    return [each.news.text for each in told if isinstance(each.news, ClientEntry) and each.news.text]
