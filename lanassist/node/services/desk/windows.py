"""What a desk shows: to each client its conversation, to supervisors and the local board all of them."""

from typing import Final

import msgspec

from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import ConversationTold, NodeId, Standing, age_of
from lanassist.node.services.base import Effect
from lanassist.node.services.conversation import SHOWN_TO_CLIENT, EntryRecord
from lanassist.node.services.decision import Decision
from lanassist.node.services.desk.book import Book, Conversation
from lanassist.node.services.desk.commands import (
    BLOCKED,
    CONVERSATIONS,
    BlockRow,
    ClientEntry,
    ClientView,
    DeskRow,
)
from lanassist.node.services.desk.connectors import Connectors
from lanassist.node.services.desk.floor import Floor
from lanassist.node.services.desk.moves import Moves
from lanassist.node.services.desk.records import BlockRecord

DONE_SHOWN: Final = 200
"""Conversations that are done stay on the board until so many others are."""


class AgentTypes(msgspec.Struct, frozen=True):
    """The agent begins or stops typing."""

    typing: bool


class TellClient(Effect, frozen=True):
    """For the client's page, if it is there; what it misses it reads when it is back."""

    conversation: str
    news: ClientEntry | ClientView | AgentTypes


class Windows:
    """Turns the book into what is seen of it."""

    def __init__(
        self, decision: Decision, book: Book, floor: Floor, moves: Moves, connectors: Connectors
    ) -> None:
        self._decision = decision
        self._book = book
        self._floor = floor
        self._moves = moves
        self._connectors = connectors
        self._supervisors: set[NodeId] = set()
        self._positions: dict[str, int] = {}
        self._done: dict[str, None] = {}
        """Done conversations that are on the board, the oldest first."""

    # --- the team ------------------------------------------------------------------------------------

    def open(self, supervisor: NodeId, now: float) -> None:
        """A supervisor looks on. First it is told all that is not done, and the latest that is."""
        self._supervisors.add(supervisor)
        done = [found for each in self._done if (found := self._book.get(each)) is not None]
        rest = [found for found in self._book if found.record.state != "done"]
        standing = [self._told(found, now) for found in (*done, *rest)]
        step = limits.TOLD_PER_MESSAGE
        for first in range(0, max(1, len(standing)), step):
            part = tuple(standing[first : first + step])
            last = first + step >= len(standing)
            self._decision.send(supervisor, Standing(conversations=part, last=last))

    def close(self, supervisor: NodeId) -> None:
        self._supervisors.discard(supervisor)

    def show(self, found: Conversation, now: float) -> None:
        """How the conversation stands, to whoever may know."""
        record = found.record
        move = self._moves.of(record.id)
        row = DeskRow(
            conversation=record.id,
            client=record.client,
            category=record.category,
            state=record.state,
            owner=record.owner,
            owner_name=self._owner_name(found),
            orphaned=self._orphaned(found),
            epoch=record.epoch,
            since=record.since,
            moving_to=move.to if move else "",
            via=record.via,
        )
        self._decision.publish(CONVERSATIONS, record.id, row)
        self._forget_oldest(record.id, done=record.state == "done")
        if self._supervisors:
            message = self._told(found, now)
            for node in sorted(self._supervisors):
                self._decision.send(node, message)

    def forget(self, conversation: str) -> None:
        """It is no more."""
        self._done.pop(conversation, None)
        self._decision.publish(CONVERSATIONS, conversation, None)

    def _forget_oldest(self, conversation: str, *, done: bool) -> None:
        self._done.pop(conversation, None)
        if done:
            self._done[conversation] = None
        if len(self._done) > DONE_SHOWN:
            oldest = next(iter(self._done))
            del self._done[oldest]
            self._decision.publish(CONVERSATIONS, oldest, None)

    def _told(self, found: Conversation, now: float) -> ConversationTold:
        record = found.record
        return ConversationTold(
            conversation=record.id,
            client=record.client,
            category=record.category,
            state=record.state,
            owner=record.owner,
            owner_name=self._owner_name(found)[: limits.NAME_LENGTH],
            orphaned=self._orphaned(found),
            epoch=record.epoch,
            since_age=age_of(record.since, now),
        )

    def _owner_name(self, found: Conversation) -> str:
        return self._floor.name_of(found.record.owner) if found.record.state == "open" else ""

    def _orphaned(self, found: Conversation) -> bool:
        """Owned by an agent who has no link to this desk; a supervisor may give it to another."""
        return found.record.state == "open" and not self._floor.online(found.record.owner)

    def show_block(self, record: BlockRecord, now: float) -> None:
        row = BlockRow(
            client=record.client,
            name=record.name,
            reason=record.reason,
            by=record.by,
            until=record.until,
        )
        self._decision.publish(BLOCKED, record.client, row if record.holds(now) else None)

    # --- the client ----------------------------------------------------------------------------------

    def tell(self, found: Conversation, entry: EntryRecord) -> None:
        """One more line, if it is for the client's eyes."""
        self._connectors.note(found, entry)
        if entry.kind in SHOWN_TO_CLIENT:
            self._decision.add(TellClient(found.record.id, _for_client(entry)))
        if entry.kind == "joined":
            self.tell_view(found)

    def tell_view(self, found: Conversation) -> None:
        """How things stand from now on."""
        self._decision.add(TellClient(found.record.id, self.view(found)))

    def agent_types(self, found: Conversation, typing: bool) -> None:
        self._decision.add(TellClient(found.record.id, AgentTypes(typing)))

    def tell_positions(self) -> None:
        """The queue has moved: everybody whose place changed hears of it."""
        places = {conversation: at for at, conversation in enumerate(self._book.waiting, start=1)}
        if places == self._positions:
            return
        for conversation, at in places.items():
            if self._positions.get(conversation) != at:
                self._decision.add(TellClient(conversation, ClientView(state="waiting", position=at)))
        self._positions = places

    def readable(self, found: Conversation, after: int) -> tuple[ClientEntry, ...]:
        """The log after that entry, as far as it is for the client's eyes."""
        return tuple(_for_client(each) for each in found.log[after:] if each.kind in SHOWN_TO_CLIENT)

    def view(self, found: Conversation) -> ClientView:
        record = found.record
        return ClientView(
            state=record.state, position=self._book.position(record.id), agent=self._owner_name(found)
        )


def _for_client(entry: EntryRecord) -> ClientEntry:
    """The agent's name stands over what was said for the agent; who held control is not told."""
    return ClientEntry(
        seq=entry.seq, id=entry.id, kind=entry.kind, text=entry.text, name=entry.name, at=entry.at
    )
