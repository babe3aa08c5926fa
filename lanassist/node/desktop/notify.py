"""Notices on the desktop, through org.freedesktop.Notifications on the session bus.

A desktop without a bus or without anybody who shows notices is none that fails: there is just no notice.
"""

import html
import logging
from collections.abc import Mapping
from typing import Any, Final

import trio
from jeepney import DBusAddress, new_method_call

from lanassist.node.desktop.bus import BusMissing, ask, connect, session_bus

SERVER: Final = DBusAddress(
    "/org/freedesktop/Notifications", "org.freedesktop.Notifications", "org.freedesktop.Notifications"
)
PATIENCE: Final = 5.0
"""Seconds until a server that does not answer is left alone."""
FAREWELL: Final = 1.0
"""Seconds that a node which shuts down gives the server to take lasting notices down."""
KEPT: Final = 64
"""Keys whose last notice is known, so that the next one takes its place."""
TEXT: Final = 400
"""Characters of one text."""
USUAL: Final = -1
NEVER: Final = 0
"""After how many milliseconds a notice goes by itself: as the desktop likes, or not at all."""
_log = logging.getLogger(__name__)


class DesktopNotices:
    """Shows notices on this desktop, over a connection that is closed again."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._address = session_bus(environ)
        self._last: dict[str, int] = {}
        self._lasting: set[str] = set()

    async def show(self, key: str, summary: str, body: str, *, lasting: bool = False) -> bool:
        """Show it in the place of an earlier one of the same key; whether it was shown. Never fails.

        A lasting one stays until it is withdrawn or clicked away.
        """
        if not self._address:
            return False
        try:
            with trio.fail_after(PATIENCE):
                async with await connect(self._address) as connection:
                    shown = await self._show(connection, key, summary, body, lasting)
        except (BusMissing, trio.TooSlowError):
            shown = None
        if shown is None:
            _log.info("nobody shows notices on this desktop")
            return False
        self._remember(key, shown, lasting)
        return True

    async def withdraw(self, key: str) -> None:
        """Take down what was shown under that key, if it is still there. Never fails."""
        shown = self._last.pop(key, 0)
        self._lasting.discard(key)
        if not shown:
            return
        try:
            with trio.fail_after(PATIENCE):
                async with await connect(self._address) as connection:
                    await ask(connection, new_method_call(SERVER, "CloseNotification", "u", (shown,)))
        except (BusMissing, trio.TooSlowError):
            _log.info("a notice could not be taken down")

    async def close(self) -> None:
        """Take down what would stay for ever: nobody is left to withdraw it."""
        with trio.move_on_after(FAREWELL, shield=True):
            for key in sorted(self._lasting):
                await self.withdraw(key)

    async def _show(self, connection: Any, key: str, summary: str, body: str, lasting: bool) -> int | None:
        """The server's number of it; None: it shows none."""
        capabilities = await ask(connection, new_method_call(SERVER, "GetCapabilities"))
        marked_up = isinstance(capabilities, list) and "body-markup" in capabilities
        text = html.escape(plain(body), quote=False) if marked_up else plain(body)
        fields: tuple[Any, ...] = (
            "lanassist",
            self._last.get(key, 0),
            "",
            plain(summary),
            text,
            [],
            {"urgency": ("y", 1), "category": ("s", "presence")},
            NEVER if lasting else USUAL,
        )
        shown = await ask(connection, new_method_call(SERVER, "Notify", "susssasa{sv}i", fields))
        return shown if isinstance(shown, int) else None

    def _remember(self, key: str, shown: int, lasting: bool) -> None:
        self._last.pop(key, None)
        self._last[key] = shown
        self._lasting.discard(key)
        if lasting:
            self._lasting.add(key)
        while len(self._last) > KEPT:
            oldest = next(iter(self._last))
            del self._last[oldest]
            self._lasting.discard(oldest)


def plain(text: str) -> str:
    """Text from people on one line, without what could act on or reorder what is around it."""
    return "".join(each if each.isprintable() else " " for each in text)[:TEXT]
