"""Which requests are for the chat page at all, and the headers on every answer. Pure.

Anybody may open the page. What acts or streams must come from the page itself: browsers tell the origin,
and the cookie is sent to nobody else's pages. The name by which it was opened must be one of its own, or
a page of somebody else could take on its address for a while (DNS rebinding) and speak with it.
"""

import ipaddress
import re
from collections.abc import Iterable
from typing import Final

from lanassist.web.chat import words
from lanassist.web.chat.words import Saying

_HOST: Final = re.compile(r"(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(?::[0-9]{1,5})?")
_POLICY: Final = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self' {websocket}",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
)
_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), display-capture=()",
    "Cache-Control": "no-store",
}


class Guard:
    """Knows by which names the page may be opened; ``*.desk.lan`` stands for one word before it."""

    def __init__(self, hosts: Iterable[str], *, secure: bool) -> None:
        self._hosts = frozenset(host.lower() for host in hosts)
        self._scheme = "https" if secure else "http"

    def why_not(
        self,
        host: tuple[str, ...],
        origin: tuple[str, ...],
        *,
        acts: bool,
        kind: tuple[str, ...] | None = None,
    ) -> Saying | None:
        """The refusal of a request by its Host, Origin and Content-Type headers, or None.

        ``acts``: it changes or streams something. ``kind``: of a POST, what its body is.
        """
        if len(host) != 1 or not self._is_own(host[0]):
            return words.MISDIRECTED
        if (origin or acts) and origin != (f"{self._scheme}://{host[0]}".lower(),):
            return words.FOREIGN
        if kind is not None and (
            len(kind) != 1 or kind[0].partition(";")[0].strip().lower() != "application/json"
        ):
            return words.MALFORMED
        return None

    def _is_own(self, host: str) -> bool:
        found = _HOST.fullmatch(host)
        if found is None:
            return False
        name = found[1].lower().strip("[]")
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name in self._hosts or f"*.{name.partition('.')[2]}" in self._hosts
        return True  # an address belongs to nobody's name, so no other page can take it on

    def headers(self, host: str) -> list[tuple[bytes, bytes]]:
        """On every answer. ``host`` is what the request named; nothing else of it is repeated."""
        safe = host if self._is_own(host) else ""
        websocket = f"{'wss' if self._scheme == 'https' else 'ws'}://{safe}" if safe else ""
        headers = {"Content-Security-Policy": _POLICY.format(websocket=websocket), **_ALWAYS}
        return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
