"""The engine's way out. What fits into the pipe goes at once; a thread writes what does not, so that no sound
thread ever waits for the node.
"""

import os
import select
import threading
from collections import deque
from typing import Final

from lanassist.node.sound.base import Event
from lanassist.node.sound.pipes import FromEngine, Packed, Told, frame

PACKETS: Final = 10
"""Packets (200 ms) that wait for a node that does not read; the oldest go first."""
WORDS: Final = 256
"""Answers and events that wait."""
AT_ONCE: Final = getattr(select, "PIPE_BUF", 0)
"""Bytes that a pipe takes whole or not at all."""


class Outbox:
    """Takes messages from any thread."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._news = threading.Condition()
        self._packets: deque[FromEngine] = deque(maxlen=PACKETS)
        self._words: deque[FromEngine] = deque(maxlen=WORDS)
        self._writing = False
        """Whether the thread is in the middle of a message."""
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)

    def start(self) -> None:
        """Begin to write; it ends with the process, or when nobody reads any more."""
        if AT_ONCE:
            os.set_blocking(self._descriptor, False)
        self._thread.start()

    def say(self, message: FromEngine) -> None:
        """An answer or an event."""
        self._pass_on(message, self._words)

    def tell(self, event: Event) -> None:
        """An event."""
        self.say(Told(event=event))

    def send(self, packet: bytes) -> None:
        """A packet of sound."""
        self._pass_on(Packed(packet=packet), self._packets)

    def _pass_on(self, message: FromEngine, queue: deque[FromEngine]) -> None:
        with self._news:
            if self._writing or self._words or self._packets or not self._goes_at_once(frame(message)):
                queue.append(message)
                self._news.notify()

    def _goes_at_once(self, data: bytes) -> bool:
        if len(data) > AT_ONCE:
            return False
        try:
            return os.write(self._descriptor, data) == len(data)
        except OSError:
            return False  # full; or the node is gone, as the thread will find

    def _run(self) -> None:
        try:
            while True:
                data = memoryview(frame(self._next()))
                while data:
                    data = data[self._write(data) :]
                self._writing = False
        except OSError:
            return  # the node is gone; its end of the other pipe says so too

    def _write(self, data: memoryview) -> int:
        """As much as fits, when something does."""
        while True:
            try:
                return os.write(self._descriptor, data)
            except BlockingIOError:
                select.select((), (self._descriptor,), ())

    def _next(self) -> FromEngine:
        with self._news:
            while not self._words and not self._packets:
                self._news.wait()
            self._writing = True
            return (self._words or self._packets).popleft()
