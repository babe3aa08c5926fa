"""The dashboard's rows on a supervisor's node: every agent that was ever heard of, online or not."""

from collections.abc import Iterable, Iterator

import msgspec

from lanassist.node.errors import (
    Absent,
    AtCapacity,
    LanassistError,
    Offline,
)
from lanassist.node.protocol.messages import NodeId, Presence
from lanassist.node.services.call import heard, steady
from lanassist.node.services.command import Refusal
from lanassist.node.services.decision import Decision
from lanassist.node.services.naming import the_agent
from lanassist.node.services.presence.commands import AGENTS, AgentRow
from lanassist.node.services.presence.standing import Standing, standing
from lanassist.node.trust.grants import Grant
from lanassist.node.trust.identity import Identity

LATENCY = 1.0
"""Seconds: a time that is told anew and differs by less is the same; the rest is the network's."""


class KnownAgent(msgspec.Struct, frozen=True, kw_only=True):
    """An agent that this node has seen before."""

    node: NodeId
    name: str
    email: str
    teams: tuple[str, ...]
    last_heard: float


class Rows:
    """Published when they change."""

    def __init__(
        self, me: Identity, known: Iterable[KnownAgent], heard: Iterable[AgentRow], decision: Decision
    ) -> None:
        self._me = me
        self._decision = decision
        self._rows: dict[NodeId, AgentRow] = {}
        self._known = tuple(known)
        self._heard = {row.node: row for row in heard}

    def start(self, now: float) -> None:
        """Everybody is offline until heard of, or linked as a moment ago."""
        for agent in self._known:
            self._put(_offline(agent, since=agent.last_heard))
        for row in self._heard.values():
            self._put(_left(row, now) if row.online else row)

    def linked(self, agent: NodeId) -> None:
        """Its link stands. If it stood before this core began again, so does what was heard over it."""
        if (row := self._heard.pop(agent, None)) is not None:
            self._put(row)

    def __iter__(self) -> Iterator[AgentRow]:
        return iter(sorted(self._rows.values(), key=lambda row: (row.name.casefold(), row.node)))

    def find(self, text: str, linked: Iterable[Identity]) -> AgentRow | Identity:
        """Whom a person means: a node, name or e-mail, or the beginning of a name that is one agent's alone.

        Raises UnknownAgent, AmbiguousAgent.
        """
        agents: dict[NodeId, AgentRow | Identity] = {**self._rows, **{each.node: each for each in linked}}
        return the_agent(sorted(agents.values(), key=lambda each: each.email), text)

    # --- what is heard -------------------------------------------------------------------------------

    def heard(self, agent: Identity, told: Presence, now: float) -> None:
        """An agent's node tells its state."""
        stands = standing(
            status=told.status,
            reason=told.reason,
            locked=told.locked,
            idle=told.idle,
            active=told.active,
            total=told.total,
            call=told.call.state if told.call else "",
        )
        before = self._rows.get(agent.node)
        row = AgentRow(
            node=agent.node,
            name=agent.name,
            email=agent.email,
            teams=tuple(sorted(agent.teams)),
            status=stands.status,
            why=stands.why,
            reason=stands.reason,
            since=now - told.status_age,
            online=True,
            online_since=now - told.online_age,
            last_activity=now - told.activity_age,
            locked=told.locked,
            displays=told.displays,
            screen_error=told.screen_error,
            active=told.active,
            total=told.total,
            ongoing=told.ongoing,
            waiting=told.waiting,
            waiting_since=None if told.waiting_age is None else now - told.waiting_age,
            completed=told.completed,
            aht=told.aht,
            break_reasons=told.break_reasons,
            call=steady(before.call if before else None, heard(told.call, now)),
        )
        self._put(_steady(before, row))

    def lost(self, agent: NodeId, now: float) -> None:
        """Its link is down. What it completed today stays; what it had in hand is the desk's to tell."""
        row = self._rows.get(agent)
        if row is not None and row.online:
            self._put(_left(row, now))

    def new_day(self) -> None:
        """Nobody who is offline has completed anything today; the others tell by themselves."""
        for row in list(self._rows.values()):
            if not row.online:
                self._put(msgspec.structs.replace(row, completed=0, aht=None))

    def _put(self, row: AgentRow) -> None:
        row = msgspec.structs.replace(
            row,
            assign=Refusal.of(self._me.why_not_grant(Grant.ASSIGN) or _why_not_assign(row)),
            set_status=Refusal.of(self._me.why_not_grant(Grant.CONTROL) or _why_offline(row)),
        )
        if row != self._rows.get(row.node):
            self._rows[row.node] = row
            self._decision.publish(AGENTS, row.node, row)


def _offline(agent: KnownAgent | AgentRow, *, since: float) -> AgentRow:
    return AgentRow(
        node=agent.node,
        name=agent.name,
        email=agent.email,
        teams=agent.teams,
        status="absent",
        why="offline",
        since=since,
        online=False,
        last_heard=since,
    )


def _left(row: AgentRow, now: float) -> AgentRow:
    gone = _offline(row, since=now)
    return msgspec.structs.replace(
        gone, last_activity=row.last_activity, completed=row.completed, aht=row.aht
    )


def _why_offline(row: AgentRow) -> LanassistError | None:
    return None if row.online else Offline(agent=row.name, since="")


def _why_not_assign(row: AgentRow) -> LanassistError | None:
    """As far as is known here; the agent's own node decides."""
    if refusal := _why_offline(row):
        return refusal
    if row.status in ("absent", "acw"):
        return Absent(agent=row.name, why=Standing(row.status, row.why, row.reason).words)
    if row.active >= row.total:
        return AtCapacity(agent=row.name, active=row.active, total=row.total)
    return None


def _steady(before: AgentRow | None, row: AgentRow) -> AgentRow:
    """With the times of before, where the new ones say the same but for the way that they took."""
    if before is None or not before.online:
        return row
    times = ["online_since", "last_activity", "waiting_since"]
    if (before.status, before.why, before.reason) == (row.status, row.why, row.reason):
        times.append("since")
    kept = {name: getattr(before, name) for name in times if _same(getattr(before, name), getattr(row, name))}
    return msgspec.structs.replace(row, **kept)


def _same(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and abs(one - other) < LATENCY
