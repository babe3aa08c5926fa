"""The ASGI wrapper that every request passes before anything else looks at it."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote

from lanassist.node.errors import LanassistError
from lanassist.node.services.command import Refusal
from lanassist.web.access import PAGE_PATHS, Access, Request
from lanassist.web.pages import denied_page

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def security_headers(origin: str) -> list[tuple[bytes, bytes]]:
    """Headers on every answer. WebAssembly is needed for zstd; there is no inline script or style."""
    websocket = origin.replace("http:", "ws:")
    policy = "; ".join(
        [
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "worker-src 'self'",
            f"connect-src 'self' {websocket}",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


class Guard:
    """Refuses what Access refuses; passes the rest on with the security headers added."""

    def __init__(self, app: App, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        refusal = self._access.why_not(_read(scope))
        if refusal is not None:
            await self._refuse(scope, receive, send, refusal)
            return
        await self._app(scope, receive, self._with_headers(send))

    def _with_headers(self, send: Send) -> Send:
        extra = security_headers(self._access.origin)

        async def send_with_headers(event: MutableMapping[str, Any]) -> None:
            if event["type"] == "http.response.start":
                event["headers"] = [*event.get("headers", []), *extra]
            await send(event)

        return send_with_headers

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, refusal: LanassistError) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4403, "reason": refusal.code})
            return
        if scope["path"].startswith(PAGE_PATHS):
            kind, body = b"text/html; charset=utf-8", denied_page("Not signed in", refusal.text)
        else:
            import msgspec

            kind = b"application/json"
            body = msgspec.json.encode(Refusal(code=refusal.code, text=refusal.text))
        start = {
            "type": "http.response.start",
            "status": refusal.http_status,
            "headers": [(b"content-type", kind), *security_headers(self._access.origin)],
        }
        await send(start)
        await send({"type": "http.response.body", "body": body})


def _read(scope: Scope) -> Request:
    def header(name: bytes) -> tuple[str, ...]:
        return tuple(value.decode("latin-1") for key, value in scope["headers"] if key == name)

    return Request(
        method=scope.get("method", "GET"),
        path=quote(scope["path"]),
        host=header(b"host"),
        origin=header(b"origin"),
        authorization=header(b"authorization"),
        cookies=header(b"cookie"),
        websocket=scope["type"] == "websocket",
    )
