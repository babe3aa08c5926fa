"""Streams to and from sound devices, block by block. Siblings of this shape: pulsecards.py, portaudio.py."""

from collections.abc import Sequence
from typing import Protocol

from lanassist.node.sound.base import Device
from lanassist.node.sound.samples import Samples


class StreamLost(Exception):
    """The device or the sound server behind a stream is gone."""


class Playback(Protocol):
    """An open output. All of it blocks; one thread at a time."""

    def write(self, block: Samples) -> None:
        """Returns when there is room for about one more. Raises StreamLost."""
        ...

    def close(self) -> None: ...


class Recording(Protocol):
    """An open input. All of it blocks; one thread at a time."""

    def read(self) -> Samples:
        """The next BLOCK samples. Raises StreamLost."""
        ...

    def close(self) -> None: ...


class Cards(Protocol):
    """This machine's sound devices. All of it may block, and raises SoundUnavailable or one of its kinds."""

    def devices(self) -> Sequence[Device]: ...

    def play(self, name: str, title: str) -> Playback:
        """Open an output by name (empty: the default). ``title``: what it is for, for the user's mixer."""
        ...

    def record(self, name: str, title: str) -> Recording: ...
