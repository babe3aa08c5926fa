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
KEPT: Final = 64
"""Keys whose last notice is known, so that the next one takes its place."""
TEXT: Final = 400
"""Characters of one text."""
_log = logging.getLogger(__name__)


class DesktopNotices:
    """Shows notices on this desktop, over a connection that is closed again."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._address = session_bus(environ)
        self._last: dict[str, int] = {}

    async def show(self, key: str, summary: str, body: str) -> None:
        """Show it in the place of an earlier one of the same key. Never fails."""
        if not self._address:
            return
        try:
            with trio.fail_after(PATIENCE):
                async with await connect(self._address) as connection:
                    await self._show(connection, key, summary, body)
        except (BusMissing, trio.TooSlowError):
            _log.info("nobody shows notices on this desktop")

    async def _show(self, connection: Any, key: str, summary: str, body: str) -> None:
        capabilities = await ask(connection, new_method_call(SERVER, "GetCapabilities"))
        marked_up = isinstance(capabilities, list) and "body-markup" in capabilities
        text = html.escape(plain(body), quote=False) if marked_up else plain(body)
        fields: tuple[Any, ...] = (
            "lanassist",
            self._last.pop(key, 0),
            "",
            plain(summary),
            text,
            [],
            {"urgency": ("y", 1), "category": ("s", "presence")},
            -1,
        )
        shown = await ask(connection, new_method_call(SERVER, "Notify", "susssasa{sv}i", fields))
        if isinstance(shown, int):
            self._last[key] = shown
            while len(self._last) > KEPT:
                del self._last[next(iter(self._last))]


def plain(text: str) -> str:
    """Text from people on one line, without what could act on or reorder what is around it."""
    return "".join(each if each.isprintable() else " " for each in text)[:TEXT]
