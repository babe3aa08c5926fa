"""The agent's console: what the agent does through page or CLI, and a supervisor in the agent's place."""

from collections.abc import Callable

import msgspec

from lanassist.node.errors import BadInput, LanassistError
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Act, ControlAction, ControlAnswered
from lanassist.node.services.base import AnyCommand, Done, Ticket
from lanassist.node.services.conversations.agent import AgentSide
from lanassist.node.services.conversations.commands import (
    Dismiss,
    DoAct,
    FullConversation,
    ListOwn,
    OwnConversations,
    Queued,
    Reclaim,
    Reopen,
    SetDraft,
    ShowOwn,
    Transfer,
)
from lanassist.node.services.conversations.desks import Desks
from lanassist.node.services.conversations.lease import SERVICE, Lease
from lanassist.node.services.conversations.mirror import Mirror
from lanassist.node.services.conversations.requests import Requests, Settle
from lanassist.node.services.conversations.shelf import Held, Shelf
from lanassist.node.services.decision import Decision
from lanassist.node.trust.identity import Identity


class Console:
    """Everything that is done as this agent passes here."""

    def __init__(
        self,
        me: Identity,
        new_id: Callable[[], str],
        shelf: Shelf,
        agent: AgentSide,
        desks: Desks,
        mirror: Mirror,
        lease: Lease,
        requests: Requests,
        decision: Decision,
    ) -> None:
        self._me = me
        self._new_id = new_id
        self._shelf = shelf
        self._agent = agent
        self._desks = desks
        self._mirror = mirror
        self._lease = lease
        self._requests = requests
        self._decision = decision

    def command(self, ticket: Ticket, command: AnyCommand, answer: Settle, now: float) -> None:
        """``answer`` settles what a desk decides. Raises the LanassistError that refuses it."""
        match command:
            case ListOwn():
                rows = tuple(self._mirror.row(held) for held in self._shelf)
                self._decision.reply(ticket, OwnConversations(now=now, conversations=rows))
            case ShowOwn():
                held = self._shelf.find(command.conversation)
                full = FullConversation(conversation=self._mirror.row(held), entries=tuple(held.log))
                self._decision.reply(ticket, full)
            case DoAct():
                act = Act(id=command.id or self._new_id(), kind=command.kind, text=command.text)
                self._act(command.conversation, act, now)
                self._decision.reply(ticket, Queued(id=act.id))
            case Transfer():
                held = self._shelf.in_hand(command.conversation)
                self._agent.move(held, command.id or self._new_id(), command.to, answer, now)
            case Reopen():
                self._reopen(command, answer, now)
            case SetDraft():
                self._draft(command, now)
                self._decision.reply(ticket, Done())
            case Dismiss():
                held = self._shelf.find(command.conversation)
                self._shelf.dismiss(held, command.id)
                self._mirror.show(held, now)
                self._decision.reply(ticket, Done())
            case Reclaim():
                self._lease.reclaim()
                self._decision.reply(ticket, Done())

    def _reopen(self, command: Reopen, answer: Settle, now: float) -> None:
        held = self._shelf.find(command.conversation)
        if refusal := self._agent.places.why_not_take():
            raise refusal
        self._agent.move(held, command.id or self._new_id(), self._me.node, answer, now)

    def _act(self, conversation: str, act: Act, now: float) -> None:
        held = self._shelf.find(conversation)
        if held.knows(act.id):
            return  # the same click again
        held = self._shelf.in_hand(conversation)
        if refusal := self._why_not_usable(held, act):
            raise refusal
        if act.kind == "complete":
            act = msgspec.structs.replace(act, seen=len(held.log))
        self._agent.act(held, act, now)
        if act.kind in ("say", "complete"):
            self._mirror.draft(held, "")
            self._agent.type(held, False, now)
        self._mirror.show(held, now)

    def _why_not_usable(self, held: Held, act: Act) -> BadInput | None:
        if act.kind in ("say", "note", "categorise") and not act.text:
            return BadInput(what="An empty text", why="there is nothing to send")
        if act.kind != "categorise":
            return None
        if len(act.text) > limits.NAME_LENGTH:
            return BadInput(what="The category", why=f"it is longer than {limits.NAME_LENGTH} characters")
        categories = self._desks.categories_of(held.record.desk)
        if categories and act.text not in categories:
            return BadInput(what=f"The category “{act.text}”", why=f"there is {', '.join(categories)}")
        return None

    def _draft(self, command: SetDraft, now: float) -> None:
        held = self._shelf.in_hand(command.conversation)
        self._mirror.draft(held, command.text)
        self._agent.type(held, bool(command.text), now)

    # --- under control -------------------------------------------------------------------------------

    def under_control(self, peer: Identity, message: ControlAction, now: float) -> None:
        """A supervisor acts as this agent. What is done carries the supervisor's own name too."""

        def answer(refusal: LanassistError | None) -> None:
            code, text = (refusal.code, refusal.text) if refusal else ("", "")
            said = ControlAnswered(
                session=message.session,
                service=SERVICE,
                id=message.id,
                code=code,
                text=text[: limits.REASON_LENGTH],
            )
            self._decision.send(peer.node, said)

        if message.id in self._requests:
            return
        try:
            if refusal := self._lease.why_not_act(peer, message):
                raise refusal
            wish = message.act or Act(id=message.id, kind="note")
            act = msgspec.structs.replace(wish, id=message.id, actor=peer.node, actor_name=peer.name)
            if message.act is None:
                held = self._shelf.in_hand(message.conversation)
                self._agent.move(held, message.id, message.to, answer, now, act)
            else:
                self._act(message.conversation, act, now)
                answer(None)
        except LanassistError as refusal:
            answer(refusal)
