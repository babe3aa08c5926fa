"""Who asks for help, as a supervisor's node was told; and this supervisor's word on it. Pure."""

from collections.abc import Callable, Iterable
from typing import Final, Literal

import msgspec

from lanassist.node.errors import LanassistError, LinkLost, NoHelpAsked, NoReply, Offline, said_elsewhere
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import HelpAction, HelpAnswered, HelpTold, NodeId
from lanassist.node.services.alarms import Alarms
from lanassist.node.services.assist.commands import (
    REQUESTS,
    AcceptHelp,
    FinishHelp,
    HelpList,
    HelpRow,
)
from lanassist.node.services.assist.records import DismissedRecord
from lanassist.node.services.base import Done, Record, Ticket
from lanassist.node.services.call import Call
from lanassist.node.services.decision import Decision
from lanassist.node.services.notices import NoticeTried, Notify, Withdraw
from lanassist.node.trust.identity import Identity

UNHEARD: Final = 300.0
"""Seconds for which the request of an agent whose node is gone is still shown."""
NOTICE: Final = "help/"
"""With the agent's node behind it: the key of the notice on the desktop."""


class _Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An agent's node that was asked to note something."""

    ticket: Ticket
    agent: NodeId
    name: str


class HelpRequests:
    """One row an agent. What an agent tells is the whole state, so the newest is right."""

    def __init__(
        self,
        me: Identity,
        records: Iterable[Record],
        decision: Decision,
        alarms: Alarms[tuple[str, str]],
        new_id: Callable[[], str],
        call_of: Callable[[NodeId], Call | None],
    ) -> None:
        """``call_of``: the call of an agent, as far as it is known here."""
        self._call_of = call_of
        self._me = me
        self._decision = decision
        self._alarms = alarms
        self._new_id = new_id
        self._rows: dict[NodeId, HelpRow] = {}
        self._dismissed = {each.agent: each for each in records if isinstance(each, DismissedRecord)}
        self._asked: dict[str, _Asked] = {}

    # --- what is told --------------------------------------------------------------------------------

    def told(self, agent: Identity, message: HelpTold, now: float) -> None:
        """The agent's node tells how its request stands."""
        self._alarms.cancel(("unheard", agent.node))
        if message.state == "none":
            self._forget(agent.node)
            return
        kept = self._dismissed.get(agent.node)
        if kept is not None and kept.help != message.id:
            self._decision.drop(self._dismissed.pop(agent.node))
        self._put(
            HelpRow(
                agent=agent.node,
                agent_name=agent.name,
                id=message.id,
                state=message.state,
                reason=message.reason,
                since=self._since(agent.node, message, now),
                by=NodeId(message.by) if message.by else None,
                by_name=message.by_name,
                mine=message.by == self._me.node,
                dismissed=agent.node in self._dismissed,
                untold=self._untold(agent.node, message),
            )
        )

    def _since(self, agent: NodeId, message: HelpTold, now: float) -> float:
        """As it was first heard: a time that is told anew differs by the way that it took."""
        row = self._rows.get(agent)
        return row.since if row is not None and row.id == message.id else now - message.age

    def _untold(self, agent: NodeId, message: HelpTold) -> bool:
        row = self._rows.get(agent)
        return row is not None and row.id == message.id and row.untold

    def tried(self, notice: NoticeTried) -> None:
        """The desktop has shown it, or cannot."""
        row = self._rows.get(NodeId(notice.key.removeprefix(NOTICE)))
        if row is not None:
            self._put(msgspec.structs.replace(row, untold=not notice.shown))

    def peer_down(self, agent: NodeId, now: float) -> None:
        row = self._rows.get(agent)
        if row is not None:
            self._put(msgspec.structs.replace(row, online=False))
            self._alarms.set(("unheard", agent), now + UNHEARD)
        for request, asked in list(self._asked.items()):
            if asked.agent == agent:
                self._settle(request, LinkLost(agent=asked.name))

    def unheard(self, agent: str) -> None:
        """Gone for too long."""
        self._forget(NodeId(agent))

    def _put(self, row: HelpRow) -> None:
        before = self._rows.get(row.agent)
        if row == before:
            return
        self._rows[row.agent] = row
        self._decision.publish(REQUESTS, row.agent, row)
        notice, shown = self._notice(row), None if before is None else self._notice(before)
        if notice is not None and (before is None or before.id != row.id or notice != shown):
            self._decision.add(notice)
        elif notice is None and shown is not None:
            self._decision.add(Withdraw(shown.key))

    def _forget(self, agent: NodeId) -> None:
        if (dismissed := self._dismissed.pop(agent, None)) is not None:
            self._decision.drop(dismissed)
        row = self._rows.pop(agent, None)
        if row is not None:
            self._decision.publish(REQUESTS, agent, None)
            if self._notice(row) is not None:
                self._decision.add(Withdraw(NOTICE + agent))

    def _notice(self, row: HelpRow) -> Notify | None:
        """On the desktop for as long as nobody has taken it up; None: it is none of this supervisor's."""
        if row.state != "asked" or row.dismissed:
            return None
        call = self._call_of(row.agent)
        where = " in a call" if call is not None and call.on else ""
        return Notify(NOTICE + row.agent, f"{row.agent_name} asks for help{where}", row.reason, lasting=True)

    # --- what the supervisor wants -------------------------------------------------------------------

    def list(self, now: float) -> HelpList:
        """Open ones first, the oldest first."""
        order = sorted(self._rows.values(), key=lambda row: (row.state != "asked", row.since, row.agent))
        return HelpList(now=now, requests=tuple(order))

    def dismiss(self, agent: Identity) -> None:
        """Raises NoHelpAsked."""
        row = self._row(agent)
        record = DismissedRecord(agent=agent.node, help=row.id)
        self._dismissed[agent.node] = record
        self._decision.put(record)
        self._put(msgspec.structs.replace(row, dismissed=True))

    def ask(self, ticket: Ticket, agent: Identity, command: AcceptHelp | FinishHelp, now: float) -> None:
        """The agent's node decides. Raises NoHelpAsked, Offline."""
        row = self._row(agent)
        if not row.online:
            raise Offline(agent=agent.name, since="")
        request = self._new_id()
        self._asked[request] = _Asked(ticket=ticket, agent=agent.node, name=agent.name)
        self._alarms.set(("help", request), now + limits.STATUS_ANSWER)
        act: Literal["accept", "finish"] = "accept" if isinstance(command, AcceptHelp) else "finish"
        self._decision.send(agent.node, HelpAction(id=request, help=row.id, act=act))

    def answered(self, agent: NodeId, message: HelpAnswered) -> None:
        asked = self._asked.get(message.id)
        if asked is not None and asked.agent == agent:
            self._settle(message.id, said_elsewhere(message.code, message.text) if message.code else None)

    def late(self, request: str) -> None:
        """No answer came."""
        if (asked := self._asked.get(request)) is not None:
            self._settle(request, NoReply(who=f"{asked.name}'s node"))

    def _settle(self, request: str, refusal: LanassistError | None) -> None:
        ticket = self._asked.pop(request).ticket
        self._alarms.cancel(("help", request))
        if refusal is None:
            self._decision.reply(ticket, Done())
        else:
            self._decision.refuse(ticket, refusal)

    def _row(self, agent: Identity) -> HelpRow:
        row = self._rows.get(agent.node)
        if row is None:
            raise NoHelpAsked(agent=agent.name)
        return row
