"""Handing over: who may ask for a conversation to move, who takes it, and the moment it is another's."""

from collections.abc import Callable

from lanassist.node.errors import (
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
    MoveRequested,
    NodeId,
    OfferAnswered,
    OfferWithdrawn,
    RequestAnswered,
)
from lanassist.node.services.conversation import Kind
from lanassist.node.services.decision import Decision
from lanassist.node.services.desk.blocks import BlockList
from lanassist.node.services.desk.book import Book, Conversation
from lanassist.node.services.desk.floor import Floor
from lanassist.node.services.desk.moves import Asker, Move, Moves
from lanassist.node.services.desk.owners import Owners, Why
from lanassist.node.services.desk.records import State
from lanassist.node.services.desk.routing import choose
from lanassist.node.services.desk.windows import Windows
from lanassist.node.trust.grants import Grant, Role
from lanassist.node.trust.identity import Identity


class Handover:
    """The only place where a conversation changes its owner."""

    def __init__(
        self,
        me: NodeId,
        new_id: Callable[[], str],
        decision: Decision,
        book: Book,
        floor: Floor,
        blocks: BlockList,
        moves: Moves,
        owners: Owners,
        windows: Windows,
    ) -> None:
        self._me = me
        self._new_id = new_id
        self._decision = decision
        self._book = book
        self._floor = floor
        self._blocks = blocks
        self._moves = moves
        self._owners = owners
        self._windows = windows

    def acting(self, found: Conversation, peer: Identity, epoch: int) -> bool:
        """Whether this agent owns it under that epoch. The one place where acts are fenced."""
        return (found.record.owner, found.record.epoch) == (peer.node, epoch)

    # --- moving --------------------------------------------------------------------------------------

    def requested(self, peer: Identity, message: MoveRequested, now: float) -> None:
        if Role.AGENT in peer.roles and message.actor:
            asker = Asker(peer.node, message.id, message.actor, message.actor_name)
        elif Role.SUPERVISOR in peer.roles:
            asker = Asker(peer.node, message.id, peer.node, peer.name)
        else:
            asker = Asker(peer.node, message.id)
        try:
            self._request_move(peer, message, asker, now)
        except LanassistError as refusal:
            self.answer(asker, refusal)

    def _request_move(self, peer: Identity, message: MoveRequested, asker: Asker, now: float) -> None:
        found = self._book.get(message.conversation)
        if found is None:
            raise UnknownConversation
        if found.has(message.id):
            return self.answer(asker, None)
        if refusal := self._why_not_move(found, peer, message):
            raise refusal
        to = self._floor.resolve(message.to)
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
            self.hand_back(found, "waiting", "moved", now, asker)
        return self.answer(asker, None)

    def _why_not_move(
        self, found: Conversation, peer: Identity, message: MoveRequested
    ) -> LanassistError | None:
        record = found.record
        mine = Role.AGENT in peer.roles and (
            self.acting(found, peer, message.epoch)
            or (record.state == "done" and record.last_owner == peer.node == message.to)
        )
        if mine:
            return None
        refusal = peer.why_not_grant(Grant.ASSIGN)
        if isinstance(refusal, MissingRole) and Role.AGENT in peer.roles:
            return ConversationMoved(agent=peer.name)
        return refusal

    def _why_not_take(self, found: Conversation, to: NodeId, now: float) -> LanassistError | None:
        if blocked := self._blocks.why_not(found.record.client.id, now):
            return blocked
        refusal = self._floor.why_not(to) if to else None
        # Whoever has it already takes no other place; but who cannot be reached is not given it once more.
        return refusal if to != found.record.owner or isinstance(refusal, Offline) else None

    def _offer(self, found: Conversation, to: NodeId, asker: Asker | None, now: float) -> None:
        self._moves.start(found, self._new_id(), to, asker, now)
        self._windows.show(found, now)

    def answered(self, peer: Identity, message: OfferAnswered, now: float) -> None:
        move = self._moves.find(message.offer, peer.node)
        if move is None:
            self._stray(peer, message, now)
        elif message.accepted:
            self._moves.end(move, withdraw=False)
            self._grant(move, peer, now)
        else:
            self.fail(move, said_elsewhere(message.code, message.text), now, withdraw=False)

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
            self.answer(move.asker, None)

    def fail(self, move: Move, why: LanassistError, now: float, *, withdraw: bool) -> None:
        self._moves.end(move, withdraw=withdraw)
        if move.asker:
            self.answer(move.asker, why)
        elif (agent := self._floor.get(move.to)) is not None:
            agent.doubtful = True
        found = self._book.get(move.conversation)
        if found is not None:
            self._windows.show(found, now)

    def hand_back(
        self, found: Conversation, state: State, why: Why, now: float, asker: Asker | None = None
    ) -> None:
        """To the desk: to wait for somebody, or because it is done."""
        before = found.record.owner
        if (move := self._moves.of(found.record.id)) is not None:
            self._moves.end(move, withdraw=True)
            if move.asker:
                self.answer(move.asker, ConversationMoved(agent=self._floor.name_of(before)))
        self._book.hand(found, self._me, state, now)
        if state == "waiting":
            self._write(found, "queued", asker, self._new_id(), now)
        self._owners.release(before, found, why)
        self._owners.tell(found, now)
        self._windows.show(found, now)
        self._windows.tell_view(found)

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

    def answer(self, asker: Asker, refusal: LanassistError | None) -> None:
        answer = RequestAnswered(
            id=asker.request,
            code=refusal.code if refusal else "",
            text=refusal.text[: limits.REASON_LENGTH] if refusal else "",
        )
        self._decision.send(asker.node, answer)

    def again(self, offer: str, now: float) -> None:
        move = self._moves.by_offer(offer)
        found = None if move is None else self._book.get(move.conversation)
        if move is None or found is None:
            return
        if now >= move.until:
            self.fail(move, NoAnswer(agent=self._floor.name_of(move.to)), now, withdraw=True)
        else:
            self._moves.offer(move, found, now)

    # --- routing -------------------------------------------------------------------------------------

    def route(self, now: float) -> None:
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
