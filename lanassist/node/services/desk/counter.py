"""The counter: what clients ask of the desk through their page."""

from collections.abc import Callable

from lanassist.node.errors import BadInput, LanassistError, TooManyConversations
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Typing
from lanassist.node.services.base import AnyCommand, Done, Ticket
from lanassist.node.services.decision import Decision
from lanassist.node.services.desk.blocks import BlockList
from lanassist.node.services.desk.book import Book
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
from lanassist.node.services.desk.connectors import why_not_named
from lanassist.node.services.desk.floor import Floor
from lanassist.node.services.desk.handover import Handover
from lanassist.node.services.desk.owners import Owners
from lanassist.node.services.desk.windows import Windows


class Counter:
    """A client starts, says, types, reads and leaves: nothing else, and only in its own conversation."""

    def __init__(
        self,
        new_id: Callable[[], str],
        decision: Decision,
        book: Book,
        floor: Floor,
        blocks: BlockList,
        owners: Owners,
        windows: Windows,
        handover: Handover,
        categories: tuple[str, ...],
    ) -> None:
        self._new_id = new_id
        self._decision = decision
        self._book = book
        self._floor = floor
        self._blocks = blocks
        self._owners = owners
        self._windows = windows
        self._handover = handover
        self._categories = categories

    def serve(self, ticket: Ticket, command: AnyCommand, now: float) -> None:
        """Raises the LanassistError that refuses it."""
        match command:
            case StartConversation():
                self._start(ticket, command, now)
            case SendAsClient():
                self._send(ticket, command, now)
            case TypeAsClient():
                self._type(ticket, command)
            case LeaveConversation():
                self._leave(ticket, command, now)
            case ReadConversation():
                found = self._book.of_client(command.conversation, command.client)
                entries = self._windows.readable(found, command.after)
                self._decision.reply(ticket, Transcript(entries=entries, view=self._windows.view(found)))

    def _start(self, ticket: Ticket, command: StartConversation, now: float) -> None:
        found = self._book.started(command.client.id, command.id)
        if found is None:
            if refusal := self._why_not_start(command, now):
                raise refusal
            found = self._book.begin(
                self._new_id(), command.id, command.client, command.category, now, command.via
            )
            said = self._book.write(
                found, "client", command.id, now, text=command.text, name=command.client.name
            )
            self._windows.tell(found, said)
            self._windows.show(found, now)
        self._decision.reply(ticket, Started(conversation=found.record.id, view=self._windows.view(found)))

    def _why_not_start(self, command: StartConversation, now: float) -> LanassistError | None:
        client, category = command.client.id, command.category
        if refusal := why_not_named(client, command.via) or self._blocks.why_not(client, now):
            return refusal
        if category and self._categories and category not in self._categories:
            return BadInput(what=f"The category “{category}”", why=f"there is {', '.join(self._categories)}")
        is_open = sum(each.record.state != "done" for each in self._book.of(client))
        if not command.via and is_open >= limits.OPEN_PER_CLIENT:
            return TooManyConversations(count=limits.OPEN_PER_CLIENT)
        return None

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
                self._handover.hand_back(found, "waiting", "moved", now)
            self._owners.tell(found, now)
        entry = next(each for each in found.log if each.kind == "client" and each.id == command.id)
        self._decision.reply(ticket, Sent(seq=entry.seq))

    def _leave(self, ticket: Ticket, command: LeaveConversation, now: float) -> None:
        found = self._book.of_client(command.conversation, command.client)
        if found.record.state != "done" and not found.has(command.id):
            name = found.record.client.name
            self._windows.tell(found, self._book.write(found, "left", command.id, now, name=name))
            self._handover.hand_back(found, "done", "left", now)
        self._decision.reply(ticket, Done())

    def _type(self, ticket: Ticket, command: TypeAsClient) -> None:
        found = self._book.of_client(command.conversation, command.client)
        owner = found.record.owner
        if self._floor.online(owner):
            self._decision.send(owner, Typing(conversation=found.record.id, typing=command.typing))
        self._decision.reply(ticket, Done())
