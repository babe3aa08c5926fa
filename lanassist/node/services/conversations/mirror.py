"""The agent's conversations as others see them: the local board, and supervisors who watch."""

from typing import Final

from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Draft, Mirrored, NodeId, age_of
from lanassist.node.services.conversation import next_entries
from lanassist.node.services.conversations.agent import AgentSide
from lanassist.node.services.conversations.commands import (
    DRAFTS,
    ENTRIES,
    MINE,
    DraftRow,
    OwnConversation,
)
from lanassist.node.services.conversations.shelf import Held, Shelf
from lanassist.node.services.decision import Decision

HISTORY_SHOWN: Final = 50
"""Conversations that have passed and are on the board."""
TAIL: Final = 5 * limits.ENTRIES_PER_MESSAGE
"""Entries of a long log with which a mirror begins."""


class Mirror:
    """Shows what changed to whoever looks. Looking changes nothing."""

    def __init__(self, shelf: Shelf, agent: AgentSide, decision: Decision) -> None:
        self._shelf = shelf
        self._agent = agent
        self._decision = decision
        self._shown: dict[str, int] = {}
        self._past_shown: dict[str, None] = {}
        """Of what is on the board: what has passed, the oldest first."""
        self._drafts: dict[str, str] = {}
        self._watchers: dict[NodeId, dict[str, int]] = {}
        """How far each watcher was told each log."""

    def watch(self, peer: NodeId, now: float) -> None:
        """Everything that is in hand, what was completed last, and from now on what changes.

        The log of what is completed is not told: whoever wants it asks its desk.
        """
        self._watchers[peer] = {}
        for held in (*self._past("done"), *self._shelf.mine.values()):
            self._tell(peer, held, now)
        for conversation, text in self._drafts.items():
            self._decision.send(peer, Draft(conversation=conversation, text=text))

    def show_first(self, now: float) -> None:
        """At the start: what is in hand, the latest of what was, and all in which something was not sent."""
        first = {held.record.id: held for held in self._shelf if held.pending or held.refused}
        first |= {held.record.id: held for held in self._past("done", "moved")}
        for held in (first | self._shelf.mine).values():
            self.show(held, now)

    def _past(self, *states: str) -> list[Held]:
        """The latest of those that are not in hand any more, the newest last."""
        past = [held for held in self._shelf if held.record.state in states]
        return sorted(past, key=lambda held: held.record.since)[-HISTORY_SHOWN:]

    def unwatch(self, peer: NodeId) -> None:
        self._watchers.pop(peer, None)

    def show(self, held: Held, now: float) -> None:
        """It has changed. The log is on the board while the agent has it; later it is asked for."""
        if held.record.state == "held":
            for entry in held.log[self._shown.get(held.record.id, 0) :]:
                self._decision.publish(ENTRIES, entry.key, entry)
            self._shown[held.record.id] = len(held.log)
        else:
            for entry in held.log[: self._shown.pop(held.record.id, 0)]:
                self._decision.publish(ENTRIES, entry.key, None)
        self._decision.publish(MINE, held.record.id, self.row(held))
        self._forget_oldest(held)
        for peer in sorted(self._watchers):
            self._tell(peer, held, now)

    def _forget_oldest(self, held: Held) -> None:
        """Of what is past only the latest stays on the board; but nothing in which something was not sent."""
        self._past_shown.pop(held.record.id, None)
        if held.record.state != "held" and not held.pending and not held.refused:
            self._past_shown[held.record.id] = None
        if len(self._past_shown) > HISTORY_SHOWN:
            self.forget(next(iter(self._past_shown)))

    def forget(self, conversation: str) -> None:
        """It is not to be seen any more."""
        self._past_shown.pop(conversation, None)
        if self._drafts.pop(conversation, None) is not None:
            self._decision.publish(DRAFTS, conversation, None)
        self._decision.publish(MINE, conversation, None)

    def row(self, held: Held) -> OwnConversation:
        """How it stands, for the agent's page."""
        record = held.record
        return OwnConversation(
            conversation=record.id,
            client=record.client,
            category=record.category,
            state=held.state,
            epoch=record.epoch,
            since=record.since,
            desk=record.desk,
            desk_online=record.desk in self._agent.desks,
            entries=len(held.log),
            waiting_since=held.waiting_since,
            typing=record.id in self._agent.typing,
            pending=tuple(each.act for each in held.pending.values()),
            refused=tuple(each.act for each in held.refused.values()),
        )

    def draft(self, held: Held, text: str) -> None:
        """What stands in the composer."""
        conversation = held.record.id
        if text:
            self._drafts[conversation] = text
        else:
            self._drafts.pop(conversation, None)
        self._decision.publish(DRAFTS, conversation, DraftRow(text=text) if text else None)
        for peer in sorted(self._watchers):
            self._decision.send(peer, Draft(conversation=conversation, text=text))

    def _tell(self, peer: NodeId, held: Held, now: float) -> None:
        record, watched = held.record, self._watchers[peer]
        told = watched.pop(record.id, max(0, len(held.log) - TAIL))
        if record.state != "held":
            told = len(held.log)
        while True:
            entries = next_entries(held.log, told, now)
            told += len(entries)
            message = Mirrored(
                conversation=record.id,
                desk=record.desk,
                client=record.client,
                category=record.category,
                state=held.state,
                epoch=record.epoch,
                unsent=len(held.pending),
                since_age=age_of(record.since, now),
                typing=record.id in self._agent.typing,
                waiting_age=None if held.waiting_since is None else age_of(held.waiting_since, now),
                length=len(held.log),
                entries=entries,
            )
            self._decision.send(peer, message)
            if told >= len(held.log):
                break
        if record.state == "held":
            watched[record.id] = told
