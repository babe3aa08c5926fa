"""The agents of whom a supervisor's node has heard, their calls, and whether each may be assisted. Pure."""

from collections.abc import Iterator

import msgspec

from lanassist.node.errors import LanassistError, Offline
from lanassist.node.protocol.messages import AssistMode, CallTold, NodeId
from lanassist.node.services.assist.commands import OFFERS, AssistOffer
from lanassist.node.services.assist.rules import lets_listen_in, why_not
from lanassist.node.services.call import Call, heard, steady
from lanassist.node.services.command import Refusal
from lanassist.node.services.decision import Decision
from lanassist.node.services.naming import the_agent
from lanassist.node.services.permission import forbidden
from lanassist.node.trust.grants import Grant, Role
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.policy import Policy


class _Agent(msgspec.Struct, frozen=True, kw_only=True):
    identity: Identity
    online: bool
    told: CallTold = CallTold()
    call: Call | None = None


class Agents:
    """Known since this node started. An offer is published whenever it changes."""

    def __init__(self, me: Identity, decision: Decision) -> None:
        self._me = me
        self._decision = decision
        self._agents: dict[NodeId, _Agent] = {}
        self._offers: dict[NodeId, AssistOffer] = {}
        self.policy = Policy()
        """As this node knows it."""

    def rule(self, policy: Policy) -> None:
        """Another policy; what is offered changes with it."""
        self.policy = policy
        for agent in list(self._agents.values()):
            self._put(agent)

    def peer_up(self, peer: Identity) -> None:
        if Role.AGENT in peer.roles and Role.SUPERVISOR in self._me.roles:
            self._put(_Agent(identity=peer, online=True))

    def peer_down(self, peer: NodeId) -> None:
        if (agent := self._agents.get(peer)) is not None:
            self._put(_Agent(identity=agent.identity, online=False))

    def told(self, peer: Identity, message: CallTold, now: float) -> None:
        """The agent's node tells how its call stands."""
        agent = self._agents.get(peer.node)
        if agent is not None:
            call = steady(agent.call, heard(message.call, now))
            self._put(_Agent(identity=peer, online=True, told=message, call=call))

    def call_of(self, agent: NodeId) -> Call | None:
        found = self._agents.get(agent)
        return None if found is None else found.call

    def offers(self) -> Iterator[AssistOffer]:
        return iter(self._offers.values())

    def why_not(self, node: NodeId, mode: AssistMode) -> LanassistError | None:
        """As far as is known here; the agent's node decides."""
        agent = self._agents[node]
        name = agent.identity.name
        if not agent.online:
            return Offline(agent=name, since="")
        if missing := self._me.why_not_grant(Grant.LISTEN):
            return missing
        return forbidden("assist", self.policy) or why_not(name, agent.told, self._me, mode)

    def find(self, text: str) -> Identity:
        """By node id, e-mail, name or the start of a name. Raises UnknownAgent, AmbiguousAgent."""
        return the_agent((each.identity for each in self._agents.values()), text)

    def _put(self, agent: _Agent) -> None:
        node, told = agent.identity.node, agent.told
        self._agents[node] = agent
        offer = AssistOffer(
            node=node,
            call=agent.call,
            listen=Refusal.of(self.why_not(node, "listen")),
            talk=Refusal.of(self.why_not(node, "talk")),
            takeover=Refusal.of(self.why_not(node, "takeover")),
            listen_in=lets_listen_in(told),
            listen_in_all=told.listen_in_all,
            listen_in_required=told.required,
            consent=told.consent,
            reason_required=self.policy.reason_required,
            holder=NodeId(told.holder) if told.holder else None,
            holder_name=told.holder_name,
        )
        if offer != self._offers.get(node):
            self._offers[node] = offer
            self._decision.publish(OFFERS, node, offer)
