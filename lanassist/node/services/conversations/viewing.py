"""What this supervisor's node mirrors of agents, for as long as a page or a command here looks on."""

from collections.abc import Callable
from typing import Final

import msgspec

from lanassist.node.errors import LanassistError
from lanassist.node.protocol import limits
from lanassist.node.protocol.messages import Draft, Mirrored, NodeId, Watching
from lanassist.node.services.command import Refusal
from lanassist.node.services.conversation import arrived
from lanassist.node.services.conversations.commands import (
    DRAFTS,
    MIRROR,
    MIRRORED_ENTRIES,
    DraftRow,
    MirrorRow,
)
from lanassist.node.services.decision import Decision

PAST_SHOWN: Final = 50
"""Conversations of an agent that are not in hand any more: so many of the latest."""


class Viewing:
    """Agents are asked for what they show once, however many viewers look on here.

    Each viewer says every WATCH_AGAIN that it still does; one that was closed or killed is forgotten
    after WATCH. With the last one everything that was mirrored is forgotten too.
    """

    def __init__(self, decision: Decision, why_not_act: Callable[[NodeId], LanassistError | None]) -> None:
        self._decision = decision
        self._why_not_act = why_not_act
        self._viewers: dict[NodeId, dict[str, float]] = {}
        """Of each agent: until when each viewer counts."""
        self._shown: dict[NodeId, dict[tuple[str, str], None]] = {}
        """Of each agent: what is on the board."""
        self._rows: dict[NodeId, dict[str, MirrorRow]] = {}

    def __contains__(self, agent: NodeId) -> bool:
        return agent in self._viewers

    def watch(self, agent: NodeId, viewer: str, online: bool, now: float) -> None:
        """Somebody looks on, or still does."""
        begins = agent not in self._viewers
        self._viewers.setdefault(agent, {})[viewer] = now + limits.WATCH
        if begins and online:
            self._decision.send(agent, Watching(watching=True))

    def leave(self, agent: NodeId, viewer: str, online: bool) -> None:
        """That one looks away; others may still look on."""
        viewers = self._viewers.get(agent, {})
        viewers.pop(viewer, None)
        if viewers or agent not in self._viewers:
            return
        del self._viewers[agent]
        self._forget(agent)
        if online:
            self._decision.send(agent, Watching(watching=False))

    def agent_up(self, agent: NodeId) -> None:
        """It tells everything anew: what moved on meanwhile must not stay."""
        if agent in self._viewers:
            self._forget(agent)
            self._decision.send(agent, Watching(watching=True))

    def agent_down(self, agent: NodeId) -> None:
        """What was told last stays to be read, marked as such; how its logs go on, their desks tell."""
        for topic, key in list(self._shown.get(agent, ())):
            if topic == DRAFTS:
                self._show(agent, DRAFTS, key, None)
        act = Refusal.of(self._why_not_act(agent))
        for row in list(self._rows.get(agent, {}).values()):
            self._put(agent, msgspec.structs.replace(row, agent_online=False, typing=False, act=act))

    def mirrored(self, agent: NodeId, message: Mirrored, now: float) -> None:
        """A conversation as the agent has it, and what is new in its log."""
        if message.state in ("held", "completing"):
            for entry in message.entries:
                record = arrived(message.conversation, entry, now)
                self._show(agent, MIRRORED_ENTRIES, record.key, record)
        else:
            self._forget_log(agent, message.conversation)
        row = MirrorRow(
            agent=agent,
            conversation=message.conversation,
            desk=NodeId(message.desk),
            client=message.client,
            category=message.category,
            state=message.state,
            epoch=message.epoch,
            unsent=message.unsent,
            entries=message.length,
            since=now - message.since_age,
            typing=message.typing,
            waiting_since=None if message.waiting_age is None else now - message.waiting_age,
            act=Refusal.of(self._why_not_act(agent)),
        )
        self._put(agent, row)
        past = [each.conversation for each in self._rows[agent].values() if each.state in ("done", "moved")]
        for oldest in past[:-PAST_SHOWN]:
            del self._rows[agent][oldest]
            self._show(agent, MIRROR, oldest, None)

    def draft(self, agent: NodeId, message: Draft) -> None:
        """What stands in the agent's composer."""
        row = DraftRow(text=message.text) if message.text else None
        self._show(agent, DRAFTS, message.conversation, row)

    def control_changed(self, agent: NodeId) -> None:
        """What may be done in its conversations is another now."""
        act = Refusal.of(self._why_not_act(agent))
        for row in list(self._rows.get(agent, {}).values()):
            self._put(agent, msgspec.structs.replace(row, act=act))

    def deadline(self) -> float | None:
        return min((until for each in self._viewers.values() for until in each.values()), default=None)

    def on_deadline(self, online: Callable[[NodeId], bool], now: float) -> None:
        """Forget viewers that did not say that they still look on."""
        for agent, viewers in list(self._viewers.items()):
            for viewer in [each for each, until in viewers.items() if until <= now]:
                self.leave(agent, viewer, online(agent))

    def _put(self, agent: NodeId, row: MirrorRow) -> None:
        rows = self._rows.setdefault(agent, {})
        if (before := rows.get(row.conversation)) is not None and before.state != row.state:
            del rows[row.conversation]  # what changed last comes last
        rows[row.conversation] = row
        self._show(agent, MIRROR, row.conversation, row)

    def _show(self, agent: NodeId, topic: str, key: str, value: msgspec.Struct | None) -> None:
        shown = self._shown.setdefault(agent, {})
        if value is None:
            shown.pop((topic, key), None)
        else:
            shown[topic, key] = None
        self._decision.publish(topic, f"{agent}/{key}", value)

    def _forget_log(self, agent: NodeId, conversation: str) -> None:
        """Once it is not in hand, its desk has it for whoever asks."""
        for topic, key in list(self._shown.get(agent, ())):
            if topic == MIRRORED_ENTRIES and key.startswith(f"{conversation}/"):
                self._show(agent, topic, key, None)

    def _forget(self, agent: NodeId) -> None:
        self._rows.pop(agent, None)
        for topic, key in self._shown.pop(agent, ()):
            self._decision.publish(topic, f"{agent}/{key}", None)
