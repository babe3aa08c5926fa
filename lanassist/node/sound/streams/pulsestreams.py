"""Blocking streams of a PulseAudio (or pipewire-pulse) server.

Beside PortAudio over ALSA's pulse plug-in they are half as late, take the device's name as it is, and tell
when the stream is lost.
"""

import time
from typing import Final

from lanassist.node.sound.samples import BLOCK, RATE, Samples, from_pcm, to_pcm
from lanassist.node.sound.streams.base import StreamLost
from lanassist.node.sound.streams.libpulse import DEFAULT, Buffering, Link
from lanassist.node.sound.streams.presence import PRESENCE

BLOCK_BYTES: Final = BLOCK * 2
BYTES_A_SECOND: Final = RATE * 2
QUEUED: Final = 3 * BLOCK_BYTES
"""Of an output: 30 ms, the sound server's own share included. Less, and a busy machine is heard."""
ROOM: Final = BLOCK_BYTES // 2
"""Bytes wanted by the server from which another block is due: its steps need not be ours."""
GRACE: Final = 0.001
"""Seconds after a block is due in which its last piece arrives. Servers give a block in several pieces, 200
a second and more; they collect until then, rather than wake us for each."""


class PulsePlayback:
    """An output, 30 ms deep. Raises what Link does."""

    def __init__(self, device: str, title: str) -> None:
        self._device = device
        PRESENCE.expect(device)
        self._link = Link(True, device, title, Buffering(DEFAULT, QUEUED, 0, BLOCK_BYTES, DEFAULT))

    def write(self, block: Samples) -> None:
        """Returns when there is room for another, so that the next can be as fresh as possible.

        Raises StreamLost.
        """
        _still_there(self._device)
        link = self._link
        link.write(to_pcm(block))
        link.wait()
        while link.room < ROOM:
            link.wait()

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
        self._link = Link(False, device, title, Buffering(DEFAULT, DEFAULT, DEFAULT, DEFAULT, self._size))

    def read(self) -> Samples:
        """The next of it. Raises StreamLost."""
        _still_there(self._device)
        link, pcm = self._link, self._pcm
        if (missing := self._size - len(pcm)) > 0:
            time.sleep(missing / BYTES_A_SECOND + GRACE)
            link.serve()
            pcm += link.recorded()
        while len(pcm) < self._size:
            link.wait()
            pcm += link.recorded()
        block = from_pcm(bytes(pcm[: self._size]))
        del pcm[: self._size]
        return block

    def close(self) -> None:
        """Stop recording."""
        self._link.close()


def _still_there(device: str) -> None:
    if not PRESENCE.has(device):
        raise StreamLost("its device is gone")
