"""Decisions of a desk: who owns each conversation, what its log says, who waits for whom.

(conversation, owner, epoch) is committed before anybody hears of it. Nothing that an agent says counts
under another epoch than the present one, whether that agent was slow, cut off, dead or restored.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from lanassist.node.errors import (
    LanassistError,
    Offline,
)
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import (
    Append,
    BlockRequested,
    Blocks,
    BlocksDigest,
    ColleaguesAsked,
    DeskTold,
    HistoryAsked,
    Holding,
    LogAsked,
    Message,
    MoveRequested,
    NodeId,
    OfferAnswered,
    Took,
    Typing,
)
from lanassist.node.services.alarms import Alarms
from lanassist.node.services.base import AnyCommand, Effect, QuietCore, Record, Ticket
from lanassist.node.services.conversation import KEEP
from lanassist.node.services.decision import Decision
from lanassist.node.services.desk.acts import Acts
from lanassist.node.services.desk.answers import QUESTIONS, Answers
from lanassist.node.services.desk.archive import Archive
from lanassist.node.services.desk.blocking import Blocking
from lanassist.node.services.desk.blocks import BlockList
from lanassist.node.services.desk.book import Book
from lanassist.node.services.desk.connectors import Connectors
from lanassist.node.services.desk.counter import Counter
from lanassist.node.services.desk.floor import Floor
from lanassist.node.services.desk.handover import Handover
from lanassist.node.services.desk.moves import Alarm, Moves
from lanassist.node.services.desk.owners import Owners
from lanassist.node.services.desk.records import BlockRecord
from lanassist.node.services.desk.windows import Windows
from lanassist.node.trust.grants import Grant, Role
from lanassist.node.trust.identity import Identity

DIGEST: Alarm = ("digest", "")
MESSAGES: tuple[type[Message], ...] = (
    Holding,
    OfferAnswered,
    Took,
    Append,
    MoveRequested,
    BlockRequested,
    Typing,
    Blocks,
    BlocksDigest,
    *QUESTIONS,
)
"""What the core wants to receive."""


class DeskCore(QuietCore):
    """A desk, rebuilt from its records.

    ``teams`` names the team that serves each category. ``categories`` is what clients can ask about; with
    none, they can name what they like. What has been done for ``keep`` seconds is forgotten.
    """

    def __init__(
        self,
        me: Identity,
        new_id: Callable[[], str],
        records: Iterable[Record] = (),
        teams: Mapping[str, str] | None = None,
        *,
        categories: Iterable[str] = (),
        keep: float = KEEP,
    ) -> None:
        records = list(records)
        self._me = me
        self._categories = tuple(each[: limits.NAME_LENGTH] for each in categories)[: limits.CATEGORIES]
        self._decision = Decision()
        self._alarms: Alarms[Alarm] = Alarms()
        self._floor = Floor(teams or {})
        self._book = Book(me.node, records, self._decision)
        self._blocks = BlockList(record for record in records if isinstance(record, BlockRecord))
        self._moves = Moves(self._decision, self._alarms, self._floor)
        self._owners = Owners(me.node, self._book, self._floor, self._decision, self._alarms)
        self._connectors = Connectors(self._decision, self._book, self._floor)
        self._windows = Windows(self._decision, self._book, self._floor, self._moves, self._connectors)
        self._handover = Handover(
            me.node,
            new_id,
            self._decision,
            self._book,
            self._floor,
            self._blocks,
            self._moves,
            self._owners,
            self._windows,
        )
        self._counter = Counter(
            new_id,
            self._decision,
            self._book,
            self._floor,
            self._blocks,
            self._owners,
            self._windows,
            self._handover,
            self._categories,
        )
        self._blocking = Blocking(
            me.node, new_id, self._decision, self._book, self._blocks, self._windows, self._handover
        )
        self._archive = Archive(keep, self._book, self._moves, self._windows, self._alarms)
        self._acts = Acts(
            self._decision, self._book, self._owners, self._windows, self._handover, self._categories
        )
        self._answers = Answers(self._decision, self._book, self._floor, self._handover.answer)

    def start(self, now: float) -> Sequence[Effect]:
        self._archive.forget(now)
        for found in self._book:
            self._windows.show(found, now)
        for record in self._blocks:
            self._windows.show_block(record, now)
        self._alarms.set(DIGEST, now + limits.HOLDING_EVERY)
        return self._outcome(now)

    # --- peers ---------------------------------------------------------------------------------------

    def peer_up(self, peer: Identity, now: float) -> Sequence[Effect]:
        if Role.AGENT in peer.roles:
            self._floor.up(peer)
            self._show_all_of(peer.node, now)
        if peer.why_not_grant(Grant.OBSERVE) is None:
            self._windows.open(peer.node, now)
        if peer.roles & {Role.AGENT, Role.SUPERVISOR}:
            self._decision.send(peer.node, DeskTold(categories=self._categories))
        self._blocking.peer_up(peer, now)
        return self._outcome(now)

    def peer_down(self, peer: NodeId, now: float) -> Sequence[Effect]:
        self._blocking.peer_down(peer)
        self._windows.close(peer)
        if (agent := self._floor.down(peer)) is not None:
            for move in self._moves.to(peer):
                self._handover.fail(move, Offline(agent=agent.identity.name, since=""), now, withdraw=False)
            self._show_all_of(peer, now)
        return self._outcome(now)

    def _show_all_of(self, node: NodeId, now: float) -> None:
        for found in self._book.owned_by(node):
            self._windows.show(found, now)

    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]:
        if Role.AGENT in peer.roles:
            self._from_agent(peer, message, now)
        match message:
            case MoveRequested():
                self._handover.requested(peer, message, now)
            case BlockRequested():
                self._blocking.requested(peer, message, now)
            case Blocks() if Role.DESK in peer.roles:
                self._blocking.learn(peer, message, now)
            case BlocksDigest() if Role.DESK in peer.roles:
                self._blocking.compare(peer, message, now)
            case LogAsked() | HistoryAsked() | ColleaguesAsked():
                self._answers.asked(peer, message, now)
        return self._outcome(now)

    def _from_agent(self, peer: Identity, message: Message, now: float) -> None:
        agent = self._floor.get(peer.node)
        if agent is None or not agent.online:
            return
        match message:
            case Holding():
                agent.take_load(message.load, now)
                self._owners.compare(agent, message, now)
            case OfferAnswered():
                agent.take_load(message.load, now)
                self._handover.answered(peer, message, now)
            case Took():
                self._owners.took(peer.node, message, now)
            case Append():
                self._acts.append(peer, message, now)
            case Typing():
                found = self._book.get(message.conversation)
                if found is not None and found.record.owner == peer.node:
                    self._windows.agent_types(found, message.typing)

    # --- clients -------------------------------------------------------------------------------------

    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> Sequence[Effect]:
        try:
            self._counter.serve(ticket, command, now)
            self._connectors.serve(ticket, command, now)
        except LanassistError as refusal:
            self._decision.refuse(ticket, refusal)
        return self._outcome(now)

    # --- time ----------------------------------------------------------------------------------------

    def deadline(self) -> float | None:
        times = (self._alarms.next(), self._connectors.deadline())
        return min((at for at in times if at is not None), default=None)

    def on_deadline(self, now: float) -> Sequence[Effect]:
        self._connectors.on_deadline(now)
        for kind, key in self._alarms.due(now):
            match kind:
                case "offer":
                    self._handover.again(key, now)
                case "tell" if (found := self._book.get(key)) is not None:
                    self._owners.tell(found, now)
                case "forget":
                    self._archive.forget(now)
                case "digest":
                    self._blocking.tell_digest()
                    self._alarms.set(DIGEST, now + limits.HOLDING_EVERY)
        return self._outcome(now)

    def _outcome(self, now: float) -> Sequence[Effect]:
        self._handover.route(now)
        self._windows.tell_positions()
        self._connectors.tell()
        return self._decision.effects()
