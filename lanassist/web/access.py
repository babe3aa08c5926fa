"""Who may talk to the local page: decisions only, no I/O.

The CLI shows the API token, which only the user's own account can read. A browser is signed in by a
one-time code that the CLI asked for, exchanged for a cookie. Every request must name this page's own
host, and every request that can change or stream anything must come from this page's own origin.
"""

import hmac
import secrets
from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from lanassist.node.errors import ForeignOrigin, LanassistError, LocalAccessDenied

LAUNCH_CODE_LIFE: Final = 120.0
LAUNCH_CODES: Final = 64
BROWSER_SESSIONS: Final = 64
PUBLIC_PREFIXES: Final = ("/static/", "/launch")
PAGE_PATHS: Final = ("/supervisor", "/agent")


class Launch(msgspec.Struct, frozen=True):
    path: str
    until: float


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What of a request decides about it. Headers that came twice are not merged but refused."""

    method: str
    path: str
    host: tuple[str, ...]
    origin: tuple[str, ...]
    authorization: tuple[str, ...] = ()
    cookies: tuple[str, ...] = ()
    websocket: bool = False


class Access:
    """The node's one token, its launch codes and its signed-in browsers."""

    def __init__(
        self, clock: Callable[[], float], new_secret: Callable[[], str] = lambda: secrets.token_urlsafe(32)
    ) -> None:
        self._clock = clock
        self._new_secret = new_secret
        self.token = new_secret()
        self.authority = ""
        """``127.0.0.1:port``, known once the page's socket is bound."""
        self._launches: dict[str, Launch] = {}
        self._browsers: dict[str, list[Callable[[], object]]] = {}

    @property
    def origin(self) -> str:
        return f"http://{self.authority}"

    @property
    def cookie_name(self) -> str:
        """Cookies ignore ports, so two nodes on one machine must not share a name."""
        return f"lanassist-{self.authority.rpartition(':')[2]}"

    def launch(self, path: str) -> str:
        """A one-time address that signs a browser in and shows ``path``."""
        if len(self._launches) >= LAUNCH_CODES:
            self._launches.pop(next(iter(self._launches)))
        code = self._new_secret()
        self._launches[code] = Launch(path, self._clock() + LAUNCH_CODE_LIFE)
        return f"{self.origin}/launch?code={code}"

    def exchange(self, code: str) -> tuple[str, str]:
        """The path and a new cookie for a launch code. Raises LocalAccessDenied if it is used up or old."""
        launch = self._launches.pop(code, None)
        if launch is None or launch.until < self._clock():
            raise LocalAccessDenied
        if len(self._browsers) >= BROWSER_SESSIONS:
            self.sign_out(next(iter(self._browsers)))
        cookie = self._new_secret()
        self._browsers[cookie] = []
        return launch.path, cookie

    def why_not(self, request: Request) -> LanassistError | None:
        """The refusal of a request, or None."""
        if request.host != (self.authority,):
            return ForeignOrigin(origin=f"the host name “{' '.join(request.host) or 'none'}”")
        must_tell_origin = request.websocket or request.method not in ("GET", "HEAD")
        if request.origin != (self.origin,) and (request.origin or must_tell_origin):
            return ForeignOrigin(origin=" ".join(request.origin) or "nowhere that it names")
        if request.path.startswith(PUBLIC_PREFIXES) or self._signed_in(request):
            return None
        return LocalAccessDenied()

    def _signed_in(self, request: Request) -> bool:
        return self.browser(request.cookies) is not None or (
            len(request.authorization) == 1
            and hmac.compare_digest(request.authorization[0].encode(), f"Bearer {self.token}".encode())
        )

    def browser(self, cookies: Iterable[str]) -> str | None:
        """The signed-in browser that one of the Cookie headers names."""
        for header in cookies:
            for pair in header.split(";"):
                name, _, value = pair.strip().partition("=")
                if name == self.cookie_name and value in self._browsers:
                    return value
        return None

    def hang_up_at_sign_out(self, browser: str | None, hang_up: Callable[[], object]) -> Callable[[], None]:
        """Have a WebSocket closed when its browser is signed out; the result takes that back."""
        hangups = self._browsers.get(browser or "", [])
        hangups.append(hang_up)
        return lambda: hangups.remove(hang_up) if hang_up in hangups else None

    def sign_out(self, browser: str) -> None:
        """Forget a browser and close its WebSockets."""
        for hang_up in self._browsers.pop(browser, []):
            hang_up()

    def sign_everybody_out(self) -> None:
        """This node's certificate was revoked: nobody works through it any more."""
        for browser in list(self._browsers):
            self.sign_out(browser)
        self._launches.clear()
