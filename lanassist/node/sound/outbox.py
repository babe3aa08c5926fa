"""The engine's way out: one thread writes, so that no sound thread ever waits for the node."""

import os
import threading
from collections import deque
from typing import Final

from lanassist.node.sound.base import Event
from lanassist.node.sound.pipes import FromEngine, Packed, Told, frame

PACKETS: Final = 10
"""Packets (200 ms) that wait for a node that does not read; the oldest go first."""
WORDS: Final = 256
"""Answers and events that wait."""


class Outbox:
    """Takes messages from any thread."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._news = threading.Condition()
        self._packets: deque[FromEngine] = deque(maxlen=PACKETS)
        self._words: deque[FromEngine] = deque(maxlen=WORDS)
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)

    def start(self) -> None:
        """Begin to write; it ends with the process, or when nobody reads any more."""
        self._thread.start()

    def say(self, message: FromEngine) -> None:
        """An answer or an event."""
        with self._news:
            self._words.append(message)
            self._news.notify()

    def tell(self, event: Event) -> None:
        """An event."""
        self.say(Told(event=event))

    def send(self, packet: bytes) -> None:
        """A packet of sound."""
        with self._news:
            self._packets.append(Packed(packet=packet))
            self._news.notify()

    def _run(self) -> None:
        try:
            while True:
                data = memoryview(frame(self._next()))
                while data:
                    data = data[os.write(self._descriptor, data) :]
        except OSError:
            return  # the node is gone; its end of the other pipe says so too

    def _next(self) -> FromEngine:
        with self._news:
            while not self._words and not self._packets:
                self._news.wait()
            return (self._words or self._packets).popleft()
