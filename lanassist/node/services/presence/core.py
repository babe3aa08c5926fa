"""Decisions of presence. An agent's node tells its own state; a supervisor's node keeps the rows."""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from lanassist.node.errors import BadInput
from lanassist.node.protocol.messages import Displays, Message, NodeId, Presence, age_of
from lanassist.node.services.base import (
    AnyCommand,
    Done,
    Effect,
    Publish,
    QuietCore,
    Refuse,
    Reply,
    Send,
    Ticket,
)
from lanassist.node.services.presence.commands import (
    AGENTS,
    SELF,
    AgentList,
    AgentRow,
    ListAgents,
    OwnStatus,
    SetStatus,
    ShowStatus,
    StatusReport,
)
from lanassist.node.trust.grants import Grant, Role
from lanassist.node.trust.identity import Identity


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What presence needs to know of this machine's desktop."""

    displays: Displays = ()
    locked: bool | None = None
    error: str = ""


class SavedStatus(msgspec.Struct, frozen=True, kw_only=True):
    """An agent's own status, kept over restarts."""

    status: Literal["available", "break"] = "available"
    reason: str = ""
    since: float = 0.0


class KnownAgent(msgspec.Struct, frozen=True, kw_only=True):
    """An agent that this node has seen before."""

    node: NodeId
    name: str
    email: str
    teams: tuple[str, ...]
    last_heard: float


class StatusChanged(Effect, frozen=True):
    """To be kept over restarts."""

    saved: SavedStatus


class PresenceCore(QuietCore):
    """Both halves: telling (with the agent role) and watching (with the supervisor role)."""

    def __init__(
        self,
        me: Identity,
        saved: SavedStatus,
        known: Iterable[KnownAgent],
        break_reasons: Sequence[str] = (),
    ) -> None:
        self._me = me
        self._own = saved
        self._around = Surroundings()
        self._known = tuple(known)
        self._break_reasons = tuple(break_reasons)
        self._started = 0.0
        self._activity = saved.since
        self._since = saved.since
        self._watchers: set[NodeId] = set()
        self._rows: dict[NodeId, AgentRow] = {}

    def start(self, now: float) -> Sequence[Effect]:
        self._started = now
        for agent in self._known:
            self._rows[agent.node] = AgentRow(
                node=agent.node,
                name=agent.name,
                email=agent.email,
                teams=agent.teams,
                status="absent",
                why="offline",
                since=agent.last_heard,
                online=False,
                last_heard=agent.last_heard,
            )
        return [*self._publish_own(), *(Publish(AGENTS, row.node, row) for row in self._rows.values())]

    # --- telling -------------------------------------------------------------------------------------

    def observe(self, event: object, now: float) -> Sequence[Effect]:
        if not isinstance(event, Surroundings) or event == self._around:
            return []
        if event.locked != self._around.locked:
            self._since = now
        self._around = event
        return [*self._publish_own(), *self._tell_everyone(now)]

    def peer_up(self, peer: Identity, now: float) -> Sequence[Effect]:
        if Role.AGENT not in self._me.roles or peer.why_not_grant(Grant.OBSERVE):
            return []
        self._watchers.add(peer.node)
        return [Send(peer.node, self._presence(now))]

    def _presence(self, now: float) -> Presence:
        return Presence(
            status=self._own.status,
            reason=self._own.reason,
            status_age=age_of(self._since, now),
            online_age=age_of(self._started, now),
            activity_age=age_of(self._activity, now),
            locked=self._around.locked,
            displays=self._around.displays,
            screen_error=self._around.error,
        )

    def _tell_everyone(self, now: float) -> Sequence[Effect]:
        return [Send(node, self._presence(now)) for node in sorted(self._watchers)]

    def _own_status(self) -> OwnStatus:
        return OwnStatus(
            status=self._own.status,
            reason=self._own.reason,
            since=self._since,
            locked=self._around.locked,
            displays=self._around.displays,
            screen_error=self._around.error,
        )

    def _publish_own(self) -> Sequence[Effect]:
        return [Publish(SELF, "self", self._own_status())] if Role.AGENT in self._me.roles else []

    # --- watching ------------------------------------------------------------------------------------

    def receive(self, peer: Identity, message: Message, now: float) -> Sequence[Effect]:
        if not isinstance(message, Presence) or Role.AGENT not in peer.roles:
            return []
        if Role.SUPERVISOR not in self._me.roles:
            return []
        why: Literal["", "break", "locked"] = (
            "break" if message.status == "break" else "locked" if message.locked else ""
        )
        row = AgentRow(
            node=peer.node,
            name=peer.name,
            email=peer.email,
            teams=tuple(sorted(peer.teams)),
            status="absent" if why else "available",
            why=why,
            reason=message.reason if why == "break" else "",
            since=now - message.status_age,
            online=True,
            online_since=now - message.online_age,
            last_activity=now - message.activity_age,
            locked=message.locked,
            displays=message.displays,
            screen_error=message.screen_error,
        )
        return self._put_row(row)

    def peer_down(self, peer: NodeId, now: float) -> Sequence[Effect]:
        self._watchers.discard(peer)
        row = self._rows.get(peer)
        if row is None or not row.online:
            return []
        gone = AgentRow(
            node=row.node,
            name=row.name,
            email=row.email,
            teams=row.teams,
            status="absent",
            why="offline",
            since=now,
            online=False,
            last_activity=row.last_activity,
            last_heard=now,
        )
        return self._put_row(gone)

    def _put_row(self, row: AgentRow) -> Sequence[Effect]:
        self._rows[row.node] = row
        return [Publish(AGENTS, row.node, row)]

    # --- commands ------------------------------------------------------------------------------------

    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> Sequence[Effect]:
        match command:
            case ListAgents():
                rows = sorted(self._rows.values(), key=lambda row: (row.name.casefold(), row.node))
                return [Reply(ticket, AgentList(now=now, agents=tuple(rows)))]
            case ShowStatus():
                return [Reply(ticket, StatusReport(now=now, status=self._own_status()))]
            case SetStatus():
                return self._set_status(ticket, command, now)
        return []

    def _set_status(self, ticket: Ticket, command: SetStatus, now: float) -> Sequence[Effect]:
        reason = command.reason if command.status == "break" else ""
        allowed = self._break_reasons
        if command.status == "break" and allowed and reason not in allowed:
            why = f"choose one of {', '.join(allowed)}"
            return [Refuse(ticket, BadInput(what=f"The break reason “{reason}”", why=why))]
        self._activity = now
        if (command.status, reason) != (self._own.status, self._own.reason):
            self._own = SavedStatus(status=command.status, reason=reason, since=now)
            self._since = now
        return [
            StatusChanged(self._own),
            Reply(ticket, Done()),
            *self._publish_own(),
            *self._tell_everyone(now),
        ]
