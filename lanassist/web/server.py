"""The local page and API as one ASGI application, served on loopback by hypercorn on trio."""

import errno
import logging
import socket
from collections.abc import Sequence
from typing import Any, Final

import hypercorn.trio
import trio
from hypercorn.config import Config
from litestar import Litestar, Request, Response, get, post
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import Redirect
from litestar.static_files import create_static_files_router

from lanassist.node.errors import LanassistError, MissingRole, PortInUse
from lanassist.node.protocol import limits
from lanassist.node.trust.grants import Role
from lanassist.node.trust.identity import Identity
from lanassist.web import api
from lanassist.web.access import Access
from lanassist.web.connection import mend_hypercorn
from lanassist.web.guard import Guard
from lanassist.web.pages import STATIC, denied_page, page
from lanassist.web.streams import Streams

HOST: Final = "127.0.0.1"
HTML: Final = "text/html; charset=utf-8"
SUPERVISOR_PAGES: Final = {
    "/supervisor": "dashboard/supervisor.html",
    "/supervisor/agents": "monitoring/agents.html",
    "/supervisor/glance": "glance/glance.html",
    "/supervisor/popout": "glance/popout.html",
    "/supervisor/wall": "wall/wall.html",
}
AGENT_PAGES: Final = {"/agent": "agent/agent.html"}


def pages(me: Identity) -> list[HTTPRouteHandler]:
    """The page files; each opens only to a certificate with its role."""
    return [
        _page(path, name, me, role)
        for role, files in ((Role.SUPERVISOR, SUPERVISOR_PAGES), (Role.AGENT, AGENT_PAGES))
        for path, name in files.items()
    ]


def _page(path: str, name: str, me: Identity, role: Role) -> HTTPRouteHandler:
    missing: MissingRole | None = me.why_not_role(role)

    @get(path, include_in_schema=False)
    async def show() -> Response[bytes]:
        if missing is not None:
            body = denied_page("Not for this certificate", missing.text)
            return Response(body, status_code=403, media_type=HTML)
        return Response(page(name), media_type=HTML)

    return show


def launcher(access: Access) -> HTTPRouteHandler:
    """Exchanges a one-time code for a cookie, and leaves no trace of the code in the address."""

    @get("/launch", include_in_schema=False)
    async def launch(code: FromQuery[str] = "") -> Response[Any]:
        try:
            path, cookie = access.exchange(code)
        except LanassistError as error:
            text = "This address was used already or is too old. Run `lanassist open` for a fresh one."
            return Response(
                denied_page("Sign in again", text), status_code=error.http_status, media_type=HTML
            )
        answer = Redirect(path, status_code=303)
        answer.set_cookie(key=access.cookie_name, value=cookie, httponly=True, samesite="strict", path="/")
        return answer

    return launch


def signing_out(access: Access) -> HTTPRouteHandler:
    """``POST /sign-out`` forgets the browser and closes its WebSockets."""

    @post("/sign-out", status_code=204, include_in_schema=False)
    async def sign_out(request: Request[Any, Any, Any]) -> None:
        cookies = request.headers.getall("cookie", [])
        if (browser := access.browser(cookies)) is not None:
            access.sign_out(browser)

    return sign_out


def application(
    me: Identity, access: Access, streams: Streams, commands: Sequence[type[Any]], call: api.Call
) -> Guard:
    """The whole surface behind its guard."""
    app = Litestar(
        route_handlers=[
            *api.handlers(commands, call),
            *streams.handlers(),
            *pages(me),
            launcher(access),
            signing_out(access),
            create_static_files_router(path="/static", directories=[STATIC], include_in_schema=False),
        ],
        openapi_config=api.OPENAPI,
        exception_handlers={LanassistError: api.refused, HTTPException: api.malformed},
        request_max_body_size=1024 * 1024,
        logging_config=None,
    )
    return Guard(app, access)  # type: ignore[arg-type]  # Litestar narrows the ASGI types that Guard leaves open


async def serve(
    app: Guard, access: Access, port: int, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
) -> None:
    """Serve until cancelled; ``access.authority`` is set before this reports that it started.

    Raises PortInUse.
    """
    _check_free(port)
    mend_hypercorn()
    stop = trio.Event()
    finishing = trio.CancelScope(shield=True)

    async def run(task_status: trio.TaskStatus[list[str]]) -> None:
        with finishing:
            await hypercorn.trio.serve(
                app,  # type: ignore[arg-type]  # hypercorn's ASGI types are TypedDicts of each event
                _config(port),
                shutdown_trigger=stop.wait,
                task_status=task_status,
                mode="asgi",
            )

    async with trio.open_nursery() as nursery:
        bound = await nursery.start(run)
        access.authority = bound[0].removeprefix("http://")
        task_status.started()
        try:
            await trio.sleep_forever()
        finally:
            # hypercorn closes its sockets only when it is asked to stop, not when it is cancelled.
            stop.set()
            finishing.deadline = trio.current_time() + limits.CLOSE_DEADLINE


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise PortInUse(port=port, host=HOST, setting="LANASSIST_PAGE_PORT") from None


def _config(port: int) -> Config:
    config = Config()
    config.bind = [f"{HOST}:{port}"]
    config.accesslog = None
    config.errorlog = logging.getLogger("lanassist.web")
    config.graceful_timeout = 0.2
    config.websocket_max_message_size = limits.MEDIA_MESSAGE_BYTES
    config.h11_max_incomplete_size = 32 * 1024
    config.alpn_protocols = ["http/1.1"]
    config.include_server_header = False
    return config
