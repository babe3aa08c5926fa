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
    AppendAnswered,
    Block,
    BlockRequested,
    Blocks,
    BlocksDigest,
    Holding,
    Message,
    MoveRequested,
    NodeId,
    OfferAnswered,
    Took,
    Typing,
)
from lanassist.node.services.alarms import Alarms
from lanassist.node.services.base import AnyCommand, Effect, QuietCore, Record, Ticket
from lanassist.node.services.decision import Decision
from lanassist.node.services.desk.blocks import BlockList, told
from lanassist.node.services.desk.book import Book
from lanassist.node.services.desk.connectors import Connectors
from lanassist.node.services.desk.counter import Counter
from lanassist.node.services.desk.floor import Floor
from lanassist.node.services.desk.handover import Handover
from lanassist.node.services.desk.moves import Alarm, Asker, Moves
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
)
"""What the core wants to receive."""


class DeskCore(QuietCore):
    """A desk, rebuilt from its records. ``teams`` names the team that serves each category."""

    def __init__(
        self,
        me: Identity,
        new_id: Callable[[], str],
        records: Iterable[Record] = (),
        teams: Mapping[str, str] | None = None,
    ) -> None:
        records = list(records)
        self._me = me
        self._new_id = new_id
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
        )
        self._desks: set[NodeId] = set()

    def start(self, now: float) -> Sequence[Effect]:
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
        if Role.DESK in peer.roles and peer.node != self._me.node:
            self._desks.add(peer.node)
            self._decision.send(peer.node, self._blocks.digest())
        return self._outcome(now)

    def peer_down(self, peer: NodeId, now: float) -> Sequence[Effect]:
        self._desks.discard(peer)
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
                self._block_requested(peer, message, now)
            case Blocks() if Role.DESK in peer.roles:
                self._learn(peer.node, message, now)
            case BlocksDigest() if Role.DESK in peer.roles and message != self._blocks.digest():
                for part in self._blocks.all(now):
                    self._decision.send(peer.node, part)
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
                self._append(peer, message, now)
            case Typing():
                found = self._book.get(message.conversation)
                if found is not None and found.record.owner == peer.node:
                    self._windows.agent_types(found, message.typing)

    # --- what owners do ------------------------------------------------------------------------------

    def _append(self, peer: Identity, message: Append, now: float) -> None:
        found = self._book.get(message.conversation)
        accepted: list[str] = []
        refused: list[str] = []
        for act in message.acts:
            if (
                found is not None
                and not found.has(act.id)
                and self._handover.acting(found, peer, message.epoch)
            ):
                self._windows.tell(found, self._book.act(found, act, peer, now))
                accepted.append(act.id)
                if act.kind == "complete":
                    again = found.unread(act.seen)
                    self._handover.hand_back(found, "waiting" if again else "done", "completed", now)
            else:
                (accepted if found is not None and found.has(act.id) else refused).append(act.id)
        answer = AppendAnswered(
            conversation=message.conversation, accepted=tuple(accepted), refused=tuple(refused)
        )
        self._decision.send(peer.node, answer)
        if found is None:
            return
        if refused and found.record.owner != peer.node:
            self._owners.release(peer.node, found, "completed" if found.record.state == "done" else "moved")
        if accepted and found.record.owner == peer.node:
            self._windows.show(found, now)
            self._owners.tell(found, now)

    # --- blocking ------------------------------------------------------------------------------------

    def _block_requested(self, peer: Identity, message: BlockRequested, now: float) -> None:
        asker = Asker(peer.node, message.id)
        refusal = peer.why_not_grant(Grant.BLOCK)
        if refusal is None and not self._blocks.written(message.id, message.client):
            block = Block(
                client=message.client,
                number=0,
                node=self._me.node,
                blocked=message.blocked,
                reason=message.reason,
                by=peer.name,
                seconds=message.seconds,
            )
            record = self._blocks.write(self._me.node, block, message.id, now)
            self._adopt([record], None, now)
        self._handover.answer(asker, refusal)

    def _learn(self, peer: NodeId, message: Blocks, now: float) -> None:
        self._adopt(self._blocks.learn(message.blocks, now), peer, now)

    def _adopt(self, news: Sequence[BlockRecord], told_by: NodeId | None, now: float) -> None:
        """Keep it, spread it, and end what the blocked have open."""
        for record in news:
            self._decision.put(record)
            self._windows.show_block(record, now)
        for desk in sorted(self._desks - {told_by}):
            for part in told(news, now):
                self._decision.send(desk, part)
        blocked = {record.client for record in news if record.holds(now)}
        for found in [each for each in self._book if each.record.client.id in blocked]:
            if found.record.state != "done":
                self._book.write(found, "blocked", self._new_id(), now)
                self._handover.hand_back(found, "done", "blocked", now)

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
                case "digest":
                    for desk in sorted(self._desks):
                        self._decision.send(desk, self._blocks.digest())
                    self._alarms.set(DIGEST, now + limits.HOLDING_EVERY)
        return self._outcome(now)

    def _outcome(self, now: float) -> Sequence[Effect]:
        self._handover.route(now)
        self._windows.tell_positions()
        self._connectors.tell()
        return self._decision.effects()
