"""What desks tell a supervisor: how every conversation stands. A desk that is gone tells nothing more."""

from typing import Final

import msgspec

from lanassist.node.errors import LanassistError, NoDesk
from lanassist.node.protocol.messages import ConversationTold, NodeId, Standing
from lanassist.node.services.command import Refusal
from lanassist.node.services.conversations.commands import ALL, ToldConversation
from lanassist.node.services.decision import Decision
from lanassist.node.trust.grants import Grant
from lanassist.node.trust.identity import Identity

DONE_SHOWN: Final = 200
"""Conversations that are done are shown until so many others are."""


class Overview:
    """Every conversation that a desk has told of, as it told it last."""

    def __init__(self, me: Identity, decision: Decision) -> None:
        self._me = me
        self._decision = decision
        self.desks: dict[NodeId, Identity] = {}
        self.rows: dict[str, ToldConversation] = {}
        self._done: dict[str, None] = {}
        """The oldest first."""
        self._doubtful: dict[NodeId, set[str]] = {}
        """Told before the link to that desk came up, and not again yet."""

    # --- desks ---------------------------------------------------------------------------------------

    def desk_up(self, desk: Identity) -> None:
        """It will tell how things stand; until it has, what it told before is marked as old."""
        self.desks[desk.node] = desk
        self._doubtful[desk.node] = {each.conversation for each in self._of(desk.node)}
        self._judge_again()

    def desk_down(self, desk: NodeId) -> None:
        if self.desks.pop(desk, None) is not None:
            self._judge_again()

    def standing(self, desk: NodeId, message: Standing, now: float) -> None:
        """How all of its conversations stand. What it does not name is no more."""
        for told in message.conversations:
            self.told(desk, told, now)
        if message.last:
            for conversation in sorted(self._doubtful.pop(desk, ())):
                self._forget(conversation)

    def told(self, desk: NodeId, message: ConversationTold, now: float) -> None:
        """One has changed."""
        doubtful = self._doubtful.get(desk, set())
        known = self.rows.get(message.conversation)
        older = known is not None and (known.desk != desk or known.epoch > message.epoch)
        if older and message.conversation not in doubtful:
            return
        doubtful.discard(message.conversation)
        row = ToldConversation(
            conversation=message.conversation,
            desk=desk,
            client=message.client,
            category=message.category,
            state=message.state,
            owner=message.owner,
            owner_name=message.owner_name,
            orphaned=message.orphaned,
            epoch=message.epoch,
            since=now - message.since_age,
        )
        self._put(self._judged(row))
        self._done.pop(row.conversation, None)
        if row.state == "done":
            self._done[row.conversation] = None
        if len(self._done) > DONE_SHOWN:
            self._forget(next(iter(self._done)))

    # --- what may be done ----------------------------------------------------------------------------

    def why_not_assign(self, desk: NodeId) -> LanassistError | None:
        refusal = self._me.why_not_grant(Grant.ASSIGN)
        return refusal or (None if desk in self.desks else NoDesk())

    def why_not_block(self) -> LanassistError | None:
        """Any desk will do: they tell each other."""
        return self._me.why_not_grant(Grant.BLOCK) or (None if self.desks else NoDesk())

    def desk_for(self, client: str) -> NodeId:
        """Whom to tell about a client: one that knows it, if it is there. Raises what stands against it."""
        if refusal := self.why_not_block():
            raise refusal
        homes = {row.desk for row in self.rows.values() if row.client.id == client}
        return sorted(homes.intersection(self.desks) or self.desks)[0]

    def _judged(self, row: ToldConversation) -> ToldConversation:
        doubtful = row.conversation in self._doubtful.get(row.desk, ())
        return msgspec.structs.replace(
            row,
            desk_online=row.desk in self.desks and not doubtful,
            assign=Refusal.of(self.why_not_assign(row.desk)),
            block=Refusal.of(self.why_not_block()),
        )

    def _judge_again(self) -> None:
        for row in list(self.rows.values()):
            if (judged := self._judged(row)) != row:
                self._put(judged)

    # --- the board -----------------------------------------------------------------------------------

    def _of(self, desk: NodeId) -> list[ToldConversation]:
        return [row for row in self.rows.values() if row.desk == desk]

    def _put(self, row: ToldConversation) -> None:
        self.rows[row.conversation] = row
        self._decision.publish(ALL, row.conversation, row)

    def _forget(self, conversation: str) -> None:
        self._done.pop(conversation, None)
        if self.rows.pop(conversation, None) is not None:
            self._decision.publish(ALL, conversation, None)
