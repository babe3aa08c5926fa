"""This node as its peers meet it: whose certificate, which run of the program, where it listens."""

import ssl

from lanassist.node.protocol.messages import VERSION, Hello, NodeId, Version
from lanassist.node.trust.credentials import Credentials
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.revocation import Revocations
from lanassist.node.trust.tls import client_context, server_context


class Endpoint:
    """What every connection of this node has in common.

    ``instance`` is random and new at each start. ``port`` is where this node listens, 0 while it does not.
    A renewed certificate or a newer revocation list replaces the old one here, for all later connections;
    those that live already are for ``Links`` to cut.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        instance: str,
        revocations: Revocations | None = None,
        port: int = 0,
        version: Version = VERSION,
    ) -> None:
        self.instance = instance
        self.port = port
        self.version = version
        self.revocations = revocations or Revocations()
        self.renew(credentials)

    def renew(self, credentials: Credentials) -> None:
        """Use these credentials from now on; contexts are made anew, never changed."""
        self.identity: Identity = credentials.identity
        self.server: ssl.SSLContext = server_context(credentials)
        self.client: ssl.SSLContext = client_context(credentials)

    @property
    def node(self) -> NodeId:
        return self.identity.node

    def revoked(self, identity: Identity) -> bool:
        """Whether this certificate no longer counts."""
        return self.revocations.covers(identity)

    def hello(self) -> Hello:
        """The first words on a link."""
        return Hello(version=self.version, instance=self.instance, port=self.port)

    def media_hello(self, session: str, nonce: str) -> Hello:
        """The first words on a session's media channel."""
        return Hello(
            version=self.version, instance=self.instance, channel="media", session=session, nonce=nonce
        )
