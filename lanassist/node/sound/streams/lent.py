"""A stream that its keeper's thread opens and closes, and another thread uses in between.

So one thread can serve several streams in one go, and none of them can make it wait: opening, and trying
again what is lost, stays with the keeper.
"""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from lanassist.node.sound.streams.base import StreamLost
from lanassist.node.sound.streams.keeper import Stream

StreamT = TypeVar("StreamT", bound=Stream)
AnswerT = TypeVar("AnswerT")


class Lent(Generic[StreamT]):
    """At most one stream at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stream: StreamT | None = None
        self._back = threading.Event()
        self._lost = False

    def lend(self, stream: StreamT) -> None:
        """By the keeper: until it is lost, or taken back. Raises StreamLost."""
        with self._lock:
            self._stream, self._lost = stream, False
        self._back.wait()
        with self._lock:
            self._stream = None
            self._back.clear()
            if self._lost:
                raise StreamLost("while it was lent")

    def take_back(self) -> None:
        """``lend`` returns."""
        self._back.set()

    def use(self, what: Callable[[StreamT], AnswerT]) -> AnswerT | None:
        """What ``what`` says of the stream; None while there is none."""
        with self._lock:
            if self._stream is None:
                return None
            try:
                return what(self._stream)
            except StreamLost:
                self._stream, self._lost = None, True
                self._back.set()
                return None
