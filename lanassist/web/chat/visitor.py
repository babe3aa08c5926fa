"""Who a browser is: a secret in its cookie, and the client's id that follows from it. Pure.

The id is a hash of the secret. So a client can name no conversation but its own, whoever sees the id
(agents, supervisors, block lists) learns nothing that opens one, and nothing needs to be kept.
"""

import hashlib
import re
from collections.abc import Iterable
from typing import Final

from lanassist.web.chat import bounds

SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")
"""256 bits, as ``secrets.token_urlsafe(32)`` writes them."""
_PURPOSE: Final = b"lanassist chat client 1\0"


class Cookie:
    """The cookie of one listener. Cookies ignore ports, so its name holds the port."""

    def __init__(self, port: int, *, secure: bool) -> None:
        self.name = f"{'__Host-' if secure else ''}lanassist-chat-{port}"
        self._secure = secure

    def secret(self, headers: Iterable[str]) -> str | None:
        """The secret in a request's Cookie headers; None if there is none, or more than one."""
        pairs = (pair.strip().partition("=") for header in headers for pair in header.split(";"))
        found = {value for name, _, value in pairs if name == self.name}
        if len(found) != 1 or not SECRET.fullmatch(secret := found.pop()):
            return None
        return secret

    def setting(self, secret: str) -> str:
        """The Set-Cookie header that gives a browser its secret."""
        rest = f"Path=/; Max-Age={bounds.COOKIE_SECONDS}; HttpOnly; SameSite=Strict"
        return f"{self.name}={secret}; {rest}{'; Secure' if self._secure else ''}"


def client_of(secret: str) -> str:
    """The client's id, as a block names it."""
    return f"c{hashlib.sha256(_PURPOSE + secret.encode()).hexdigest()[:32]}"
