"""What waits to be written to one peer. Bounded in messages and in bytes; full means the peer is too slow."""

from collections import deque

import trio

from lanassist.node.protocol import limits


class Outbox:
    """Encoded messages in order of posting."""

    def __init__(self, messages: int = limits.OUTBOX_MESSAGES, size: int = limits.OUTBOX_BYTES) -> None:
        self._messages = messages
        self._size = size
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._news = trio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, data: bytes) -> bool:
        """Queue one message; False, and nothing queued, if it is full."""
        if len(self._waiting) >= self._messages or self._bytes + len(data) > self._size:
            return False
        self._waiting.append(data)
        self._bytes += len(data)
        self._news.set()
        return True

    async def get(self) -> bytes:
        """The oldest message, waiting for one."""
        while not self._waiting:
            self._news = trio.Event()
            await self._news.wait()
        data = self._waiting.popleft()
        self._bytes -= len(data)
        return data
