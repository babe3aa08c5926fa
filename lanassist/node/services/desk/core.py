"""Decisions of a desk: who owns each conversation, what its log says, who waits for whom.

(conversation, owner, epoch) is committed before anybody hears of it. Nothing that an agent says counts
under another epoch than the present one, whether that agent was slow, cut off, dead or restored.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from lanassist.node.errors import (
    BadInput,
    BeingMoved,
    ConversationMoved,
    LanassistError,
    MissingRole,
    NoAnswer,
    Offline,
    UnknownConversation,
    said_elsewhere,
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
    OfferWithdrawn,
    RequestAnswered,
    Took,
    Typing,
)
from lanassist.node.services.alarms import Alarms
from lanassist.node.services.base import AnyCommand, Done, Effect, QuietCore, Record, Ticket
from lanassist.node.services.conversation import Kind
from lanassist.node.services.decision import Decision
from lanassist.node.services.desk.blocks import BlockList, told
from lanassist.node.services.desk.book import Book, Conversation
from lanassist.node.services.desk.commands import (
    LeaveConversation,
    ReadConversation,
    SendAsClient,
    Sent,
    StartConversation,
    Started,
    Transcript,
    TypeAsClient,
)
from lanassist.node.services.desk.floor import Floor
from lanassist.node.services.desk.moves import Alarm, Asker, Move, Moves
from lanassist.node.services.desk.owners import Owners, Why
from lanassist.node.services.desk.records import BlockRecord, State
from lanassist.node.services.desk.routing import choose
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
        self._windows = Windows(self._decision, self._book, self._floor, self._moves)
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
                self._fail(move, Offline(agent=agent.identity.name, since=""), now, withdraw=False)
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
                self._move_requested(peer, message, now)
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
                self._answered(peer, message, now)
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
            if found is not None and not found.has(act.id) and self._acting(found, peer, message.epoch):
                self._windows.tell(found, self._book.act(found, act, peer, now))
                accepted.append(act.id)
                if act.kind == "complete":
                    again = found.unread(act.seen)
                    self._hand_back(found, "waiting" if again else "done", "completed", now)
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

    def _acting(self, found: Conversation, peer: Identity, epoch: int) -> bool:
        """Whether this agent owns it under that epoch. The one place where acts are fenced."""
        return (found.record.owner, found.record.epoch) == (peer.node, epoch)

    # --- moving --------------------------------------------------------------------------------------

    def _move_requested(self, peer: Identity, message: MoveRequested, now: float) -> None:
        if Role.SUPERVISOR in peer.roles and not message.actor:
            asker = Asker(peer.node, message.id, peer.node, peer.name)
        else:
            asker = Asker(peer.node, message.id, message.actor, message.actor_name)
        try:
            self._request_move(peer, message, asker, now)
        except LanassistError as refusal:
            self._answer(asker, refusal)

    def _request_move(self, peer: Identity, message: MoveRequested, asker: Asker, now: float) -> None:
        found = self._book.get(message.conversation)
        if found is None:
            raise UnknownConversation
        if found.has(message.id):
            return self._answer(asker, None)
        if refusal := self._why_not_move(found, peer, message):
            raise refusal
        to = NodeId(message.to)
        if (move := self._moves.of(message.conversation)) is not None:
            if move.asker == asker:
                return None
            if move.asker is not None:
                raise BeingMoved
        if refusal := self._why_not_take(found, to, now):
            raise refusal
        if move is not None:
            self._moves.end(move, withdraw=True)
        if to and to != found.record.owner:
            return self._offer(found, to, asker, now)
        if not to and found.record.state == "open":
            self._hand_back(found, "waiting", "moved", now, asker)
        return self._answer(asker, None)

    def _why_not_move(
        self, found: Conversation, peer: Identity, message: MoveRequested
    ) -> LanassistError | None:
        record = found.record
        mine = Role.AGENT in peer.roles and (
            self._acting(found, peer, message.epoch)
            or (record.state == "done" and record.last_owner == peer.node == message.to)
        )
        if mine:
            return None
        refusal = peer.why_not_grant(Grant.ASSIGN)
        if isinstance(refusal, MissingRole) and Role.AGENT in peer.roles:
            return ConversationMoved(agent=peer.name)
        return refusal

    def _why_not_take(self, found: Conversation, to: NodeId, now: float) -> LanassistError | None:
        if refusal := self._blocks.why_not(found.record.client.id, now):
            return refusal
        return self._floor.why_not(to) if to and to != found.record.owner else None

    def _offer(self, found: Conversation, to: NodeId, asker: Asker | None, now: float) -> None:
        self._moves.start(found, self._new_id(), to, asker, now)
        self._windows.show(found, now)

    def _answered(self, peer: Identity, message: OfferAnswered, now: float) -> None:
        move = self._moves.find(message.offer, peer.node)
        if move is None:
            self._stray(peer, message, now)
        elif message.accepted:
            self._moves.end(move, withdraw=False)
            self._grant(move, peer, now)
        else:
            self._fail(move, said_elsewhere(message.code, message.text), now, withdraw=False)

    def _stray(self, peer: Identity, message: OfferAnswered, now: float) -> None:
        """An acceptance that no offer waits for: granted by now, or withdrawn."""
        found = self._book.get(message.conversation)
        if found is not None and found.record.owner == peer.node and found.offer == message.offer:
            self._owners.tell(found, now)
        elif message.accepted:
            self._decision.send(peer.node, OfferWithdrawn(offer=message.offer))

    def _grant(self, move: Move, owner: Identity, now: float) -> None:
        found = self._book.get(move.conversation)
        assert found is not None  # a conversation with a move is in the book
        before = found.record.owner
        self._book.hand(found, owner.node, "open", now)
        found.offer = move.offer
        self._write(found, "joined", move.asker, move.offer, now, owner)
        self._owners.release(before, found, "moved")
        self._owners.tell(found, now)
        self._windows.show(found, now)
        if move.asker:
            self._answer(move.asker, None)

    def _fail(self, move: Move, why: LanassistError, now: float, *, withdraw: bool) -> None:
        self._moves.end(move, withdraw=withdraw)
        if move.asker:
            self._answer(move.asker, why)
        elif (agent := self._floor.get(move.to)) is not None:
            agent.doubtful = True
        found = self._book.get(move.conversation)
        if found is not None:
            self._windows.show(found, now)

    def _hand_back(
        self, found: Conversation, state: State, why: Why, now: float, asker: Asker | None = None
    ) -> None:
        """To the desk: to wait for somebody, or because it is done."""
        before = found.record.owner
        if (move := self._moves.of(found.record.id)) is not None:
            self._moves.end(move, withdraw=True)
            if move.asker:
                self._answer(move.asker, ConversationMoved(agent=self._floor.name_of(before)))
        self._book.hand(found, self._me.node, state, now)
        if state == "waiting":
            self._write(found, "queued", asker, self._new_id(), now)
        self._owners.release(before, found, why)
        self._owners.tell(found, now)
        self._windows.show(found, now)

    def _write(
        self,
        found: Conversation,
        kind: Kind,
        asker: Asker | None,
        otherwise: str,
        now: float,
        owner: Identity | None = None,
    ) -> None:
        """The desk's own line about a move. It carries the request's id, so it counts once for ever."""
        entry = self._book.write(
            found,
            kind,
            asker.request if asker else otherwise,
            now,
            name=owner.name if owner else "",
            node=owner.node if owner else "",
            actor=asker.actor if asker else "",
            actor_name=asker.actor_name if asker else "",
        )
        self._windows.tell(found, entry)

    def _answer(self, asker: Asker, refusal: LanassistError | None) -> None:
        answer = RequestAnswered(
            id=asker.request,
            code=refusal.code if refusal else "",
            text=refusal.text[: limits.REASON_LENGTH] if refusal else "",
        )
        self._decision.send(asker.node, answer)

    # --- routing -------------------------------------------------------------------------------------

    def _route(self, now: float) -> None:
        """Offer every waiting client to the best agent who has room, the longest waiting first."""
        if not self._book.waiting:
            return
        for found in list(self._book.waiting.values()):
            record = found.record
            if self._moves.of(record.id) is not None:
                continue
            candidates = list(self._floor.candidates())
            if not any(each.free > 0 for each in candidates):
                return
            last = record.last_owner or None
            to = choose(candidates, self._floor.team_of(record.category), last)
            if to is not None:
                self._offer(found, to, None, now)

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
        self._answer(asker, refusal)

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
                self._hand_back(found, "done", "blocked", now)

    # --- clients -------------------------------------------------------------------------------------

    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> Sequence[Effect]:
        try:
            match command:
                case StartConversation():
                    self._start(ticket, command, now)
                case SendAsClient():
                    self._send(ticket, command, now)
                case TypeAsClient():
                    found = self._book.of_client(command.conversation, command.client)
                    self._owner_hears(found, Typing(conversation=found.record.id, typing=command.typing))
                    self._decision.reply(ticket, Done())
                case LeaveConversation():
                    self._leave(ticket, command, now)
                case ReadConversation():
                    found = self._book.of_client(command.conversation, command.client)
                    entries = self._windows.readable(found, command.after)
                    self._decision.reply(ticket, Transcript(entries=entries, view=self._windows.view(found)))
        except LanassistError as refusal:
            self._decision.refuse(ticket, refusal)
        return self._outcome(now)

    def _start(self, ticket: Ticket, command: StartConversation, now: float) -> None:
        found = self._book.started(command.client.id, command.id)
        if found is None:
            if refusal := self._blocks.why_not(command.client.id, now):
                raise refusal
            found = self._book.begin(self._new_id(), command.id, command.client, command.category, now)
            said = self._book.write(
                found, "client", command.id, now, text=command.text, name=command.client.name
            )
            self._windows.tell(found, said)
            self._windows.show(found, now)
        self._decision.reply(ticket, Started(conversation=found.record.id, view=self._windows.view(found)))

    def _send(self, ticket: Ticket, command: SendAsClient, now: float) -> None:
        found = self._book.of_client(command.conversation, command.client)
        if not found.has(command.id, of_client=True):
            if refusal := self._blocks.why_not(command.client, now):
                raise refusal
            if len(found.log) >= limits.LOG_ENTRIES:
                raise BadInput(what="This conversation", why="it is too long; start another")
            name = found.record.client.name
            self._windows.tell(
                found, self._book.write(found, "client", command.id, now, text=command.text, name=name)
            )
            if found.record.state == "done":
                self._hand_back(found, "waiting", "moved", now)
            self._owners.tell(found, now)
        entry = next(each for each in found.log if each.kind == "client" and each.id == command.id)
        self._decision.reply(ticket, Sent(seq=entry.seq))

    def _leave(self, ticket: Ticket, command: LeaveConversation, now: float) -> None:
        found = self._book.of_client(command.conversation, command.client)
        if found.record.state != "done" and not found.has(command.id):
            name = found.record.client.name
            self._windows.tell(found, self._book.write(found, "left", command.id, now, name=name))
            self._hand_back(found, "done", "left", now)
        self._decision.reply(ticket, Done())

    def _owner_hears(self, found: Conversation, message: Message) -> None:
        if self._floor.online(found.record.owner):
            self._decision.send(found.record.owner, message)

    # --- time ----------------------------------------------------------------------------------------

    def deadline(self) -> float | None:
        return self._alarms.next()

    def on_deadline(self, now: float) -> Sequence[Effect]:
        for kind, key in self._alarms.due(now):
            match kind:
                case "offer":
                    self._offer_again(key, now)
                case "tell" if (found := self._book.get(key)) is not None:
                    self._owners.tell(found, now)
                case "digest":
                    for desk in sorted(self._desks):
                        self._decision.send(desk, self._blocks.digest())
                    self._alarms.set(DIGEST, now + limits.HOLDING_EVERY)
        return self._outcome(now)

    def _offer_again(self, offer: str, now: float) -> None:
        move = self._moves.by_offer(offer)
        found = None if move is None else self._book.get(move.conversation)
        if move is None or found is None:
            return
        if now >= move.until:
            self._fail(move, NoAnswer(agent=self._floor.name_of(move.to)), now, withdraw=True)
        else:
            self._moves.offer(move, found, now)

    def _outcome(self, now: float) -> Sequence[Effect]:
        self._route(now)
        self._windows.tell_positions()
        return self._decision.effects()
