"""The listening side: from a bare socket to a link or a media channel, or to a refusal that says why."""

import errno
import logging
import math
from dataclasses import dataclass

import trio

from lanassist.node.errors import (
    BadSetting,
    CertificateRefused,
    PeerCertificateInvalid,
    PortInUse,
    TooBusy,
    VersionMismatch,
)
from lanassist.node.link.admission import Admission, Ticket
from lanassist.node.link.channel import ChannelClosed, accepted
from lanassist.node.link.connection import Connection
from lanassist.node.link.endpoint import Endpoint
from lanassist.node.link.links import Links
from lanassist.node.link.media import MediaChannel
from lanassist.node.link.secured import HandshakeFailed, secure
from lanassist.node.link.transport import Transport
from lanassist.node.protocol import limits
from lanassist.node.protocol.codec import MalformedMessage
from lanassist.node.protocol.handshake import Handshake, Side, spoken
from lanassist.node.protocol.messages import Hello, Refusal, Welcome
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.tls import peer_identity

_log = logging.getLogger(__name__)
_PEER_FAULTS = (
    HandshakeFailed,
    ChannelClosed,
    MalformedMessage,
    trio.BrokenResourceError,
    trio.ClosedResourceError,
)


@dataclass(frozen=True)
class _Knock:
    """Who knocks: a verified identity, or why the certificate is not acceptable after all."""

    identity: Identity | None
    fault: str = ""


class Listener:
    """Accepts connections for ``links``. Each one is a task of its own; none can slow the others."""

    def __init__(self, endpoint: Endpoint, links: Links, admission: Admission | None = None) -> None:
        self._endpoint = endpoint
        self._links = links
        self._admission = Admission() if admission is None else admission

    async def serve(
        self,
        host: str | None,
        port: int,
        *,
        task_status: trio.TaskStatus[int] = trio.TASK_STATUS_IGNORED,
    ) -> None:
        """Listen until cancelled; started with the port in use. Raises PortInUse or BadSetting."""
        try:
            listeners = await trio.open_tcp_listeners(port, host=host)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                where = host or "any address"
                raise PortInUse(port=port, host=where, setting="LANASSIST_LINK_PORT") from None
            raise BadSetting(where="link.host", why=f"{host}: {error.strerror or error}".lower()) from None
        self._endpoint.port = int(listeners[0].socket.getsockname()[1])
        async with trio.open_nursery() as nursery:
            await nursery.start(trio.serve_listeners, self.handle, listeners)
            task_status.started(self._endpoint.port)

    async def handle(self, stream: trio.abc.Stream) -> None:
        """One connection from its first byte to its end; what its peer does wrong ends just this."""
        transport = Transport(stream)
        opening = trio.CancelScope(deadline=trio.current_time() + limits.HANDSHAKE_DEADLINE)
        ticket = self._admission.arrive(transport.address[0], opening.cancel)
        try:
            with opening:
                await self._receive(transport, opening, ticket)
        except _PEER_FAULTS as fault:
            _log.debug("connection from %s: %s", transport.address[0], fault)
        finally:
            self._admission.leave(ticket)
            await transport.abort()

    async def _receive(self, transport: Transport, opening: trio.CancelScope, ticket: Ticket) -> None:
        await transport.wait_for_a_word()
        stream, finished = await secure(transport, self._endpoint.server, server_side=True)
        knock = self._look_at(finished)
        async with accepted(stream) as channel:
            handshake = Handshake(Side.LISTENER, self._endpoint.version)
            hello = handshake.hear(await channel.receive())
            assert isinstance(hello, Hello)
            answer = self._answer(knock, hello, handshake)
            await channel.send(handshake.say(answer))
            if isinstance(answer, Refusal) or knock.identity is None or handshake.version is None:
                await channel.close()
                return
            handshake.hear(await channel.receive())
            self._admission.leave(ticket)
            opening.deadline = math.inf
            transport.lift()
            connection = Connection(
                identity=knock.identity,
                instance=hello.instance,
                version=handshake.version,
                dialled=False,
                address=(transport.address[0], hello.port),
                channel=channel,
                transport=transport,
            )
            await self._keep(connection, hello)

    def _look_at(self, finished: object) -> _Knock:
        """The certificate, beyond what TLS itself checks."""
        try:
            identity = peer_identity(finished, self._endpoint.identity.site)  # type: ignore[arg-type]
        except PeerCertificateInvalid as error:
            return _Knock(None, str(error.details["why"]))
        if self._endpoint.revoked(identity):
            return _Knock(identity, "it has been revoked")
        return _Knock(identity)

    def _answer(self, knock: _Knock, hello: Hello, handshake: Handshake) -> Welcome | Refusal:
        """The one decision about a newcomer."""
        if handshake.version is None:
            return self._refusal(VersionMismatch.code, f"this node speaks {spoken(self._endpoint.version)}")
        if knock.identity is None or knock.fault:
            return self._refusal(CertificateRefused.code, knock.fault)
        if self._links.full:
            return self._refusal(TooBusy.code, "no room for another connection")
        if hello.channel == "media":
            if not self._links.door.admit(knock.identity.node, hello.session, hello.nonce):
                return self._refusal("media-refused", "No such channel is expected here.")
        elif knock.identity.node == self._endpoint.node:
            return self._refusal("own-node", "That is this node's own certificate.")
        elif not self._links.wants(knock.identity, hello.instance, dialled=False):
            return self._refusal("already-linked", "There is a link between the two already.")
        return Welcome(version=self._endpoint.version, instance=self._endpoint.instance)

    def _refusal(self, code: str, text: str) -> Refusal:
        return Refusal(version=self._endpoint.version, code=code, text=text[: limits.REASON_LENGTH])

    async def _keep(self, connection: Connection, hello: Hello) -> None:
        if hello.channel == "link":
            await self._links.hold(connection)
            return
        channel = MediaChannel(connection, hello.session)
        if self._links.door.deliver(channel):
            await self._links.hold_media(channel)
