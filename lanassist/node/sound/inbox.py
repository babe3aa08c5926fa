"""Packets for an engine, kept until the thread that plays them looks: no other thread is woken by them.

Where the system lets a child have it, they have a pipe of their own, which that thread empties. The node says
when each came, for by then that is some time ago; both are processes of one machine and have one clock.
"""

import os
import sys
import time
from collections import deque
from contextlib import suppress
from typing import Final

from lanassist.node.sound.pipes import BrokenPipe, Frames, Hear, frame, to_engine

HAS_PIPE: Final = os.name == "posix"
"""Whether a child can be given a pipe beside its standard ones, and read it without waiting."""
READ_BYTES: Final = 64 * 1024
"""As much as a pipe holds."""
KEPT: Final = 64
"""Packets (1.3 s) of a supervisor whom nobody hears yet; the oldest go first."""


class Inbox:
    """The engine's end. ``put`` and ``take`` may be two threads'."""

    def __init__(self, descriptor: int | None = None) -> None:
        """``descriptor``: of the packets' own pipe."""
        self._descriptor = descriptor
        self._frames = Frames()
        self._came: deque[Hear] = deque(maxlen=KEPT)
        if descriptor is not None:
            os.set_blocking(descriptor, False)

    def put(self, hear: Hear) -> None:
        """One that came another way; the oldest go first."""
        self._came.append(hear)

    def take(self) -> list[Hear]:
        """All that have come since the last time; does not wait."""
        if self._descriptor is not None:
            self._read(self._descriptor)
        return [self._came.popleft() for _ in range(len(self._came))]

    def _read(self, descriptor: int) -> None:
        try:
            for message in self._frames.split(os.read(descriptor, READ_BYTES)):
                if isinstance(hear := to_engine(message), Hear):
                    self._came.append(hear)
        except BlockingIOError:
            return  # nothing has come
        except (OSError, BrokenPipe) as broken:
            print(f"the sound engine's pipe for packets is broken: {broken}", file=sys.stderr)
            self._descriptor = None


class InboxPipe:
    """The node's end of a packets' pipe, from before the engine is started until after it is gone."""

    def __init__(self) -> None:
        self.theirs, self._ours = os.pipe()
        os.set_blocking(self._ours, False)
        self._unsent = bytearray()
        """The rest of a packet that did not fit whole: without it, what follows could not be told apart."""

    def put(self, packet: bytes) -> None:
        """Never waits: if the engine does not read, it is dropped."""
        if not self._unsent:
            self._unsent += frame(Hear(packet=packet, came=time.monotonic()))
        with suppress(BlockingIOError, BrokenPipeError):
            del self._unsent[: os.write(self._ours, self._unsent)]

    def close(self) -> None:
        """Both ends; the engine has its own copy of its."""
        os.close(self.theirs)
        os.close(self._ours)
