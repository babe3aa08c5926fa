"""Keeps one stream going on a thread of its own: opens it, moves blocks, and opens it again when it is lost.

What is lost is told as a fault, and again when it works. A device that was named is never replaced by
another, so that a customer's voice does not come out of a loudspeaker by itself.
"""

import threading
from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

from lanassist.node.errors import (
    NoSoundServer,
    SoundDeviceLost,
    SoundServerLost,
    SoundUnavailable,
    UnknownSoundDevice,
)
from lanassist.node.sound.base import Fault, fault
from lanassist.node.sound.sources.base import Tell
from lanassist.node.sound.streams.base import StreamLost

AGAIN: Final = 0.25
"""Seconds between two tries to open what was lost."""
FILLED: Final = 2
"""Blocks; no more than any stream's queue swallows at once."""
FLOWING: Final = 5
"""Blocks; more than a stream's queue swallows at once."""
SOON: Final = 4.0
"""Seconds."""
JOIN: Final = 0.5
"""Seconds that a thread is waited for; one that hangs in a sound server's call is left behind."""


class Stream(Protocol):
    def close(self) -> None: ...


StreamT = TypeVar("StreamT", bound=Stream)


class Keeper(Generic[StreamT]):
    """``move`` is called again and again with the open stream; it blocks, and raises StreamLost."""

    def __init__(
        self,
        what: tuple[str, str],
        open_stream: Callable[[], StreamT],
        move: Callable[[StreamT], None],
        tell: Tell,
        interrupt: Callable[[], None] = lambda: None,
    ) -> None:
        """``what``: kind and name of the device, for sentences. ``interrupt`` makes ``move`` return."""
        self._kind, self._name = what
        self._open = open_stream
        self._move = move
        self._tell = tell
        self._interrupt = interrupt
        self._stopping = threading.Event()
        self._reached = {FILLED: threading.Event(), FLOWING: threading.Event()}
        self._moved = 0
        self._left: int | None = None
        self._told: Fault | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Open it now. Raises SoundUnavailable or one of its kinds."""
        stream = self._open()
        title = f"{self._kind} {self._name}"
        self._thread = threading.Thread(target=self._run, args=(stream,), name=title, daemon=True)
        self._thread.start()

    def fills(self) -> bool:
        """Wait until an output has taken a first few blocks; False: it has not for SOON."""
        return self._reached[FILLED].wait(SOON)

    def flows(self) -> bool:
        """Wait until the device really takes or gives sound; False: it has not for SOON."""
        return self._reached[FLOWING].wait(SOON)

    def stop(self) -> None:
        """Stop now; when it returns the stream is closed."""
        self._stopping.set()
        self._interrupt()
        if self._thread is not None:
            self._thread.join(JOIN)

    def finish(self, blocks: int) -> None:
        """Stop by itself after that many blocks."""
        self._left = blocks

    def _run(self, stream: StreamT | None) -> None:
        while stream is not None:
            try:
                while not self._stopping.is_set() and self._left != 0:
                    if self._left is not None:
                        self._left -= 1
                    self._move(stream)
                    self._moved += 1
                    if (reached := self._reached.get(self._moved)) is not None:
                        reached.set()
                return
            except StreamLost:
                pass
            finally:
                stream.close()
            stream = self._open_again()

    def _open_again(self) -> StreamT | None:
        while not self._stopping.is_set() and self._left is None:
            try:
                stream = self._open()
            except SoundUnavailable as error:
                self._complain(error)
                self._stopping.wait(AGAIN)
            else:
                self._mend()
                return stream
        return None

    def _complain(self, error: SoundUnavailable) -> None:
        if isinstance(error, NoSoundServer):
            error = SoundServerLost()
        elif isinstance(error, UnknownSoundDevice):
            error = SoundDeviceLost(kind=self._kind, name=self._name or "default")
        told = fault(error)
        if told != self._told:
            self._mend()
            self._told = told
            self._tell(told)

    def _mend(self) -> None:
        told, self._told = self._told, None
        if told is not None:
            self._tell(Fault(code=told.code, text=told.text, over=True))
