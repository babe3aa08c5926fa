"""One connection to an X server, for one thread at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import trio
import xcffib
import xcffib.xproto


class DisplayGone(Exception):
    """The X server does not answer, or not any more."""


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except xcffib.XcffibException as error:
        raise DisplayGone(str(error)) from error


class XConnection:
    """Requests block until they are answered. Everything may raise DisplayGone."""

    def __init__(self, display: str) -> None:
        with _reaching():
            self.x = xcffib.connect(display=display)
            screens = self.x.get_setup().roots
        if self.x.pref_screen >= len(screens):
            raise DisplayGone(f"no screen {self.x.pref_screen}")
        self.root: int = screens[self.x.pref_screen].root

    def extension(self, key: Any, major: int, minor: int) -> Any | None:
        """An extension, ready for use; None if the server has none of that name and version."""
        try:
            extension = self.x(key)
            version = extension.QueryVersion(major, minor).reply()
        except xcffib.ConnectionException as error:
            raise DisplayGone(str(error)) from error
        except xcffib.XcffibException:
            return None
        found = (version.major_version, version.minor_version)
        return extension if found >= (major, minor) else None

    def reply(self, cookie: Any) -> Any:
        """The answer to a request."""
        with _reaching():
            return cookie.reply()

    def answer(self, cookie: Any) -> Any | None:
        """The answer to a request; None if the server refuses it, as it does about a window that is gone."""
        try:
            return cookie.reply()
        except xcffib.Error:
            return None
        except xcffib.XcffibException as error:
            raise DisplayGone(str(error)) from error

    def sync(self) -> None:
        """Until the server has handled every request so far."""
        with _reaching():
            self.x.core.GetInputFocus().reply()

    def events(self) -> Iterator[Any]:
        """The events that are here already."""
        while True:
            try:
                event = self.x.poll_for_event()
            except xcffib.ConnectionException as error:
                raise DisplayGone(str(error)) from error
            except xcffib.Error:
                continue  # of a request whose failure nobody minds
            if event is None:
                return
            yield event

    async def readable(self) -> None:
        """Until the server has sent something, or is gone. Look at ``events`` first."""
        with _reaching():
            descriptor = self.x.get_file_descriptor()
        await trio.lowlevel.wait_readable(descriptor)

    def close(self) -> None:
        self.x.disconnect()
