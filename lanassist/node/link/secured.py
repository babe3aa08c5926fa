"""The TLS handshake, done by ourselves and before anything else is said.

trio.SSLStream drops the alert of a failed server-side handshake, so that a dialler with a bad certificate
would never learn why. Here the alert is kept, sent, and given time to arrive.
"""

import ssl
from typing import cast

import trio

from lanassist.node.link.transport import Transport
from lanassist.node.protocol import limits
from lanassist.node.trust.tls_failures import tls_error_in


class HandshakeFailed(Exception):
    """TLS could not be set up with this peer. ``cause`` is what OpenSSL said; None: the bytes ended."""

    def __init__(self, cause: ssl.SSLError | None) -> None:
        self.cause = cause
        super().__init__(str(cause or "the connection ended during the TLS handshake"))


class SecuredStream(trio.abc.Stream):
    """An SSLStream that remembers the TLS error that broke it (a late alert, say)."""

    def __init__(self, tls: trio.SSLStream[Transport]) -> None:
        self._tls = tls
        self.failure: ssl.SSLError | None = None

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        try:
            return await self._tls.receive_some(max_bytes)
        except trio.BrokenResourceError as error:
            self.failure = _tls_error(error)
            raise

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        await self._tls.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        await self._tls.wait_send_all_might_not_block()

    async def aclose(self) -> None:
        await self._tls.aclose()


class _KeepingContext:
    """Lends SSLStream a context and keeps hold of the buffer in which alerts are left behind."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self.outgoing = ssl.MemoryBIO()

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
    ) -> ssl.SSLObject:
        self.outgoing = outgoing
        self.ssl_object = self._context.wrap_bio(incoming, outgoing, server_side, server_hostname)
        return self.ssl_object


async def secure(
    transport: Transport, context: ssl.SSLContext, *, server_side: bool
) -> tuple[SecuredStream, ssl.SSLObject]:
    """Shake hands over ``transport``. Raises HandshakeFailed, after telling the peer why.

    The caller sets the deadline.
    """
    keeping = _KeepingContext(context)
    tls = trio.SSLStream(transport, cast("ssl.SSLContext", keeping), server_side=server_side)
    try:
        await tls.do_handshake()
    except trio.BrokenResourceError as error:
        if alert := keeping.outgoing.read():
            await _send_last_words(transport, alert)
        raise HandshakeFailed(_tls_error(error)) from None
    return SecuredStream(tls), keeping.ssl_object


async def _send_last_words(transport: Transport, alert: bytes) -> None:
    """Send the alert and read on for a moment: closing over unread bytes would reset it away."""
    with trio.move_on_after(limits.CLOSE_DEADLINE):
        try:
            await transport.send_all(alert)
            await transport.send_eof()
            while await transport.receive_some():
                pass
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            pass


def _tls_error(error: BaseException) -> ssl.SSLError | None:
    cause = tls_error_in(error)
    return None if isinstance(cause, ssl.SSLEOFError) else cause
