"""Streams of a PulseAudio (or pipewire-pulse) server: blocking ones, and for who has a clock of their own.

Beside PortAudio over ALSA's pulse plug-in they are half as late, take the device's name as it is, and tell
when the stream is lost.
"""

import time
from typing import Final

import numpy as np

from lanassist.node.sound.samples import BLOCK, RATE, Samples
from lanassist.node.sound.streams.base import StreamLost
from lanassist.node.sound.streams.libpulse import DEFAULT, Buffering, Link
from lanassist.node.sound.streams.presence import PRESENCE
from lanassist.node.sound.streams.rhythm import Rhythm

SAMPLE_BYTES: Final = 4
BLOCK_BYTES: Final = BLOCK * SAMPLE_BYTES
QUEUED: Final = 3 * BLOCK_BYTES
"""Of an output: 30 ms, the sound server's own share included. Less, and a busy machine is heard."""
ROOM: Final = BLOCK_BYTES // 2
"""Bytes wanted by the server from which another block is due: its steps need not be ours."""


class PulsePlayback:
    """An output, ``queued`` bytes deep. Raises what Link does."""

    def __init__(self, device: str, title: str, queued: int = QUEUED) -> None:
        self._device = device
        PRESENCE.expect(device)
        self._link = Link(True, device, title, Buffering(DEFAULT, queued, 0, BLOCK_BYTES, DEFAULT))

    def write(self, block: Samples) -> None:
        """Returns when there is room for another, so that the next can be as fresh as possible.

        Raises StreamLost.
        """
        _still_there(self._device)
        link = self._link
        link.write(block.tobytes())
        link.wait()
        while link.room < ROOM:
            link.wait()

    @property
    def wanted(self) -> int:
        """Samples that there is room for now. Raises StreamLost."""
        _still_there(self._device)
        self._link.serve()
        return self._link.room // SAMPLE_BYTES

    def add(self, samples: Samples) -> None:
        """No more than are wanted; does not wait. Raises StreamLost."""
        self._link.write(samples.tobytes())
        self._link.push()

    def hush(self) -> None:
        """What is still to be played is dropped."""
        self._link.flush()

    def close(self) -> None:
        """What is still to be played is dropped."""
        self._link.close()


class PulseRecording:
    """An input, ``blocks`` times 10 ms at a time. Raises what Link does."""

    def __init__(self, device: str, title: str, blocks: int = 1) -> None:
        self._device = device
        PRESENCE.expect(device)
        self._size = blocks * BLOCK_BYTES
        self._pcm = bytearray()
        self._rhythm = Rhythm(blocks * BLOCK / RATE)
        self._link = Link(False, device, title, Buffering(DEFAULT, DEFAULT, DEFAULT, DEFAULT, self._size))

    def read(self) -> Samples:
        """The next of it. Raises StreamLost."""
        pcm, size, rhythm = self._pcm, self._size, self._rhythm
        while len(pcm) < size:
            time.sleep(rhythm.pause(time.monotonic()))
            self._take()
            if len(pcm) < size:
                rhythm.too_soon(time.monotonic())
        block = _samples(pcm[:size])
        del pcm[:size]
        rhythm.whole(time.monotonic(), len(pcm) / (RATE * SAMPLE_BYTES))
        return block

    def come(self) -> Samples:
        """All that has come since the last time; does not wait. Raises StreamLost."""
        self._take()
        samples = _samples(self._pcm)
        self._pcm = bytearray()
        return samples

    def _take(self) -> None:
        _still_there(self._device)
        self._link.serve()
        self._pcm += self._link.recorded()

    def close(self) -> None:
        """Stop recording."""
        self._link.close()


def _samples(pcm: bytearray) -> Samples:
    return np.frombuffer(pcm, dtype="<f4")


def _still_there(device: str) -> None:
    if not PRESENCE.has(device):
        raise StreamLost("its device is gone")
