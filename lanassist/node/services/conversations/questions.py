"""Questions to desks: logs, the client's other conversations, colleagues. The desk decides who may ask."""

from collections.abc import Callable

from lanassist.node.errors import LanassistError, NoDesk, UnknownConversation
from lanassist.node.protocol.messages import (
    ColleaguesAsked,
    ColleaguesTold,
    ColleagueTold,
    HistoryAsked,
    HistoryTold,
    LogAsked,
    LogTold,
    Message,
    NodeId,
)
from lanassist.node.services.base import AnyCommand, Ticket
from lanassist.node.services.command import Refusal
from lanassist.node.services.conversation import arrived
from lanassist.node.services.conversations.commands import (
    Colleague,
    Colleagues,
    History,
    ListColleagues,
    Log,
    PastConversation,
    ReadLog,
    ShowHistory,
)
from lanassist.node.services.conversations.desks import Desks
from lanassist.node.services.conversations.requests import Requests
from lanassist.node.services.decision import Decision

MESSAGES: tuple[type[Message], ...] = (LogTold, HistoryTold, ColleaguesTold)
"""The answers."""
MOST_COLLEAGUES = 2000
"""So many are asked for, part after part."""


class Questions:
    """Asks, waits, and puts the answer into the words of this node's clock."""

    def __init__(
        self,
        new_id: Callable[[], str],
        desk_of: Callable[[str], NodeId | None],
        desks: Desks,
        requests: Requests,
        decision: Decision,
    ) -> None:
        """``desk_of``: the home of a conversation, if it is known here."""
        self._new_id = new_id
        self._desk_of = desk_of
        self._desks = desks
        self._requests = requests
        self._decision = decision
        self._now = 0.0

    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> None:
        """Raises UnknownConversation and NoDesk; the desk's own refusal comes later."""
        match command:
            case ReadLog():
                self._read(ticket, command, now)
            case ShowHistory():
                self._show_history(ticket, command, now)
            case ListColleagues():
                self._list_colleagues(ticket, command.conversation, (), now)

    def received(self, desk: NodeId, message: LogTold | HistoryTold | ColleaguesTold, now: float) -> None:
        """An answer, perhaps to a question that nobody asks any more."""
        self._now = now
        self._requests.told(message.id, desk, message)

    def _read(self, ticket: Ticket, command: ReadLog, now: float) -> None:
        def tell(told: Message) -> None:
            assert isinstance(told, LogTold)
            entries = tuple(arrived(command.conversation, entry, self._now) for entry in told.entries)
            self._decision.reply(ticket, Log(now=self._now, entries=entries, more=told.more))

        question = LogAsked(
            id=self._new_id(), conversation=command.conversation, of=command.of, after=command.after
        )
        self._ask(ticket, (command.of, command.conversation), question, LogTold, tell, now)

    def _show_history(self, ticket: Ticket, command: ShowHistory, now: float) -> None:
        def tell(told: Message) -> None:
            assert isinstance(told, HistoryTold)
            past = tuple(
                PastConversation(
                    conversation=each.conversation,
                    category=each.category,
                    state=each.state,
                    agent=each.agent,
                    began=self._now - each.began_age,
                    entries=each.entries,
                )
                for each in told.past
            )
            self._decision.reply(ticket, History(now=self._now, client=told.client, past=past))

        question = HistoryAsked(id=self._new_id(), conversation=command.conversation)
        self._ask(ticket, (command.conversation,), question, HistoryTold, tell, now)

    def _list_colleagues(
        self, ticket: Ticket, conversation: str, before: tuple[Colleague, ...], now: float
    ) -> None:
        def tell(told: Message) -> None:
            assert isinstance(told, ColleaguesTold)
            known = (*before, *map(_colleague, told.colleagues))
            if told.more and told.colleagues and len(known) < MOST_COLLEAGUES:
                try:
                    self._list_colleagues(ticket, conversation, known, self._now)
                except LanassistError as refusal:
                    self._decision.refuse(ticket, refusal)
            else:
                self._decision.reply(ticket, Colleagues(colleagues=known))

        question = ColleaguesAsked(id=self._new_id(), conversation=conversation, after=len(before))
        self._ask(ticket, (conversation,), question, ColleaguesTold, tell, now)

    def _ask(
        self,
        ticket: Ticket,
        about: tuple[str, ...],
        question: LogAsked | HistoryAsked | ColleaguesAsked,
        answer: type[Message],
        tell: Callable[[Message], None],
        now: float,
    ) -> None:
        def settle(refusal: LanassistError | None) -> None:
            self._decision.refuse(ticket, refusal or UnknownConversation())

        homes = (self._desk_of(conversation) for conversation in about if conversation)
        desk = next((home for home in homes if home is not None), None)
        if desk is None:
            raise UnknownConversation
        if desk not in self._desks:
            raise NoDesk
        who = self._desks.name_of(desk)
        self._requests.send(question.id, desk, question, settle, now, who=who, answer=answer, tell=tell)


def _colleague(told: ColleagueTold) -> Colleague:
    return Colleague(
        node=NodeId(told.node),
        name=told.name,
        email=told.email,
        teams=told.teams,
        active=told.active,
        total=told.total,
        refusal=Refusal(code=told.code, text=told.text) if told.code else None,
    )
