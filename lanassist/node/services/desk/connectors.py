"""Connectors: outside chat systems whose clients this desk serves as it serves those of its chat page.

What a client is to be told is the log itself, so nothing piles up while nobody takes it. How far a connector
is done with a log is committed with the conversation, when the connector says so, and never before.
"""

from collections.abc import Iterator
from typing import Final, cast

from lanassist.node.errors import BadInput, UnknownConversation
from lanassist.node.protocol import limits
from lanassist.node.services.alarms import Alarms
from lanassist.node.services.base import AnyCommand, Done, Ticket
from lanassist.node.services.conversation import EntryRecord
from lanassist.node.services.decision import Decision
from lanassist.node.services.desk.book import Book, Conversation
from lanassist.node.services.desk.connector_commands import (
    AcknowledgeNews,
    ListOpen,
    OpenConversation,
    OpenConversations,
    Taken,
    TakenEntry,
    TakeNews,
    Told,
)
from lanassist.node.services.desk.floor import Floor

TOLD: Final = frozenset({"say", "joined", "queued", "complete"})
"""What a connector tells its clients: all that they may see but for their own words and deeds."""


def why_not_named(client: str, via: str) -> BadInput | None:
    """Each connector has its own clients, and the chat page has those without a colon."""
    connector, colon, own = client.partition(":")
    if (via and connector == via and own) or (not via and not colon):
        return None
    why = f"it must begin with “{via}:”" if via else "only a connector's clients have a colon in theirs"
    return BadInput(what=f"The client's id “{client}”", why=why)


class Connectors:
    """What is to be told to whose clients, and who waits for it."""

    def __init__(self, decision: Decision, book: Book, floor: Floor) -> None:
        self._decision = decision
        self._book = book
        self._floor = floor
        self._behind: dict[str, dict[str, Conversation]] = {}
        """By connector: conversations with something to tell; those told last come last."""
        self._waiting: dict[str, dict[Ticket, TakeNews]] = {}
        self._alarms: Alarms[Ticket] = Alarms()
        self._connector_of: dict[Ticket, str] = {}
        self._woken: dict[str, None] = {}
        for found in book:
            if found.record.via and next(_untold(found, found.record.told), None):
                self._behind.setdefault(found.record.via, {})[found.record.id] = found

    def serve(self, ticket: Ticket, command: AnyCommand, now: float) -> None:
        """Raises the LanassistError that refuses it."""
        match command:
            case TakeNews():
                self._take(ticket, command, now)
            case AcknowledgeNews():
                self._acknowledge(command)
                self._decision.reply(ticket, Done())
            case ListOpen():
                self._decision.reply(ticket, self._list(command))

    # --- news ----------------------------------------------------------------------------------------

    def note(self, found: Conversation, entry: EntryRecord) -> None:
        """One more line of a log."""
        via = found.record.via
        if via and entry.kind in TOLD:
            self._behind.setdefault(via, {}).setdefault(found.record.id, found)
            self._woken[via] = None

    def tell(self) -> None:
        """Everybody who waits for what has just been noted."""
        while self._woken:
            for ticket, command in list(self._waiting.get(self._woken.popitem()[0], {}).items()):
                if entries := self._news(command):
                    self._answer(ticket, entries)

    def _take(self, ticket: Ticket, command: TakeNews, now: float) -> None:
        entries = self._news(command)
        if entries or not command.wait:
            self._decision.reply(ticket, Taken(entries=entries))
            return
        waiting = self._waiting.setdefault(command.connector, {})
        waiting[ticket] = command
        self._connector_of[ticket] = command.connector
        self._alarms.set(ticket, now + command.wait)
        if len(waiting) > limits.TAKES_WAITING:
            self._answer(next(iter(waiting)), ())

    def _answer(self, ticket: Ticket, entries: tuple[TakenEntry, ...]) -> None:
        self._alarms.cancel(ticket)
        connector = self._connector_of.pop(ticket)
        waiting = self._waiting[connector]
        del waiting[ticket]
        if not waiting:
            del self._waiting[connector]
        self._decision.reply(ticket, Taken(entries=entries))

    def _news(self, command: TakeNews) -> tuple[TakenEntry, ...]:
        """A share for every conversation; who got one goes to the end, so nobody is passed over for ever."""
        behind = self._behind.get(command.connector, {})
        news: list[TakenEntry] = []
        for conversation, found in list(behind.items()):
            if self._book.get(conversation) is not found:  # forgotten by the desk
                del behind[conversation]
                continue
            after = max(found.record.told, command.in_hand.get(conversation, 0))
            room = limits.TAKEN_AT_ONCE - len(news)
            mine = [
                _taken(found, entry) for entry, _ in zip(_untold(found, after), range(room), strict=False)
            ]
            if mine:
                news += mine
                behind[conversation] = behind.pop(conversation)
            if len(news) >= limits.TAKEN_AT_ONCE:
                break
        return tuple(news)

    def _acknowledge(self, command: AcknowledgeNews) -> None:
        found = self._book.get(command.conversation)
        if found is None or found.record.via != command.connector:
            raise UnknownConversation
        if command.seq > len(found.log):
            raise BadInput(what=f"The number {command.seq}", why=f"the log ends at {len(found.log)}")
        if command.seq > found.record.told:
            self._book.confirm(found, command.seq)
            if next(_untold(found, command.seq), None) is None:
                self._behind.get(command.connector, {}).pop(command.conversation, None)

    # --- what is open --------------------------------------------------------------------------------

    def _list(self, command: ListOpen) -> OpenConversations:
        of_connector = sorted(
            (
                each
                for each in self._book
                if each.record.via == command.connector
                and each.record.state != "done"
                and each.record.id > command.after
            ),
            key=lambda each: each.record.id,
        )
        shown = of_connector[: limits.CONNECTORS_LISTED]
        rows = tuple(self._row(each) for each in shown)
        return OpenConversations(conversations=rows, more=len(of_connector) > len(shown))

    def _row(self, found: Conversation) -> OpenConversation:
        record = found.record
        return OpenConversation(
            conversation=record.id,
            client=record.client.id,
            category=record.category,
            state=record.state,
            position=self._book.position(record.id),
            agent=self._floor.name_of(record.owner) if record.state == "open" else "",
            acknowledged=record.told,
        )

    # --- time ----------------------------------------------------------------------------------------

    def deadline(self) -> float | None:
        """When the first has waited long enough."""
        return self._alarms.next()

    def on_deadline(self, now: float) -> None:
        """Who has waited long enough is answered with nothing."""
        for ticket in self._alarms.due(now):
            self._answer(ticket, ())


def _untold(found: Conversation, after: int) -> Iterator[EntryRecord]:
    """The lines for the client after that number."""
    return (found.log[at] for at in range(after, len(found.log)) if found.log[at].kind in TOLD)


def _taken(found: Conversation, entry: EntryRecord) -> TakenEntry:
    return TakenEntry(
        conversation=entry.conversation,
        client=found.record.client.id,
        seq=entry.seq,
        id=entry.id,
        kind=cast("Told", entry.kind),
        text=entry.text,
        name=entry.name,
        state=found.record.state,
    )
