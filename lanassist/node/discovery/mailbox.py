"""The way from zeroconf's threads into trio: bounded, and never a queue."""

import contextlib
import threading

import trio

from lanassist.node.protocol.limits import KNOWN_NAMES


class Mailbox:
    """Names of which there is news. Filled by any thread, emptied by one trio task.

    It holds one entry a name, the newest, and at most ``cap`` names; others are dropped, so that a flood
    costs neither memory nor the trio loop's time.
    """

    def __init__(self, token: trio.lowlevel.TrioToken, cap: int = KNOWN_NAMES) -> None:
        self._token = token
        self._cap = cap
        self._lock = threading.Lock()
        self._waiting: dict[str, bool] = {}
        self._news = trio.Event()

    def put(self, name: str, gone: bool) -> None:
        """Note that ``name`` came or changed, or that it went."""
        with self._lock:
            if name not in self._waiting and len(self._waiting) >= self._cap:
                return
            first = not self._waiting
            self._waiting[name] = gone
        if first:  # whoever comes after finds the reader woken already
            with contextlib.suppress(trio.RunFinishedError):
                self._token.run_sync_soon(self._wake)

    def _wake(self) -> None:
        self._news.set()

    async def take(self) -> dict[str, bool]:
        """Wait for news; every name that has some, with whether it went."""
        while True:
            self._news = trio.Event()
            with self._lock:
                names, self._waiting = self._waiting, {}
            if names:
                await trio.lowlevel.checkpoint()
                return names
            await self._news.wait()
