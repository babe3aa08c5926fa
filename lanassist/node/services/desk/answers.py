"""Answers: what those who may read at this desk are told. Asking changes nothing, and nobody hears of it."""

from collections.abc import Callable

from lanassist.node.errors import ConversationMoved, LanassistError, UnknownConversation
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import (
    ColleaguesAsked,
    ColleaguesTold,
    ColleagueTold,
    HistoryAsked,
    HistoryTold,
    LogAsked,
    LogTold,
    Message,
    Past,
    age_of,
)
from lanassist.node.services.conversation import next_entries
from lanassist.node.services.decision import Decision
from lanassist.node.services.desk.book import Book, Conversation
from lanassist.node.services.desk.floor import Agent, Floor
from lanassist.node.services.desk.moves import Asker
from lanassist.node.trust.grants import Grant, Role
from lanassist.node.trust.identity import Identity

Answer = Callable[[Asker, LanassistError | None], None]
QUESTIONS: tuple[type[Message], ...] = (LogAsked, HistoryAsked, ColleaguesAsked)


class Answers:
    """A supervisor reads with the grant *observe*; an agent what it owns, and its client's other ones."""

    def __init__(self, decision: Decision, book: Book, floor: Floor, answer: Answer) -> None:
        self._decision = decision
        self._book = book
        self._floor = floor
        self._answer = answer

    def asked(self, peer: Identity, message: Message, now: float) -> None:
        """Tell, or say why not."""
        try:
            match message:
                case LogAsked():
                    self._decision.send(peer.node, self._log(peer, message, now))
                case HistoryAsked():
                    self._decision.send(peer.node, self._history(peer, message, now))
                case ColleaguesAsked():
                    self._decision.send(peer.node, self._colleagues(peer, message))
        except LanassistError as refusal:
            assert isinstance(message, QUESTIONS)
            self._answer(Asker(peer.node, message.id), refusal)  # type: ignore[attr-defined]

    # --- who may -------------------------------------------------------------------------------------

    def _owned(self, peer: Identity, conversation: str) -> Conversation | None:
        found = self._book.get(conversation)
        owned = Role.AGENT in peer.roles and found is not None and found.record.owner == peer.node
        return found if owned else None

    def _readable(self, peer: Identity, conversation: str, of: str = "") -> Conversation:
        """Raises UnknownConversation, MissingRole, MissingGrant, and ConversationMoved for an agent."""
        found = self._book.get(conversation)
        mine = self._owned(peer, of or conversation)
        if found is not None and mine is not None and found.record.client.id == mine.record.client.id:
            return found
        refusal = peer.why_not_grant(Grant.OBSERVE)
        if refusal is not None and Role.AGENT in peer.roles:
            raise ConversationMoved(agent=peer.name)
        if refusal is not None:
            raise refusal
        if found is None:
            raise UnknownConversation
        return found

    # --- what they are told --------------------------------------------------------------------------

    def _log(self, peer: Identity, message: LogAsked, now: float) -> LogTold:
        found = self._readable(peer, message.conversation, message.of)
        entries = next_entries(found.log, message.after, now)
        return LogTold(
            id=message.id,
            conversation=found.record.id,
            entries=entries,
            more=message.after + len(entries) < len(found.log),
        )

    def _history(self, peer: Identity, message: HistoryAsked, now: float) -> HistoryTold:
        found = self._readable(peer, message.conversation)
        others = [each for each in reversed(self._book.of(found.record.client.id)) if each is not found]
        others.sort(key=lambda each: each.log[0].at, reverse=True)
        past = tuple(_past(each, now) for each in others[: limits.HISTORY])
        return HistoryTold(id=message.id, client=found.record.client, past=past)

    def _colleagues(self, peer: Identity, message: ColleaguesAsked) -> ColleaguesTold:
        if self._owned(peer, message.conversation) is None:
            raise ConversationMoved(agent=peer.name)
        others = sorted(
            (agent for agent in self._floor if agent.identity.node != peer.node),
            key=lambda agent: (agent.why_not() is not None, agent.identity.name, agent.identity.node),
        )
        step = limits.COLLEAGUES_PER_MESSAGE
        told = tuple(map(_colleague, others[message.after : message.after + step]))
        more = message.after + step < len(others)
        return ColleaguesTold(id=message.id, after=message.after, colleagues=told, more=more)


def _past(found: Conversation, now: float) -> Past:
    record = found.record
    joined = (entry.name for entry in reversed(found.log) if entry.kind == "joined")
    return Past(
        conversation=record.id,
        category=record.category,
        state=record.state,
        agent=next(joined, ""),
        began_age=age_of(found.log[0].at, now),
        entries=len(found.log),
    )


def _colleague(agent: Agent) -> ColleagueTold:
    who, load, refusal = agent.identity, agent.load, agent.why_not()
    return ColleagueTold(
        node=who.node,
        name=who.name[: limits.NAME_LENGTH],
        email=who.email[: limits.NAME_LENGTH],
        teams=tuple(team[: limits.NAME_LENGTH] for team in sorted(who.teams)[: limits.TEAMS_TOLD]),
        active=load.active if load else 0,
        total=load.total if load else 0,
        code=refusal.code if refusal else "",
        text=refusal.text[: limits.REASON_LENGTH] if refusal else "",
    )
