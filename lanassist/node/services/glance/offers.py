"""Which agents' screens a supervisor may glance at, and if not, why not: told before the click. Pure."""

from collections.abc import Sequence

import msgspec

from lanassist.node.errors import (
    LanassistError,
    Offline,
    ScreenLocked,
    ScreenUnavailable,
    ScreenUnmaskable,
)
from lanassist.node.protocol.messages import Displays, NodeId, Presence, WatchingPaused
from lanassist.node.services.alarms import Alarms
from lanassist.node.services.base import Effect, Publish
from lanassist.node.services.command import Refusal
from lanassist.node.services.glance.commands import OFFERS, Offer
from lanassist.node.services.naming import the_agent
from lanassist.node.services.permission import another_word_at, forbidden, paused, unexplained
from lanassist.node.trust.grants import Grant, Role
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.policy import Policy


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """An agent that this supervisor's node has heard of."""

    identity: Identity
    online: bool
    displays: Displays = ()
    locked: bool | None = None
    error: str = ""
    unmaskable: bool = False
    paused_until: float | None = None
    """The agent has paused being watched; this node's monotonic clock."""


class Offers:
    """Every agent that this node has heard of since it started. An offer follows each change."""

    def __init__(self, me: Identity) -> None:
        self._me = me
        self._agents: dict[NodeId, Agent] = {}
        self._policy = Policy()
        self._say_again: Alarms[NodeId] = Alarms()
        """When an offer is to say that a pause lasts a minute less."""

    # --- what is heard -------------------------------------------------------------------------------

    def agent_up(self, peer: Identity, now: float) -> Sequence[Effect]:
        """A link to somebody; an agent is offered from now on."""
        if Role.AGENT not in peer.roles or Role.SUPERVISOR not in self._me.roles:
            return []
        return self._put(Agent(identity=peer, online=True), now)

    def agent_down(self, peer: NodeId, now: float) -> Sequence[Effect]:
        """The agent stays on offer, with the reason why not."""
        agent = self._agents.get(peer)
        return [] if agent is None else self._put(Agent(identity=agent.identity, online=False), now)

    def presence(self, peer: Identity, message: Presence, now: float) -> Sequence[Effect]:
        """What the agent's node tells of its screen."""
        if (known := self._agents.get(peer.node)) is None:
            return []
        agent = Agent(
            identity=peer,
            online=True,
            displays=message.displays,
            locked=message.locked,
            error=message.screen_error,
            unmaskable=message.unmaskable,
            paused_until=known.paused_until,
        )
        return self._put(agent, now)

    def paused(self, peer: Identity, message: WatchingPaused, now: float) -> Sequence[Effect]:
        """The agent has paused being watched, or has not any more."""
        if (known := self._agents.get(peer.node)) is None:
            return []
        until = now + message.left if message.left else None
        return self._put(msgspec.structs.replace(known, paused_until=until), now)

    def ruled(self, policy: Policy, now: float) -> Sequence[Effect]:
        """Another policy: every offer may be another."""
        self._policy = policy
        return [effect for agent in list(self._agents.values()) for effect in self._put(agent, now)]

    def deadline(self) -> float | None:
        return self._say_again.next()

    def on_deadline(self, now: float) -> Sequence[Effect]:
        return [effect for node in self._say_again.due(now) for effect in self._put(self._agents[node], now)]

    # --- what is offered -----------------------------------------------------------------------------

    def find(self, text: str) -> Agent:
        """Raises UnknownAgent, AmbiguousAgent."""
        return self._agents[the_agent((each.identity for each in self._agents.values()), text).node]

    def displays_of(self, node: NodeId) -> Displays:
        """As its node told them last."""
        return self._agents[node].displays

    def why_not(self, agent: Agent, reason: str, now: float) -> LanassistError | None:
        """What stands against a glance that would begin now, as far as is known here."""
        return self._refusal(agent, now) or unexplained("glance", self._policy, reason)

    def _refusal(self, agent: Agent, now: float) -> LanassistError | None:
        name = agent.identity.name
        if refusal := self._me.why_not_grant(Grant.GLANCE):
            return refusal
        if not agent.online:
            return Offline(agent=name, since="")
        if ruled := forbidden("glance", self._policy) or paused(name, agent.paused_until, now):
            return ruled
        if agent.locked:
            return ScreenLocked(agent=name)
        if agent.unmaskable:
            return ScreenUnmaskable(why=agent.error)
        if agent.error or not agent.displays:
            return ScreenUnavailable(why=agent.error or f"{name} has no display")
        return None

    def _put(self, agent: Agent, now: float) -> Sequence[Effect]:
        node = agent.identity.node
        self._agents[node] = agent
        self._say_again.cancel(node)
        if (again := another_word_at(agent.paused_until, now)) is not None:
            self._say_again.set(node, again)
        offer = Offer(
            node=node,
            refusal=Refusal.of(self._refusal(agent, now)),
            displays=agent.displays,
            reason_required=self._policy.reason_required,
            asks=self._policy.glance == "ask",
        )
        return [Publish(OFFERS, node, offer)]
