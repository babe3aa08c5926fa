"""All that a supervisor's node does about agents' calls and their requests for help. Pure."""

from collections.abc import Callable, Sequence

from lanassist.node.protocol.messages import (
    CallTold,
    HelpAnswered,
    HelpTold,
    Message,
    NodeId,
    SessionMessage,
)
from lanassist.node.services.alarms import Alarms
from lanassist.node.services.assist.agents import Agents
from lanassist.node.services.assist.assisting import Assisting
from lanassist.node.services.assist.commands import (
    AcceptHelp,
    CloseAssist,
    DismissHelp,
    EndTakenCall,
    FinishHelp,
    ListCalls,
    ListHelp,
    OfferList,
    ReleaseAssist,
    StartAssist,
    TakeOver,
    TalkAssist,
)
from lanassist.node.services.assist.help_requests import HelpRequests
from lanassist.node.services.base import AnyCommand, Done, Record, Ticket
from lanassist.node.services.decision import Decision
from lanassist.node.services.notices import NoticeTried
from lanassist.node.trust.grants import Role
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.policy import Policy


class SupervisorSide:
    """The agents that are known, the assists that run (``assisting``), and who wants help."""

    def __init__(
        self, me: Identity, new_id: Callable[[], str], records: Sequence[Record], decision: Decision
    ) -> None:
        self._decision = decision
        self._alarms: Alarms[tuple[str, str]] = Alarms()
        self._agents = Agents(me, decision)
        self._requests = HelpRequests(me, records, decision, self._alarms, new_id, self._agents.call_of)
        self.assisting = Assisting(decision, self._agents, new_id)

    # --- what happens --------------------------------------------------------------------------------

    def rule(self, policy: Policy) -> None:
        """The site's policy has changed."""
        self._agents.rule(policy)

    def noticed(self, event: NoticeTried) -> None:
        """The desktop was to tell of a request for help."""
        self._requests.tried(event)

    def peer_up(self, peer: Identity) -> None:
        self._agents.peer_up(peer)

    def peer_down(self, peer: NodeId, now: float) -> None:
        self._agents.peer_down(peer)
        self.assisting.peer_down(peer, now)
        self._requests.peer_down(peer, now)

    def receive(self, peer: Identity, message: Message, now: float) -> None:
        match message:
            case CallTold() if Role.AGENT in peer.roles:
                self._agents.told(peer, message, now)
            case HelpTold() if Role.AGENT in peer.roles:
                self._requests.told(peer, message, now)
            case HelpAnswered():
                self._requests.answered(peer.node, message)
            case SessionMessage():
                self.assisting.receive(peer, message, now)

    def command(self, ticket: Ticket, command: AnyCommand, now: float) -> None:
        """Raises the LanassistError that refuses it."""
        assisting = self.assisting
        match command:
            case ListCalls():
                offers, running = tuple(self._agents.offers()), assisting.running()
                self._decision.reply(ticket, OfferList(now=now, offers=offers, sessions=running))
            case StartAssist():
                assisting.start(ticket, command, now)
            case TalkAssist(session=session, agent=agent):
                assisting.change(ticket, session, agent, "talk", now)
            case ReleaseAssist(session=session, agent=agent):
                assisting.change(ticket, session, agent, "listen", now)
            case TakeOver(session=session, agent=agent):
                assisting.change(ticket, session, agent, "takeover", now)
            case EndTakenCall(session=session, agent=agent):
                assisting.end_call(ticket, session, agent)
            case CloseAssist():
                assisting.close(ticket, command, now)
            case ListHelp():
                self._decision.reply(ticket, self._requests.list(now))
            case AcceptHelp(agent=agent) | FinishHelp(agent=agent):
                self._requests.ask(ticket, self._agents.find(agent), command, now)
            case DismissHelp(agent=agent):
                self._requests.dismiss(self._agents.find(agent))
                self._decision.reply(ticket, Done())

    # --- time ----------------------------------------------------------------------------------------

    def deadline(self) -> float | None:
        times = (self._alarms.next(), self.assisting.supervision.deadline())
        return min([each for each in times if each is not None], default=None)

    def on_deadline(self, now: float) -> None:
        for kind, key in self._alarms.due(now):
            if kind == "unheard":
                self._requests.unheard(key)
            else:
                self._requests.late(key)
        self.assisting.told(self.assisting.supervision.on_deadline(now), now)
