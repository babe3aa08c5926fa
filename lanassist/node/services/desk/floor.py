"""The floor: the agents as the desk sees them, from their own words about their load."""

from collections.abc import Iterator, Mapping

from lanassist.node.errors import Absent, AtCapacity, LanassistError, Offline, UnknownAgent
from lanassist.node.protocol.messages import Load, NodeId
from lanassist.node.services.desk.routing import Candidate
from lanassist.node.services.naming import the_agent
from lanassist.node.trust.identity import Identity


class Agent:
    """One agent with a link to this desk, or who had one."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.online = True
        self.load: Load | None = None
        self.idle_since = 0.0
        self.reconciled = False
        """Its holdings were compared since the link came up; before that it is told nothing."""
        self.doubtful = False
        """It did not do what its load promised; not chosen until it tells a new one."""
        self.offers: set[str] = set()
        """Made by this desk and not answered yet."""

    def take_load(self, load: Load, now: float) -> None:
        """Its own word, unless it is older than what is known."""
        known = self.load
        if known is not None and known.boot == load.boot and known.number > load.number:
            return
        self.load = load
        self.idle_since = now - load.idle_age

    def why_not(self) -> LanassistError | None:
        """Why it cannot take a client, as far as is known here; it decides again when it is asked."""
        name, load = self.identity.name, self.load
        if not self.online or load is None:
            return Offline(agent=name, since="")
        if not load.available:
            return Absent(agent=name, why=load.reason or "on break")
        if load.active >= load.total:
            return AtCapacity(agent=name, active=load.active, total=load.total)
        return None

    def candidate(self) -> Candidate | None:
        """For routing; None if there is no use in asking."""
        load = self.load
        if load is None or not self.reconciled or self.doubtful or self.why_not() is not None:
            return None
        return Candidate(
            node=self.identity.node,
            teams=self.identity.teams,
            free=load.total - load.active - len(self.offers),
            idle_since=self.idle_since,
        )


class Floor:
    """All agents that this desk has met in this run."""

    def __init__(self, teams: Mapping[str, str]) -> None:
        self._teams = teams
        self._agents: dict[NodeId, Agent] = {}

    def team_of(self, category: str) -> str:
        """The team that serves a category; empty: any."""
        return self._teams.get(category, "")

    def up(self, peer: Identity) -> Agent:
        agent = Agent(peer)
        self._agents[peer.node] = agent
        return agent

    def down(self, node: NodeId) -> Agent | None:
        """The agent that has lost its link, if it was one."""
        agent = self._agents.get(node)
        if agent is not None:
            agent.online = agent.reconciled = False
            agent.load = None
        return agent

    def __iter__(self) -> Iterator[Agent]:
        return iter(self._agents.values())

    def get(self, node: NodeId) -> Agent | None:
        return self._agents.get(node)

    def online(self, node: NodeId) -> bool:
        agent = self._agents.get(node)
        return agent is not None and agent.online

    def name_of(self, node: NodeId) -> str:
        """For people: the name in the certificate, or the node's id if it was not met yet."""
        agent = self._agents.get(node)
        return node if agent is None else agent.identity.name

    def why_not(self, node: NodeId) -> LanassistError | None:
        """Why this agent cannot take a client."""
        agent = self._agents.get(node)
        return Offline(agent=node, since="") if agent is None else agent.why_not()

    def resolve(self, text: str) -> NodeId:
        """The agent that is meant by a node id, an e-mail address, a name or its beginning.

        Raises AmbiguousAgent. What fits nobody is taken for the id of a node that is not there.
        """
        if not text or text in self._agents:
            return NodeId(text)
        try:
            return the_agent((agent.identity for agent in self._agents.values()), text).node
        except UnknownAgent:
            return NodeId(text)

    def candidates(self) -> Iterator[Candidate]:
        """Whom routing may choose from."""
        for agent in self._agents.values():
            if (candidate := agent.candidate()) is not None:
                yield candidate
