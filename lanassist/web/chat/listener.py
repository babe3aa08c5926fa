"""The chat page's own sockets: how many connections there may be, and how long each may take."""

import errno
import logging
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, Final

import h11
import trio
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.config import Config
from hypercorn.trio.worker_context import WorkerContext
from wsproto.utilities import ProtocolError

from lanassist.node.errors import BadSetting, PortInUse
from lanassist.node.link.admission import Admission
from lanassist.node.link.transport import Transport, spelled
from lanassist.web.chat import bounds
from lanassist.web.chat.application import ABORT, HUSH, ChatPage
from lanassist.web.chat.asked import Receive, Scope, Send
from lanassist.web.connection import Connection, mend_hypercorn

_log = logging.getLogger(__name__)
_PEER_FAULTS: Final = (h11.ProtocolError, ProtocolError, OSError, trio.BrokenResourceError, ssl.SSLError)


class Customer(Transport):
    """A browser's byte stream; one that takes nothing any more is cut off."""

    def __init__(self, stream: trio.SocketStream) -> None:
        super().__init__(stream)
        self.lift()
        self.socket = stream.socket

    def hush(self) -> None:
        """From now on it has next to nothing to say."""
        self._left = bounds.HEARD_BYTES

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        with trio.move_on_after(bounds.SEND_SECONDS) as patience:
            await super().send_all(data)
        if patience.cancelled_caught:
            await self.abort()
            raise trio.BrokenResourceError("nothing was taken for too long")


class ChatListener:
    """Accepts customers. Each connection is a task of its own; what goes wrong in one ends just that one."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self._tls = context
        self._admission = Admission(bounds.CONNECTIONS_PER_ADDRESS, bounds.CONNECTIONS)
        self._config = _config()
        self._context = WorkerContext(None)
        self._port = 0
        self.address = ""
        """``https://host:port``, once it listens."""

    @staticmethod
    async def bind(host: str, port: int) -> list[trio.SocketListener]:
        """The sockets, on one port. Raises PortInUse, BadSetting."""
        try:
            return await trio.open_tcp_listeners(port, host=host or None)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortInUse(
                    port=port, host=host or "any address", setting="LANASSIST_DESK_PORT"
                ) from None
            why = f"{host}: {error.strerror or error}".lower()
            raise BadSetting(where="desk.bind", why=why) from None

    async def serve(
        self,
        app: ChatPage,
        listeners: list[trio.SocketListener],
        *,
        task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED,
    ) -> None:
        """Until cancelled."""
        mend_hypercorn()
        host, self._port = listeners[0].socket.getsockname()[:2]
        self.address = self.under(host)
        wrapped = ASGIWrapper(_quietly(app))  # type: ignore[arg-type]  # hypercorn's types are TypedDicts

        async def handle(stream: trio.SocketStream) -> None:
            await self._handle(wrapped, stream)

        async with trio.open_nursery() as nursery:
            await nursery.start(trio.serve_listeners, handle, listeners)
            task_status.started()

    def under(self, host: str) -> str:
        """The page's address by that name."""
        return f"http{'s' if self._tls else ''}://{spelled((host, self._port))}"

    async def _handle(self, app: ASGIWrapper, stream: trio.SocketStream) -> None:
        customer = Customer(stream)
        with trio.CancelScope() as scope:
            ticket = self._admission.arrive(customer.address[0], scope.cancel)
            try:
                if not await _speaks(customer):
                    return
                state: Any = {ABORT: scope.cancel, HUSH: customer.hush}
                await Connection(app, self._config, self._context, state, self._secured(customer)).run()
            except* _PEER_FAULTS as faults:
                _log.debug("connection from %s: %s", customer.address[0], faults)
            except* Exception:
                # Whatever a stranger's bytes bring about in the protocol's code ends this connection only.
                _log.exception("a customer's connection failed")
            finally:
                self._admission.leave(ticket)
                await customer.abort()

    def _secured(self, customer: Customer) -> Any:
        if self._tls is None:
            return customer
        return trio.SSLStream(customer, self._tls, server_side=True, https_compatible=True)


async def _speaks(customer: Customer) -> bool:
    """Whether it begins to say something in time. A silent socket costs no more than this."""
    with trio.move_on_after(bounds.HEAD_SECONDS):
        await customer.wait_for_a_word()
        return True
    return False


def _quietly(app: ChatPage) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """The page, for which a browser that breaks the protocol, or is gone, is no error of ours."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except* _PEER_FAULTS as faults:
            _log.debug("a customer's request: %s", faults)

    return call


def _config() -> Config:
    config = Config()
    config.accesslog = None
    config.errorlog = logging.getLogger("lanassist.web.chat")
    config.ssl_handshake_timeout = bounds.HANDSHAKE_SECONDS
    config.keep_alive_timeout = bounds.HEAD_SECONDS
    config.h11_max_incomplete_size = bounds.HEAD_BYTES
    config.websocket_max_message_size = bounds.HEARD_BYTES
    config.include_server_header = False
    return config
