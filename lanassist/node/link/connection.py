"""An open channel to a peer that is known: what both sides of the handshake hand on."""

from dataclasses import dataclass

from lanassist.node.link.channel import Channel
from lanassist.node.link.transport import Transport
from lanassist.node.protocol.messages import NodeId, Version
from lanassist.node.trust.identity import Identity

Address = tuple[str, int]
"""Host and port."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Connection:
    """Authenticated, agreed upon a version, ready for messages in both directions.

    ``address`` is where this peer can be dialled: what we dialled, or its address with the port that it
    says it listens on (0 if it does not).
    """

    identity: Identity
    instance: str
    version: Version
    dialled: bool
    address: Address
    channel: Channel
    transport: Transport

    @property
    def node(self) -> NodeId:
        return self.identity.node
