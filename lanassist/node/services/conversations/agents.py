"""The agents that a supervisor's node has met, found by whatever people call them."""

from lanassist.node.errors import Offline, UnknownAgent
from lanassist.node.protocol.messages import NodeId
from lanassist.node.services.naming import the_agent
from lanassist.node.trust.grants import Role
from lanassist.node.trust.identity import Identity


class Agents:
    """Known since this node started; some of them are here now."""

    def __init__(self) -> None:
        self._known: dict[NodeId, Identity] = {}
        self._online: set[NodeId] = set()

    def peer_up(self, peer: Identity) -> None:
        if Role.AGENT in peer.roles:
            self._known[peer.node] = peer
            self._online.add(peer.node)

    def peer_down(self, peer: NodeId) -> None:
        self._online.discard(peer)

    def online(self, node: NodeId) -> bool:
        return node in self._online

    def name_of(self, node: NodeId) -> str:
        """For people."""
        return self._known[node].name if node in self._known else "the agent"

    def why_not(self, node: NodeId) -> Offline | None:
        """The refusal if nothing can be said to this agent's node."""
        return None if node in self._online else Offline(agent=self.name_of(node), since="")

    def find(self, text: str) -> Identity:
        """By node id, e-mail, name or the start of a name. Raises UnknownAgent, AmbiguousAgent."""
        return the_agent(self._known.values(), text)

    def find_online(self, text: str) -> Identity:
        """Raises Offline too."""
        agent = self.find(text)
        if refusal := self.why_not(agent.node):
            raise refusal
        return agent

    def target(self, text: str) -> str:
        """As a desk knows whom a user names: the node, if it is known here."""
        try:
            return self.find(text).node if text else ""
        except UnknownAgent:
            return text
