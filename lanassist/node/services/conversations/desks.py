"""The desks that this node has a link to, and what clients can ask about at each."""

from lanassist.node.protocol.messages import DeskTold, NodeId
from lanassist.node.services.conversations.commands import DESKS, DeskInfo
from lanassist.node.services.decision import Decision
from lanassist.node.trust.grants import Role
from lanassist.node.trust.identity import Identity


class Desks:
    """Those that are here now."""

    def __init__(self, decision: Decision) -> None:
        self._decision = decision
        self._here: dict[NodeId, Identity] = {}
        self._told: dict[NodeId, DeskInfo] = {}

    def __contains__(self, desk: object) -> bool:
        return desk in self._here

    def name_of(self, desk: NodeId) -> str:
        """For people; the desk is here."""
        return self._here[desk].name

    def categories_of(self, desk: NodeId) -> tuple[str, ...]:
        """None: it takes any, or has not told yet."""
        info = self._told.get(desk)
        return () if info is None else info.categories

    def peer_up(self, peer: Identity) -> None:
        if Role.DESK in peer.roles:
            self._here[peer.node] = peer

    def peer_down(self, peer: NodeId) -> None:
        self._here.pop(peer, None)
        if self._told.pop(peer, None) is not None:
            self._decision.publish(DESKS, peer, None)

    def told(self, desk: NodeId, message: DeskTold) -> None:
        """It has introduced itself."""
        if desk in self._here:
            info = DeskInfo(node=desk, name=self._here[desk].name, categories=message.categories)
            self._told[desk] = info
            self._decision.publish(DESKS, desk, info)
